//! What the sources of the fleet say, in order: the only way into the store.

use crate::{
    Time,
    model::{App, Hpa, Pod},
    text::Clean,
};

/// The kinds of object that the fleet is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// apps/v1 deployments.
    Deployments,
    /// apps/v1 statefulsets.
    StatefulSets,
    /// apps/v1 daemonsets.
    DaemonSets,
    /// v1 pods.
    Pods,
    /// autoscaling/v2 horizontalpodautoscalers.
    Hpas,
    /// metrics.k8s.io/v1beta1 pods: polled, not watched.
    PodMetrics,
}

impl Resource {
    /// All that are watched.
    pub const WATCHED: [Self; 5] = [Self::Deployments, Self::StatefulSets, Self::DaemonSets, Self::Pods, Self::Hpas];

    /// The resource as RBAC rules name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployments => "deployments",
            Self::StatefulSets => "statefulsets",
            Self::DaemonSets => "daemonsets",
            Self::Pods | Self::PodMetrics => "pods",
            Self::Hpas => "horizontalpodautoscalers",
        }
    }

    /// The API group as RBAC rules name it; the core group is empty.
    pub fn group(self) -> &'static str {
        match self {
            Self::Deployments | Self::StatefulSets | Self::DaemonSets => "apps",
            Self::Pods => "",
            Self::Hpas => "autoscaling",
            Self::PodMetrics => "metrics.k8s.io",
        }
    }
}

/// One namespace, or with `None` all of them.
pub type Scope = Option<Clean>;

/// One stream of objects: a resource in a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// What.
    pub resource: Resource,
    /// Where.
    pub scope: Scope,
}

/// An object of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// A workload.
    App(Box<App>),
    /// A pod.
    Pod(Box<Pod>),
    /// An autoscaler.
    Hpa(Box<Hpa>),
}

/// How far a source can be believed.
#[derive(Clone, Debug, PartialEq)]
pub enum Freshness {
    /// The first list has not ended; so many objects have come, of so many if the server says.
    Loading {
        /// Objects so far.
        seen: usize,
        /// `metadata.remainingItemCount` and what came before it.
        of: Option<usize>,
    },
    /// The stream is up, or the last poll answered.
    Live,
    /// Nothing is known after `since`; why, in a few words. What was known stays shown.
    Stale {
        /// When the cluster was last heard.
        since: Time,
        /// `connection refused`, `no answer for 15 s`, …
        why: Clean,
    },
    /// The user may not: verb and resource (with its group) and place, ready to show: `list pods in namespace qa`.
    Forbidden(Clean),
    /// The server has no such resource (no metrics server, for one).
    Absent,
    /// The login has expired or was refused (401): nothing will come until someone logs in again.
    Unauthorized(Clean),
}

/// What a source of the fleet says next.
pub type SourceEvent = FeedEvent<Object>;

/// What a source says next; its objects are `T`.
#[derive(Clone, Debug, PartialEq)]
pub enum FeedEvent<T> {
    /// A list begins. What it does not name until `Listed` is gone; until then everything old stays.
    Listing,
    /// An object exists, or changed.
    Applied(T),
    /// An object is gone.
    Deleted {
        /// Its namespace.
        namespace: Clean,
        /// Its name.
        name: Clean,
    },
    /// The list is complete.
    Listed,
    /// The source's freshness changed.
    Fresh(Freshness),
    /// An object came that cannot be understood, and is not shown. The name if it could be read.
    Unreadable(Clean),
}

/// One event of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Who says it. Shared by all updates of a stream.
    pub source: std::sync::Arc<Source>,
    /// What it says.
    pub event: SourceEvent,
}
