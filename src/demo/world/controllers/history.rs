//! ControllerRevisions: the history of StatefulSets and DaemonSets (pkg/controller/history).

use super::super::json::{int, merge, name, namespace, owned_by, uid, without_nulls};
use super::super::kinds::CONTROLLER_REVISION;
use super::super::names::template_hash;
use super::super::outcome::{Outcome, Target, Write};
use serde_json::{Value, json};

/// The label that a revision bears its hash with.
const HASH: &str = "controller.kubernetes.io/hash";

/// Brings the revisions of an owner up to date with its template and answers that of the present template. A template
/// that was there before gets the next number; a new one gets a revision of its own.
pub fn present(owner: &Value, kind: &str, mut revisions: Vec<Value>, out: &mut Outcome) -> (Vec<Value>, Value) {
    revisions.sort_by_key(|revision| (number(revision), name(revision).to_owned()));
    let data = data(owner);
    let next = revisions.last().map_or(1, |last| number(last) + 1);
    let same = revisions.iter().rposition(|revision| revision.get("data").map(without_nulls).as_ref() == Some(&data));
    if let Some(at) = same {
        if at + 1 < revisions.len() {
            out.writes.push(Write::Merge(&CONTROLLER_REVISION, Target::of(&revisions[at]), json!({"revision": next})));
            revisions[at]["revision"] = json!(next);
        }
        let present = revisions[at].clone();
        return (revisions, present);
    }
    let made = revision(owner, kind, &data, next);
    out.writes.push(Write::Create(&CONTROLLER_REVISION, made.clone()));
    revisions.push(made.clone());
    (revisions, made)
}

/// The template that a revision holds.
pub fn template(revision: &Value) -> Value {
    let mut template = revision.pointer("/data/spec/template").cloned().unwrap_or_default();
    if let Some(map) = template.as_object_mut() {
        map.remove("$patch");
    }
    template
}

/// A revision's number.
pub fn number(revision: &Value) -> i64 {
    int(revision, "/revision").unwrap_or(0)
}

/// A revision's hash.
pub fn hash(revision: &Value) -> &str {
    super::super::json::label(revision, HASH).unwrap_or("")
}

/// Deletes the oldest revisions beyond the owner's limit that no pod runs.
pub fn clean_up(owner: &Value, revisions: &[Value], in_use: impl Fn(&Value) -> bool, out: &mut Outcome) {
    let limit = int(owner, "/spec/revisionHistoryLimit").unwrap_or(10);
    let unused: Vec<_> = revisions.iter().filter(|revision| !in_use(revision)).collect();
    let excess = usize::try_from(unused.len() as i64 - limit).unwrap_or(0);
    for revision in unused.into_iter().take(excess) {
        out.writes.push(Write::Delete(&CONTROLLER_REVISION, Target::of(revision)));
    }
}

fn data(owner: &Value) -> Value {
    let mut template = owner.pointer("/spec/template").map(without_nulls).unwrap_or_else(|| json!({}));
    template["$patch"] = json!("replace");
    json!({"spec": {"template": template}})
}

/// A new revision of an owner's present template.
pub fn revision_of(owner: &Value, kind: &str, number: i64) -> Value {
    revision(owner, kind, &data(owner), number)
}

fn revision(owner: &Value, kind: &str, data: &Value, number: i64) -> Value {
    let hash = template_hash(data, 0);
    let mut labels = owner.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
    merge(&mut labels, &json!({HASH: hash}));
    let annotations = owner.pointer("/metadata/annotations").cloned().unwrap_or_else(|| json!({}));
    json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": format!("{}-{hash}", name(owner)),
            "namespace": namespace(owner),
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owned_by("apps/v1", kind, name(owner), uid(owner))],
        },
        "data": data,
        "revision": number,
    })
}
