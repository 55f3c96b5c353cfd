//! A PersistentVolumeClaim.

use serde_json::Value;

use super::{
    basics::{conditions, origin},
    words::{items, text},
};
use crate::{Ctx, Scope, widgets::Sheet};

pub(super) fn claim(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let (spec, status) = (&object["spec"], &object["status"]);
    sheet.section("Claim");
    let phase = text(&status["phase"]);
    let scope = match phase.as_str() {
        "Bound" => Scope::Good,
        "Lost" => Scope::Bad,
        _ => Scope::Warn,
    };
    sheet.coloured("status", scope, &phase);
    let (has, asks) = (text(&status["capacity"]["storage"]), text(&spec["resources"]["requests"]["storage"]));
    match has == asks || has.is_empty() {
        true => drop(sheet.field("size", &asks)),
        false => drop(sheet.field("size", format!("{has}, {asks} asked for"))),
    }
    let class = text(&spec["storageClassName"]);
    sheet.field("class", if class.is_empty() { "the default".to_owned() } else { class });
    sheet.field("volume", text(&spec["volumeName"]));
    sheet.field("access", items(&spec["accessModes"]).iter().map(text).collect::<Vec<_>>().join(", "));
    sheet.field("mode", text(&spec["volumeMode"]));
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
}
