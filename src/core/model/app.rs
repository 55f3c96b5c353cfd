//! An app: a Deployment, StatefulSet or DaemonSet.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Labels;
use crate::{Time, text::Clean};

/// The kinds of workload that an operator releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AppKind {
    /// apps/v1 Deployment: revisions are ReplicaSets.
    Deployment,
    /// apps/v1 StatefulSet: revisions are ControllerRevisions.
    StatefulSet,
    /// apps/v1 DaemonSet: revisions are ControllerRevisions.
    DaemonSet,
}

impl AppKind {
    /// Every kind, in the order of the screens.
    pub const ALL: [Self; 3] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet];

    /// The resource in URLs and RBAC rules: `deployments`.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Deployment => "deployments",
            Self::StatefulSet => "statefulsets",
            Self::DaemonSet => "daemonsets",
        }
    }

    /// The `kind` of its objects: `Deployment`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }

    /// The short name that kubectl knows: `deploy`, `sts`, `ds`.
    pub fn short(self) -> &'static str {
        match self {
            Self::Deployment => "deploy",
            Self::StatefulSet => "sts",
            Self::DaemonSet => "ds",
        }
    }
}

/// What names an app within one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AppKey {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// Its kind.
    pub kind: AppKind,
}

/// `qa/deploy/gateway`.
impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.namespace, self.kind.short(), self.name)
    }
}

/// One container of a pod template, and its image.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Image {
    /// The container's name.
    pub container: Clean,
    /// The whole reference as the template has it: `registry.local/shop/orders:v1.2.0`.
    pub image: Clean,
    /// Whether it is an init container.
    pub init: bool,
}

/// Replica counts as the controller last wrote them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `spec.replicas` (1 where absent); for a DaemonSet `status.desiredNumberScheduled`.
    pub wanted: u32,
    /// `status.replicas`; for a DaemonSet `status.currentNumberScheduled`.
    pub current: u32,
    /// Replicas of the newest revision: `updatedReplicas`, `updatedNumberScheduled`.
    pub updated: u32,
    /// `readyReplicas`, `numberReady`.
    pub ready: u32,
    /// `availableReplicas`, `numberAvailable`.
    pub available: u32,
}

/// How a new revision replaces the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Pod by pod. Bounds as written (`25%`, `1`), empty where absent; `partition` is a StatefulSet's.
    Rolling {
        /// `maxSurge`.
        max_surge: Clean,
        /// `maxUnavailable`.
        max_unavailable: Clean,
        /// Ordinals below it keep the old revision.
        partition: u32,
    },
    /// All old pods end first (Deployment).
    Recreate,
    /// Only when someone deletes a pod (StatefulSet, DaemonSet).
    OnDelete,
}

/// One of an object's `status.conditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `Progressing`, `Available`, `ReplicaFailure`, …
    pub kind: Clean,
    /// `True` is `Some(true)`, `Unknown` is `None`.
    pub holds: Option<bool>,
    /// The reason in one word.
    pub reason: Clean,
    /// The reason in a sentence.
    pub message: Clean,
    /// `lastUpdateTime` where the type has one (Deployments), else `lastTransitionTime`.
    pub at: Option<Time>,
}

/// What one pod asks for: the sum over its containers, of the template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Thousandths of a core; `None` where no container asks.
    pub cpu_milli: Option<u64>,
    /// Bytes; `None` where no container asks.
    pub memory: Option<u64>,
}

/// An app as the API server has it.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// What names it.
    pub key: AppKey,
    /// `metadata.uid`: a namesake created later has another.
    pub uid: Clean,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
    /// `metadata.generation`: raised by each change of the spec.
    pub generation: i64,
    /// `status.observedGeneration`: the newest spec that the controller has seen.
    pub observed: i64,
    /// Replica counts.
    pub counts: Counts,
    /// `spec.paused` (Deployment).
    pub paused: bool,
    /// How rollouts go.
    pub strategy: Strategy,
    /// `podManagementPolicy: Parallel` (StatefulSet); with the default, OrderedReady, a pod that is not ready blocks the rest.
    pub parallel: bool,
    /// The template's containers, init containers first.
    pub images: Box<[Image]>,
    /// What one pod requests.
    pub requests: Requests,
    /// The status conditions.
    pub conditions: Box<[Condition]>,
    /// The newest revision: the annotation `deployment.kubernetes.io/revision`, or `status.updateRevision`
    /// (the name of a ControllerRevision); empty for a DaemonSet.
    pub revision: Clean,
    /// `status.currentRevision` (StatefulSet), else empty.
    pub current_revision: Clean,
    /// The annotation `rolldeck.dev/batch`, else empty.
    pub batch: Clean,
    /// Who else manages it, as its labels, annotations and controlling owner say ("Argo CD", "Helm release shop"), else empty.
    pub managed_by: Clean,
    /// Its labels.
    pub labels: Labels,
    /// What the columns show that were added to the table of apps, in their order; empty where none were.
    pub extras: Box<[Clean]>,
}
