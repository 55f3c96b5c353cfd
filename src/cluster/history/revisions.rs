//! Revisions: ReplicaSets of a Deployment, ControllerRevisions of the others.
//!
//! Rules: k8s.io/kubectl/pkg/polymorphichelpers/history.go.

use std::sync::Arc;

use rolldeck_core::{
    batch::{CHANGE_CAUSE, PortError, template},
    model::{AppKey, AppKind, Revision},
    text::Clean,
};
use serde_json::Value;

use super::selector::{is_controlled_by, label_selector};
use crate::{
    access::{about, encoded, list},
    connect::Cluster,
};

/// The number of a ReplicaSet's revision.
pub(crate) const REVISION: &str = "deployment.kubernetes.io/revision";
/// Pages of revisions that are read at most.
const PAGES: usize = 40;

/// Its revisions, newest first; `live` is the raw app. ReplicaSets by selector and owner's uid, or ControllerRevisions.
///
/// # Errors
/// Any of a read.
pub async fn revisions(cluster: &Cluster, key: &AppKey, live: &Value) -> Result<Arc<[Revision]>, PortError> {
    let found = owned(cluster, key, live).await?;
    Ok(of_objects(key.kind, live, &found))
}

/// The ReplicaSets or ControllerRevisions that the app controls.
pub(super) async fn owned(cluster: &Cluster, key: &AppKey, live: &Value) -> Result<Vec<Value>, PortError> {
    let resource = match key.kind {
        AppKind::Deployment => "replicasets",
        AppKind::StatefulSet | AppKind::DaemonSet => "controllerrevisions",
    };
    let path = format!("/apis/apps/v1/namespaces/{}/{resource}", key.namespace);
    let query = format!("labelSelector={}", encoded(&label_selector(live)));
    let what = format!("the {resource} of {}", about(key));
    let mut found = list(&cluster.client, &path, &query, &what, PAGES).await?;
    let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
    found.retain(|object| is_controlled_by(object, uid));
    Ok(found)
}

/// Newest first. The newest whose template means the same as the app's is live.
pub(super) fn of_objects(kind: AppKind, live: &Value, objects: &[Value]) -> Arc<[Revision]> {
    let mut revisions: Vec<Revision> = objects.iter().filter_map(|object| of_object(kind, live, object)).collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    let wanted = &live["spec"]["template"];
    if let Some(current) = revisions.iter_mut().find(|revision| template::same(&revision.template, wanted)) {
        current.live = true;
        if kind == AppKind::DaemonSet {
            current.replicas = count(&live["status"]["updatedNumberScheduled"]);
        }
    }
    revisions.into()
}

/// One that has no number or no template yet is none.
fn of_object(kind: AppKind, live: &Value, object: &Value) -> Option<Revision> {
    let metadata = &object["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default();
    let (number, raw, replicas) = match kind {
        AppKind::Deployment => {
            let number = metadata["annotations"][REVISION].as_str()?.parse().ok()?;
            (number, &object["spec"]["template"], count(&object["status"]["replicas"]))
        }
        AppKind::StatefulSet => {
            (object["revision"].as_i64()?, &object["data"]["spec"]["template"], pods_of_revision(live, name))
        }
        AppKind::DaemonSet => (object["revision"].as_i64()?, &object["data"]["spec"]["template"], None),
    };
    if !raw.is_object() {
        return None;
    }
    let template = template::of_revision(raw);
    let created = metadata["creationTimestamp"].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
    Some(Revision {
        number,
        name: Clean::new(name),
        created: created.map(|at| at.to_utc()),
        cause: Clean::new(metadata["annotations"][CHANGE_CAUSE].as_str().unwrap_or_default()),
        images: template::images(&template).into(),
        live: false,
        replicas,
        template: Arc::new(template),
    })
}

/// How many pods of a StatefulSet run this revision; known for the newest and the one before its rollout.
fn pods_of_revision(live: &Value, name: &str) -> Option<u32> {
    let status = &live["status"];
    if status["updateRevision"] == name {
        return count(&status["updatedReplicas"]).or(Some(0));
    }
    if status["currentRevision"] == name { count(&status["currentReplicas"]).or(Some(0)) } else { None }
}

fn count(number: &Value) -> Option<u32> {
    number.as_u64().and_then(|number| number.try_into().ok())
}
