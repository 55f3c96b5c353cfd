//! One pod in full, what its containers use, and (where the operator asks for it) the values of the Secrets that they refer to.

mod decode;
mod env;
mod probe;
mod secret;
#[cfg(test)]
mod tests;

use rolldeck_core::{
    kept::{KeptEvent, Name},
    model::{ContainerUsage, PodDetail},
    text::{Clean, quantity},
};
pub use secret::{Revealed, reveal};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    access::encoded,
    connect::Cluster,
    follow::{Following, Target, follow},
    nodes::{Heard, poll},
};

/// Follows one pod.
pub fn pod(cluster: &Cluster, pod: &Name, to: mpsc::Sender<Vec<KeptEvent<PodDetail>>>) -> Following {
    let pods = Target::within("/api/v1", "pods", "pods", &pod.namespace);
    follow(cluster, pods.only("fieldSelector", &format!("metadata.name={}", pod.name)), decode::pod, to)
}

/// Polls what a pod's containers use, until nobody listens.
pub async fn usage(cluster: Cluster, pod: Name, to: mpsc::Sender<Heard<Vec<ContainerUsage>>>) {
    let (namespace, name) = (encoded(&pod.namespace), encoded(&pod.name));
    let path = format!("/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods/{name}");
    let what = format!("get pods.metrics.k8s.io in namespace {}", pod.namespace);
    poll(&cluster, &path, &what, read, to).await;
}

fn read(metrics: &Value) -> Vec<ContainerUsage> {
    let of = |container: &Value| {
        let amount = |key: &str| container["usage"][key].as_str();
        Some(ContainerUsage {
            name: Clean::new(container["name"].as_str()?),
            cpu_milli: quantity::millicores(amount("cpu")?)?,
            memory: quantity::bytes(amount("memory")?)?,
        })
    };
    metrics["containers"].as_array().into_iter().flatten().filter_map(of).collect()
}
