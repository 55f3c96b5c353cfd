//! Columns that the user adds to a table.

use serde_json::Value;

use super::{JsonPath, Labels};
use crate::text::Clean;

/// Where the text of an added column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddedFrom {
    /// A label's value.
    Label(Clean),
    /// An annotation's value.
    Annotation(Clean),
    /// What a path finds in the object's JSON.
    JsonPath(JsonPath),
}

/// An added column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// What stands over it, and its name in a filter (whatever the case).
    pub title: Clean,
    /// Where its text comes from.
    pub from: AddedFrom,
    /// Which of the texts it is that an object keeps for its table; a label is known without.
    slot: Option<usize>,
}

impl Added {
    /// The columns of one table, in order.
    pub fn all(columns: impl IntoIterator<Item = (Clean, AddedFrom)>) -> Vec<Self> {
        let mut slots = 0..;
        let slot = |from: &AddedFrom, slots: &mut std::ops::RangeFrom<usize>| match from {
            AddedFrom::Label(_) => None,
            _ => slots.next(),
        };
        columns.into_iter().map(|(title, from)| Self { slot: slot(&from, &mut slots), title, from }).collect()
    }

    /// Whether objects must keep a text for it.
    pub fn is_kept(&self) -> bool {
        self.slot.is_some()
    }

    /// Its text for an object with these labels and these kept texts.
    pub fn text<'a>(&self, labels: &'a Labels, kept: &'a [Clean]) -> Option<&'a Clean> {
        match (&self.from, self.slot) {
            (AddedFrom::Label(key), _) => labels.get(key),
            (_, slot) => kept.get(slot?).filter(|text| !text.is_empty()),
        }
    }

    /// Its text, read from an object's JSON.
    pub fn read(&self, object: &Value) -> Clean {
        let entry = |of: &str, key: &str| object["metadata"][of].get(key).and_then(Value::as_str).map(Clean::new);
        match &self.from {
            AddedFrom::Label(key) => entry("labels", key).unwrap_or_default(),
            AddedFrom::Annotation(key) => entry("annotations", key).unwrap_or_default(),
            AddedFrom::JsonPath(path) => path.read(object),
        }
    }
}

/// Among added columns, the text of the one that a filter names; the case of its title does not count.
pub(crate) fn by_title<'a>(added: &[Added], key: &str, labels: &'a Labels, kept: &'a [Clean]) -> Option<&'a str> {
    let column = added.iter().find(|column| column.title.eq_ignore_ascii_case(key))?;
    column.text(labels, kept).map(Clean::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_column_of_each_kind_finds_its_text() {
        let added = Added::all([
            ("TEAM".into(), AddedFrom::Label("team".into())),
            ("OWNER".into(), AddedFrom::Annotation("example.com/owner".into())),
            ("TZ".into(), AddedFrom::JsonPath(JsonPath::parse(".spec.timeZone").unwrap())),
        ]);
        let object = json!({"metadata": {"labels": {"team": "blue"}, "annotations": {"example.com/owner": "da\u{1b}na"}},
            "spec": {"timeZone": "Europe/Berlin"}});
        let read: Vec<_> = added.iter().map(|column| column.read(&object).to_string()).collect();
        assert_eq!(read, ["blue", "da␛na", "Europe/Berlin"]);
        let kept: Vec<_> = added.iter().filter(|column| column.is_kept()).map(|column| column.read(&object)).collect();
        let labels: Labels = [("team".into(), "blue".into())].into_iter().collect();
        let shown: Vec<_> = added.iter().filter_map(|column| column.text(&labels, &kept)).map(Clean::as_str).collect();
        assert_eq!(shown, ["blue", "da␛na", "Europe/Berlin"]);
        assert_eq!(by_title(&added, "tz", &labels, &kept), Some("Europe/Berlin"));
        assert_eq!(by_title(&added, "tz", &labels, &[]), None);
    }
}
