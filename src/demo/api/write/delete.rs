//! Delete: at once, after a grace period, or when the last finalizer is gone.

use chrono::TimeDelta;
use http::Response;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::hooks::Body;
use super::super::selector::Selection;
use super::super::{read, respond};
use super::body;
use crate::clock::rfc3339;
use crate::store::kind::KINDS;
use crate::store::{Kind, Refusal, Store};

/// What a delete asks for.
#[derive(Default)]
struct Options {
    grace: Option<i64>,
    uid: Option<String>,
    version: Option<String>,
    foreground: bool,
    orphan: bool,
    dry_run: bool,
}

impl Options {
    fn read(call: &Call, content: &[u8]) -> Result<Options, Refusal> {
        let body = body::beside("DeleteOptions", content)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let policy =
            text(&body["propagationPolicy"]).or_else(|| call.query.text("propagationPolicy").map(str::to_owned));
        let grace = call.query.text("gracePeriodSeconds").and_then(|text| text.parse().ok());
        Ok(Options {
            grace: body["gracePeriodSeconds"].as_i64().or(grace),
            uid: text(&body["preconditions"]["uid"]),
            version: text(&body["preconditions"]["resourceVersion"]),
            foreground: policy.as_deref() == Some("Foreground"),
            orphan: policy.as_deref() == Some("Orphan"),
            dry_run: call.dry_run()? || body["dryRun"].as_array().is_some_and(|all| !all.is_empty()),
        })
    }
}

/// Answers a delete.
///
/// # Errors
/// 404, 409 for a precondition that does not hold.
pub fn delete(call: &Call, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let options = Options::read(call, content)?;
    let left = one(call, call.namespace(), call.name(), &options)?;
    Ok(match left {
        Left::Going(object) => read::shown(call, 200, &object),
        Left::Gone(uid) => {
            let mut details = json!({ "name": call.name(), "kind": call.kind.resource, "uid": uid });
            if !call.kind.group.is_empty() {
                details["group"] = call.kind.group.into();
            }
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
            });
            respond::object(200, &status, call.form.media)
        }
    })
}

/// Answers a delete of all that are selected, with the list of them.
///
/// # Errors
/// 400 for a selector that is none.
pub fn delete_collection(call: &Call, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let options = Options::read(call, content)?;
    let selection = Selection::read(call.kind, call.route.namespace.as_deref(), &call.query)?;
    let listing = call.server.store.listing(call.kind, selection.namespace.as_deref());
    let mut items = Vec::new();
    for stored in listing.objects.iter().filter(|stored| selection.takes(stored)) {
        // Somebody else may have been faster with one of them.
        if one(call, &stored.namespace, &stored.name, &options).is_ok() {
            items.push(stored.value());
        }
    }
    let list = json!({
        "kind": format!("{}List", call.kind.kind), "apiVersion": call.kind.api_version(),
        "metadata": { "resourceVersion": call.server.store.version().to_string() }, "items": items,
    });
    Ok(respond::json(200, &list))
}

enum Left {
    /// Its deletion has begun.
    Going(Value),
    /// It is gone; its uid.
    Gone(Value),
}

fn one(call: &Call, namespace: &str, name: &str, options: &Options) -> Result<Left, Refusal> {
    let store = &call.server.store;
    let kind = call.kind;
    let object = store.get(kind, namespace, name).ok_or_else(|| Refusal::not_found(kind, name))?;
    preconditions(kind, name, &object, options)?;
    let grace = grace(kind, &object, options);
    let mut finalizers: Vec<Value> = object["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
    if options.foreground {
        finalizers.push("foregroundDeletion".into());
    }
    if options.orphan {
        finalizers.push("orphan".into());
    }
    // Only the controllers can wait for dependents, and those of the demo collect what has lost its owner by itself.
    finalizers.retain(|one| one != "foregroundDeletion" && one != "orphan");
    let waits = grace > 0 || !finalizers.is_empty();
    let uid = object["metadata"]["uid"].clone();
    if options.dry_run {
        return Ok(if waits { Left::Going(object) } else { Left::Gone(uid) });
    }
    if !waits {
        if kind.kind == "Namespace" {
            empty(store, name);
        }
        store.delete(kind, namespace, name)?;
        return Ok(Left::Gone(uid));
    }
    let end = rfc3339(store.clock().now() + TimeDelta::seconds(grace));
    let marked = store.update(kind, namespace, name, |object| {
        let metadata = &mut object["metadata"];
        let sooner = metadata["deletionGracePeriodSeconds"].as_i64().is_none_or(|current| grace < current);
        if metadata.get("deletionTimestamp").is_none() || sooner {
            metadata["deletionTimestamp"] = end.into();
            metadata["deletionGracePeriodSeconds"] = grace.into();
        }
        Ok(())
    })?;
    Ok(Left::Going(marked))
}

fn preconditions(kind: &Kind, name: &str, object: &Value, options: &Options) -> Result<(), Refusal> {
    let metadata = &object["metadata"];
    let differs = |wanted: &Option<String>, key: &str| {
        wanted.as_deref().filter(|wanted| metadata[key] != **wanted).map(str::to_owned)
    };
    let words = |what: &str, wanted: &str, key: &str| {
        let record = metadata[key].as_str().unwrap_or_default();
        format!(
            "the {what} in the precondition ({wanted}) does not match the {what} in record ({record}). The object might have been "
        )
    };
    if let Some(uid) = differs(&options.uid, "uid") {
        return Err(overtaken(kind, name, &(words("UID", &uid, "uid") + "deleted and then recreated")));
    }
    if let Some(version) = differs(&options.version, "resourceVersion") {
        let why = words("ResourceVersion", &version, "resourceVersion") + "modified";
        return Err(overtaken(kind, name, &why));
    }
    Ok(())
}

/// A conflict as a deletion has it: it names the kind, not the resource.
fn overtaken(kind: &Kind, name: &str, why: &str) -> Refusal {
    let mut refusal = Refusal::conflict(kind, name, why);
    refusal.message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.qualified_kind());
    if let Some(details) = &mut refusal.details {
        details["kind"] = kind.kind.into();
    }
    refusal
}

/// How long a deletion waits: only pods that were scheduled and still run do.
fn grace(kind: &Kind, object: &Value, options: &Options) -> i64 {
    let done = matches!(object["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    if kind.kind != "Pod" || object["spec"]["nodeName"].as_str().is_none_or(str::is_empty) || done {
        return 0;
    }
    options.grace.or_else(|| object["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(30).max(0)
}

/// Takes out what a namespace holds.
fn empty(store: &Store, namespace: &str) {
    for kind in KINDS.iter().filter(|kind| kind.namespaced) {
        for stored in store.listing(kind, Some(namespace)).objects {
            let _ = store.delete(kind, namespace, &stored.name);
        }
    }
}

/// Takes out an object whose deletion waited for its last finalizer.
pub fn finish(store: &Store, kind: &'static Kind, object: &Value) {
    let metadata = &object["metadata"];
    let none = metadata["finalizers"].as_array().is_none_or(Vec::is_empty);
    let now = metadata["deletionGracePeriodSeconds"].as_i64().unwrap_or(0) == 0;
    if metadata.get("deletionTimestamp").is_some() && none && now {
        let text = |key: &str| metadata[key].as_str().unwrap_or_default();
        let _ = store.delete(kind, text("namespace"), text("name"));
    }
}
