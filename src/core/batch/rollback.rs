//! Where a rollback goes unless the operator picks: the newest earlier revision whose images differ.

use std::collections::BTreeMap;

use super::{Change, Problem, ProblemKind, Skipped, Step, template};
use crate::{model::Revision, text::Clean};

/// What the default found.
pub(super) struct Choice {
    pub change: Option<Change>,
    pub skipped: Vec<Skipped>,
    pub lack: Option<Problem>,
}

/// The revisions before the live one, newest first. Where none is live (a paused app whose template was edited), all.
pub(super) fn earlier(revisions: &[Revision]) -> impl Iterator<Item = &Revision> {
    let live = revisions.iter().filter(|revision| revision.live).map(|revision| revision.number).max();
    let mut earlier: Vec<_> = revisions.iter().filter(|r| !r.live && live.is_none_or(|live| r.number < live)).collect();
    earlier.sort_by_key(|revision| -revision.number);
    earlier.into_iter()
}

/// The change that goes back to a revision.
pub(super) fn to(revision: &Revision) -> Change {
    Change::Template { to: revision.template.clone(), revision: revision.number, cause: revision.cause.clone() }
}

/// The newest earlier revision whose images differ, and those that were skipped, with why.
pub(super) fn default(step: &Step) -> Choice {
    let now: BTreeMap<_, _> = step.images_before().into_iter().map(|i| ((i.container, i.init), i.image)).collect();
    let live = step.live.as_deref().map(|live| live["spec"]["template"].clone()).unwrap_or_default();
    let mut skipped = Vec::new();
    for revision in earlier(&step.revisions) {
        let images: BTreeMap<_, _> =
            template::images(&revision.template).into_iter().map(|i| ((i.container, i.init), i.image)).collect();
        if images != now {
            return Choice { change: Some(to(revision)), skipped, lack: None };
        }
        let differs = template::differences(&live, &revision.template);
        let why = match differs.as_slice() {
            [] => "same images, same template".to_owned(),
            differs => format!("same images ({})", differs.join(", ")),
        };
        skipped.push(Skipped { revision: revision.number, why: Clean::from(why) });
    }
    let lack = if skipped.is_empty() {
        Problem::error(
            ProblemKind::Target,
            "it has no earlier revision to go back to: release an image instead, or take it out of the plan",
        )
    } else {
        Problem::warning(
            ProblemKind::Target,
            "no earlier revision has other images: pick one, or take the very previous",
        )
    };
    Choice { change: None, skipped, lack: Some(lack) }
}
