//! `columns.TABLE` of config.toml: which columns a table shows, in which order, and columns of the user's own.

use std::{collections::BTreeMap, fmt, path::Path};

use rolldeck_core::{
    model::{AddedFrom, JsonPath},
    text::nearest::nearest,
};
use rolldeck_screens::widgets::{Chosen, Columns, GROWING, tables};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use toml::Spanned;

use super::ConfigError;

/// The columns as the file has them, by table.
pub(super) type Tables = BTreeMap<Spanned<String>, Spanned<Vec<Spanned<Entry>>>>;

/// A column as the file has it: the name of one that the table has, or one of the user's own.
#[derive(Debug)]
pub(super) enum Entry {
    Known(String),
    Own(Own),
}

/// A column of the user's own: a title, and one place that its text comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Own {
    title: String,
    label: Option<String>,
    annotation: Option<String>,
    jsonpath: Option<String>,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Entry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or { title = …, label = … }")
            }
            fn visit_str<E>(self, name: &str) -> Result<Entry, E> {
                Ok(Entry::Known(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                Own::deserialize(MapAccessDeserializer::new(map)).map(Entry::Own)
            }
        }
        from.deserialize_any(Either)
    }
}

/// The user's columns.
///
/// # Errors
/// A table or a column that there is not, with the nearest that there is; a column named twice; a table without its names; a
/// column of the user's own with no place or several for its text, or with a path that is none. Each with file and line.
pub(super) fn columns(file: &Path, text: &str, tables: &Tables) -> Result<Columns, ConfigError> {
    let wrong = |at: usize, what: String| ConfigError::at(file.to_owned(), text, at, what);
    let mut chosen = BTreeMap::new();
    for (table, entries) in tables {
        let known = known(table.get_ref()).map_err(|what| wrong(table.span().start, what))?;
        let mut list: Vec<Chosen> = Vec::new();
        for entry in entries.get_ref() {
            let column = column(table.get_ref(), &known, entry.get_ref());
            let column = column.map_err(|what| wrong(entry.span().start, what))?;
            if list.iter().any(|other| name(other) == name(&column)) {
                return Err(wrong(
                    entry.span().start,
                    format!("columns.{} has \"{}\" twice", table.get_ref(), name(&column)),
                ));
            }
            list.push(column);
        }
        if !list.iter().any(|column| matches!(column, Chosen::Known(id) if id == "name")) {
            let what =
                format!("columns.{0} has no \"name\": without it nobody can tell what a key acts on", table.get_ref());
            return Err(wrong(entries.span().start, what));
        }
        chosen.insert(table.get_ref().clone(), list);
    }
    Ok(Columns { chosen })
}

fn name(column: &Chosen) -> &str {
    match column {
        Chosen::Known(id) => id,
        Chosen::Added(title, _) => title,
    }
}

/// The names of a table's columns.
fn known(table: &str) -> Result<Vec<&'static str>, String> {
    let all = tables();
    if let Some((_, columns)) = all.iter().find(|(name, _)| *name == table) {
        return Ok(columns.iter().map(|column| column.id).collect());
    }
    let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
    Err(format!("there is no table \"{table}\"; {}", meant(table, &names)))
}

fn meant(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known are {}", known.join(", ")),
    }
}

fn column(table: &str, known: &[&str], entry: &Entry) -> Result<Chosen, String> {
    let own = match entry {
        Entry::Known(id) if known.contains(&id.as_str()) => return Ok(Chosen::Known(id.clone())),
        Entry::Known(id) => {
            return Err(format!("the table \"{table}\" has no column \"{id}\"; {}", meant(id, known)));
        }
        Entry::Own(own) => own,
    };
    if !GROWING.contains(&table) {
        let tables = GROWING.join(" and ");
        return Err(format!(
            "columns of your own can be added to {tables}; the table \"{table}\" has {}",
            known.join(", ")
        ));
    }
    if own.title.trim().is_empty() {
        return Err("a column needs a title".into());
    }
    let from = match (&own.label, &own.annotation, &own.jsonpath) {
        (Some(key), None, None) => AddedFrom::Label(key.as_str().into()),
        (None, Some(key), None) => AddedFrom::Annotation(key.as_str().into()),
        (None, None, Some(path)) => AddedFrom::JsonPath(JsonPath::parse(path).map_err(|error| error.to_string())?),
        _ => {
            return Err(format!(
                "the column \"{}\" needs one of label, annotation and jsonpath, and no other",
                own.title
            ));
        }
    };
    Ok(Chosen::Added(own.title.as_str().into(), from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        columns: Tables,
    }

    fn read(text: &str) -> Result<Columns, String> {
        let file = Path::new("config.toml");
        let parsed: File =
            toml::from_str(text).map_err(|error| ConfigError::from_toml(file.into(), text, &error).to_string())?;
        columns(file, text, &parsed.columns).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_chosen_ordered_and_added() {
        let text = r#"columns.fleet = ["name", { title = "TEAM", label = "team" }, "ready",
            { title = "OWNER", annotation = "example.com/owner" }, { title = "TZ", jsonpath = ".spec.template.spec.timeZone" }]
            columns.pods = ["status", "name"]"#;
        let columns = read(text).unwrap();
        let ids = |table: &str| columns.chosen[table].iter().map(name).collect::<Vec<_>>();
        assert_eq!(ids("fleet"), ["name", "TEAM", "ready", "OWNER", "TZ"]);
        assert_eq!(ids("pods"), ["status", "name"]);
        assert_eq!(columns.added("fleet").iter().filter(|column| column.is_kept()).count(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_the_nearest_name() {
        let cases = [
            ("\ncolumns.fleets = []", "config.toml, line 2: there is no table \"fleets\"; did you mean \"fleet\"?"),
            (
                "columns.fleet = [\n'name',\n'redy']",
                "config.toml, line 3: the table \"fleet\" has no column \"redy\"; did you mean \"ready\"?",
            ),
            ("columns.fleet = ['name', 'cpu',\n 'cpu']", "config.toml, line 2: columns.fleet has \"cpu\" twice"),
            (
                "columns.pods = ['status']",
                "config.toml, line 1: columns.pods has no \"name\": without it nobody can tell what a key acts on",
            ),
            (
                "columns.namespaces = ['name',\n{ title = 'A', label = 'a' }]",
                "config.toml, line 2: columns of your own can be added to fleet and pods; the table \"namespaces\" has name, \
                 status, apps, pods, troubled, cpu, memory, age",
            ),
            (
                "columns.pods = ['name',\n{ title = 'A' }]",
                "config.toml, line 2: the column \"A\" needs one of label, annotation and jsonpath, and no other",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text).unwrap_err(), wanted);
        }
        let unknown = read("columns.pods = ['name',\n{ title = 'A', lable = 'x' }]").unwrap_err();
        assert!(unknown.contains("unknown key \"lable\"; did you mean \"label\"?"), "{unknown}");
        let path = read("columns.pods = ['name', { title = 'A', jsonpath = '.a[' }]").unwrap_err();
        assert!(path.contains("line 1: \".a[\" is no JSONPath") && path.contains("write .a.b[0].c"), "{path}");
    }
}
