//! What every kind has: who owns it, conditions, labels and annotations, events.

use rolldeck_core::{
    fleet::Freshness,
    kept::Kept,
    model::{Event, ObjectRef},
};
use serde_json::Value;

use super::words::{ago, items, pairs, text};
use crate::{
    Ctx, Scope,
    fleet::Cell,
    widgets::{
        Sheet, key,
        text::{age, left},
    },
};

/// When it came, what ends it, and who owns it.
pub(super) fn origin(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let metadata = &object["metadata"];
    let owners = items(&metadata["ownerReferences"]).iter().map(|owner| {
        let role = if owner["controller"] == true { "controlled by" } else { "owned by" };
        format!("{role} {} {}", text(&owner["kind"]), text(&owner["name"]))
    });
    sheet.field("owner", owners.collect::<Vec<_>>().join(", "));
    sheet.field("created", ago(ctx, &metadata["creationTimestamp"]));
    if metadata["deletionTimestamp"].is_string() {
        let held = items(&metadata["finalizers"]).iter().map(text).collect::<Vec<_>>().join(", ");
        let held = if held.is_empty() { String::new() } else { format!(", held by its finalizers {held}") };
        let said = format!("being deleted, due {}{held}", ago(ctx, &metadata["deletionTimestamp"]));
        sheet.coloured("ending", Scope::Warn, said);
    }
}

/// Whether a condition tells of trouble: what should hold does not, or what should not does.
pub(super) fn is_bad(kind: &str, status: &str) -> bool {
    const SHOULD_NOT: [&str; 5] = ["Pressure", "Unavailable", "Failure", "Disruption", "Terminating"];
    let negative = SHOULD_NOT.iter().any(|word| kind.contains(word)) || kind == "ScalingLimited";
    match status {
        "True" => negative,
        "False" => !negative,
        _ => true,
    }
}

/// The status conditions, those that tell of trouble first.
pub(super) fn conditions(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let mut all: Vec<&Value> = items(&object["status"]["conditions"]).iter().collect();
    if all.is_empty() {
        return;
    }
    let bad = |condition: &Value| is_bad(&text(&condition["type"]), &text(&condition["status"]));
    all.sort_by_key(|condition| !bad(condition));
    sheet.section("Conditions");
    for condition in all {
        let scope = if bad(condition) { Scope::Bad } else { Scope::Text };
        let kind = text(&condition["type"]);
        let head = format!("{} {}", left(&kind, 26.min(sheet.room() / 2)), left(&text(&condition["status"]), 7));
        let since = ago(ctx, &condition["lastTransitionTime"]);
        let pieces = vec![
            Cell::new(scope, head),
            Cell::new(Scope::Dim, format!(" {} ", left(&since, 8))),
            Cell::new(scope, text(&condition["reason"])),
        ];
        sheet.part(&kind, pieces).text(Scope::Dim, &text(&condition["message"])).end();
    }
}

/// The keys of the sections that begin folded.
pub(super) fn folded() -> [u64; 2] {
    [key("Labels"), key("Annotations")]
}

/// Labels and annotations.
pub(super) fn marks(sheet: &mut Sheet, object: &Value) {
    for (title, field) in [("Labels", "labels"), ("Annotations", "annotations")] {
        let map = &object["metadata"][field];
        let count = map.as_object().map_or(0, serde_json::Map::len);
        sheet.titled(title, vec![Cell::new(Scope::Dim, format!(" ({count})"))]);
        for (name, value) in pairs(map) {
            sheet.part(name, vec![Cell::new(Scope::Dim, name.to_owned())]);
            value.lines().for_each(|line| {
                sheet.text(Scope::Text, line);
            });
            sheet.end();
        }
    }
}

/// The events about it, newest first.
pub(super) fn events(sheet: &mut Sheet, ctx: &Ctx, object: &ObjectRef, events: &Kept<Event>) {
    let mut all: Vec<&Event> = events.iter().map(|(_, event)| event).collect();
    all.sort_by_key(|event| std::cmp::Reverse(event.at));
    sheet.titled("Events", vec![Cell::new(Scope::Dim, ", newest first")]);
    match events.freshness() {
        Freshness::Forbidden(what) => drop(sheet.text(Scope::Bad, &format!("✗ not allowed: {what}"))),
        Freshness::Stale { why, .. } => drop(sheet.text(Scope::Stale, &format!("stale: {why}"))),
        _ if !events.listed() => drop(sheet.text(Scope::Stale, "… loading")),
        _ if all.is_empty() => {
            let none = format!(
                "none about this {} are kept (a cluster keeps them for an hour as a rule)",
                object.api.kind.to_lowercase()
            );
            sheet.text(Scope::Dim, &none);
        }
        _ => {}
    }
    for event in all {
        event_line(sheet, ctx, event);
    }
}

/// An event, its message under it.
pub(crate) fn event_line(sheet: &mut Sheet, ctx: &Ctx, event: &Event) {
    let sign = if event.warning { "! " } else { "  " };
    let times = if event.count > 1 { format!(" ×{}", event.count) } else { String::new() };
    let scope = if event.warning { Scope::Warn } else { Scope::Text };
    let when = event.at.map_or_else(|| "?".to_owned(), |at| age(at, ctx.clock.now));
    let pieces = vec![
        Cell::new(scope, format!("{sign}{} {}{times}", left(&when, 4), event.reason)),
        Cell::new(Scope::Dim, format!("  {}", event.about)),
    ];
    sheet.part(&format!("{}/{}", event.reason, event.about), pieces).text(Scope::Dim, &event.message).end();
}
