//! A filter, and what it finds among rows.

use std::{fmt, ops::Range};

use super::{
    Facts, Figure, QueryError, Rank,
    judge::{Verdict, judge},
    parse::parse,
    term::{Clause, Term},
    text::Needle,
};
use crate::Time;

/// A filter: terms, all of which must hold. The default matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    clauses: Vec<Clause>,
}

/// Rows that match.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// The rows in the order in which they came, and how well each matches.
    pub rows: Vec<(Rank, T)>,
    /// What else is to be said.
    pub about: About,
}

/// What there is to say of a filter's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Rows that would match, too, but have not the name that was typed in full.
    pub others: usize,
    /// Rows that cannot be judged: which figure of how many is not known.
    pub blank: Vec<(Figure, usize)>,
    /// When the answer will be another by the passing of time alone.
    pub changes: Option<Time>,
}

impl Query {
    /// Reads a filter; an empty text matches all.
    ///
    /// # Errors
    /// What is wrong with which term, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse(text).map(|clauses| Self { clauses })
    }

    /// Every word of a text as a bare word, whatever it would mean in the language: for lists of names alone.
    pub fn of_words(text: &str) -> Self {
        let word = |word| Clause { inverted: false, term: Term::Word { needle: Needle::new(word), quoted: false } };
        Self { clauses: text.split_whitespace().map(word).collect() }
    }

    /// Whether a name alone matches, and how well.
    pub fn rank_name(&self, name: &str) -> Option<Rank> {
        self.rank(&Alone(name), Time::UNIX_EPOCH)
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The rows that match. A single word that is the whole name of some finds those alone.
    pub fn find<T: Facts>(&self, rows: impl Iterator<Item = T>, now: Time) -> Found<T> {
        let mut about = About::default();
        let mut found = Vec::new();
        let mut exact = 0;
        for row in rows {
            match judge(&self.clauses, &row, now, &mut about.changes) {
                Verdict::Match(rank) => {
                    exact += usize::from(rank == Rank::BEST);
                    found.push((rank, row));
                }
                Verdict::Blank(figure) => match about.blank.iter_mut().find(|(known, _)| *known == figure) {
                    Some((_, count)) => *count += 1,
                    None => about.blank.push((figure, 1)),
                },
                Verdict::No => {}
            }
        }
        if exact > 0 && self.is_a_name() {
            about.others = found.len() - exact;
            found.retain(|(rank, _)| *rank == Rank::BEST);
        }
        Found { rows: found, about }
    }

    /// Whether a row matches, and how well.
    pub fn rank(&self, row: &impl Facts, now: Time) -> Option<Rank> {
        match judge(&self.clauses, row, now, &mut None) {
            Verdict::Match(rank) => Some(rank),
            _ => None,
        }
    }

    /// Whether it is one bare word and nothing else.
    fn is_a_name(&self) -> bool {
        matches!(self.clauses.as_slice(), [Clause { inverted: false, term: Term::Word { quoted: false, .. } }])
    }

    /// Where the words that are looked for in names stand in a text, in bytes.
    pub fn spots(&self, text: &str) -> Vec<Range<usize>> {
        let words = self.clauses.iter().filter(|clause| !clause.inverted).filter_map(|clause| match &clause.term {
            Term::Word { needle, .. } | Term::Name { needle, .. } => Some(needle),
            _ => None,
        });
        words.filter_map(|needle| needle.spot(text)).collect()
    }
}

/// A name of which nothing else is known.
struct Alone<'a>(&'a str);

impl Facts for Alone<'_> {
    fn name(&self) -> &str {
        self.0
    }

    fn words(&self, _visit: &mut dyn FnMut(&str)) {}
}

/// As it could be typed.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, clause) in self.clauses.iter().enumerate() {
            write!(f, "{}{clause}", if n > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
