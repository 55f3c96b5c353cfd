//! The rights that the console uses, and which of them the user has.

use futures::{StreamExt, TryStreamExt, stream};
use rolldeck_core::{batch::PortError, text::Clean};

use crate::{access::may, connect::Cluster};

/// Questions that are under way at once.
const AT_ONCE: usize = 8;

/// What a right is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To see the fleet. Without it the console shows little.
    Look,
    /// For a screen beside the fleet, which says what it may not read.
    More,
    /// To release, roll back, scale and restart.
    Batch,
    /// To delete or evict a pod.
    Act,
}

/// Verbs on a resource that the console uses for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// What for.
    pub purpose: Purpose,
    /// The API group; the core group is empty.
    pub group: &'static str,
    /// The resource, or `resource/subresource`.
    pub resource: &'static str,
    /// The verbs.
    pub verbs: &'static [&'static str],
    /// Whether it is asked in namespaces; else of the whole cluster.
    pub namespaced: bool,
}

const fn need(
    purpose: Purpose,
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
    namespaced: bool,
) -> Need {
    Need { purpose, group, resource, verbs, namespaced }
}

const READ: &[&str] = &["get", "list", "watch"];
const FOLLOW: &[&str] = &["list", "watch"];
const KEEP: &[&str] = &["get", "create", "update"];

/// Every right that the console uses.
pub const NEEDS: [Need; 30] = [
    need(Purpose::Look, "apps", "deployments", READ, true),
    need(Purpose::Look, "apps", "statefulsets", READ, true),
    need(Purpose::Look, "apps", "daemonsets", READ, true),
    need(Purpose::Look, "", "pods", READ, true),
    need(Purpose::Look, "autoscaling", "horizontalpodautoscalers", FOLLOW, true),
    need(Purpose::More, "apps", "replicasets", FOLLOW, true),
    need(Purpose::More, "apps", "controllerrevisions", FOLLOW, true),
    need(Purpose::More, "", "events", FOLLOW, true),
    need(Purpose::More, "", "services", FOLLOW, true),
    need(Purpose::More, "discovery.k8s.io", "endpointslices", FOLLOW, true),
    need(Purpose::More, "networking.k8s.io", "ingresses", FOLLOW, true),
    need(Purpose::More, "", "configmaps", FOLLOW, true),
    need(Purpose::More, "", "secrets", FOLLOW, true),
    need(Purpose::More, "", "persistentvolumeclaims", FOLLOW, true),
    need(Purpose::More, "policy", "poddisruptionbudgets", FOLLOW, true),
    need(Purpose::More, "metrics.k8s.io", "pods", &["list"], true),
    need(Purpose::More, "metrics.k8s.io", "nodes", &["list"], false),
    need(Purpose::More, "", "namespaces", FOLLOW, false),
    need(Purpose::More, "", "nodes", FOLLOW, false),
    need(Purpose::More, "", "nodes/proxy", &["get"], false),
    need(Purpose::Batch, "apps", "deployments", &["patch"], true),
    need(Purpose::Batch, "apps", "statefulsets", &["patch"], true),
    need(Purpose::Batch, "apps", "daemonsets", &["patch"], true),
    need(Purpose::Batch, "apps", "replicasets", &["list"], true),
    need(Purpose::Batch, "apps", "controllerrevisions", &["list"], true),
    need(Purpose::Batch, "", "configmaps", &["list", "create", "update"], true),
    need(Purpose::Batch, "coordination.k8s.io", "leases", KEEP, true),
    need(Purpose::Batch, "", "pods", &["delete"], true),
    need(Purpose::Act, "", "pods", &["delete"], true),
    need(Purpose::Act, "", "pods/eviction", &["create"], true),
];

impl Need {
    /// The resource as RBAC has it: `deployments.apps`, `pods/eviction`.
    pub fn object(&self) -> String {
        if self.group.is_empty() { self.resource.to_owned() } else { format!("{}.{}", self.resource, self.group) }
    }
}

/// A need, and which of its verbs the user has where.
#[derive(Clone, Debug, PartialEq)]
pub struct Right {
    /// What is needed.
    pub need: Need,
    /// The namespace that was asked of; `None`: all, or the cluster itself.
    pub namespace: Option<Clean>,
    /// The verbs that the user lacks.
    pub lacks: Vec<&'static str>,
}

/// Asks for every need in every namespace in view.
///
/// # Errors
/// Of the first question that is not answered.
pub(super) async fn rights(cluster: &Cluster) -> Result<Vec<Right>, PortError> {
    let scopes: Vec<Option<Clean>> = match cluster.namespaces.is_empty() {
        true => vec![None],
        false => cluster.namespaces.iter().cloned().map(Some).collect(),
    };
    let asked = scopes.iter().flat_map(|scope| NEEDS.iter().map(move |need| (need, scope.clone())));
    let asked = asked.filter(|(need, scope)| need.namespaced || *scope == scopes[0]);
    let answers = asked.map(|(need, scope)| right(cluster, *need, scope.filter(|_| need.namespaced)));
    stream::iter(answers.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await
}

async fn right(cluster: &Cluster, need: Need, namespace: Option<Clean>) -> Result<Right, PortError> {
    let mut lacks = Vec::new();
    for verb in need.verbs {
        let place = namespace.as_deref().unwrap_or_default();
        if may(&cluster.client, verb, need.group, need.resource, place).await?.is_some() {
            lacks.push(*verb);
        }
    }
    Ok(Right { need, namespace, lacks })
}
