//! The scheduler: which node takes a pod, or why none does (pkg/scheduler, its filters and their words).

use super::super::json::{list, name, quantity, text};
use super::super::pods::Pod;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A node as the scheduler sees it.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: Arc<str>,
    /// Its address.
    pub ip: String,
    /// Its labels.
    pub labels: Value,
    /// Its taints; a cordoned node has one for that.
    pub taints: Vec<Value>,
    /// Cores, bytes and pods that it gives.
    pub room: (f64, f64, i64),
    /// Cores, bytes and pods that are taken.
    pub used: (f64, f64, i64),
    /// The first three parts of its pods' addresses.
    pub network: String,
}

/// A taint of a cordoned node.
const CORDON: &str = "node.kubernetes.io/unschedulable";

impl Node {
    /// Reads a node.
    pub fn new(node: &Value) -> Self {
        let of = |key: &str| quantity(text(node, &format!("/status/allocatable/{key}")));
        let mut taints = list(node, "/spec/taints").to_vec();
        if node.pointer("/spec/unschedulable") == Some(&Value::Bool(true))
            && !taints.iter().any(|taint| text(taint, "/key") == CORDON)
        {
            taints.push(serde_json::json!({"key": CORDON, "effect": "NoSchedule"}));
        }
        let address = list(node, "/status/addresses").iter().find(|address| text(address, "/type") == "InternalIP");
        let network = text(node, "/spec/podCIDR").split('/').next().unwrap_or("");
        Self {
            name: name(node).into(),
            ip: address.map_or(String::new(), |address| text(address, "/address").to_owned()),
            labels: node.pointer("/metadata/labels").cloned().unwrap_or_default(),
            taints,
            room: (of("cpu"), of("memory"), of("pods") as i64),
            used: (0.0, 0.0, 0),
            network: network.rsplit_once('.').map_or("10.42.0".into(), |(network, _)| network.to_owned()),
        }
    }

    /// Takes a pod's requests into account, or out of it.
    pub fn count(&mut self, pod: &Pod, sign: f64) {
        let (cpu, memory) = pod.requests();
        self.used.0 += cpu * sign;
        self.used.1 += memory * sign;
        self.used.2 += sign as i64;
    }

    /// Whether a DaemonSet of this template runs here.
    pub fn runs_daemons(&self, template: &Value) -> bool {
        let spec = template.get("spec").cloned().unwrap_or_default();
        let blocks = |taint: &&Value| {
            !text(taint, "/key").starts_with("node.kubernetes.io/")
                && text(taint, "/effect") != "PreferNoSchedule"
                && !tolerated(&spec, taint)
        };
        !self.taints.iter().any(|taint| blocks(&taint)) && self.selected(&spec)
    }

    fn selected(&self, spec: &Value) -> bool {
        let wanted = spec.get("nodeSelector").and_then(Value::as_object);
        wanted.into_iter().flatten().all(|(key, value)| self.labels.get(key) == Some(value))
    }
}

fn tolerated(spec: &Value, taint: &Value) -> bool {
    list(spec, "/tolerations").iter().any(|toleration| {
        let of = |field: &str| toleration.get(field).and_then(Value::as_str);
        let key = of("key").is_none_or(|key| key == text(taint, "/key"));
        let effect = of("effect").is_none_or(|effect| effect == text(taint, "/effect"));
        let value = of("operator") == Some("Exists") || of("value").unwrap_or("") == text(taint, "/value");
        key && effect && value
    })
}

/// The one node that a DaemonSet's pod may run on.
fn pinned(spec: &Value) -> Option<&str> {
    let terms = "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0";
    spec.pointer(terms)?.pointer("/matchFields/0/values/0")?.as_str()
}

/// What is asked of a node: the requests of all containers.
pub fn asked(spec: &Value) -> (f64, f64) {
    list(spec, "/containers")
        .iter()
        .map(super::super::pods::shape)
        .fold((0.0, 0.0), |sum, shape| (sum.0 + shape.cpu, sum.1 + shape.memory))
}

/// The node that takes a pod: of those that may, the one with the fewest pods of the same owner, then the least asked of
/// for its size.
///
/// # Errors
/// When none does, the words of the event FailedScheduling.
pub fn place(pod: &Value, nodes: &BTreeMap<Arc<str>, Node>, peers: impl Fn(&str) -> usize) -> Result<Arc<str>, String> {
    let spec = pod.get("spec").cloned().unwrap_or_default();
    let (cpu, memory) = asked(&spec);
    let pin = pinned(&spec);
    let mut why: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(usize, i64, &Node)> = None;
    for node in nodes.values() {
        match refusal(node, &spec, pin, (cpu, memory)) {
            Some(reasons) => {
                for reason in reasons {
                    *why.entry(reason).or_default() += 1;
                }
            }
            None => {
                let full = (node.used.0 / node.room.0.max(1e-9)).max(node.used.1 / node.room.1.max(1e-9));
                let score = (peers(&node.name), (full * 1000.0) as i64);
                if best.is_none_or(|(peers, full, _)| score < (peers, full)) {
                    best = Some((score.0, score.1, node));
                }
            }
        }
    }
    match best {
        Some((.., node)) => Ok(Arc::clone(&node.name)),
        None => {
            let reasons: Vec<_> = why.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            Err(format!(
                "0/{all} nodes are available: {}. preemption: 0/{all} nodes are available: {all} Preemption is not helpful \
                 for scheduling.",
                reasons.join(", "),
                all = nodes.len()
            ))
        }
    }
}

/// Why a node does not take a pod, if it does not.
fn refusal(node: &Node, spec: &Value, pin: Option<&str>, asked: (f64, f64)) -> Option<Vec<String>> {
    if pin.is_some_and(|pin| pin != &*node.name) || !node.selected(spec) {
        return Some(vec!["node(s) didn't match Pod's node affinity/selector".into()]);
    }
    let effects = ["NoSchedule", "NoExecute"];
    if let Some(taint) =
        node.taints.iter().find(|taint| effects.contains(&text(taint, "/effect")) && !tolerated(spec, taint))
    {
        return Some(vec![match (text(taint, "/key"), text(taint, "/value")) {
            (CORDON, _) => "node(s) were unschedulable".into(),
            (key, value) => format!("node(s) had untolerated taint {{{key}: {value}}}"),
        }]);
    }
    let mut reasons = Vec::new();
    for (reason, short) in [
        ("Too many pods", node.used.2 >= node.room.2),
        ("Insufficient cpu", node.used.0 + asked.0 > node.room.0 + 1e-6),
        ("Insufficient memory", node.used.1 + asked.1 > node.room.1),
    ] {
        if short {
            reasons.push(reason.to_owned());
        }
    }
    Some(reasons).filter(|reasons| !reasons.is_empty())
}
