//! The kinds that the cluster serves, as its discovery names them.

use std::fmt;
use std::hash::{Hash, Hasher};

/// One kind of object: its names, where it lives and what hangs under it.
///
/// Two kinds are the same when group and plural are.
pub struct Kind {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// The one version served.
    pub version: &'static str,
    /// CamelCase name, as in an object's `kind`.
    pub kind: &'static str,
    /// Plural, lower case, as in a path.
    pub resource: &'static str,
    /// Singular, lower case.
    pub singular: &'static str,
    /// Short names for `kubectl`.
    pub short: &'static [&'static str],
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Categories, such as `all`.
    pub categories: &'static [&'static str],
    /// Subresources that can be asked for: status, scale, log, exec, eviction.
    pub subresources: &'static [&'static str],
    /// Whether `metadata.generation` counts changes of its spec.
    pub generation: bool,
}

impl Kind {
    const fn new(
        (group, version): (&'static str, &'static str),
        kind: &'static str,
        resource: &'static str,
        singular: &'static str,
        short: &'static [&'static str],
    ) -> Kind {
        Kind {
            group,
            version,
            kind,
            resource,
            singular,
            short,
            namespaced: true,
            categories: &[],
            subresources: &[],
            generation: false,
        }
    }

    /// A kind of `metrics.k8s.io`, which is never stored.
    pub(crate) const fn virtual_kind(resource: &'static str, namespaced: bool) -> Kind {
        let kind = Kind::new(("metrics.k8s.io", "v1beta1"), "Metrics", resource, "", &[]);
        Kind { namespaced, ..kind }
    }

    const fn wide(self) -> Kind {
        Kind { namespaced: false, ..self }
    }

    const fn all(self) -> Kind {
        Kind { categories: &["all"], ..self }
    }

    const fn counted(self) -> Kind {
        Kind { generation: true, ..self }
    }

    const fn under(self, subresources: &'static [&'static str]) -> Kind {
        Kind { subresources, ..self }
    }

    /// `v1` or `apps/v1`, as in an object's `apiVersion`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods` or `deployments.apps`, as messages of the API server name a resource.
    pub fn qualified(&self) -> String {
        qualified(self.resource, self.group)
    }

    /// `Pod` or `Deployment.apps`, as validation messages name a kind.
    pub fn qualified_kind(&self) -> String {
        qualified(self.kind, self.group)
    }

    /// Whether the API server itself knows this kind; the others come from a CustomResourceDefinition and speak JSON
    /// only, without strategic merge patches.
    pub fn built_in(&self) -> bool {
        self.group != "traefik.io"
    }

    /// Whether `resource` is one of its subresources.
    pub fn has(&self, subresource: &str) -> bool {
        self.subresources.contains(&subresource)
    }
}

fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.resource == other.resource && self.group == other.group
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.resource.hash(state);
        self.group.hash(state);
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.qualified())
    }
}

const CORE: (&str, &str) = ("", "v1");
const APPS: (&str, &str) = ("apps", "v1");
const BATCH: (&str, &str) = ("batch", "v1");
const NETWORKING: (&str, &str) = ("networking.k8s.io", "v1");
const RBAC: (&str, &str) = ("rbac.authorization.k8s.io", "v1");
const STORAGE: (&str, &str) = ("storage.k8s.io", "v1");

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $kind:expr;)*) => {
        $($(#[$doc])* pub static $name: Kind = $kind;)*
        /// Every kind served, in the order of discovery.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    /// `configmaps`
    CONFIG_MAP = Kind::new(CORE, "ConfigMap", "configmaps", "configmap", &["cm"]);
    /// `endpoints`
    ENDPOINTS = Kind::new(CORE, "Endpoints", "endpoints", "endpoints", &["ep"]);
    /// `events`
    EVENT = Kind::new(CORE, "Event", "events", "event", &["ev"]);
    /// `limitranges`
    LIMIT_RANGE = Kind::new(CORE, "LimitRange", "limitranges", "limitrange", &["limits"]);
    /// `namespaces`
    NAMESPACE = Kind::new(CORE, "Namespace", "namespaces", "namespace", &["ns"]).wide().under(&["status"]);
    /// `nodes`
    NODE = Kind::new(CORE, "Node", "nodes", "node", &["no"]).wide().under(&["status", "proxy"]);
    /// `persistentvolumeclaims`
    PVC = Kind::new(CORE, "PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"])
        .under(&["status"]);
    /// `persistentvolumes`
    PV = Kind::new(CORE, "PersistentVolume", "persistentvolumes", "persistentvolume", &["pv"]).wide().under(&["status"]);
    /// `pods`
    POD = Kind::new(CORE, "Pod", "pods", "pod", &["po"])
        .all()
        .counted()
        .under(&["status", "log", "exec", "attach", "portforward", "eviction", "ephemeralcontainers"]);
    /// `replicationcontrollers`
    REPLICATION_CONTROLLER =
        Kind::new(CORE, "ReplicationController", "replicationcontrollers", "replicationcontroller", &["rc"])
            .all()
            .counted()
            .under(&["status", "scale"]);
    /// `resourcequotas`
    RESOURCE_QUOTA =
        Kind::new(CORE, "ResourceQuota", "resourcequotas", "resourcequota", &["quota"]).under(&["status"]);
    /// `secrets`
    SECRET = Kind::new(CORE, "Secret", "secrets", "secret", &[]);
    /// `serviceaccounts`
    SERVICE_ACCOUNT = Kind::new(CORE, "ServiceAccount", "serviceaccounts", "serviceaccount", &["sa"]);
    /// `services`
    SERVICE = Kind::new(CORE, "Service", "services", "service", &["svc"]).all().under(&["status"]);
    /// `customresourcedefinitions.apiextensions.k8s.io`
    CUSTOM_RESOURCE_DEFINITION = Kind::new(
        ("apiextensions.k8s.io", "v1"),
        "CustomResourceDefinition",
        "customresourcedefinitions",
        "customresourcedefinition",
        &["crd", "crds"],
    )
    .wide()
    .counted()
    .under(&["status"]);
    /// `controllerrevisions.apps`
    CONTROLLER_REVISION = Kind::new(APPS, "ControllerRevision", "controllerrevisions", "controllerrevision", &[]);
    /// `daemonsets.apps`
    DAEMON_SET = Kind::new(APPS, "DaemonSet", "daemonsets", "daemonset", &["ds"]).all().counted().under(&["status"]);
    /// `deployments.apps`
    DEPLOYMENT = Kind::new(APPS, "Deployment", "deployments", "deployment", &["deploy"])
        .all()
        .counted()
        .under(&["status", "scale"]);
    /// `replicasets.apps`
    REPLICA_SET = Kind::new(APPS, "ReplicaSet", "replicasets", "replicaset", &["rs"])
        .all()
        .counted()
        .under(&["status", "scale"]);
    /// `statefulsets.apps`
    STATEFUL_SET = Kind::new(APPS, "StatefulSet", "statefulsets", "statefulset", &["sts"])
        .all()
        .counted()
        .under(&["status", "scale"]);
    /// `horizontalpodautoscalers.autoscaling`
    HPA = Kind::new(
        ("autoscaling", "v2"),
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "horizontalpodautoscaler",
        &["hpa"],
    )
    .all()
    .under(&["status"]);
    /// `cronjobs.batch`
    CRON_JOB = Kind::new(BATCH, "CronJob", "cronjobs", "cronjob", &["cj"]).all().counted().under(&["status"]);
    /// `jobs.batch`
    JOB = Kind::new(BATCH, "Job", "jobs", "job", &[]).all().counted().under(&["status"]);
    /// `leases.coordination.k8s.io`
    LEASE = Kind::new(("coordination.k8s.io", "v1"), "Lease", "leases", "lease", &[]);
    /// `endpointslices.discovery.k8s.io`
    ENDPOINT_SLICE =
        Kind::new(("discovery.k8s.io", "v1"), "EndpointSlice", "endpointslices", "endpointslice", &[]).counted();
    /// `ingressclasses.networking.k8s.io`
    INGRESS_CLASS = Kind::new(NETWORKING, "IngressClass", "ingressclasses", "ingressclass", &[]).wide().counted();
    /// `ingresses.networking.k8s.io`
    INGRESS = Kind::new(NETWORKING, "Ingress", "ingresses", "ingress", &["ing"]).counted().under(&["status"]);
    /// `networkpolicies.networking.k8s.io`
    NETWORK_POLICY =
        Kind::new(NETWORKING, "NetworkPolicy", "networkpolicies", "networkpolicy", &["netpol"]).counted();
    /// `poddisruptionbudgets.policy`
    PDB = Kind::new(("policy", "v1"), "PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", &["pdb"])
        .counted()
        .under(&["status"]);
    /// `clusterrolebindings.rbac.authorization.k8s.io`
    CLUSTER_ROLE_BINDING =
        Kind::new(RBAC, "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", &[]).wide();
    /// `clusterroles.rbac.authorization.k8s.io`
    CLUSTER_ROLE = Kind::new(RBAC, "ClusterRole", "clusterroles", "clusterrole", &[]).wide();
    /// `rolebindings.rbac.authorization.k8s.io`
    ROLE_BINDING = Kind::new(RBAC, "RoleBinding", "rolebindings", "rolebinding", &[]);
    /// `roles.rbac.authorization.k8s.io`
    ROLE = Kind::new(RBAC, "Role", "roles", "role", &[]);
    /// `priorityclasses.scheduling.k8s.io`
    PRIORITY_CLASS =
        Kind::new(("scheduling.k8s.io", "v1"), "PriorityClass", "priorityclasses", "priorityclass", &["pc"])
            .wide()
            .counted();
    /// `storageclasses.storage.k8s.io`
    STORAGE_CLASS = Kind::new(STORAGE, "StorageClass", "storageclasses", "storageclass", &["sc"]).wide();
    /// `ingressroutes.traefik.io`
    INGRESS_ROUTE =
        Kind::new(("traefik.io", "v1alpha1"), "IngressRoute", "ingressroutes", "ingressroute", &[]).counted();
}

/// The `Scale` that hangs under what has replicas; it is never stored.
pub(crate) const fn scale() -> Kind {
    Kind::new(("autoscaling", "v1"), "Scale", "scale", "scale", &[])
}

/// The kind of a group (empty for the core) and plural.
pub fn kind(group: &str, resource: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource == resource && kind.group == group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_group_and_plural_and_named_as_the_api_server_names_it() {
        assert_eq!(kind("apps", "deployments"), Some(&DEPLOYMENT));
        assert_eq!(kind("", "deployments"), None);
        assert_eq!(DEPLOYMENT.qualified(), "deployments.apps");
        assert_eq!(POD.qualified(), "pods");
        assert_eq!((DEPLOYMENT.api_version(), POD.api_version()), ("apps/v1".into(), "v1".into()));
    }

    #[test]
    fn no_two_kinds_share_a_path() {
        for (i, one) in KINDS.iter().enumerate() {
            assert!(KINDS[i + 1..].iter().all(|other| other != one), "{one:?} is named twice");
        }
    }
}
