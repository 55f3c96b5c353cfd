//! The table of messages, as it is used.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::store::Kind;

const TEXT: &str = include_str!("messages.txt");

/// Whether a field holds one value, a list or a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One.
    One,
    /// A list.
    Many,
    /// A map with string keys.
    Map,
}

/// What one value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text,
    /// Base64 in JSON.
    Bytes,
    /// true or false.
    Bool,
    /// A number of up to 64 bits.
    Int,
    /// RFC 3339 to the second.
    Time,
    /// RFC 3339 to the microsecond.
    MicroTime,
    /// Go's duration text.
    Duration,
    /// A quantity.
    Quantity,
    /// A number or text.
    IntOrString,
    /// Any JSON, wrapped as text.
    Raw,
    /// Another message, by its place in the table.
    Message(usize),
}

/// How a strategic merge patch treats a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merge {
    /// The key by which a list of objects is merged.
    pub key: Option<&'static str>,
    /// A list of scalars is united.
    pub unite: bool,
    /// `$retainKeys` is honoured.
    pub retain: bool,
}

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its JSON name.
    pub name: &'static str,
    /// Its protobuf tag.
    pub tag: u32,
    /// The tag of the message that it lies in, where JSON has it beside that message's siblings.
    pub within: Option<u32>,
    /// One, list or map.
    pub shape: Shape,
    /// What each value is.
    pub scalar: Scalar,
    /// How it is merged.
    pub merge: Merge,
    /// Whether it is left out where it is zero or empty.
    pub omit: bool,
}

/// A message: its fields by JSON name.
#[derive(Debug)]
pub struct Message {
    /// Its name in the table.
    pub name: &'static str,
    /// Sorted by name.
    pub fields: Vec<Field>,
}

impl Message {
    /// The field of this tag, in the message itself or in the one inside it at `within`.
    pub fn tagged(&self, tag: u32, within: Option<u32>) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag && field.within == within)
    }

    /// The field of this JSON name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|at| &self.fields[at])
    }
}

struct Table {
    messages: Vec<Message>,
    places: HashMap<&'static str, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(read);

/// The message at a place that a [`Scalar::Message`] names.
pub fn message(place: usize) -> &'static Message {
    &TABLE.messages[place]
}

impl Scalar {
    /// The message that it is.
    pub fn message(self) -> Option<&'static Message> {
        match self {
            Scalar::Message(place) => Some(message(place)),
            _ => None,
        }
    }
}

/// The message of this name.
pub fn named(name: &str) -> Option<&'static Message> {
    TABLE.places.get(name).map(|place| message(*place))
}

/// The message of a kind; `None` for kinds that speak JSON only.
pub fn message_of(kind: &Kind) -> Option<&'static Message> {
    if kind.built_in() { named(kind.kind) } else { None }
}

fn read() -> Table {
    let mut blocks: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        match (line.strip_prefix("  "), blocks.last_mut()) {
            (Some(field), Some((_, fields))) => fields.push(field),
            _ => blocks.push((line, Vec::new())),
        }
    }
    let places: HashMap<_, _> = blocks.iter().enumerate().map(|(place, (name, _))| (*name, place)).collect();
    let messages = blocks.iter().map(|(name, _)| {
        let mut fields = fields_of(name, &blocks, &places, None);
        fields.sort_by_key(|field| field.name);
        Message { name, fields }
    });
    Table { messages: messages.collect(), places }
}

fn fields_of(
    name: &str,
    blocks: &[(&'static str, Vec<&'static str>)],
    places: &HashMap<&'static str, usize>,
    within: Option<u32>,
) -> Vec<Field> {
    let lines = places.get(name).map(|place| blocks[*place].1.as_slice()).unwrap_or_default();
    let mut fields = Vec::new();
    for line in lines {
        let mut words = line.split(' ');
        let (Some(name), Some(tag), Some(kind)) = (words.next(), words.next(), words.next()) else { continue };
        let tag = tag.parse().unwrap_or(0);
        if name == "*" {
            fields.extend(fields_of(kind, blocks, places, Some(tag)));
            continue;
        }
        let (shape, scalar) = typed(kind, places);
        let omit = line.ends_with(" omit");
        fields.push(Field { name, tag, within, shape, scalar, merge: merge(words), omit });
    }
    fields
}

fn typed(kind: &str, places: &HashMap<&'static str, usize>) -> (Shape, Scalar) {
    let (shape, kind) = match (kind.strip_prefix("[]"), kind.strip_prefix("{}")) {
        (Some(kind), _) => (Shape::Many, kind),
        (_, Some(kind)) => (Shape::Map, kind),
        _ => (Shape::One, kind),
    };
    let scalar = match kind {
        "bytes" => Scalar::Bytes,
        "bool" => Scalar::Bool,
        "int" => Scalar::Int,
        "time" => Scalar::Time,
        "micro" => Scalar::MicroTime,
        "duration" => Scalar::Duration,
        "quantity" => Scalar::Quantity,
        "intstr" => Scalar::IntOrString,
        "raw" | "fields" => Scalar::Raw,
        other => places.get(other).map_or(Scalar::Text, |place| Scalar::Message(*place)),
    };
    (shape, scalar)
}

fn merge(words: std::str::Split<'static, char>) -> Merge {
    let mut merge = Merge::default();
    for word in words {
        match word {
            "merge" => merge.unite = true,
            "retain" => merge.retain = true,
            _ => merge.key = word.strip_prefix("by=").or(merge.key),
        }
    }
    merge
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kind::KINDS;

    #[test]
    fn every_built_in_kind_but_definitions_has_a_message() {
        for kind in KINDS.iter().filter(|kind| kind.built_in() && kind.kind != "CustomResourceDefinition") {
            assert!(message_of(kind).is_some_and(|message| message.field("metadata").is_some()), "{kind:?}");
        }
    }

    #[test]
    fn every_type_in_the_table_is_known() {
        let plain = "string bytes bool int time micro duration quantity intstr raw fields";
        for line in TEXT.lines().filter(|line| line.starts_with("  ")) {
            let kind = line.split_whitespace().nth(2).expect("a type").trim_start_matches(['[', ']', '{', '}']);
            assert!(plain.split(' ').any(|word| word == kind) || named(kind).is_some(), "{line}");
        }
    }

    #[test]
    fn fields_that_stand_beside_their_siblings_know_the_message_that_they_lie_in() {
        let secret = *named("Volume").and_then(|volume| volume.field("secret")).expect("a secret's volume");
        assert_eq!((secret.tag, secret.within), (6, Some(2)));
        let ports = named("Container").and_then(|container| container.field("ports")).expect("ports");
        assert_eq!((ports.merge.key, ports.shape), (Some("containerPort"), Shape::Many));
    }
}
