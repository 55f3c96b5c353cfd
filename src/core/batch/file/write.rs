//! A batch file, written.

use serde_json::{Map, Value, json};

use super::{BatchFile, FileApp, VERSION, Whom};
use crate::{
    batch::{Count, OnFailure},
    text::yaml::yaml,
};

impl BatchFile {
    /// The file as YAML: what [`super::read`] makes the same of.
    pub fn to_yaml(&self) -> String {
        yaml(&self.to_json()).text
    }

    /// The file as JSON.
    pub fn to_json(&self) -> Value {
        let mut spec = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                spec.insert(name.to_owned(), value);
            }
        };
        set("reason", (!self.reason.is_empty()).then(|| json!(self.reason.as_str())));
        let on_failure = |on: OnFailure| match on {
            OnFailure::Stop => "stop",
            OnFailure::Revert => "revert",
            OnFailure::Continue => "continue",
        };
        set("onFailure", self.on_failure.map(|on| json!(on_failure(on))));
        set("width", self.width.map(|width| json!(width)));
        set("soak", self.soak.map(|soak| json!(soak)));
        set("gate", self.gate.then_some(json!(true)));
        set("deadline", self.deadline.map(|deadline| json!(deadline)));
        set("incident", self.incident.then_some(json!(true)));
        set("toTime", self.to_time.as_ref().map(|time| json!(time.value.as_str())));
        set("apps", Some(self.apps.iter().map(app).collect()));
        let mut file = json!({ "apiVersion": VERSION, "kind": self.intent.kind(), "spec": spec });
        if !self.name.is_empty() {
            file["metadata"] = json!({ "name": self.name.as_str() });
        }
        file
    }
}

fn app(app: &FileApp) -> Value {
    let mut entry = match &app.whom {
        Whom::App(key) => {
            json!({ "namespace": key.namespace.as_str(), "kind": key.kind.name(), "name": key.name.as_str() })
        }
        Whom::Selected { namespace, kind, selector } => {
            let mut entry = json!({ "namespace": namespace.as_str(), "selector": selector.as_str() });
            if let Some(kind) = kind {
                entry["kind"] = json!(kind.name());
            }
            entry
        }
    };
    if !app.images.is_empty() {
        entry["images"] = app.images.iter().map(|(name, image)| (name.to_string(), json!(image.as_str()))).collect();
    }
    let more = [
        ("tag", app.tag.as_ref().map(|tag| json!(tag.as_str()))),
        ("toRevision", app.to_revision.map(|revision| json!(revision))),
        ("toTime", app.to_time.as_ref().map(|time| json!(time.value.as_str()))),
        ("replicas", app.replicas.map(count)),
        ("minReplicas", app.min.map(|min| json!(min))),
        ("maxReplicas", app.max.map(|max| json!(max))),
        ("resume", app.resume.map(|resume| json!(resume))),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            entry[name] = value;
        }
    }
    entry
}

fn count(count: Count) -> Value {
    match count {
        Count::To(count) => json!(count),
        relative => json!(relative.to_string()),
    }
}
