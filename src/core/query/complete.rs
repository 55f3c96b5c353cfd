//! What a filter's last term could become.

use std::collections::BTreeSet;

use super::{Facts, Field, Figure, parse::tokens, term::quoted};

/// What is asked of the rows, to complete a term with what occurs in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Texts of a field.
    Texts(Field),
    /// Keys of labels.
    Keys,
    /// Values of a label.
    Values(&'a str),
}

/// What occurs in the rows of a table.
pub trait Vocabulary {
    /// Visits what is wanted, in any order, repeated or not.
    fn visit(&self, wanted: Wanted<'_>, visit: &mut dyn FnMut(&str));
}

impl<F: Facts> Vocabulary for [F] {
    fn visit(&self, wanted: Wanted<'_>, visit: &mut dyn FnMut(&str)) {
        for row in self {
            match wanted {
                Wanted::Texts(field) => row.texts(field, visit),
                Wanted::Keys => row.labels(&mut |key, _| visit(key)),
                Wanted::Values(key) => row.label(key).into_iter().for_each(&mut *visit),
            }
        }
    }
}

impl<F: Facts> Vocabulary for Vec<F> {
    fn visit(&self, wanted: Wanted<'_>, visit: &mut dyn FnMut(&str)) {
        self.as_slice().visit(wanted, visit);
    }
}

/// So many completions are told at most.
const MOST: usize = 64;

/// The texts that `text` could become by completing its last term, in order: words of the language, and what occurs.
/// Empty where it ends in a blank, or nothing fits.
pub fn complete(text: &str, occurs: &(impl Vocabulary + ?Sized)) -> Vec<String> {
    let Some(last) = tokens(text).pop().filter(|at| at.end == text.len()) else { return Vec::new() };
    let before = &text[..last.start];
    let token = &text[last];
    let bare = token.strip_prefix('!').unwrap_or(token);
    let sign = &token[..token.len() - bare.len()];
    let ends = ends(bare, occurs);
    ends.into_iter().filter(|end| end != bare).take(MOST).map(|end| format!("{before}{sign}{end}")).collect()
}

fn ends(term: &str, occurs: &(impl Vocabulary + ?Sized)) -> Vec<String> {
    if term.is_empty() {
        return Vec::new();
    }
    if let Some((key, typed)) = term.split_once("!=") {
        return values(key, "!=", typed, occurs);
    }
    match term.split_once([':', '=']) {
        Some((key, typed)) if term[key.len()..].starts_with('=') => values(key, "=", typed, occurs),
        Some(("label", typed)) if typed.contains('=') => match typed.split_once('=') {
            Some((key, typed)) => values(&format!("label:{key}"), "=", typed, occurs),
            None => Vec::new(),
        },
        Some(("label", typed)) => gathered(Wanted::Keys, typed, occurs, |key| format!("label:{key}")),
        Some((word, typed)) => match Field::named(word) {
            Some(field) => {
                gathered(Wanted::Texts(field), typed, occurs, |text| format!("{word}:{}", quoted(text, false)))
            }
            None => Vec::new(),
        },
        None if term.contains(['<', '>', '"']) => Vec::new(),
        None => words(term, occurs),
    }
}

/// Words of the language, and the keys of labels.
fn words(term: &str, occurs: &(impl Vocabulary + ?Sized)) -> Vec<String> {
    let fields = Field::ALL.into_iter().map(Field::word).chain(["name", "label"]).map(|word| format!("{word}:"));
    let figures = Figure::ALL.into_iter().map(|figure| match figure {
        Figure::Age | Figure::Ready => format!("{figure}<"),
        _ => format!("{figure}>"),
    });
    let mut known: Vec<String> = fields.chain(figures).filter(|word| word.starts_with(term)).collect();
    known.sort_unstable();
    match known.is_empty() {
        true => gathered(Wanted::Keys, term, occurs, |key| format!("{key}=")),
        false => known,
    }
}

fn values(key: &str, sign: &str, typed: &str, occurs: &(impl Vocabulary + ?Sized)) -> Vec<String> {
    let bare = key.strip_prefix("label:").unwrap_or(key);
    gathered(Wanted::Values(bare), typed, occurs, |value| format!("{key}{sign}{}", quoted(value, false)))
}

/// What occurs and begins with what was typed, whatever its case.
fn gathered(
    wanted: Wanted<'_>,
    typed: &str,
    occurs: &(impl Vocabulary + ?Sized),
    made: impl Fn(&str) -> String,
) -> Vec<String> {
    let typed = typed.strip_prefix('"').unwrap_or(typed).to_lowercase();
    let mut found = BTreeSet::<String>::new();
    occurs.visit(wanted, &mut |text| {
        // Most texts are ASCII, and there may be very many of them.
        let same = |head: &str| head.eq_ignore_ascii_case(&typed) || !head.is_ascii() && head.to_lowercase() == typed;
        let begins = text.get(..typed.len()).is_some_and(same);
        if begins && !text.is_empty() && !found.contains(text) && found.len() < MOST {
            found.insert(text.to_owned());
        }
    });
    found.iter().map(|text| made(text)).collect()
}
