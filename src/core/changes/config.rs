//! Edits, from managedFields: each manager's last write, and the parts of the object that it owns. Creation alone is certain.

use super::{
    Entry, Evidence, Meta, Read, What, Writer, live,
    read::{by_app, key_of},
};
use crate::{Time, fleet::Fleet, model::AppKey, text::Clean};

/// A write this close to another account of a change is that change.
const CLOSE: i64 = 10;

/// Every edit that managedFields or a creation tell of.
pub(super) fn edits(read: &Read, fleet: &Fleet) -> Vec<Entry> {
    let config = read.config.iter().flat_map(|meta| {
        let what = match &*meta.kind {
            "ConfigMap" => What::ConfigMap,
            "Secret" => What::Secret,
            _ => What::Ingress,
        };
        let mut entries = of_meta(meta, what, None, Clean::default());
        for entry in &mut entries {
            entry.users = read.users.get(&(entry.namespace.clone(), entry.object.clone())).cloned().unwrap_or_default();
        }
        entries
    });
    let hpas = read.hpas.iter().flat_map(|meta| {
        let row = fleet.rows().find(|row| {
            row.app.key.namespace == meta.namespace && row.hpa.as_ref().is_some_and(|hpa| hpa.name == meta.name)
        });
        let now = row.and_then(|row| row.hpa.as_ref()).map(|hpa| format!("{}..{} now", hpa.min, hpa.max));
        of_meta(meta, What::Hpa, row.map(|row| &row.app.key), now.unwrap_or_default().into())
    });
    config.chain(hpas).collect()
}

/// The creation of an object, and the last write of each of its managers.
fn of_meta(meta: &Meta, what: What, app: Option<&AppKey>, to: Clean) -> Vec<Entry> {
    let entry = |at, to: Clean, by: Clean, evidence| Entry {
        at,
        what,
        app: app.cloned(),
        users: Vec::new(),
        namespace: meta.namespace.clone(),
        object: meta.object(),
        from: Clean::default(),
        to,
        by,
        evidence: vec![evidence],
    };
    let created = meta.created.map(|at| {
        let by = meta.writers.iter().filter(|writer| is_near(writer.at, at)).map(|writer| writer.manager.clone());
        let by = by.into_iter().next().unwrap_or_default();
        entry(at, "created".into(), by, Evidence::Certain(format!("{} was created then", meta.kind).into()))
    });
    let later =
        meta.writers.iter().filter(|writer| counts(writer) && meta.created.is_none_or(|at| !is_near(writer.at, at)));
    let edits = later.map(|writer| {
        let to = if to.is_empty() { owned(writer) } else { to.clone() };
        entry(writer.at, to, writer.manager.clone(), Evidence::Inferred(said(writer)))
    });
    created.into_iter().chain(edits).collect()
}

fn is_near(a: Time, b: Time) -> bool {
    (a - b).num_seconds().abs() <= 2
}

/// Whether a write is an edit: of the object itself, not of its status.
fn counts(writer: &Writer) -> bool {
    &*writer.subresource != "status"
}

/// `data, metadata.labels`.
fn owned(writer: &Writer) -> Clean {
    writer.parts.iter().take(3).map(|part| part.to_string()).collect::<Vec<_>>().join(", ").into()
}

fn said(writer: &Writer) -> Clean {
    let by = match &*writer.subresource {
        "" => writer.manager.to_string(),
        sub => format!("{} (through {sub})", writer.manager),
    };
    format!("managedFields say that {by} last wrote one of its fields then ({})", owned(writer)).into()
}

/// Tells each change of an app who may have made it, by the managers that wrote at that moment; what no change explains is an edit
/// of its own.
pub(super) fn attribute(read: &Read, found: &mut Vec<Entry>, since: Time) {
    for (key, meta) in by_app(read) {
        let edits = meta.writers.iter().filter(|writer| writer.at >= since && counts(writer));
        for writer in edits.filter(|writer| &*writer.manager != "kube-controller-manager") {
            let about = |entry: &&mut Entry| {
                entry.app.as_ref() == Some(&key)
                    && (entry.at - writer.at).num_seconds().abs() <= CLOSE
                    && fits(entry.what, writer)
            };
            match found.iter_mut().find(about) {
                Some(entry) => {
                    if entry.by.is_empty() {
                        entry.by = writer.manager.clone();
                    }
                    entry.evidence.push(Evidence::Inferred(said(writer)));
                }
                None => found.extend(alone(&key, meta, writer)),
            }
        }
    }
}

/// Whether a manager's fields could hold such a change.
fn fits(what: What, writer: &Writer) -> bool {
    match what {
        What::Rollout | What::Rollback => writer.owns("spec.template") || &*writer.manager == "rolldeck",
        What::Scale | What::Rescale => writer.owns("spec.replicas") || &*writer.subresource == "scale",
        What::Pause => writer.owns("spec.paused") || writer.owns("spec.template"),
        _ => true,
    }
}

/// A write that nothing else tells of.
fn alone(key: &AppKey, meta: &Meta, writer: &Writer) -> Option<Entry> {
    debug_assert_eq!(key_of(meta).as_ref(), Some(key));
    if meta.created.is_some_and(|at| is_near(at, writer.at)) {
        return None;
    }
    let what = if &*writer.subresource == "scale" { What::Scale } else { What::Edit };
    let mut entry = Entry::of_app(key, what, writer.at, Evidence::Inferred(said(writer)));
    entry.to = owned(writer);
    entry.by = writer.manager.clone();
    if &*writer.manager == "rolldeck" {
        let batch = live::batch_of(&meta.batch);
        entry.by = if batch.is_empty() { entry.by } else { format!("rolldeck, {batch}").into() };
    }
    Some(entry)
}
