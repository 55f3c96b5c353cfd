//! Acts through the door: the ends of pods.

use http::Method;
use rolldeck_core::{
    act::{How, PodId},
    batch::PortError,
};
use serde_json::{Value, json};

use super::{
    Writer,
    send::{JSON, Write},
};

impl Writer {
    /// Ends a pod, if it still has this uid: an eviction (policy/v1), or a deletion.
    ///
    /// # Errors
    /// [`PortError::Busy`] where a PodDisruptionBudget refuses an eviction, in the server's words; [`PortError::Conflict`] where
    /// another pod has the name now; else any of a write.
    pub async fn end_pod(&self, pod: &PodId, how: How) -> Result<(), PortError> {
        let preconditions = json!({ "uid": pod.uid.as_str() });
        let mut path = format!("/api/v1/namespaces/{}/pods/{}", pod.namespace, pod.name);
        let (method, body): (Method, Value) = match how {
            How::Evict => {
                path += "/eviction";
                let body = json!({
                    "apiVersion": "policy/v1",
                    "kind": "Eviction",
                    "metadata": { "namespace": pod.namespace.as_str(), "name": pod.name.as_str() },
                    "deleteOptions": { "preconditions": preconditions },
                });
                (Method::POST, body)
            }
            How::Delete => {
                (Method::DELETE, json!({ "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions }))
            }
            How::Force => {
                let body = json!({
                    "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions, "gracePeriodSeconds": 0,
                });
                (Method::DELETE, body)
            }
        };
        let what = format!("pod {pod}");
        let (namespace, content_type, dry_run) = (&*pod.namespace, JSON, false);
        self.send(Write { method, namespace, path, content_type, body: &body, what: &what, dry_run }).await.map(drop)
    }
}
