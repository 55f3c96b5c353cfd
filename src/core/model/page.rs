//! What is read for one app when asked for: revisions and events.

use std::sync::Arc;

use serde_json::Value;

use super::Image;
use crate::{Time, text::Clean};

/// One rollout of an app: a ReplicaSet of a Deployment, a ControllerRevision of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number, newest highest. Undo re-numbers the revision that it goes back to.
    pub number: i64,
    /// The ReplicaSet's or ControllerRevision's name.
    pub name: Clean,
    /// `metadata.creationTimestamp`: when it first existed, not when it last went live.
    pub created: Option<Time>,
    /// The annotation `kubernetes.io/change-cause`, else empty.
    pub cause: Clean,
    /// Its template's containers.
    pub images: Box<[Image]>,
    /// Whether the app's template is this one now.
    pub live: bool,
    /// Pods that run it now, where known.
    pub replicas: Option<u32>,
    /// The pod template, raw, as `/spec/template` of the app would hold it (without `pod-template-hash`).
    pub template: Arc<Value>,
}

/// An event about an app or one of its pods or revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `type: Warning`.
    pub warning: bool,
    /// One word: `FailedScheduling`.
    pub reason: Clean,
    /// The sentence.
    pub message: Clean,
    /// Kind and name of what it is about: `Pod/gateway-7d9f-x2x4`.
    pub about: Clean,
    /// How often it was seen.
    pub count: u32,
    /// When it was last seen.
    pub at: Option<Time>,
}
