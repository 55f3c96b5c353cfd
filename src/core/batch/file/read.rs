//! From the text of a batch file to the batch, or to everything that is wrong with it.

use super::{
    BatchFile, FileError, KINDS, Placed, VERSION, apps,
    tree::{Node, Tree, tree},
};
use crate::{
    batch::{Intent, OnFailure},
    text::{Clean, nearest::nearest},
};

/// Reads a batch file: YAML, or JSON, which is YAML.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines, each with line and field and what was expected there.
pub fn read(text: &str) -> Result<BatchFile, Vec<FileError>> {
    let root = tree(text).map_err(|error| vec![error])?;
    let mut wrong = Wrong::default();
    let file = document(&root, &mut wrong);
    wrong.0.sort_by_key(|error| error.line);
    match file {
        Some(file) if wrong.0.is_empty() => Ok(file),
        _ => Err(wrong.0),
    }
}

/// What was found to be wrong.
#[derive(Default)]
pub(super) struct Wrong(Vec<FileError>);

impl Wrong {
    pub fn say(&mut self, line: usize, field: &str, what: impl Into<String>) {
        self.0.push(FileError { line, field: field.to_owned(), what: what.into() });
    }

    /// Says what is there and what was expected; makes `None`.
    pub fn expected<T>(&mut self, node: &Node, field: &str, expected: &str) -> Option<T> {
        self.say(node.line, field, format!("this is {}: expected {expected}", node.value.kind()));
        None
    }
}

/// A mapping whose fields are taken out one by one; what is left is unknown.
pub(super) struct Fields<'n> {
    pub line: usize,
    path: String,
    pairs: Vec<(&'n str, usize, &'n Node)>,
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of a mapping; `None`, and it is said, where it is none.
    pub fn of(node: &'n Node, path: &str, wrong: &mut Wrong) -> Option<Self> {
        let Tree::Map(pairs) = &node.value else { return wrong.expected(node, path, "a mapping of fields") };
        let pairs = pairs.iter().map(|(key, line, value)| (key.as_str(), *line, value)).collect();
        Some(Self { line: node.line, path: path.to_owned(), pairs, known: Vec::new() })
    }

    /// The path of a field.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Takes a field; one that is there and empty (`reason:`) is not there.
    pub fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        let at = self.pairs.iter().position(|(key, ..)| *key == name)?;
        let (_, _, node) = self.pairs.remove(at);
        (!matches!(node.value, Tree::Null)).then_some(node)
    }

    /// The same, and it is said where it lacks.
    pub fn need(&mut self, name: &'static str, expected: &str, wrong: &mut Wrong) -> Option<&'n Node> {
        let found = self.take(name);
        if found.is_none() {
            wrong.say(self.line, &self.path(name), format!("it is missing: expected {expected}"));
        }
        found
    }

    pub fn text(&mut self, name: &'static str, wrong: &mut Wrong) -> Option<Placed<Clean>> {
        let node = self.take(name)?;
        placed(node, &self.path(name), wrong)
    }

    pub fn flag(&mut self, name: &'static str, wrong: &mut Wrong) -> Option<bool> {
        let node = self.take(name)?;
        match node.value {
            Tree::Bool(flag) => Some(flag),
            _ => wrong.expected(node, &self.path(name), "true or false"),
        }
    }

    /// An integer of this range.
    pub fn count(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
        wrong: &mut Wrong,
    ) -> Option<i64> {
        let node = self.take(name)?;
        match node.value {
            Tree::Int(count) if range.contains(&count) => Some(count),
            _ => wrong.expected(
                node,
                &self.path(name),
                &format!("a whole number from {} to {}", range.start(), range.end()),
            ),
        }
    }

    /// Says what was not taken. `elsewhere` are fields that belong to other kinds of batches, and to which.
    pub fn end(self, elsewhere: &[(&str, &str)], wrong: &mut Wrong) {
        for (key, line, _) in &self.pairs {
            let key: &str = key;
            let what = match elsewhere.iter().find(|(name, _)| *name == key) {
                Some((_, kinds)) => format!("it belongs to {kinds} only"),
                None => match nearest(key, self.known.iter().copied()) {
                    Some(near) => format!("there is no such field: did you mean \"{near}\"?"),
                    None => format!("there is no such field: known are {}", self.known.join(", ")),
                },
            };
            wrong.say(*line, &self.path(&Clean::new(key)), what);
        }
    }
}

/// Text that is not empty. A number where text is expected has lost something already: `1.20` is the number 1.2.
pub(super) fn placed(node: &Node, field: &str, wrong: &mut Wrong) -> Option<Placed<Clean>> {
    match &node.value {
        Tree::Text(text) if !text.trim().is_empty() => {
            Some(Placed { line: node.line, field: field.to_owned(), value: Clean::new(text.trim()) })
        }
        Tree::Text(_) => {
            wrong.say(node.line, field, "it is empty: write something, or leave it out");
            None
        }
        Tree::Int(_) | Tree::Number | Tree::Bool(_) => {
            let what = format!("this is {}: expected text, so put it in quotes", node.value.kind());
            wrong.say(node.line, field, what);
            None
        }
        _ => wrong.expected(node, field, "text"),
    }
}

/// One of these names.
pub(super) fn choice<T: Copy>(node: &Node, field: &str, of: &[(&'static str, T)], wrong: &mut Wrong) -> Option<T> {
    let names = || of.iter().map(|(name, _)| *name);
    let text = placed(node, field, wrong)?;
    let found = of.iter().find(|(name, _)| *name == &*text.value);
    if found.is_none() {
        let meant = match nearest(&text.value, names()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("expected {}", names().collect::<Vec<_>>().join(", ")),
        };
        wrong.say(node.line, field, format!("there is no \"{}\": {meant}", text.value));
    }
    found.map(|(_, value)| *value)
}

fn document(root: &Node, wrong: &mut Wrong) -> Option<BatchFile> {
    let mut fields = Fields::of(root, "", wrong)?;
    if let Some(version) = fields.need("apiVersion", VERSION, wrong) {
        choice(version, "apiVersion", &[(VERSION, ())], wrong);
    }
    let kinds = KINDS.map(|(name, _)| name).join(", ");
    let intent = fields.need("kind", &kinds, wrong).and_then(|kind| choice(kind, "kind", &KINDS, wrong));
    let name = fields.take("metadata").and_then(|metadata| {
        let mut fields = Fields::of(metadata, "metadata", wrong)?;
        let name = fields.text("name", wrong);
        fields.end(&[], wrong);
        name
    });
    let spec = fields.need("spec", "what is to be done", wrong);
    fields.end(&[], wrong);
    let (intent, spec) = (intent?, spec?);
    let mut file = spec_of(spec, intent, wrong)?;
    file.name = name.map(|name| name.value).unwrap_or_default();
    Some(file)
}

const ON_FAILURE: [(&str, OnFailure); 3] =
    [("stop", OnFailure::Stop), ("revert", OnFailure::Revert), ("continue", OnFailure::Continue)];

fn spec_of(node: &Node, intent: Intent, wrong: &mut Wrong) -> Option<BatchFile> {
    let mut fields = Fields::of(node, "spec", wrong)?;
    let reason = fields.text("reason", wrong);
    let on_failure = fields.take("onFailure").and_then(|node| choice(node, "spec.onFailure", &ON_FAILURE, wrong));
    let width = fields.count("width", 1..=10_000, wrong);
    let soak = fields.take("soak").and_then(|node| seconds(node, "spec.soak", 0, wrong));
    let gate = fields.flag("gate", wrong);
    let deadline = fields.take("deadline").and_then(|node| seconds(node, "spec.deadline", 1, wrong));
    let incident = fields.flag("incident", wrong);
    let to_time = if intent == Intent::Rollback { fields.text("toTime", wrong) } else { None };
    let apps = fields.need("apps", "a list of apps", wrong);
    fields.end(&[("toTime", "Rollback")], wrong);
    let apps = match &apps?.value {
        Tree::List(items) if !items.is_empty() => {
            let read = |(nth, item)| apps::app(item, &format!("spec.apps[{nth}]"), intent, wrong);
            items.iter().enumerate().filter_map(read).collect()
        }
        _ => return wrong.expected(apps?, "spec.apps", "a list of one app at least"),
    };
    Some(BatchFile {
        intent,
        name: Clean::default(),
        reason: reason.map(|reason| reason.value).unwrap_or_default(),
        on_failure,
        width: width.and_then(|width| usize::try_from(width).ok()),
        soak,
        gate: gate.unwrap_or(false),
        deadline,
        incident: incident.unwrap_or(false),
        to_time,
        apps,
    })
}

/// Seconds: `30`, `"30s"`, `"5m"`, `"1h"`; a day at most.
fn seconds(node: &Node, field: &str, least: u32, wrong: &mut Wrong) -> Option<u32> {
    let read = match &node.value {
        Tree::Int(seconds) => u32::try_from(*seconds).ok(),
        Tree::Text(text) => {
            let units = [("s", 1), ("m", 60), ("h", 3600)];
            let number = units.iter().find_map(|(unit, by)| Some((text.strip_suffix(unit)?, *by)));
            number.and_then(|(digits, by)| digits.parse::<u32>().ok()?.checked_mul(by))
        }
        _ => None,
    };
    match read.filter(|seconds| (least..=86_400).contains(seconds)) {
        Some(seconds) => Some(seconds),
        None => wrong.expected(node, field, "a time up to a day: 30s, 5m, 1h, or a whole number of seconds"),
    }
}
