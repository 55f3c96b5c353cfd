//! What nodes have left for pods, and whether the pods that a change brings find their place.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::demand::{Demand, amount, at_once, read, written};
use crate::{
    batch::{Problem, ProblemKind},
    model::AppKey,
    text::Clean,
};

/// What one node has left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeRoom {
    /// Its name.
    pub name: Clean,
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// Bytes.
    pub memory: u64,
    /// Pods.
    pub pods: u64,
    /// It is ready and takes new pods.
    pub open: bool,
    /// `metadata.labels`, raw.
    labels: Arc<Value>,
    /// `spec.taints`, raw.
    taints: Arc<Value>,
}

impl NodeRoom {
    /// A raw node, as if nothing ran on it.
    pub fn of(node: &Value) -> Self {
        let (metadata, spec, status) = (&node["metadata"], &node["spec"], &node["status"]);
        let free = |resource: &str| read(resource, &status["allocatable"][resource]).unwrap_or(0);
        let conditions = status["conditions"].as_array().into_iter().flatten();
        let mut ready = conditions.filter(|condition| condition["type"] == "Ready");
        Self {
            name: Clean::new(metadata["name"].as_str().unwrap_or_default()),
            cpu_milli: free("cpu"),
            memory: free("memory"),
            pods: free("pods"),
            open: ready.any(|ready| ready["status"] == "True") && spec["unschedulable"] != true,
            labels: Arc::new(metadata["labels"].clone()),
            taints: Arc::new(spec["taints"].clone()),
        }
    }

    /// A pod runs there that asks for so much: thousandths of a core, bytes.
    pub fn take(&mut self, cpu_milli: u64, memory: u64) {
        self.cpu_milli = self.cpu_milli.saturating_sub(cpu_milli);
        self.memory = self.memory.saturating_sub(memory);
        self.pods = self.pods.saturating_sub(1);
    }

    /// Whether a pod of this spec may be put there at all.
    fn admits(&self, spec: &Value) -> bool {
        let wanted = spec["nodeSelector"].as_object().into_iter().flatten();
        let taints = self.taints.as_array().into_iter().flatten();
        let mut repelling = taints.filter(|taint| taint["effect"] != "PreferNoSchedule");
        self.open
            && wanted.into_iter().all(|(label, value)| self.labels.get(label) == Some(value))
            && repelling.all(|taint| tolerated(spec, taint))
    }

    fn holds(&self, cpu_milli: u64, memory: u64) -> bool {
        self.pods > 0 && self.cpu_milli >= cpu_milli && self.memory >= memory
    }
}

/// Rules: k8s.io/api/core/v1, `Toleration.ToleratesTaint`.
fn tolerated(spec: &Value, taint: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    spec["tolerations"].as_array().into_iter().flatten().any(|toleration| {
        let (key, effect) = (text(&toleration["key"]), text(&toleration["effect"]));
        let exists = toleration["operator"] == "Exists";
        (effect.is_empty() || effect == text(&taint["effect"]))
            && ((key.is_empty() && exists) || key == text(&taint["key"]))
            && (exists || text(&toleration["value"]) == text(&taint["value"]))
    })
}

/// What all nodes have left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    /// A node each.
    pub nodes: Vec<NodeRoom>,
}

impl Room {
    /// Puts the pods of a demand on the first nodes that take them; returns how many found no place.
    fn put(&mut self, demand: &Demand) -> u64 {
        let (cpu, memory) = (amount(&demand.spec, "requests", "cpu"), amount(&demand.spec, "requests", "memory"));
        let mut left = demand.pods;
        for node in self.nodes.iter_mut().filter(|node| node.admits(&demand.spec)) {
            while left > 0 && node.holds(cpu, memory) {
                node.take(cpu, memory);
                left -= 1;
            }
        }
        left
    }
}

/// What the nodes have left, and how a whole plan finds its place there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    room: Room,
    /// App → pods that found no node when those that roll at the same time had theirs.
    without: BTreeMap<AppKey, u64>,
}

impl Places {
    /// Puts what the apps of a plan bring, of which `width` may roll at the same time.
    pub fn new(room: Room, demands: &[Demand], width: usize) -> Self {
        let mut full = room.clone();
        let scheduled: Vec<&Demand> = demands.iter().filter(|demand| demand.is_scheduled()).collect();
        let size = |demand: &&Demand| demand.more("requests", "cpu");
        let without = at_once(scheduled, width, size).into_iter().map(|demand| (demand.app.clone(), full.put(demand)));
        let without = without.filter(|(_, left)| *left > 0).collect();
        Self { room, without }
    }
}

/// Whether the pods that a step brings find nodes, beside those of the others that roll at the same time.
pub(super) fn fits(demand: &Demand, places: &Places) -> Option<Problem> {
    if !demand.is_scheduled() {
        return None;
    }
    let alone = places.room.clone().put(demand);
    let left = alone.max(places.without.get(&demand.app).copied().unwrap_or(0)).min(demand.pods);
    let pods = match demand.pods {
        1 => "the pod that it adds finds".to_owned(),
        pods if left == pods => format!("the {pods} pods that it adds find"),
        pods => format!("{left} of the {pods} pods that it adds find"),
    };
    let mut open = places.room.nodes.iter().filter(|node| node.admits(&demand.spec));
    let text = if open.next().is_none() {
        format!("{pods} no node that is ready and takes such pods: check node selector, taints and cordons")
    } else {
        let (cpu, memory) = (amount(&demand.spec, "requests", "cpu"), amount(&demand.spec, "requests", "memory"));
        let asks = format!("{} cpu and {} memory", written("cpu", cpu), written("memory", memory));
        let with = if alone == 0 { " once the other apps of this plan have theirs" } else { "" };
        format!(
            "{pods} no node with {asks} to spare{with}: make room, or expect pods that wait (affinity, spread, volumes and a cluster \
             autoscaler are not looked at)"
        )
    };
    (left > 0).then(|| Problem::warning(ProblemKind::Surge, text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Change, Intent, findings::samples};

    fn node(extra: &Value) -> NodeRoom {
        let mut node = json!({"metadata": {"name": "n1", "labels": {"disk": "ssd"}}, "spec": {},
            "status": {"allocatable": {"cpu": "1", "memory": "1Gi", "pods": "10"},
                "conditions": [{"type": "Ready", "status": "True"}]}});
        for (field, value) in extra.as_object().into_iter().flatten() {
            node["spec"][field] = value.clone();
        }
        NodeRoom::of(&node)
    }

    fn demand(pods: u64, cpu: &str, extra: &Value) -> Demand {
        let live = samples::deployment(1);
        let step = samples::step(Intent::Scale, live, Change::Scale(1 + u32::try_from(pods).unwrap()));
        let mut demand = Demand::expected(&step).unwrap();
        let mut spec = json!({"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]});
        for (field, value) in extra.as_object().into_iter().flatten() {
            spec[field] = value.clone();
        }
        demand.spec = Arc::new(spec);
        demand
    }

    fn text(demand: &Demand, others: &[&Demand], nodes: Vec<NodeRoom>) -> String {
        let all: Vec<Demand> = others.iter().copied().chain([demand]).cloned().collect();
        fits(demand, &Places::new(Room { nodes }, &all, all.len()))
            .map(|problem| problem.text.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn pods_are_put_where_they_first_fit() {
        assert_eq!(text(&demand(4, "500m", &json!({})), &[], vec![node(&json!({})), node(&json!({}))]), "");
        let text = text(&demand(5, "500m", &json!({})), &[], vec![node(&json!({})), node(&json!({}))]);
        assert!(
            text.starts_with("1 of the 5 pods that it adds find no node with 500m cpu and 0 memory to spare: "),
            "{text}"
        );
    }

    #[test]
    fn others_that_roll_at_the_same_time_take_their_place_first() {
        let (mine, mut other) = (demand(1, "600m", &json!({})), demand(1, "700m", &json!({})));
        other.app.name = "billing".into();
        assert_eq!(text(&mine, &[], vec![node(&json!({}))]), "");
        let text = text(&mine, &[&other], vec![node(&json!({}))]);
        assert!(text.contains("to spare once the other apps of this plan have theirs"), "{text}");
    }

    #[rstest]
    #[case::cordoned(json!({"unschedulable": true}), json!({}), false)]
    #[case::tainted(json!({"taints": [{"key": "gpu", "effect": "NoSchedule"}]}), json!({}), false)]
    #[case::tolerated(
        json!({"taints": [{"key": "gpu", "effect": "NoSchedule"}]}),
        json!({"tolerations": [{"key": "gpu", "operator": "Exists"}]}),
        true
    )]
    #[case::preferred(json!({"taints": [{"key": "gpu", "effect": "PreferNoSchedule"}]}), json!({}), true)]
    #[case::selected(json!({}), json!({"nodeSelector": {"disk": "ssd"}}), true)]
    #[case::not_selected(json!({}), json!({"nodeSelector": {"disk": "hdd"}}), false)]
    fn a_node_that_does_not_take_such_pods_is_no_place(#[case] of: Value, #[case] pod: Value, #[case] fits: bool) {
        let text = text(&demand(1, "100m", &pod), &[], vec![node(&of)]);
        assert_eq!(text.is_empty(), fits, "{text}");
        assert!(fits || text.starts_with("the pod that it adds finds no node that is ready"), "{text}");
    }
}
