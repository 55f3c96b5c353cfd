//! What pods use, from metrics.k8s.io.

mod pace;
mod poll;

use rolldeck_core::{
    fleet::{Freshness, Scope, Source},
    model::PodUsage,
};
use tokio::{sync::mpsc, task::JoinSet};

use crate::connect::Cluster;

/// What a poll says.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The usage of every pod in the scope.
    Usage(Scope, Vec<PodUsage>),
    /// It answers, does not answer, is not there, or may not be read.
    Freshness(Source, Freshness),
}

/// A poll under way. Dropping it ends it.
pub struct Polling {
    _tasks: JoinSet<()>,
}

/// Polls each scope in one call, as often as the server renews its figures (15 s where it does not say).
///
/// # Panics
/// Outside of a tokio runtime.
pub fn poll(cluster: &Cluster, scopes: Vec<Scope>, to: mpsc::Sender<Report>) -> Polling {
    let mut tasks = JoinSet::new();
    for scope in scopes {
        tasks.spawn(poll::run(cluster.client.clone(), scope, to.clone()));
    }
    Polling { _tasks: tasks }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rolldeck_core::fleet::Resource;
    use tokio::time::timeout;

    use super::*;
    use crate::replay::{Answer, PROTOBUF, Replay};

    const USAGE: &[u8] = include_bytes!("../wire/fixtures/podmetrics.pb");
    const USAGE_JSON: &[u8] = include_bytes!("../wire/fixtures/podmetrics.json");

    async fn first(server: &Replay, count: usize) -> Vec<Report> {
        let (to, mut reports) = mpsc::channel(4);
        let _polling = poll(&server.cluster, vec![Some("qa".into())], to);
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(timeout(Duration::from_secs(30), reports.recv()).await.unwrap().unwrap());
        }
        all
    }

    #[tokio::test]
    async fn usage_comes_in_one_call_and_alike_in_both_encodings() {
        let protobuf = Replay::new(|_| Answer::ok(PROTOBUF, USAGE)).await;
        let json = Replay::new(|_| Answer::ok("application/json", USAGE_JSON)).await;
        let (ours, theirs) = (first(&protobuf, 2).await, first(&json, 2).await);
        assert!(matches!(&ours[0], Report::Usage(_, pods) if pods.len() > 3));
        assert_eq!(ours, theirs);
        assert_eq!(protobuf.asked(""), ["/apis/metrics.k8s.io/v1beta1/namespaces/qa/pods"]);
    }

    #[tokio::test]
    async fn why_there_is_no_usage_is_told_apart() {
        let source = Source { resource: Resource::PodMetrics, scope: Some("qa".into()) };
        for code in [401, 403, 404, 503] {
            let server = Replay::new(move |_| Answer::no(code, "No")).await;
            let Report::Freshness(from, fresh) = first(&server, 1).await.remove(0) else { panic!("no freshness") };
            assert_eq!(from, source);
            match code {
                401 => assert_eq!(fresh, Freshness::Unauthorized("No indeed".into())),
                403 => assert_eq!(fresh, Freshness::Forbidden("list pods.metrics.k8s.io in namespace qa".into())),
                404 => assert_eq!(fresh, Freshness::Absent),
                _ => assert!(matches!(fresh, Freshness::Stale { why, .. } if why.contains("503"))),
            }
        }
    }
}
