//! Any part of any object as an indented outline, for kinds that nothing more is known of.

use serde_json::Value;

use super::words::text;
use crate::{Scope, fleet::Cell, widgets::Sheet};

/// Parts that are nested deeper are not followed: an object of the API is never as deep.
const DEEPEST: usize = 40;

/// The fields of a value, each a line or a part.
pub(super) fn outline(sheet: &mut Sheet, value: &Value) {
    below(sheet, value, 0);
}

fn below(sheet: &mut Sheet, value: &Value, depth: usize) {
    match value {
        _ if depth > DEEPEST => drop(sheet.text(Scope::Dim, "…")),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| one(sheet, name, value, depth)),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                let name = item["name"].as_str().or(item["type"].as_str()).map_or(format!("{}", n + 1), str::to_owned);
                match item {
                    Value::Object(_) | Value::Array(_) => one(sheet, &name, item, depth),
                    plain => {
                        sheet.line(&format!("{n}"), vec![Cell::new(Scope::Text, format!("- {}", text(plain)))]);
                    }
                }
            }
        }
        plain => drop(sheet.text(Scope::Text, &text(plain))),
    }
}

fn one(sheet: &mut Sheet, name: &str, value: &Value, depth: usize) {
    let hollow = match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let name_cell = |text: String| Cell::new(Scope::Dim, text);
    match value {
        Value::Object(_) | Value::Array(_) if !hollow => {
            sheet.part(name, vec![name_cell(format!("{name}:"))]);
            below(sheet, value, depth + 1);
            sheet.end();
        }
        Value::String(long) if long.contains('\n') => {
            sheet.part(name, vec![name_cell(format!("{name}:"))]);
            long.lines().for_each(|line| {
                sheet.text(Scope::Text, line);
            });
            sheet.end();
        }
        plain => {
            let said = match plain {
                Value::Null => "none".to_owned(),
                Value::Object(_) | Value::Array(_) => "empty".to_owned(),
                other => text(other),
            };
            let room = sheet.room();
            let long = name.len() + said.len() + 2 > room;
            if long {
                sheet.part(name, vec![name_cell(format!("{name}:"))]).text(Scope::Text, &said).end();
            } else {
                sheet.line(name, vec![name_cell(format!("{name}: ")), Cell::new(Scope::Text, said)]);
            }
        }
    }
}
