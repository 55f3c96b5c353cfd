//! What is read and followed of a namespace for an app's page.

use std::sync::Arc;

use rolldeck_core::{
    around::{ConfigKind, ConfigUse, Known, RouteKind, config_uses},
    batch::PortError,
    model::Api,
    text::Clean,
};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{connect::Cluster, follow::Target, object};

/// Reads of metadata that are under way at once.
const AT_ONCE: usize = 6;
/// ConfigMaps and Secrets that are looked at for one app at most: more are an app's that is made of nothing else.
const MOST: usize = 100;

/// The collection of a kind in a namespace.
fn within(api: &Api, namespace: &str) -> Target {
    let named = if api.group.is_empty() { api.resource.to_string() } else { format!("{}.{}", api.resource, api.group) };
    Target::within(&api.root(), &api.resource, &named, namespace)
}

/// The autoscalers of a namespace.
pub fn autoscalers(namespace: &str) -> Target {
    within(&Api::new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true), namespace)
}

/// The events about autoscalers of a namespace.
pub fn scaling_events(namespace: &str) -> Target {
    within(&Api::new("", "v1", "events", "Event", true), namespace)
        .only("fieldSelector", "involvedObject.kind=HorizontalPodAutoscaler")
}

/// The Services of a namespace.
pub fn services(namespace: &str) -> Target {
    within(&Api::new("", "v1", "services", "Service", true), namespace)
}

/// The EndpointSlices of a namespace.
pub fn slices(namespace: &str) -> Target {
    within(&Api::new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true), namespace)
}

/// The routes of a kind in a namespace. A kind that the cluster does not have is told as absent.
pub fn routes(kind: RouteKind, namespace: &str) -> Target {
    within(&kind.api(), namespace)
}

/// The claims of a namespace.
pub fn claims(namespace: &str) -> Target {
    within(&Api::new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true), namespace)
}

/// The disruption budgets of a namespace.
pub fn budgets(namespace: &str) -> Target {
    within(&Api::new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true), namespace)
}

/// Reads the metadata of each ConfigMap and Secret that the app's template names, a few at once, and tells each as it comes. Values
/// are never asked for.
pub async fn configs(cluster: Cluster, namespace: Clean, app: Arc<Value>, to: mpsc::Sender<Config>) {
    let mut uses = config_uses(&app["spec"]["template"]).into_iter().take(MOST);
    let mut reads = JoinSet::new();
    loop {
        while reads.len() < AT_ONCE
            && let Some(of) = uses.next()
        {
            reads.spawn(config(cluster.clone(), namespace.clone(), of));
        }
        match reads.join_next().await {
            Some(Ok(read)) => {
                if to.send(read).await.is_err() {
                    return;
                }
            }
            Some(Err(_)) => {}
            None => return,
        }
    }
}

/// What was read of a ConfigMap or Secret.
pub type Config = (ConfigKind, Clean, Known);

async fn config(cluster: Cluster, namespace: Clean, of: ConfigUse) -> Config {
    let known = match object::metadata(&cluster, &of.kind.object(&namespace, &of.name)).await {
        Ok(object) => Known::of(&object),
        Err(PortError::NotFound(_)) => Known::Missing,
        Err(error) => Known::Failed(error.to_string().into()),
    };
    (of.kind, of.name, known)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    #[tokio::test]
    async fn what_a_template_names_is_read_by_name_and_each_answer_is_told() {
        let server = Replay::new(|path| match path {
            path if path.ends_with("/configmaps/app") => {
                let body = json!({ "metadata": { "name": "app", "creationTimestamp": "2026-11-22T10:00:00Z", "managedFields": [
                    { "manager": "kubectl", "time": "2026-11-22T12:00:00Z" },
                    { "manager": "ctl", "time": "2026-11-22T13:00:00Z", "subresource": "status" },
                ] } });
                Answer::ok("application/json", body.to_string().as_bytes())
            }
            path if path.ends_with("/secrets/db") => Answer::no(403, "secrets is forbidden: User dana cannot get resource secrets"),
            _ => Answer::no(404, "NotFound"),
        })
        .await;
        let app = json!({ "spec": { "template": { "spec": { "containers": [{ "name": "main",
            "envFrom": [{ "configMapRef": { "name": "app" } }, { "configMapRef": { "name": "gone" } }],
            "env": [{ "name": "P", "valueFrom": { "secretKeyRef": { "name": "db", "key": "p" } } }],
        }] } } } });
        let (to, mut from) = mpsc::channel(8);
        configs(server.cluster.clone(), "qa".into(), Arc::new(app), to).await;
        let mut told = Vec::new();
        from.recv_many(&mut told, 8).await;
        told.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        assert_eq!(told[0].2, Known::There("2026-11-22T12:00:00Z".parse().ok(), "kubectl".into()));
        assert_eq!((told[1].1.as_str(), &told[1].2), ("gone", &Known::Missing));
        assert!(matches!(&told[2].2, Known::Failed(why) if why.contains("cannot get resource secrets")));
        assert_eq!(server.asked("").len(), 3);
    }

    #[test]
    fn a_namespace_is_followed_by_the_group_that_has_the_kind() {
        let target = routes(RouteKind::Traefik, "qa");
        assert_eq!(target.path, "/apis/traefik.io/v1alpha1/namespaces/qa/ingressroutes");
        assert_eq!(&*target.what, "ingressroutes.traefik.io in namespace qa");
        assert_eq!(scaling_events("qa").query, "fieldSelector=involvedObject.kind%3DHorizontalPodAutoscaler");
    }
}
