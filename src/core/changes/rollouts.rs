//! Rollouts, from revisions.
//!
//! A revision's creation tells when its template first went live. An undo re-numbers the revision that it goes back to and keeps its
//! creation: when that went live is only inferred.

use std::collections::BTreeMap;

use super::{Entry, Evidence, Meta, Read, Said, What, live, read::by_app};
use crate::{Time, fleet::Fleet, model::AppKey, text::Clean};

/// Every rollout that the revisions tell of.
pub(super) fn rollouts(read: &Read, fleet: &Fleet) -> Vec<Entry> {
    let mut owned: BTreeMap<&AppKey, Vec<&Meta>> = BTreeMap::new();
    for meta in &read.revisions {
        if let (Some(owner), Some(_)) = (&meta.owner, meta.revision) {
            owned.entry(owner).or_default().push(meta);
        }
    }
    let apps = by_app(read);
    let mut found = Vec::new();
    for (app, mut revisions) in owned {
        revisions.sort_by_key(|meta| meta.revision);
        for (n, meta) in revisions.iter().enumerate() {
            let newest = n + 1 == revisions.len();
            let reused = is_reused(meta, &revisions[..n]);
            // An older revision of a later number has lost the one that it had at first, unless it says so.
            let first = if reused { meta.history.first().copied() } else { meta.revision };
            if let Some(created) = meta.created {
                let before = first.and_then(|first| predecessor(&revisions, first));
                found.push(created_at(app, meta, before, created, first));
            }
            if reused {
                let before = n.checked_sub(1).map(|before| revisions[before]);
                found.extend(went_back(read, fleet, app, apps.get(app).copied(), (meta, before), newest));
            }
        }
    }
    found
}

/// Whether a revision was used again: it says so (ReplicaSets), or is older than one of a lower number.
fn is_reused(meta: &Meta, lower: &[&Meta]) -> bool {
    !meta.history.is_empty() || lower.iter().any(|other| other.created > meta.created)
}

/// The revision that was live before the one of this number: it may have another number by now.
fn predecessor<'a>(revisions: &[&'a Meta], number: i64) -> Option<&'a Meta> {
    let earlier = |meta: &Meta| {
        let numbers = meta.history.iter().copied().chain(meta.revision);
        numbers.filter(|other| *other < number).max()
    };
    revisions
        .iter()
        .filter_map(|meta| Some((earlier(meta)?, *meta)))
        .max_by_key(|(other, _)| *other)
        .map(|(_, meta)| meta)
}

fn created_at(app: &AppKey, meta: &Meta, before: Option<&Meta>, at: Time, number: Option<i64>) -> Entry {
    let said = format!("{} {} was created then", meta.kind, meta.name);
    let mut entry = Entry::of_app(app, What::Rollout, at, Evidence::Certain(said.into()));
    (entry.from, entry.to) = versions(before, meta, number);
    cause(&mut entry, meta);
    entry
}

fn cause(entry: &mut Entry, meta: &Meta) {
    if !meta.cause.is_empty() {
        entry.evidence.push(Evidence::Inferred(format!("its change-cause says: {}", meta.cause).into()));
    }
}

/// The images that differ, else the numbers.
fn versions(before: Option<&Meta>, after: &Meta, number: Option<i64>) -> (Clean, Clean) {
    let numbered = |number: Option<i64>| number.map(|n| Clean::from(format!("revision {n}"))).unwrap_or_default();
    let nothing: Box<[_]> = Box::default();
    let from = before.map_or(Some(&nothing), |meta| meta.images.as_ref());
    if let (Some(before), Some(after)) = (from, &after.images) {
        let (from, to) = live::images(before, after);
        if !to.is_empty() || !from.is_empty() {
            return (from, to);
        }
    }
    (numbered(before.and_then(|meta| meta.revision)), numbered(number))
}

/// The way back to an earlier revision, at the time that tells best.
fn went_back(
    read: &Read,
    fleet: &Fleet,
    app: &AppKey,
    workload: Option<&Meta>,
    (meta, before): (&Meta, Option<&Meta>),
    newest: bool,
) -> Option<Entry> {
    let (at, said) = by_event(read, meta)
        .or_else(|| newest.then(|| by_template(workload?)).flatten())
        .or_else(|| newest.then(|| by_condition(fleet, app)).flatten())?;
    let number = meta.revision.unwrap_or_default();
    let mut entry = Entry::of_app(app, What::Rollback, at, Evidence::Inferred(said.into()));
    (entry.from, entry.to) = versions(before, meta, meta.revision);
    if let Some(was) = meta.history.last() {
        let said = format!("{} {} was revision {was} and is revision {number} now", meta.kind, meta.name);
        entry.evidence.push(Evidence::Inferred(said.into()));
    }
    cause(&mut entry, meta);
    Some(entry)
}

fn by_event(read: &Read, meta: &Meta) -> Option<(Time, String)> {
    let about = format!("Scaled up replica set {} ", meta.name);
    // From more than nothing it is a scale: an autoscaler's, or someone's.
    let first = |said: &Said| said.message.contains(" from 0 to ") || !said.message.contains(" from ");
    let events = read.events.iter().filter(|said| said.namespace == meta.namespace && said.message.starts_with(&about));
    let events = events.filter(|said| first(said));
    let first = events
        .map(|said| said.at)
        .filter(|at| meta.created.is_none_or(|made| (*at - made).num_seconds() > 60))
        .min()?;
    Some((first, "the controller scaled up its old ReplicaSet then (event)".to_owned()))
}

fn by_template(workload: &Meta) -> Option<(Time, String)> {
    let writer =
        workload.writers.iter().filter(|writer| writer.owns("spec.template")).max_by_key(|writer| writer.at)?;
    let said =
        format!("managedFields say that {} wrote to the app, spec.template among its fields, then", writer.manager);
    Some((writer.at, said))
}

fn by_condition(fleet: &Fleet, app: &AppKey) -> Option<(Time, String)> {
    let row = fleet.app(app)?;
    let condition = row.app.conditions.iter().find(|condition| &*condition.kind == "Progressing")?;
    Some((condition.at?, "the Progressing condition was last updated then".to_owned()))
}
