//! What one node has left, and which pods it takes.

use std::sync::Arc;

use serde_json::Value;

use super::demand::read;
use crate::{around, model::Labels, text::Clean};

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
    /// The namespaces and labels of the pods that run there.
    runs: Arc<Vec<(Clean, Labels)>>,
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
            runs: Arc::default(),
        }
    }

    /// A pod finds its place there that asks for so much: thousandths of a core, bytes.
    pub fn take(&mut self, cpu_milli: u64, memory: u64) {
        self.cpu_milli = self.cpu_milli.saturating_sub(cpu_milli);
        self.memory = self.memory.saturating_sub(memory);
        self.pods = self.pods.saturating_sub(1);
    }

    /// A pod of this namespace and these labels runs there.
    pub fn runs(&mut self, namespace: &Clean, labels: &Labels) {
        Arc::make_mut(&mut self.runs).push((namespace.clone(), labels.clone()));
    }

    /// Whether any pod that runs there is so: its namespace, its labels.
    pub(super) fn has_pod(&self, so: impl Fn(&Clean, &Labels) -> bool) -> bool {
        self.runs.iter().any(|(namespace, labels)| so(namespace, labels))
    }

    /// The value of one of its labels.
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).and_then(Value::as_str)
    }

    /// Whether a pod of this spec may be put there at all, whatever runs there.
    pub(super) fn admits(&self, spec: &Value) -> bool {
        let wanted = spec["nodeSelector"].as_object().into_iter().flatten();
        let taints = self.taints.as_array().into_iter().flatten();
        let mut repelling = taints.filter(|taint| taint["effect"] != "PreferNoSchedule");
        self.open
            && wanted.into_iter().all(|(label, value)| self.labels.get(label) == Some(value))
            && self.attracts(&spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"])
            && repelling.all(|taint| tolerated(spec, taint))
    }

    /// Whether any of the terms holds; all parts of it. Rules: k8s.io/component-helpers, scheduling/corev1/nodeaffinity.
    fn attracts(&self, required: &Value) -> bool {
        let Some(terms) = required["nodeSelectorTerms"].as_array() else { return true };
        let list = |term: &Value, name: &str| term[name].as_array().cloned().unwrap_or_default();
        terms.iter().any(|term| {
            let (labels, fields) = (list(term, "matchExpressions"), list(term, "matchFields"));
            let named = |key: &str| (key == "metadata.name").then_some(&*self.name);
            !(labels.is_empty() && fields.is_empty())
                && labels.iter().all(|want| is_so(want, |key| self.label(key)))
                && fields.iter().all(|want| is_so(want, named))
        })
    }

    pub(super) fn holds(&self, cpu_milli: u64, memory: u64) -> bool {
        self.pods > 0 && self.cpu_milli >= cpu_milli && self.memory >= memory
    }
}

/// Whether what a requirement asks of a node is so. Labels may be numbers there, and be compared.
fn is_so<'a>(want: &Value, value: impl Fn(&str) -> Option<&'a str>) -> bool {
    let text = |field: &str| want[field].as_str().unwrap_or_default();
    let has = value(text("key"));
    let values = || want["values"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let than = || Some((has?.parse::<i64>().ok()?, values().next()?.parse::<i64>().ok()?));
    match text("operator") {
        "Gt" => than().is_some_and(|(has, than)| has > than),
        "Lt" => than().is_some_and(|(has, than)| has < than),
        operator => around::holds(has, operator, values()).unwrap_or(false),
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
