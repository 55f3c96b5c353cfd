//! The questions, in order.

use chrono::{DateTime, TimeDelta, Utc};
use http::Request;
use kube::client::Body;
use rolldeck_core::{Time, batch::PortError, text::Clean};
use serde_json::Value;

use super::{Right, rights::rights};
use crate::{
    access::{get, of_answer, of_failure},
    connect::Cluster,
};

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// `v1.36.3`.
    pub version: Clean,
    /// Its minor version, where it can be read.
    pub minor: Option<u32>,
    /// Its clock before ours: negative where it is behind. `None` where it does not tell the time.
    pub ahead: Option<TimeDelta>,
}

/// Whether CPU and memory can be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Metrics {
    /// They answer; the newest figure that came is of then, if any came.
    Answer(Option<Time>),
    /// There is no metrics.k8s.io.
    Absent,
    /// They may not be read, or do not answer: why.
    Fail(Clean),
}

/// What was found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// The server.
    pub server: Server,
    /// CPU and memory.
    pub metrics: Metrics,
    /// The rights; the error where they cannot be asked for.
    pub rights: Result<Vec<Right>, Clean>,
}

/// Asks a cluster everything that the console wants to know of it. Nothing is written.
///
/// # Errors
/// Where the server does not tell its version.
pub async fn examine(cluster: &Cluster) -> Result<Examined, PortError> {
    let server = server(cluster).await?;
    let (metrics, rights) = futures::join!(metrics(cluster), rights(cluster));
    Ok(Examined { server, metrics, rights: rights.map_err(|error| error.to_string().into()) })
}

async fn server(cluster: &Cluster) -> Result<Server, PortError> {
    let what = "the server's version";
    let request = Request::get("/version")
        .header("accept", "application/json")
        .body(Body::empty())
        .map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
    let answer = cluster.client.send(request).await.map_err(|error| of_failure(&error, what))?;
    let now = Utc::now();
    let (parts, body) = answer.into_parts();
    let bytes = body.collect_bytes().await.map_err(|error| of_failure(&error, what))?;
    if !parts.status.is_success() {
        return Err(of_answer(&parts, &bytes, what, false));
    }
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let date = parts.headers.get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    Ok(Server {
        version: text("gitVersion").into(),
        minor: text("minor").trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok(),
        ahead: date.map(|date| date.to_utc() - now),
    })
}

async fn metrics(cluster: &Cluster) -> Metrics {
    let path = match cluster.namespaces.first() {
        None => "/apis/metrics.k8s.io/v1beta1/pods?limit=1".to_owned(),
        Some(namespace) => format!("/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods?limit=1"),
    };
    match get(&cluster.client, &path, "pods.metrics.k8s.io").await {
        Ok(list) => {
            let times = list["items"].as_array().into_iter().flatten().filter_map(|pod| pod["timestamp"].as_str());
            let times = times.filter_map(|at| DateTime::parse_from_rfc3339(at).ok());
            Metrics::Answer(times.map(|at| at.to_utc()).max())
        }
        Err(PortError::NotFound(_)) => Metrics::Absent,
        Err(error) => Metrics::Fail(error.to_string().into()),
    }
}
