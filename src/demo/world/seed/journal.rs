//! What rolldeck recorded of the batches that ended, in its own format 2: in the namespace of the apps one ConfigMap with the
//! state and one with the templates before and after, which are those of the fleet's ReplicaSets.

use super::super::controllers::deployment::{REVISION, TEMPLATE_HASH};
use super::super::json::{annotation, controller, list, name, stamp, text, uid};
use super::super::kinds::{CONFIG_MAP, DEPLOYMENT, REPLICA_SET};
use super::super::kubelet::image_id;
use super::Seeder;
use super::batches::{BATCHES, Batch, Outcome, WIDTH};
use base64::Engine;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};
use std::io::Write;

const CAUSE: &str = "kubernetes.io/change-cause";

/// One revision of an app, as a record tells of it.
struct Side {
    number: i64,
    version: String,
    set: String,
    template: Value,
    cause: Value,
}

/// An app of a batch, before and after.
struct Step {
    uid: String,
    before: Side,
    after: Side,
}

/// Puts the records of all batches into the store, whose fleet is there already.
pub fn write(seeder: &mut Seeder<'_>) {
    for batch in BATCHES {
        let steps: Vec<Step> = batch.apps.iter().filter_map(|(app, _)| step(seeder, batch, app)).collect();
        let state = json!({
            "metadata": metadata(seeder, batch, "state"),
            "data": {"state.json": record(seeder, batch, &steps).to_string()},
        });
        seeder.put(&CONFIG_MAP, state);
        let packed: Map<String, Value> = steps
            .iter()
            .enumerate()
            .map(|(nth, step)| (format!("step-{nth}.json.gz"), packed(&templates(seeder, batch, nth, step))))
            .collect();
        let maps = json!({"metadata": metadata(seeder, batch, "steps"), "immutable": true, "binaryData": packed});
        seeder.put(&CONFIG_MAP, maps);
    }
}

/// Before and after of an app, from its Deployment and the ReplicaSet of the revision below the live one.
fn step(seeder: &Seeder<'_>, batch: &Batch, app: &str) -> Option<Step> {
    let live = seeder.store.get(&DEPLOYMENT, batch.namespace, app)?;
    let sets = seeder.store.list(&REPLICA_SET, Some(batch.namespace)).0;
    let of = |number: i64| {
        let ours = |set: &&Value| controller(set).is_some_and(|owner| text(owner, "/uid") == uid(&live));
        sets.iter().filter(ours).find(|set| annotation(set, REVISION) == Some(number.to_string().as_str())).map(side)
    };
    let number: i64 = annotation(&live, REVISION)?.parse().ok()?;
    let (now, other) = (of(number)?, of(number - 1)?);
    let (before, after) = if batch.outcome == Outcome::Reverted { (now, other) } else { (other, now) };
    Some(Step { uid: uid(&live).to_owned(), before, after })
}

fn side(set: &Value) -> Side {
    let mut template = set["spec"]["template"].clone();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(TEMPLATE_HASH);
    }
    let image = text(&template, "/spec/containers/0/image");
    Side {
        number: annotation(set, REVISION).and_then(|number| number.parse().ok()).unwrap_or(0),
        version: image.rsplit(':').next().unwrap_or(image).to_owned(),
        set: name(set).to_owned(),
        cause: json!(annotation(set, CAUSE)),
        template,
    }
}

fn metadata(seeder: &Seeder<'_>, batch: &Batch, what: &str) -> Value {
    let id = batch.id(seeder.now);
    let mut labels =
        json!({"app.kubernetes.io/managed-by": "rolldeck", "rolldeck.dev/journal": what, "rolldeck.dev/batch": id});
    let name = match what {
        "state" => {
            labels["rolldeck.dev/unfinished"] = json!("false");
            format!("rolldeck-{id}-state")
        }
        _ => format!("rolldeck-{id}-steps-0"),
    };
    json!({
        "name": name, "namespace": batch.namespace, "labels": labels,
        "creationTimestamp": stamp(batch.started(seeder.now)),
    })
}

fn record(seeder: &Seeder<'_>, batch: &Batch, steps: &[Step]) -> Value {
    let now = seeder.now;
    let (intent, phase, epoch, on_failure, width) = match batch.outcome {
        Outcome::Released => ("Release", "done", 1, "stop", WIDTH),
        Outcome::Reverted => ("Release", "reverted", 2, "revert", WIDTH),
        Outcome::RolledBack => ("Rollback", "done", 1, "stop", steps.len()),
    };
    let (user, host) = batch.by;
    let notes: Vec<Value> = steps.iter().enumerate().map(|(nth, step)| note(seeder, batch, nth, step)).collect();
    json!({
        "format": 2, "id": batch.id(now), "intent": intent, "by": user, "claimed": format!("{user}@{host}"),
        "reason": batch.reason, "started": stamp(batch.started(now)), "ended": stamp(batch.ended(now)),
        "epoch": epoch, "driver": format!("{user}@{host} 4711 8812345 5f3c0a12-4026531836"), "phase": phase,
        "unfinished": false, "home": batch.namespace, "namespaces": [batch.namespace],
        "options": {
            "width": width, "on_failure": on_failure, "soak": 0, "gate": false, "incident": false, "deadline": 600,
            "max_restarts": 3,
        },
        "log": batch.log(now), "steps": notes,
    })
}

fn note(seeder: &Seeder<'_>, batch: &Batch, nth: usize, step: &Step) -> Value {
    let rollback = batch.outcome == Outcome::RolledBack;
    let words = |side: &Side, number: i64| match rollback {
        true => format!("rev {number} {}", side.version),
        false => side.version.clone(),
    };
    // The number that the revision had before it was used again: the one that the operator went back to.
    let target = if rollback { step.before.number - 1 } else { step.after.number };
    let mut note = json!({
        "index": nth, "kind": "Deployment", "name": batch.apps[nth].0,
        "mark": if batch.outcome == Outcome::Reverted { "reverted" } else { "healthy" },
        "why": "", "since": stamp(batch.settled(nth, seeder.now)), "accepted": stamp(batch.accepted(nth, seeder.now)),
        "before": words(&step.before, step.before.number), "after": words(&step.after, target),
    });
    if rollback {
        note["target"] = json!(step.after.set);
    }
    if batch.outcome != Outcome::Reverted {
        let containers = list(&step.after.template, "/spec/containers").iter();
        let digest = |container: &Value| {
            let id = image_id(text(container, "/image"));
            json!(id.split_once('@').map_or("", |(_, digest)| digest))
        };
        note["digests"] =
            containers.map(|container| (text(container, "/name").to_owned(), digest(container))).collect();
    }
    note
}

fn templates(seeder: &Seeder<'_>, batch: &Batch, nth: usize, step: &Step) -> Value {
    let snapshot = |side: &Side, token: Option<String>| {
        json!({
            "uid": step.uid, "template": side.template, "replicas": null, "paused": false, "cause": side.cause,
            "token": token,
        })
    };
    json!({
        "format": 2, "index": nth, "app": format!("deploy/{}", batch.apps[nth].0),
        "before": snapshot(&step.before, None),
        "after": snapshot(&step.after, Some(batch.token(nth, 1, seeder.now))),
    })
}

fn packed(step: &Value) -> Value {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail.
    let _ = gzip.write_all(step.to_string().as_bytes());
    json!(base64::engine::general_purpose::STANDARD.encode(gzip.finish().unwrap_or_default()))
}
