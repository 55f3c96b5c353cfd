//! What a controller wants done: writes and events, as data.

use super::json::{name, namespace, text, uid};
use crate::store::Kind;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// One write to the store.
#[derive(Debug, Clone)]
pub enum Write {
    /// Creates an object.
    Create(&'static Kind, Value),
    /// Merges a patch (RFC 7396) into the object of this namespace and name, if it is still the one of this uid.
    Merge(&'static Kind, Target, Value),
    /// Replaces the status of an object, if it is still the one of this uid.
    Status(&'static Kind, Target, Value),
    /// Deletes an object as a client would: a pod gets its grace period.
    Delete(&'static Kind, Target),
}

/// Which object is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its namespace, empty for an object of the cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

impl Target {
    /// The target that an object is.
    pub fn of(object: &Value) -> Self {
        Self { namespace: namespace(object).into(), name: name(object).into(), uid: uid(object).into() }
    }
}

/// An event to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// apiVersion and kind of what it is about.
    pub about: (String, String),
    /// Which object it is about.
    pub target: Target,
    /// The part of it: `spec.containers{name}`.
    pub field: Option<String>,
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason: one word.
    pub reason: &'static str,
    /// What it says.
    pub message: String,
    /// Who says so, and on which node.
    pub source: (&'static str, String),
}

impl Note {
    /// A note about an object that carries its apiVersion and kind.
    pub fn about(
        object: &Value,
        warning: bool,
        reason: &'static str,
        message: String,
        component: &'static str,
    ) -> Self {
        Self {
            about: (text(object, "/apiVersion").into(), text(object, "/kind").into()),
            target: Target::of(object),
            field: None,
            warning,
            reason,
            message,
            source: (component, String::new()),
        }
    }

    /// The kubelet's note about a container of a pod, or about the pod if no container is named.
    pub fn kubelet(pod: &Value, container: Option<&str>, warning: bool, reason: &'static str, message: String) -> Self {
        let mut note = Self::about(pod, warning, reason, message, "kubelet");
        note.about = ("v1".into(), "Pod".into());
        note.field = container.map(|container| format!("spec.containers{{{container}}}"));
        note.source.1 = text(pod, "/spec/nodeName").into();
        note
    }
}

/// What a controller wants done after one look.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The writes, in order.
    pub writes: Vec<Write>,
    /// The events, in order.
    pub notes: Vec<Note>,
    /// When it wants to look again though nothing changed.
    pub again: Option<DateTime<Utc>>,
}

impl Outcome {
    /// Looks again at `time`, or earlier if that was asked for.
    pub fn look_again(&mut self, time: DateTime<Utc>) {
        self.again = Some(self.again.map_or(time, |earlier| earlier.min(time)));
    }
}
