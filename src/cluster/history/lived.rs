//! The revisions of an app, with what their objects tell of when each was live.

use std::sync::Arc;

use rolldeck_core::{
    Time,
    batch::{PortError, past::Lived},
    model::{AppKey, AppKind},
};
use serde_json::Value;

use super::revisions::{of_objects, owned};
use crate::connect::Cluster;

/// The numbers that a ReplicaSet had before (k8s.io/kubernetes/pkg/controller/deployment/util, `RevisionHistoryAnnotation`).
const HISTORY: &str = "deployment.kubernetes.io/revision-history";

/// The app's revisions, in any order; `live` is the raw app.
///
/// # Errors
/// Any of a read.
pub async fn lived(cluster: &Cluster, key: &AppKey, live: &Value) -> Result<Vec<Lived>, PortError> {
    let objects = owned(cluster, key, live).await?;
    let revisions = of_objects(key.kind, live, &objects);
    Ok(revisions
        .iter()
        .map(|revision| {
            let object = objects.iter().find(|object| object["metadata"]["name"] == *revision.name.as_str());
            let object = object.unwrap_or(&Value::Null);
            Lived {
                name: revision.name.clone(),
                number: revision.number,
                was: was(object),
                created: revision.created,
                written: if key.kind == AppKind::Deployment { None } else { written(object) },
                available: (key.kind == AppKind::Deployment)
                    .then(|| object["status"]["availableReplicas"].as_u64().unwrap_or(0) > 0),
                cause: revision.cause.clone(),
                template: Arc::clone(&revision.template),
            }
        })
        .collect())
}

fn was(object: &Value) -> Vec<i64> {
    let numbers = object["metadata"]["annotations"][HISTORY].as_str().unwrap_or_default();
    numbers.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}

/// The last write that its managedFields tell of.
fn written(object: &Value) -> Option<Time> {
    let fields = object["metadata"]["managedFields"].as_array()?;
    let times = fields.iter().filter_map(|entry| entry["time"].as_str());
    times.filter_map(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).map(|at| at.to_utc()).max()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_numbers_and_the_last_write_of_a_revision_are_read() {
        let object = json!({ "metadata": {
            "annotations": { HISTORY: "1,3, x" },
            "managedFields": [{ "time": "2026-11-22T14:05:00Z" }, { "time": "2026-11-22T15:05:00Z" }, {}],
        } });
        assert_eq!(was(&object), [1, 3]);
        assert_eq!(written(&object).unwrap().to_rfc3339(), "2026-11-22T15:05:00+00:00");
        assert_eq!((was(&Value::Null), written(&Value::Null)), (Vec::new(), None));
    }
}
