//! From text to a filter, or to what is wrong with it, where, and what to write instead.

use std::ops::Range;

use super::{
    facts::{Field, Figure},
    limit::limit,
    near::nearest,
    term::{Clause, Comparison, Op, Term},
    text::Needle,
};

/// What is wrong with a filter, where, and the way out: `cpu>8x: 8x is no quantity; write 500m, 2 or 80%`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct QueryError {
    /// The term, in bytes of the text.
    pub at: Range<usize>,
    /// The term and what is wrong with it.
    pub what: String,
}

/// Reads all terms. A term that is still being typed (`!`, `status:`, `team=`) asks for nothing yet.
pub(super) fn parse(text: &str) -> Result<Vec<Clause>, QueryError> {
    let mut clauses = Vec::new();
    for at in tokens(text) {
        let token = &text[at.clone()];
        let clause = clause(token).map_err(|what| QueryError { at, what: format!("{token}: {what}") })?;
        clauses.extend(clause);
    }
    Ok(clauses)
}

/// Where the terms stand: apart by blanks, but for those between quotes.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let (mut out, mut from, mut within, mut escaped) = (Vec::new(), None, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => {
                within = !within;
                from.get_or_insert(at);
            }
            c if c.is_whitespace() && !within => out.extend(from.take().map(|from| from..at)),
            _ => _ = from.get_or_insert(at),
        }
    }
    out.extend(from.map(|from| from..text.len()));
    out
}

fn clause(token: &str) -> Result<Option<Clause>, String> {
    let (inverted, rest) = match token.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, token),
    };
    let Some((term, unequal)) = term(rest)? else { return Ok(None) };
    Ok(Some(Clause { inverted: inverted != unequal, term }))
}

/// An operator: where it begins and ends, and what it is.
struct Operator {
    at: usize,
    end: usize,
    word: Word,
}

#[derive(Clone, Copy)]
enum Word {
    Colon,
    Compare(Op),
}

/// The first operator that stands outside of quotes.
fn operator(term: &str) -> Option<Operator> {
    let head = term.split('"').next().unwrap_or_default();
    let at = head.find([':', '=', '<', '>']).into_iter().chain(head.find("!=")).min()?;
    let words = [
        ("!=", Word::Compare(Op::Unequal)),
        ("<=", Word::Compare(Op::AtMost)),
        (">=", Word::Compare(Op::AtLeast)),
        ("==", Word::Compare(Op::Equal)),
        ("=", Word::Compare(Op::Equal)),
        ("<", Word::Compare(Op::Less)),
        (">", Word::Compare(Op::More)),
        (":", Word::Colon),
    ];
    let (text, word) = words.into_iter().find(|(text, _)| head[at..].starts_with(text))?;
    Some(Operator { at, end: at + text.len(), word })
}

/// A term, and whether it holds where its text does not (`key!=value`).
fn term(text: &str) -> Result<Option<(Term, bool)>, String> {
    let named = operator(text).filter(|found| is_name(&text[..found.at]));
    let Some(Operator { at, end, word }) = named else { return Ok(bare(text)?.map(|term| (term, false))) };
    let (key, raw) = (&text[..at], &text[end..]);
    match word {
        Word::Colon => Ok(of_field(text, key, raw)?.map(|term| (term, false))),
        Word::Compare(op) => {
            let lower = key.to_lowercase();
            if let Some(figure) = Figure::named(&lower) {
                return Ok(Some((Term::Compare(compared(figure, op, raw)?), false)));
            }
            if !matches!(op, Op::Equal | Op::Unequal) {
                return Err(unknown_figure(key));
            }
            if is_field(&lower) {
                return Err(format!("a field takes a colon; write {lower}:{raw}, or label:{key}={raw} for the label"));
            }
            Ok(label(key, raw)?.map(|term| (term, op == Op::Unequal)))
        }
    }
}

fn bare(text: &str) -> Result<Option<Term>, String> {
    let (value, quoted) = unquoted(text)?;
    Ok((!value.is_empty()).then(|| Term::Word { needle: Needle::new(&value), quoted }))
}

fn of_field(text: &str, key: &str, raw: &str) -> Result<Option<Term>, String> {
    let lower = key.to_lowercase();
    if lower == "label" {
        return of_label(raw);
    }
    let field = Field::named(&lower);
    if field.is_none() && lower != "name" {
        let known = Field::ALL.map(Field::word);
        return match nearest(&lower, known.into_iter().chain(["namespace", "name", "label"])) {
            Some(near) if raw.starts_with(|c: char| !c.is_ascii_digit()) => Err(format!(
                "no field is called {key}; did you mean {near}:{raw}? In quotes it is searched as it stands"
            )),
            _ => bare(text),
        };
    }
    let (value, quoted) = unquoted(raw)?;
    if value.is_empty() {
        return Ok(None);
    }
    let needle = Needle::new(&value);
    Ok(Some(match field {
        Some(field) => Term::Field { field, needle, quoted },
        None => Term::Name { needle, quoted },
    }))
}

/// `label:key`, `label:key=value`.
fn of_label(raw: &str) -> Result<Option<Term>, String> {
    let (key, value) = match raw.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (raw, None),
    };
    if key.is_empty() {
        return Ok(None);
    }
    if !is_name(key) {
        return Err("a label's key has letters, digits, - _ . and / only".into());
    }
    match value {
        Some(value) => label(key, value),
        None => Ok(Some(Term::HasLabel(key.to_owned()))),
    }
}

fn label(key: &str, raw: &str) -> Result<Option<Term>, String> {
    let (value, _) = unquoted(raw)?;
    Ok((!value.is_empty()).then(|| Term::Label { key: key.to_owned(), value }))
}

fn compared(figure: Figure, op: Op, raw: &str) -> Result<Comparison, String> {
    let (value, _) = unquoted(raw)?;
    Ok(Comparison { figure, op, limit: limit(figure, &value)?, typed: value })
}

fn unknown_figure(key: &str) -> String {
    let known = Figure::ALL.map(Figure::word);
    match nearest(&key.to_lowercase(), known.into_iter().chain(["memory", "network"])) {
        Some(near) => format!("no figure is called {key}; did you mean {near}?"),
        None => format!("no figure is called {key}; known are {}", known.join(", ")),
    }
}

fn is_field(word: &str) -> bool {
    word == "name" || Field::named(word).is_some()
}

/// Whether a text could be a label's key (k8s.io/apimachinery, `IsQualifiedName`, without its lengths).
fn is_name(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(known)
}

/// A text without its quotes, and whether it had any.
fn unquoted(text: &str) -> Result<(String, bool), String> {
    let (mut out, mut within, mut any, mut chars) = (String::new(), false, false, text.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => (within, any) = (!within, true),
            '\\' if within => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    if within { Err("the quote is not closed; write another \"".into()) } else { Ok((out, any)) }
}
