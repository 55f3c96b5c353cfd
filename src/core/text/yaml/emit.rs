//! JSON to lines of YAML.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::quote::{block, folded_quotes, scalar};

/// A document in YAML, and what its lines head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yaml {
    /// The document. It may hold any text of the object, but no character that a terminal obeys save line breaks and tabs:
    /// others are escaped within double quotes.
    pub text: String,
    /// Its lines.
    pub lines: Vec<YamlLine>,
}

/// A line of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YamlLine {
    /// The byte of the text that it begins at.
    pub start: u32,
    /// How many of its bytes are its key and the colon; 0 for none.
    pub key: u32,
    /// The line after the last of the part that it heads: the next one, where it heads none.
    pub end: u32,
    /// What names it among all lines, also after other lines came or went: a hash of its path.
    pub path: u64,
}

impl Yaml {
    /// A line's text, without its break.
    pub fn line(&self, n: usize) -> &str {
        let Some(line) = self.lines.get(n) else { return "" };
        let end = self.lines.get(n + 1).map_or(self.text.len(), |next| next.start as usize);
        self.text[line.start as usize..end].trim_end_matches('\n')
    }

    /// The text of these lines, with their breaks.
    pub fn part(&self, lines: std::ops::Range<usize>) -> &str {
        let at = |n: usize| self.lines.get(n).map_or(self.text.len(), |line| line.start as usize);
        &self.text[at(lines.start)..at(lines.end)]
    }
}

/// The object as YAML: `apiVersion`, `kind` and `metadata` first, `status` last, a name before the rest of its list item, all
/// else by name, as kubectl has it. Texts of several lines are block scalars where YAML can hold them so.
pub fn yaml(object: &Value) -> Yaml {
    let mut writer = Writer::default();
    match object {
        Value::Object(fields) if !fields.is_empty() => writer.map(fields, 0, &TOP, None, 0),
        Value::Array(items) if !items.is_empty() => writer.list(items, 0, 0),
        other => {
            writer.begin(0, 0);
            writer.out.text.push_str(&scalar(other));
            writer.out.text.push('\n');
        }
    }
    writer.out
}

/// Which fields of a map come first, and which last.
struct Order {
    first: &'static [&'static str],
    last: &'static [&'static str],
}

const TOP: Order = Order { first: &["apiVersion", "kind", "metadata"], last: &["status"] };
const NAMED: Order = Order { first: &["name", "namespace"], last: &["managedFields"] };

fn ordered<'a>(fields: &'a Map<String, Value>, order: &Order) -> Vec<(&'a String, &'a Value)> {
    let mut all: Vec<_> = fields.iter().collect();
    let rank = |name: &str| match order.first.iter().position(|first| *first == name) {
        Some(at) => at,
        None if order.last.contains(&name) => usize::MAX,
        None => order.first.len(),
    };
    all.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    all
}

#[derive(Default)]
struct Writer {
    out: Yaml,
}

fn below(path: u64, step: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (path, step).hash(&mut hasher);
    hasher.finish()
}

impl Writer {
    fn begin(&mut self, indent: usize, path: u64) -> usize {
        let start = u32::try_from(self.out.text.len()).unwrap_or(u32::MAX);
        let n = self.out.lines.len();
        self.out.lines.push(YamlLine { start, key: 0, end: n as u32 + 1, path });
        self.out.text.extend(std::iter::repeat_n(' ', indent));
        n
    }

    /// The line heads all that was written since.
    fn end(&mut self, line: usize) {
        self.out.lines[line].end = self.out.lines.len() as u32;
    }

    /// Writes a map; its first field on line `inline` where it stands behind a dash.
    fn map(&mut self, fields: &Map<String, Value>, indent: usize, order: &Order, mut inline: Option<usize>, path: u64) {
        for (name, value) in ordered(fields, order) {
            let path = below(path, name);
            let line = match inline.take() {
                Some(line) => line,
                None => self.begin(indent, path),
            };
            self.out.text.push_str(&scalar(&Value::String(name.clone())));
            self.out.text.push(':');
            self.out.lines[line].key = self.out.text.len() as u32 - self.out.lines[line].start;
            match value {
                Value::Object(inner) if !inner.is_empty() => {
                    self.out.text.push('\n');
                    self.map(inner, indent + 2, &NAMED, None, path);
                }
                Value::Array(items) if !items.is_empty() => {
                    self.out.text.push('\n');
                    self.list(items, indent, path);
                }
                plain => {
                    self.out.text.push(' ');
                    self.plain(plain, indent + 2, path);
                }
            }
            self.end(line);
        }
    }

    /// Writes a list, its dashes at `indent`.
    fn list(&mut self, items: &[Value], indent: usize, path: u64) {
        for (n, item) in items.iter().enumerate() {
            let path = match item["name"].as_str() {
                Some(name) => below(path, name),
                None => below(path, n),
            };
            let line = self.begin(indent, path);
            match item {
                Value::Object(fields) if !fields.is_empty() => {
                    self.out.text.push_str("- ");
                    self.map(fields, indent + 2, &NAMED, Some(line), path);
                }
                Value::Array(inner) if !inner.is_empty() => {
                    self.out.text.push_str("-\n");
                    self.list(inner, indent + 2, path);
                }
                plain => {
                    self.out.text.push_str("- ");
                    self.plain(plain, indent + 2, path);
                }
            }
            self.end(line);
        }
    }

    /// Writes a value that has no parts, and the break after it; further lines of a text stand at `indent`.
    fn plain(&mut self, value: &Value, indent: usize, path: u64) {
        if let Value::String(text) = value
            && text.contains('\n')
        {
            let (head, lines) = match block(text) {
                Some((head, lines)) => (head, lines.map(str::to_owned).collect()),
                None => folded_quotes(text),
            };
            self.out.text.push_str(&head);
            self.out.text.push('\n');
            for (n, line) in lines.iter().enumerate() {
                self.begin(if line.is_empty() { 0 } else { indent }, below(path, n));
                self.out.text.push_str(line);
                self.out.text.push('\n');
            }
            return;
        }
        self.out.text.push_str(&scalar(value));
        self.out.text.push('\n');
    }
}
