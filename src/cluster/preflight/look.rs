//! The looks of a preflight, over the connection that only reads.

use std::{future::Future, time::Duration};

use rolldeck_core::{
    around::{ConfigKind, Known},
    batch::{Look, PortError, findings::Room},
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::Value;

use super::room;
use crate::{
    access::{encoded, list, metadata},
    connect::Cluster,
    object,
    writer::Writer,
};

/// How long a look may take.
const LOOK: Duration = Duration::from_secs(5);
/// How long reading all nodes and pods may take.
const ROOM: Duration = Duration::from_secs(20);
/// Pages of quotas and budgets of a namespace.
const PAGES: usize = 20;

impl Look for Writer {
    async fn quotas(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        within(LOOK, of_namespace(self.cluster(), "/api/v1", "resourcequotas", namespace)).await
    }

    async fn budgets(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        within(LOOK, of_namespace(self.cluster(), "/apis/policy/v1", "poddisruptionbudgets", namespace)).await
    }

    async fn room(&self) -> Result<Room, PortError> {
        within(ROOM, room::room(self.cluster())).await
    }

    async fn config(&self, kind: ConfigKind, namespace: &str, name: &str) -> Known {
        let of = kind.object(&Clean::new(namespace), &Clean::new(name));
        match within(LOOK, object::metadata(self.cluster(), &of)).await {
            Ok(object) => Known::of(&object),
            Err(PortError::NotFound(_)) => Known::Missing,
            Err(error) => Known::Failed(error.to_string().into()),
        }
    }

    async fn has_revision(&self, app: &AppKey, name: &str) -> Result<bool, PortError> {
        let resource = match app.kind {
            AppKind::Deployment => "replicasets",
            AppKind::StatefulSet | AppKind::DaemonSet => "controllerrevisions",
        };
        let path = format!("/apis/apps/v1/namespaces/{}/{resource}/{}", app.namespace, encoded(name));
        let what = format!("{resource} {}/{name}", app.namespace);
        match within(LOOK, metadata(&self.cluster().client, &path, &what)).await {
            Ok(_) => Ok(true),
            Err(PortError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

async fn of_namespace(cluster: &Cluster, root: &str, resource: &str, namespace: &str) -> Result<Vec<Value>, PortError> {
    let path = format!("{root}/namespaces/{namespace}/{resource}");
    list(&cluster.client, &path, "", &format!("the {resource} of namespace {namespace}"), PAGES).await
}

async fn within<T>(limit: Duration, read: impl Future<Output = Result<T, PortError>>) -> Result<T, PortError> {
    let late = || PortError::NoAnswer(format!("nothing within {} s", limit.as_secs()));
    tokio::time::timeout(limit, read).await.unwrap_or_else(|_| Err(late()))
}
