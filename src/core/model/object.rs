//! What names any object of a cluster.

use std::fmt;

use super::{AppKey, AppKind};
use crate::text::Clean;

/// A kind of object, as URLs and RBAC rules name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Api {
    /// The group; the core group is empty.
    pub group: Clean,
    /// The version: `v1`.
    pub version: Clean,
    /// The plural in URLs: `deployments`.
    pub resource: Clean,
    /// The `kind` of its objects: `Deployment`.
    pub kind: Clean,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Api {
    /// A kind by its four names.
    pub fn new(group: &str, version: &str, resource: &str, kind: &str, namespaced: bool) -> Self {
        Self { group: group.into(), version: version.into(), resource: resource.into(), kind: kind.into(), namespaced }
    }

    /// `/api/v1` or `/apis/GROUP/VERSION`.
    pub fn root(&self) -> String {
        match self.group.is_empty() {
            true => format!("/api/{}", self.version),
            false => format!("/apis/{}/{}", self.group, self.version),
        }
    }
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// What it is.
    pub api: Api,
    /// Its namespace; empty for what lives in none.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
}

impl ObjectRef {
    /// An app.
    pub fn app(key: &AppKey) -> Self {
        let api = Api::new("apps", "v1", key.kind.resource(), key.kind.name(), true);
        Self { api, namespace: key.namespace.clone(), name: key.name.clone() }
    }

    /// A pod.
    pub fn pod(namespace: &Clean, name: &Clean) -> Self {
        Self { api: Api::new("", "v1", "pods", "Pod", true), namespace: namespace.clone(), name: name.clone() }
    }

    /// A node.
    pub fn node(name: &Clean) -> Self {
        Self { api: Api::new("", "v1", "nodes", "Node", false), namespace: Clean::default(), name: name.clone() }
    }

    /// A namespace.
    pub fn namespace(name: &Clean) -> Self {
        let api = Api::new("", "v1", "namespaces", "Namespace", false);
        Self { api, namespace: Clean::default(), name: name.clone() }
    }

    /// The app that it is, if it is one.
    pub fn app_key(&self) -> Option<AppKey> {
        let kind = AppKind::ALL
            .into_iter()
            .find(|kind| self.api.group == Clean::new("apps") && kind.name() == &*self.api.kind)?;
        Some(AppKey { namespace: self.namespace.clone(), name: self.name.clone(), kind })
    }

    /// Where it is on the server.
    pub fn path(&self) -> String {
        let (root, resource, name) = (self.api.root(), &self.api.resource, &self.name);
        match self.namespace.is_empty() {
            true => format!("{root}/{resource}/{name}"),
            false => format!("{root}/namespaces/{}/{resource}/{name}", self.namespace),
        }
    }
}

/// `pod qa/gateway-7d9f-x2x4`, `node worker-1`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.api.kind.to_lowercase();
        match self.namespace.is_empty() {
            true => write!(f, "{kind} {}", self.name),
            false => write!(f, "{kind} {}/{}", self.namespace, self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_where_the_api_server_has_it() {
        let pod = ObjectRef::pod(&"qa".into(), &"gateway-1".into());
        assert_eq!(pod.path(), "/api/v1/namespaces/qa/pods/gateway-1");
        assert_eq!(pod.to_string(), "pod qa/gateway-1");
        let app = AppKey { namespace: "qa".into(), name: "gateway".into(), kind: crate::model::AppKind::StatefulSet };
        assert_eq!(ObjectRef::app(&app).path(), "/apis/apps/v1/namespaces/qa/statefulsets/gateway");
        assert_eq!(ObjectRef::app(&app).app_key(), Some(app));
        assert_eq!(pod.app_key(), None);
        assert_eq!(ObjectRef::node(&"n1".into()).path(), "/api/v1/nodes/n1");
        assert_eq!(ObjectRef::namespace(&"qa".into()).to_string(), "namespace qa");
    }
}
