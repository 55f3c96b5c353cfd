//! One term against one text.

use std::cell::RefCell;

use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How a term was found in a text, best first. Numbers are characters or points: less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It is the text.
    Exact,
    /// The text begins with it, and so much follows.
    Prefix(usize),
    /// A word of the text begins with it, there.
    Word(usize),
    /// The text holds it, there.
    Within(usize),
    /// The text has its letters in order; by so many points less than the best match would have.
    Fuzzy(usize),
}

/// A term, ready to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    /// In lower case, unless case counts.
    text: String,
    chars: Vec<char>,
    case: bool,
}

thread_local! {
    /// The matcher's scratch memory is large, and is made once a thread.
    static MATCHER: RefCell<Matcher> = RefCell::new(Matcher::new(Config::DEFAULT));
}

/// What a letter of a term must earn in the mean. A matched one has 16 points; so what its letters gain by standing at
/// the beginnings of words or side by side must outweigh the gaps between them: `*` marks all that a filter shows.
const POINTS_A_LETTER: usize = 19;
/// More than any letter earns.
const BEST_A_LETTER: usize = 64;

impl Needle {
    pub(super) fn new(typed: &str) -> Self {
        let case = typed.chars().any(char::is_uppercase);
        let text = if case { typed.to_owned() } else { typed.to_lowercase() };
        Self { chars: text.chars().collect(), text, case }
    }

    /// What is looked for: in lower case, unless case counts.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where `text` holds the term for the first time, in bytes; in texts beyond ASCII only as it was typed.
    pub(super) fn spot(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let at = match self.case || !text.is_ascii() {
            true => text.find(&self.text),
            false => text.to_ascii_lowercase().find(&self.text),
        }?;
        Some(at..at + self.text.len())
    }

    /// Whether `text` holds the term anywhere.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match (self.case, text.is_ascii()) {
            (true, _) => text.contains(&self.text),
            (false, true) => self.places(text.as_bytes()).next().is_some(),
            (false, false) => text.to_lowercase().contains(&self.text),
        }
    }

    /// Where a text that is ASCII holds the term, whatever its case.
    fn places<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let needle = self.text.as_bytes();
        let (first, rest) = needle.split_first().unwrap_or((&0, &[]));
        let (first, upper) = (*first, first.to_ascii_uppercase());
        let last = (text.len() + 1).saturating_sub(needle.len().max(1));
        let begins = move |(_, have): &(usize, &u8)| **have == first || **have == upper;
        let ends = move |at: &usize| text[at + 1..at + 1 + rest.len()].eq_ignore_ascii_case(rest);
        text[..last].iter().enumerate().filter(begins).map(|(at, _)| at).filter(ends)
    }

    /// Whether `text` holds the term, and how.
    pub(super) fn find(&self, text: &str) -> Option<Found> {
        if self.case {
            return self.classify(text, text.match_indices(&self.text).map(|(at, _)| at));
        }
        if !text.is_ascii() {
            let lower = text.to_lowercase();
            return self.classify(&lower, lower.match_indices(&self.text).map(|(at, _)| at));
        }
        if self.text.is_empty() {
            return None;
        }
        self.classify(text, self.places(text.as_bytes()))
    }

    /// The best of the places where the text holds the term, which come in order.
    fn classify(&self, text: &str, places: impl Iterator<Item = usize>) -> Option<Found> {
        let mut within = None;
        for at in places {
            if at == 0 {
                let rest = text.len() - self.text.len();
                return Some(if rest == 0 { Found::Exact } else { Found::Prefix(rest) });
            }
            if text[..at].chars().next_back().is_some_and(|before| !before.is_alphanumeric()) {
                return Some(Found::Word(at));
            }
            within.get_or_insert(Found::Within(at));
        }
        within
    }

    /// Whether `text` has the letters of the term in order, and well together.
    pub(super) fn resembles(&self, text: &str) -> Option<Found> {
        if self.chars.len() < 2 || !self.is_scattered_in(text) {
            return None;
        }
        let mut room = Vec::new();
        let score = MATCHER.with_borrow_mut(|matcher| {
            matcher.config.ignore_case = !self.case;
            matcher.config.normalize = false;
            let mut needle = Vec::new();
            matcher.fuzzy_match(Utf32Str::new(text, &mut room), Utf32Str::new(&self.text, &mut needle))
        })?;
        let (score, letters) = (usize::from(score), self.chars.len());
        (score >= POINTS_A_LETTER * letters).then(|| Found::Fuzzy((BEST_A_LETTER * letters).saturating_sub(score)))
    }

    /// Costs less than the matcher, and spares it nearly every text.
    fn is_scattered_in(&self, text: &str) -> bool {
        if text.is_ascii() {
            let mut bytes = text.bytes();
            let same = |have: u8, want: u8| have == want || (!self.case && have.to_ascii_lowercase() == want);
            return self.text.bytes().all(|want| bytes.any(|have| same(have, want)));
        }
        let mut chars = text.chars();
        let same = |have: char, want: char| have == want || (!self.case && have.to_lowercase().eq([want]));
        self.chars.iter().all(|&want| chars.any(|have| same(have, want)))
    }
}
