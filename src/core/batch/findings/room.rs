//! What nodes have left for pods, and whether the pods that a change brings find their place.

use std::collections::BTreeMap;

use super::{
    NodeRoom,
    apart::Apart,
    demand::{Demand, amount, at_once, written},
};
use crate::{
    batch::{Problem, ProblemKind},
    model::AppKey,
};

/// What all nodes have left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    /// A node each.
    pub nodes: Vec<NodeRoom>,
}

impl Room {
    /// Puts the pods of a demand on the first nodes that take them; returns how many found no place.
    fn put(&mut self, demand: &Demand) -> u64 {
        let mut apart = Apart::new(demand, &self.nodes);
        let (cpu, memory) = (amount(&demand.spec, "requests", "cpu"), amount(&demand.spec, "requests", "memory"));
        let mut left = demand.pods;
        for node in self.nodes.iter_mut().filter(|node| node.admits(&demand.spec)) {
            while left > 0 && node.holds(cpu, memory) && apart.admits(node) {
                node.take(cpu, memory);
                apart.put(node);
                left -= 1;
            }
        }
        left
    }

    /// Whether the pods of a demand would find their place if they might stand beside any others.
    fn holds_together(&self, demand: &Demand) -> bool {
        let mut demand = demand.clone();
        let mut spec = (*demand.spec).clone();
        if let Some(affinity) = spec["affinity"].as_object_mut() {
            affinity.remove("podAntiAffinity");
        }
        demand.spec = spec.into();
        self.clone().put(&demand) == 0
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
    let text = if left == 0 {
        return None;
    } else if open.next().is_none() {
        format!(
            "{pods} no node that is ready and takes such pods: check node selector, node affinity, taints and cordons"
        )
    } else if alone > 0 && places.room.holds_together(demand) {
        format!(
            "{pods} no node that its anti-affinity leaves open: add nodes, or let the rollout take old pods away first (maxSurge 0)"
        )
    } else {
        let (cpu, memory) = (amount(&demand.spec, "requests", "cpu"), amount(&demand.spec, "requests", "memory"));
        let asks = format!("{} cpu and {} memory", written("cpu", cpu), written("memory", memory));
        let with = if alone == 0 { " once the other apps of this plan have theirs" } else { "" };
        format!(
            "{pods} no node with {asks} to spare{with}: make room, or expect pods that wait (affinity to other pods, spread, volumes and \
             a cluster autoscaler are not looked at)"
        )
    };
    Some(Problem::warning(ProblemKind::Surge, text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        batch::{Change, Intent, findings::samples},
        model::Labels,
    };

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

    fn required(term: &Value) -> Value {
        json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}})
    }

    fn node_affinity(want: &Value) -> Value {
        required(&json!({"matchExpressions": [want]}))
    }

    fn by_name(name: &str) -> Value {
        required(&json!({"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}]}))
    }

    #[test]
    fn a_pod_that_must_stand_alone_finds_no_place_where_each_node_has_one() {
        let rule = json!([{"topologyKey": "disk", "labelSelector": {"matchLabels": {"app": "web"}}}]);
        let affinity = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": rule}});
        let demand = demand(1, "100m", &json!({"affinity": affinity}));
        let mut taken = node(&json!({}));
        assert_eq!(text(&demand, &[], vec![taken.clone()]), "");
        taken.runs(&demand.app.namespace, &Labels::from_iter([("app".into(), "web".into())]));
        let text = text(&demand, &[], vec![taken]);
        assert!(text.starts_with("the pod that it adds finds no node that its anti-affinity leaves open: "), "{text}");
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
    #[case::attracted(json!({}), node_affinity(&json!({"key": "disk", "operator": "In", "values": ["ssd"]})), true)]
    #[case::not_attracted(json!({}), node_affinity(&json!({"key": "disk", "operator": "NotIn", "values": ["ssd"]})), false)]
    #[case::by_number(json!({}), node_affinity(&json!({"key": "disk", "operator": "Gt", "values": ["3"]})), false)]
    #[case::by_name(json!({}), by_name("n1"), true)]
    #[case::by_another_name(json!({}), by_name("n2"), false)]
    fn a_node_that_does_not_take_such_pods_is_no_place(#[case] of: Value, #[case] pod: Value, #[case] fits: bool) {
        let text = text(&demand(1, "100m", &pod), &[], vec![node(&of)]);
        assert_eq!(text.is_empty(), fits, "{text}");
        assert!(fits || text.starts_with("the pod that it adds finds no node that is ready"), "{text}");
    }
}
