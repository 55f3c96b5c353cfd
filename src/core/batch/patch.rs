//! JSON Patches (RFC 6902) that compare and set: each tests what it overwrites, with the raw values of a fresh GET.
//!
//! What the API server makes of them: a failed `test` is a 422 that names no cause; `test … null` passes where the field is
//! absent; `add` below an absent parent fails, so that parents are created.

use serde_json::{Value, json};
use thiserror::Error;

use super::{Bounds, Change, Snapshot, Token, reference::Reference, snapshot, template};

/// Why no patch can be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatchError {
    /// The template has no such container.
    #[error("its template has no container named {0}: read the app again")]
    NoContainer(String),
    /// The object is not shaped like a workload.
    #[error("the object has no {0}: it is nothing that rolldeck understands")]
    Malformed(&'static str),
}

/// The patch that makes `change` of the object `live`. With `resume` a paused Deployment is resumed in the same patch.
///
/// # Errors
/// The object lacks what the change is about.
pub fn forward(live: &Value, change: &Change, resume: Option<bool>, token: &Token) -> Result<Value, PatchError> {
    let mut patch = Patch::new(live, token)?;
    needs(live, if matches!(change, Change::Bounds(_)) { "maxReplicas" } else { "template" })?;
    match change {
        Change::SetImages(images) => {
            patch.test("/spec/template");
            for (container, image) in images {
                patch.set_image(container, image)?;
            }
            patch.cause(cause(change, &token.batch).as_deref());
        }
        Change::Template { to, .. } => {
            patch.set("/spec/template", template::of_revision(to));
            patch.cause(cause(change, &token.batch).as_deref());
        }
        Change::Restart(at) => {
            patch.test("/spec/template");
            patch.parent("/spec/template/metadata");
            patch.parent("/spec/template/metadata/annotations");
            patch.set(&annotation("/spec/template", template::RESTARTED_AT), json!(at));
            patch.cause(cause(change, &token.batch).as_deref());
        }
        Change::Scale(replicas) => patch.set("/spec/replicas", json!(replicas)),
        Change::Bounds(bounds) => patch.bounds(*bounds, false),
        Change::Paused(paused) => patch.set("/spec/paused", json!(paused)),
    }
    if resume == Some(true) && snapshot::paused(live) {
        patch.set("/spec/paused", json!(false));
    }
    Ok(patch.done())
}

/// The patch that makes of `live` what the journal recorded as `after`: for a step whose change is known from there alone. Whoever
/// calls it has judged that `live` is still what `before` holds.
///
/// # Errors
/// The object is not of the kind that was recorded.
pub fn recorded(live: &Value, before: &Snapshot, after: &Snapshot, token: &Token) -> Result<Value, PatchError> {
    let mut patch = restoring(live, after, token)?;
    if before.paused != after.paused && after.is_of_workload() {
        patch.set("/spec/paused", json!(after.paused));
    }
    Ok(patch.done())
}

/// The patch that brings `live` back to what `before` holds. Whoever calls it has judged that `live` is still what the
/// batch made of it; the patch tests that nothing has changed since that look.
///
/// # Errors
/// The object is not of the kind that was recorded.
pub fn back(live: &Value, before: &Snapshot, token: &Token) -> Result<Value, PatchError> {
    let mut patch = restoring(live, before, token)?;
    if before.is_of_pause() {
        patch.set("/spec/paused", json!(before.paused));
    }
    Ok(patch.done())
}

/// Template with its cause, replicas and bounds as a snapshot has them.
fn restoring<'a>(live: &'a Value, to: &Snapshot, token: &Token) -> Result<Patch<'a>, PatchError> {
    let mut patch = Patch::new(live, token)?;
    needs(live, if to.bounds.is_some() { "maxReplicas" } else { "template" })?;
    if let Some(template) = &to.template {
        patch.set("/spec/template", template.clone());
        patch.cause(to.cause.as_deref());
    }
    if let Some(replicas) = to.replicas {
        patch.set("/spec/replicas", json!(replicas));
    }
    if let Some(bounds) = to.bounds {
        patch.bounds(bounds, to.no_min);
    }
    Ok(patch)
}

/// The patch that pauses a Deployment again, after a revert of a change that resumed it has rolled back.
///
/// # Errors
/// The object is no workload.
pub fn pause(live: &Value, token: &Token) -> Result<Value, PatchError> {
    let mut patch = Patch::new(live, token)?;
    patch.set("/spec/paused", json!(true));
    Ok(patch.done())
}

/// The patch that only sets the token: a write that left under the last one and has not arrived can then do nothing any more.
///
/// # Errors
/// The object is no workload.
pub fn fence(live: &Value, token: &Token) -> Result<Value, PatchError> {
    Ok(Patch::new(live, token)?.done())
}

/// `/spec/template` as the change would leave it, before admission; `None` where the template does not change.
pub fn template_after(live: &Value, change: &Change) -> Option<Value> {
    let mut after = live["spec"]["template"].clone();
    match change {
        Change::Scale(_) | Change::Bounds(_) | Change::Paused(_) => return None,
        Change::Template { to, .. } => return Some(template::of_revision(to)),
        Change::Restart(at) => {
            if !after["metadata"]["annotations"].is_object() {
                after["metadata"]["annotations"] = json!({});
            }
            after["metadata"]["annotations"][template::RESTARTED_AT] = json!(at);
        }
        Change::SetImages(images) => {
            for (list, _) in template::LISTS {
                for container in after["spec"][list].as_array_mut().into_iter().flatten() {
                    if let Some(image) = container["name"].as_str().and_then(|name| images.get(name)) {
                        container["image"] = json!(image);
                    }
                }
            }
        }
    }
    Some(after)
}

/// The change-cause that a change of the template writes: `release v1.2.0 (rolldeck 20261122-140501-k3x9)`, or that of the
/// revision that comes back; `None` where it leaves none.
pub fn cause(change: &Change, batch: &str) -> Option<String> {
    let what = match change {
        Change::SetImages(images) => {
            let mut versions: Vec<_> = images.values().map(|image| Reference::split(image).version()).collect();
            versions.sort();
            versions.dedup();
            format!("release {}", versions.join(", "))
        }
        Change::Restart(_) => "restart".to_owned(),
        Change::Template { cause, .. } => return Some(cause.to_string()).filter(|cause| !cause.is_empty()),
        Change::Scale(_) | Change::Bounds(_) | Change::Paused(_) => return None,
    };
    Some(format!("{what} (rolldeck {batch})"))
}

fn needs(live: &Value, field: &str) -> Result<(), PatchError> {
    match field {
        _ if !live["spec"][field].is_null() => Ok(()),
        "template" => Err(PatchError::Malformed("spec.template")),
        _ => Err(PatchError::Malformed("spec.maxReplicas")),
    }
}

fn annotation(of: &str, name: &str) -> String {
    format!("{of}/metadata/annotations/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A patch in the making. Every operation that overwrites is preceded by the test of what it overwrites.
struct Patch<'a> {
    live: &'a Value,
    created: Vec<String>,
    operations: Vec<Value>,
}

impl<'a> Patch<'a> {
    fn new(live: &'a Value, token: &Token) -> Result<Self, PatchError> {
        if !live["metadata"]["uid"].is_string() {
            return Err(PatchError::Malformed("metadata.uid"));
        }
        let mut patch = Self { live, created: Vec::new(), operations: Vec::new() };
        patch.test("/metadata/uid");
        patch.parent("/metadata/annotations");
        patch.set(&annotation("", Token::ANNOTATION), json!(token.to_string()));
        Ok(patch)
    }

    fn there(&self, path: &str) -> Option<&'a Value> {
        self.live.pointer(path).filter(|value| !value.is_null())
    }

    fn test(&mut self, path: &str) {
        let value = self.live.pointer(path).unwrap_or(&Value::Null);
        self.operations.push(json!({"op": "test", "path": path, "value": value}));
    }

    /// Makes an object of what is absent.
    fn parent(&mut self, path: &str) {
        if self.there(path).is_none() {
            if !self.created.iter().any(|created| path.starts_with(&format!("{created}/"))) {
                self.test(path);
            }
            self.operations.push(json!({"op": "add", "path": path, "value": {}}));
            self.created.push(path.to_owned());
        }
    }

    fn set(&mut self, path: &str, value: Value) {
        if !self.created.iter().any(|created| path.starts_with(&format!("{created}/"))) {
            self.test(path);
        }
        let op = if self.there(path).is_some() { "replace" } else { "add" };
        self.operations.push(json!({"op": op, "path": path, "value": value}));
    }

    fn set_image(&mut self, container: &str, image: &str) -> Result<(), PatchError> {
        for (list, _) in template::LISTS {
            let containers =
                self.live["spec"]["template"]["spec"][list].as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(nth) = containers.iter().position(|c| c["name"] == container) {
                let path = format!("/spec/template/spec/{list}/{nth}");
                self.test(&format!("{path}/name"));
                self.set(&format!("{path}/image"), json!(image));
                return Ok(());
            }
        }
        Err(PatchError::NoContainer(container.to_owned()))
    }

    /// Sets the bounds; with `no_min` the lower one is left to the server's default, as it was.
    fn bounds(&mut self, bounds: Bounds, no_min: bool) {
        match no_min {
            false => self.set("/spec/minReplicas", json!(bounds.min)),
            true => self.remove("/spec/minReplicas"),
        }
        self.set("/spec/maxReplicas", json!(bounds.max));
    }

    /// Sets the change-cause, or takes it away.
    fn cause(&mut self, cause: Option<&str>) {
        let path = annotation("", snapshot::CHANGE_CAUSE);
        match cause {
            Some(cause) => self.set(&path, json!(cause)),
            None => self.remove(&path),
        }
    }

    fn remove(&mut self, path: &str) {
        if self.there(path).is_some() {
            self.test(path);
            self.operations.push(json!({"op": "remove", "path": path}));
        }
    }

    fn done(self) -> Value {
        Value::Array(self.operations)
    }
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
