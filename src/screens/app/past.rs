//! Its revisions, events and conditions.

use rolldeck_core::model::{Api, AppKey, AppKind, Condition, Event, Image, ObjectRef, Revision};

use super::{
    AppPage,
    parts::{part, remark, when},
};
use crate::{
    Ctx, Scope,
    describe::event_line,
    fleet::Cell,
    widgets::{Sheet, text::left},
};

/// What names a revision of an app as an object.
pub(super) fn object(key: &AppKey, revision: &Revision) -> ObjectRef {
    let api = match key.kind {
        AppKind::Deployment => Api::new("apps", "v1", "replicasets", "ReplicaSet", true),
        AppKind::StatefulSet | AppKind::DaemonSet => {
            Api::new("apps", "v1", "controllerrevisions", "ControllerRevision", true)
        }
    };
    ObjectRef { api, namespace: key.namespace.clone(), name: revision.name.clone() }
}

/// Its revisions; those marked for a comparison.
pub(super) fn revisions(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    let how = match page.marked.len() {
        0 => "enter compares with what is live, space marks two".to_owned(),
        1 => "1 marked: enter on another compares the two".to_owned(),
        n => format!("{n} marked: enter compares them"),
    };
    sheet.titled("Revisions", remark(how));
    let all: &[Revision] = part(sheet, &page.revisions, "none");
    for revision in all {
        let sign = if revision.live { "▸" } else { " " };
        let mark = if page.marked.contains(&revision.number) { "●" } else { " " };
        let live = if revision.live { " (live)" } else { "" };
        let pods = revision.replicas.filter(|n| *n > 0).map(|n| format!(" {n} running")).unwrap_or_default();
        let head = format!("{sign} {}{live}  first seen {} ago{pods}", revision.number, when(ctx, revision.created));
        let scope = if revision.live { Scope::Good } else { Scope::Text };
        let pieces = vec![Cell::new(Scope::Marked, mark), Cell::new(scope, head)];
        sheet.part(&revision.number.to_string(), pieces).about(object(&page.key, revision));
        sheet.text(Scope::Dim, &joined(&revision.images));
        if !revision.cause.is_empty() {
            sheet.text(Scope::Dim, &format!("change-cause: {}", revision.cause));
        }
        sheet.end();
    }
}

/// `main=registry.local/shop/orders:v1 sidecar=…`.
fn joined(images: &[Image]) -> String {
    images.iter().map(|image| format!("{}={}", image.container, image.image)).collect::<Vec<_>>().join(" ")
}

/// Events about it, its revisions and its pods.
pub(super) fn events(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.titled("Events", remark("newest first"));
    let all: &[Event] = part(sheet, &page.events, "none in the last hour");
    all.iter().for_each(|event| event_line(sheet, ctx, event));
}

/// Its conditions.
pub(super) fn conditions(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.section("Conditions");
    let Some(app) = page.live(ctx) else {
        sheet.text(Scope::Stale, "… loading");
        return;
    };
    if app.conditions.is_empty() {
        sheet.text(Scope::Dim, "none");
    }
    for condition in &app.conditions {
        let holds = match condition.holds {
            Some(true) => "True",
            Some(false) => "False",
            None => "Unknown",
        };
        let head = format!("{} {} {} ", left(&condition.kind, 16), left(holds, 7), left(&when(ctx, condition.at), 4));
        let scope = if bad(condition) { Scope::Bad } else { Scope::Text };
        sheet.part(&condition.kind, vec![Cell::new(scope, format!("{head}{}", condition.reason))]);
        sheet.text(Scope::Dim, &condition.message).end();
    }
}

/// Whether a condition tells of trouble: what should hold does not, or a failure does.
fn bad(condition: &Condition) -> bool {
    let failure = condition.kind.contains("Failure");
    condition.holds.is_some_and(|holds| holds == failure)
}
