//! YAML (or JSON) as a tree that knows its lines, so that an error can name them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::Spanned;

use super::FileError;

/// A value and the line where it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub line: usize,
    pub value: Tree,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is no integer of 64 bits.
    Number,
    Text(String),
    List(Vec<Node>),
    /// Each key with its line, in the order of the file.
    Map(Vec<(String, usize, Node)>),
}

impl Tree {
    /// What it is, in YAML's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Number => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Reads one document.
pub(super) fn tree(text: &str) -> Result<Node, FileError> {
    let parsed: Result<Raw, _> = serde_saphyr::from_str(text);
    parsed.map(|raw| node(raw.0, 1)).map_err(|error| {
        let error = error.without_snippet();
        let line = error.location().map_or(1, |at| line_of(&at));
        FileError { line, field: String::new(), what: told(&error.to_string()) }
    })
}

/// The reader's message in one line, without the place that it ends with: that is told apart.
fn told(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let place = first.rfind(" at line ").or_else(|| first.rfind(" (line "));
    let what = place.map_or(first, |at| &first[..at]).trim_end_matches([':', ',']);
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let what = what.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map_or(what, |(_, what)| what);
    format!("this is no YAML that can be read: {what}")
}

fn line_of(at: &serde_saphyr::Location) -> usize {
    usize::try_from(at.line()).unwrap_or(1).max(1)
}

struct Raw(Spanned<RawTree>);

enum RawTree {
    Plain(Tree),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

/// `within` is the line of what it stands in: a value that is not there has none of its own.
fn node(raw: Spanned<RawTree>, within: usize) -> Node {
    let line = usize::try_from(raw.referenced.line()).ok().filter(|line| *line > 0).unwrap_or(within);
    let value = match raw.value {
        RawTree::Plain(tree) => tree,
        RawTree::List(items) => Tree::List(items.into_iter().map(|item| node(item.0, line)).collect()),
        RawTree::Map(pairs) => Tree::Map(
            pairs
                .into_iter()
                .map(|(key, value)| {
                    let at = usize::try_from(key.referenced.line()).ok().filter(|at| *at > 0).unwrap_or(line);
                    (key.value, at, node(value.0, at))
                })
                .collect(),
        ),
    };
    Node { line, value }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Spanned::deserialize(from).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawTree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = RawTree;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawTree, E> {
        Ok(RawTree::Plain(i64::try_from(value).map_or(Tree::Number, Tree::Int)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Text(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Null))
    }

    fn visit_none<E>(self) -> Result<RawTree, E> {
        Ok(RawTree::Plain(Tree::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<RawTree, D::Error> {
        RawTree::deserialize(from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawTree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawTree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<RawTree, A::Error> {
        let mut map = Vec::new();
        while let Some(pair) = pairs.next_entry()? {
            map.push(pair);
        }
        Ok(RawTree::Map(map))
    }
}
