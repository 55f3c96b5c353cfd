//! A ConfigMap, and a Secret, of which only keys and sizes are shown.

use rolldeck_core::text::quantity;
use serde_json::Value;

use super::{
    basics::origin,
    words::{pairs, text},
};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet, yaml::decoded_length};

/// Lines of a value that are shown; the rest is counted.
const SHOWN: usize = 200;

pub(super) fn config_map(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    sheet.section("ConfigMap");
    if object["immutable"] == true {
        sheet.field("immutable", "yes: it is replaced, never changed");
    }
    origin(sheet, ctx, object);
    sheet.section("Data");
    if pairs(&object["data"]).chain(pairs(&object["binaryData"])).next().is_none() {
        sheet.text(Scope::Dim, "empty");
    }
    for (name, value) in pairs(&object["data"]) {
        let head =
            vec![Cell::new(Scope::Heading, name.to_owned()), Cell::new(Scope::Dim, format!("  {}", size(value.len())))];
        sheet.part(name, head);
        for (n, line) in value.lines().take(SHOWN).enumerate() {
            sheet.line(&n.to_string(), vec![Cell::new(Scope::Text, line.replace('\t', "    "))]);
        }
        if let more @ 1.. = value.lines().count().saturating_sub(SHOWN) {
            sheet.text(Scope::Dim, &format!("… {more} more lines: the YAML has them all"));
        }
        sheet.end();
    }
    keys(sheet, &object["binaryData"]);
}

pub(super) fn secret(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    sheet.section("Secret");
    sheet.field("type", text(&object["type"]));
    if object["immutable"] == true {
        sheet.field("immutable", "yes: it is replaced, never changed");
    }
    origin(sheet, ctx, object);
    sheet.section("Keys");
    sheet.text(Scope::Dim, "Values are not shown here: the YAML has them, hidden until they are asked for.");
    keys(sheet, &object["data"]);
}

fn keys(sheet: &mut Sheet, data: &Value) {
    for (name, value) in pairs(data) {
        let pieces = vec![
            Cell::new(Scope::Text, name.to_owned()),
            Cell::new(Scope::Dim, format!("  {}", size(decoded_length(&value)))),
        ];
        sheet.line(name, pieces);
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        more => quantity::memory(more as u64),
    }
}
