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
    #[error("the object has no {0}: it is no workload that rolldeck understands")]
    Malformed(&'static str),
}

/// The patch that makes `change` of the object `live`. With `resume` a paused Deployment is resumed in the same patch.
///
/// # Errors
/// The object lacks what the change is about.
pub fn forward(live: &Value, change: &Change, resume: Option<bool>, token: &Token) -> Result<Value, PatchError> {
    let mut patch = Patch::new(live, token)?;
    match change {
        Change::SetImages(images) => {
            patch.test("/spec/template");
            for (container, image) in images {
                patch.set_image(container, image)?;
            }
            patch.cause(Some(&release_cause(change, token)));
        }
        Change::Template { to, cause, .. } => {
            patch.set("/spec/template", template::of_revision(to));
            patch.cause(Some(&**cause).filter(|cause| !cause.is_empty()));
        }
        Change::Restart(at) => {
            patch.test("/spec/template");
            patch.parent("/spec/template/metadata");
            patch.parent("/spec/template/metadata/annotations");
            patch.set(&annotation("/spec/template", template::RESTARTED_AT), json!(at));
            patch.cause(Some(&release_cause(change, token)));
        }
        Change::Scale(replicas) => patch.set("/spec/replicas", json!(replicas)),
        Change::Bounds(bounds) => patch.bounds(*bounds),
        Change::Paused(paused) => patch.set("/spec/paused", json!(paused)),
    }
    if resume == Some(true) && snapshot::paused(live) {
        patch.set("/spec/paused", json!(false));
    }
    Ok(patch.done())
}

/// The patch that brings `live` back to what `before` holds. Whoever calls it has judged that `live` is still what the
/// batch made of it; the patch tests that nothing has changed since that look.
///
/// # Errors
/// The object is no workload.
pub fn back(live: &Value, before: &Snapshot, token: &Token) -> Result<Value, PatchError> {
    let mut patch = Patch::new(live, token)?;
    if let Some(template) = &before.template {
        patch.set("/spec/template", template.clone());
        patch.cause(before.cause.as_deref());
    }
    if let Some(replicas) = before.replicas {
        patch.set("/spec/replicas", json!(replicas));
    }
    Ok(patch.done())
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

/// The change-cause that a change writes: `release v1.2.0 (rolldeck 20261122-140501-k3x9)`.
fn release_cause(change: &Change, token: &Token) -> String {
    let what = match change {
        Change::SetImages(images) => {
            let mut versions: Vec<_> = images.values().map(|image| Reference::split(image).version()).collect();
            versions.sort();
            versions.dedup();
            format!("release {}", versions.join(", "))
        }
        Change::Restart(_) => "restart".to_owned(),
        Change::Template { .. } | Change::Scale(_) | Change::Bounds(_) | Change::Paused(_) => String::new(),
    };
    format!("{what} (rolldeck {})", token.batch)
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
        if !live["spec"]["template"].is_object() {
            return Err(PatchError::Malformed("spec.template"));
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

    fn bounds(&mut self, bounds: Bounds) {
        self.set("/spec/minReplicas", json!(bounds.min));
        self.set("/spec/maxReplicas", json!(bounds.max));
    }

    /// Sets the change-cause, or takes it away.
    fn cause(&mut self, cause: Option<&str>) {
        let path = annotation("", snapshot::CHANGE_CAUSE);
        match cause {
            Some(cause) => self.set(&path, json!(cause)),
            None if self.there(&path).is_some() => {
                self.test(&path);
                self.operations.push(json!({"op": "remove", "path": path}));
            }
            None => {}
        }
    }

    fn done(self) -> Value {
        Value::Array(self.operations)
    }
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
