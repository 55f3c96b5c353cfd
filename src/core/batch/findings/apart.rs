//! Pods that must not stand beside others: required anti-affinity.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Demand, NodeRoom};
use crate::{around::Selector, text::Clean};

/// Which domains of nodes are closed to the pods of a demand, by the terms of its anti-affinity.
///
/// Source: kubernetes, pkg/scheduler/framework/plugins/interpodaffinity. What the pods that run already forbid the new ones is not
/// known here, nor what terms with `namespaceSelector`, `matchLabelKeys` or `mismatchLabelKeys` take.
#[derive(Debug)]
pub(super) struct Apart<'a>(Vec<Term<'a>>);

#[derive(Debug)]
struct Term<'a> {
    /// The label of nodes whose values are the domains.
    topology: &'a str,
    /// Its values where no pod may be put.
    closed: BTreeSet<String>,
    /// The pods of the demand keep off each other.
    own: bool,
}

impl<'a> Apart<'a> {
    pub(super) fn new(demand: &'a Demand, nodes: &[NodeRoom]) -> Self {
        let rule = &demand.spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
        let terms = rule.as_array().into_iter().flatten().filter(|term| is_understood(term));
        Self(terms.map(|term| Term::new(term, demand, nodes)).collect())
    }

    /// Whether a node is open to the next pod.
    pub(super) fn admits(&self, node: &NodeRoom) -> bool {
        self.0.iter().all(|term| node.label(term.topology).is_none_or(|domain| !term.closed.contains(domain)))
    }

    /// A pod of the demand is put there.
    pub(super) fn put(&mut self, node: &NodeRoom) {
        for term in self.0.iter_mut().filter(|term| term.own) {
            term.closed.extend(node.label(term.topology).map(str::to_owned));
        }
    }
}

fn is_understood(term: &Value) -> bool {
    let selects = &term["namespaceSelector"];
    (selects.is_null() || selects.as_object().is_some_and(serde_json::Map::is_empty))
        && term["matchLabelKeys"].is_null()
        && term["mismatchLabelKeys"].is_null()
}

impl<'a> Term<'a> {
    fn new(term: &'a Value, demand: &Demand, nodes: &[NodeRoom]) -> Self {
        let selector = Selector::of(&term["labelSelector"]);
        let named: Vec<&str> = term["namespaces"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let everywhere = term["namespaceSelector"].is_object();
        let within = |namespace: &Clean| {
            everywhere || named.contains(&&**namespace) || (named.is_empty() && *namespace == demand.app.namespace)
        };
        let topology = term["topologyKey"].as_str().unwrap_or_default();
        let keeps_off = |node: &&NodeRoom| {
            node.has_pod(|namespace, labels| {
                within(namespace) && selector.takes_by(|key| labels.get(key).map(Clean::as_str))
            })
        };
        let closed =
            nodes.iter().filter(keeps_off).filter_map(|node| node.label(topology).map(str::to_owned)).collect();
        Self { topology, closed, own: within(&demand.app.namespace) && selector.takes(&demand.labels) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::{
        batch::{Change, Intent, findings::samples},
        model::Labels,
    };

    fn nodes(pods: &[(usize, &str, &str)]) -> Vec<NodeRoom> {
        let node = |n: usize| {
            let labels = json!({"kubernetes.io/hostname": format!("n{n}"), "zone": if n < 2 { "a" } else { "b" }});
            let mut node = NodeRoom::of(&json!({"metadata": {"name": format!("n{n}"), "labels": labels}}));
            for (_, namespace, app) in pods.iter().filter(|(on, ..)| *on == n) {
                node.runs(&(*namespace).into(), &Labels::from_iter([("app".into(), (*app).into())]));
            }
            node
        };
        (0..4).map(node).collect()
    }

    fn demand(term: Value) -> Demand {
        let step = samples::step(Intent::Scale, samples::deployment(1), Change::Scale(3));
        let mut demand = Demand::expected(&step).unwrap();
        let terms = json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]});
        demand.spec = Arc::new(json!({"affinity": {"podAntiAffinity": terms}}));
        demand.labels = Arc::new(json!({"app": "web"}));
        demand.app.namespace = "shop".into();
        demand
    }

    #[rstest]
    #[case::by_node(json!({"topologyKey": "kubernetes.io/hostname"}), vec![1, 2, 3])]
    #[case::by_zone(json!({"topologyKey": "zone"}), vec![2, 3])]
    #[case::of_all_namespaces(json!({"topologyKey": "zone", "namespaceSelector": {}}), vec![])]
    #[case::of_another_namespace(json!({"topologyKey": "kubernetes.io/hostname", "namespaces": ["pay"]}), vec![0, 1, 2])]
    #[case::not_understood(json!({"topologyKey": "zone", "namespaceSelector": {"matchLabels": {"a": "b"}}}), vec![0, 1, 2, 3])]
    fn pods_keep_off_the_domains_of_those_that_they_name(#[case] mut term: Value, #[case] open: Vec<usize>) {
        term["labelSelector"] = json!({"matchLabels": {"app": "web"}});
        let (demand, nodes) = (demand(term), nodes(&[(0, "shop", "web"), (1, "shop", "api"), (3, "pay", "web")]));
        let apart = Apart::new(&demand, &nodes);
        let admitted: Vec<usize> = (0..4).filter(|n| apart.admits(&nodes[*n])).collect();
        assert_eq!(admitted, open);
    }

    #[rstest]
    #[case::each_other("web", false)]
    #[case::only_others("api", true)]
    fn pods_of_one_app_keep_off_each_other_where_the_term_takes_them(#[case] app: &str, #[case] beside: bool) {
        let selector = json!({"matchLabels": {"app": app}});
        let demand = demand(json!({"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}));
        let nodes = nodes(&[]);
        let mut apart = Apart::new(&demand, &nodes);
        apart.put(&nodes[0]);
        assert_eq!((apart.admits(&nodes[0]), apart.admits(&nodes[1])), (beside, true));
    }
}
