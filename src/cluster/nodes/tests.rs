//! Nodes, their usage and their figures, of what servers say.

use rolldeck_core::batch::PortError;
use serde_json::{Value, json};

use super::{Summaries, decode::node, usage::read};
use crate::replay::{Answer, Replay};

#[test]
fn a_node_is_told_with_its_troubles_in_words() {
    let from = json!({
        "metadata": {"name": "n1", "creationTimestamp": "2026-11-22T14:00:00Z",
            "labels": {"node-role.kubernetes.io/worker": "", "a": "b"}},
        "spec": {"unschedulable": true, "taints": [
            {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}, {"key": "gpu", "effect": "NoExecute"}]},
        "status": {
            "allocatable": {"cpu": "3920m", "memory": "16Gi", "pods": "110"},
            "conditions": [
                {"type": "MemoryPressure", "status": "True", "reason": "Low", "message": "memory is low"},
                {"type": "DiskPressure", "status": "False"},
                {"type": "PIDPressure", "status": "Unknown", "reason": "NodeStatusUnknown", "message": ""},
                {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status."},
            ],
            "nodeInfo": {"kubeletVersion": "v1.36.3", "osImage": "Debian 13", "kernelVersion": "6.12", "architecture": "arm64",
                "containerRuntimeVersion": "containerd://2.1"},
        },
    });
    let node = node(&from).unwrap();
    assert_eq!((node.ready, &*node.why), (None, "NodeStatusUnknown: Kubelet stopped posting node status."));
    let troubles: Vec<&str> = node.troubles.iter().map(|trouble| trouble.as_str()).collect();
    assert_eq!(troubles, ["memory pressure: Low: memory is low", "process pressure: not known, NodeStatusUnknown"]);
    let taints: Vec<&str> = node.taints.iter().map(|taint| taint.as_str()).collect();
    assert_eq!(taints, ["dedicated=batch:NoSchedule", "gpu:NoExecute"]);
    assert_eq!((node.cordoned, node.cpu_milli, node.memory, node.pods), (true, 3920, 16 << 30, 110));
    assert_eq!((&*node.roles, &*node.kubelet, &*node.arch), ("worker", "v1.36.3", "arm64"));
}

#[test]
fn usage_is_read_of_a_list_and_of_one() {
    let one = json!({"metadata": {"name": "n1"}, "usage": {"cpu": "523412n", "memory": "1Gi"}});
    for answer in [json!({"items": [one]}), one] {
        let usage = read(&answer);
        assert_eq!((usage.len(), &*usage[0].node, usage[0].cpu_milli, usage[0].memory), (1, "n1", 1, 1 << 30));
    }
}

fn summary(second: u32, node: u64, pod: u64) -> Value {
    let time = format!("2026-11-22T14:05:{second:02}Z");
    json!({
        "node": {"nodeName": "n1", "network": {"time": time, "rxBytes": node, "txBytes": node / 2},
            "fs": {"usedBytes": 30, "capacityBytes": 100}},
        "pods": [{"podRef": {"namespace": "qa", "name": "web-1"}, "ephemeral-storage": {"usedBytes": 7},
            "network": {"time": time, "rxBytes": pod, "txBytes": 0}}],
    })
}

#[test]
fn a_rate_needs_two_answers() {
    let (mut summaries, node) = (Summaries::default(), "n1".into());
    let first = summaries.take(&node, &summary(0, 1000, 50));
    assert_eq!((first.rx, first.disk_percent(), first.pods[0].rx, first.pods[0].disk), (None, Some(30), None, Some(7)));
    let second = summaries.take(&node, &summary(10, 21_000, 1050));
    assert_eq!(
        (second.rx, second.tx, second.pods[0].rx, second.pods[0].tx),
        (Some(2000), Some(1000), Some(100), Some(0))
    );
    let anew = summaries.take(&node, &summary(20, 5, 2050));
    assert_eq!((anew.rx, anew.pods[0].rx), (None, Some(100)), "the node's counter began anew");
}

#[tokio::test]
async fn a_summary_that_may_not_be_read_is_forbidden_and_nothing_else() {
    let forbidden = |path: &str| match path {
        "/api/v1/nodes/n1/proxy/stats/summary" => Answer::no(403, "Forbidden"),
        other => panic!("{other}"),
    };
    let server = Replay::new(forbidden).await;
    let answer = Summaries::default().read(&server.cluster, &"n1".into()).await;
    assert!(matches!(answer, Err(PortError::Forbidden(_))), "{answer:?}");
}
