//! Warning events, found by what they are about.

use std::collections::HashMap;

use crate::{Time, text::Clean};

/// A warning event, cut down to what a cause is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Kind of what it is about: `Pod`.
    pub kind: Clean,
    /// The namespace of what it is about; empty for a node.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// One word: `FailedScheduling`.
    pub reason: Clean,
    /// The sentence.
    pub message: Clean,
    /// How often it was seen.
    pub count: u32,
    /// When it was last seen.
    pub at: Option<Time>,
}

/// The warnings that are known.
#[derive(Debug, Default)]
pub struct Warnings<'a> {
    /// Whether events could be read at all. Where not, evidence is missing and is said to be.
    pub known: bool,
    by_object: HashMap<String, Vec<&'a Warning>>,
    /// ReplicaSets by namespace and name less the hash: an app's own, where no pod came of it.
    by_set: HashMap<String, Vec<&'a Warning>>,
}

impl<'a> Warnings<'a> {
    /// All of them.
    pub fn new(all: impl Iterator<Item = &'a Warning>) -> Self {
        let mut warnings = Self { known: true, ..Self::default() };
        for warning in all {
            let (kind, namespace, name) = (&*warning.kind, &*warning.namespace, &*warning.name);
            warnings.by_object.entry(format!("{kind}/{namespace}/{name}")).or_default().push(warning);
            if let Some((app, _)) = name.rsplit_once('-').filter(|_| kind == "ReplicaSet") {
                warnings.by_set.entry(format!("{namespace}/{app}")).or_default().push(warning);
            }
        }
        warnings.by_object.values_mut().chain(warnings.by_set.values_mut()).for_each(|all| newest_first(all));
        warnings
    }

    /// About one object, newest first.
    pub fn about(&self, kind: &str, namespace: &str, name: &str) -> &[&'a Warning] {
        self.by_object.get(&format!("{kind}/{namespace}/{name}")).map(Vec::as_slice).unwrap_or_default()
    }

    /// About the ReplicaSets of a Deployment, newest first.
    pub fn about_sets(&self, namespace: &str, deployment: &str) -> &[&'a Warning] {
        self.by_set.get(&format!("{namespace}/{deployment}")).map(Vec::as_slice).unwrap_or_default()
    }
}

fn newest_first(all: &mut [&Warning]) {
    all.sort_by_key(|warning| std::cmp::Reverse(warning.at));
}

/// As evidence: `event Unhealthy ×12: Readiness probe failed: …`.
pub(super) fn words(warning: &Warning) -> Clean {
    let times = if warning.count > 1 { format!(" ×{}", warning.count) } else { String::new() };
    format!("event {}{times}: {}", warning.reason, warning.message.replace('\n', " ")).into()
}
