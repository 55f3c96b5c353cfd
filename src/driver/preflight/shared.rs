//! What concerns a whole namespace: asked once for all of its steps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    batch::{
        ConfigMap, Port, PortError, Problem, ProblemKind, Step,
        journal::{Record, UNFINISHED},
    },
    model::AppKey,
};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    WIDTH,
    rights::{Question, lacking, questions},
};

/// What was asked of the namespaces of a plan.
#[derive(Default)]
pub(super) struct Shared {
    /// What is not allowed → what the server said of it, or nothing.
    refusals: BTreeMap<Question, String>,
    /// What the server gave no answer to → why.
    unknown: BTreeMap<Question, String>,
    /// App → unfinished batch that it is in.
    taken: BTreeMap<AppKey, String>,
    /// Namespace → why no journal could be written there.
    places: BTreeMap<String, String>,
}

/// Asks for all of these steps.
pub(super) async fn ask<P: Port>(port: &Arc<P>, steps: &[(usize, Step)]) -> Shared {
    let questions: BTreeSet<Question> = steps.iter().flat_map(|(_, step)| questions(step)).collect();
    let namespaces: BTreeSet<String> = steps.iter().map(|(_, step)| step.key.namespace.to_string()).collect();
    let turns = Arc::new(Semaphore::new(WIDTH));
    let mut shared = Shared::default();
    let mut asked = JoinSet::new();
    for question in questions {
        let (port, turns) = (port.clone(), turns.clone());
        asked.spawn(async move {
            let _turn = turns.acquire().await;
            let (verb, group, resource, namespace) = &question;
            let answer = port.may(verb, group, resource, namespace).await;
            (question, answer)
        });
    }
    let mut looked = JoinSet::new();
    for namespace in namespaces {
        let (port, turns) = (port.clone(), turns.clone());
        looked.spawn(async move {
            let _turn = turns.acquire().await;
            let unfinished = port.config_maps(Some(&namespace), UNFINISHED).await;
            let writable = port.create_config_map(&probe(&namespace), true).await;
            (namespace, unfinished, writable)
        });
    }
    while let Some(Ok((question, answer))) = asked.join_next().await {
        let (verb, _, resource, namespace) = &question;
        match answer {
            Ok(None) => {}
            Ok(Some(why)) => {
                shared.refusals.insert(question, why);
            }
            Err(error) => {
                let text = format!("failed to ask whether you may {verb} {resource} in {namespace}: {error}");
                shared.unknown.insert(question, text);
            }
        }
    }
    while let Some(Ok((namespace, unfinished, writable))) = looked.join_next().await {
        shared.look(namespace, unfinished, writable.err());
    }
    shared
}

impl Shared {
    /// Whether nobody said that it is not allowed.
    pub(super) fn may(&self, verb: &str, resource: &str, namespace: &str) -> bool {
        !self.refusals.keys().any(|(v, _, r, n)| *v == verb && *r == resource && n == namespace)
    }

    /// Whether a refusal to use ConfigMaps is already told as a right that lacks.
    fn told(&self, verb: &str, namespace: &str, error: &PortError) -> bool {
        matches!(error, PortError::Forbidden(_)) && !self.may(verb, "configmaps", namespace)
    }

    fn look(
        &mut self,
        namespace: String,
        unfinished: Result<Vec<ConfigMap>, PortError>,
        unwritable: Option<PortError>,
    ) {
        if let Some(error) = unwritable.filter(|error| !self.told("create", &namespace, error)) {
            self.places
                .insert(namespace.clone(), format!("failed to try a write of the journal in {namespace}: {error}"));
        }
        let maps = match unfinished {
            Ok(maps) => maps,
            Err(error) if self.told("list", &namespace, &error) => return,
            Err(error) => {
                self.places.insert(
                    namespace.clone(),
                    format!("failed to look for unfinished batches in {namespace}: {error}"),
                );
                return;
            }
        };
        for map in maps {
            match Record::decode(&map) {
                Ok(record) => {
                    let by = format!("{} of {}", record.id, record.by);
                    self.taken.extend(record.steps.iter().map(|note| (note.key(&namespace), by.clone())));
                }
                Err(error) => {
                    self.places.insert(namespace.clone(), format!("the journal {error}"));
                }
            }
        }
    }
}

/// A ConfigMap for a dry run: what a quota or a webhook says of it, it will say of the journal.
fn probe(namespace: &str) -> ConfigMap {
    ConfigMap {
        namespace: namespace.to_owned(),
        name: "rolldeck-preflight".to_owned(),
        labels: [("app.kubernetes.io/managed-by".to_owned(), "rolldeck".to_owned())].into(),
        ..ConfigMap::default()
    }
}

/// What it means for a step.
pub(super) fn found(shared: &Shared, step: &Step) -> Vec<Problem> {
    let questions = questions(step);
    // Only a revert of a stuck StatefulSet deletes pods: to know of, and no reason to stop.
    let needed = |question: &Question| question.0 != "delete";
    let told = |wanted: bool| {
        let refused: Vec<_> = questions
            .iter()
            .filter(|question| needed(question) == wanted)
            .filter_map(|question| Some((question, shared.refusals.get(question)?.as_str())))
            .collect();
        lacking(&refused)
    };
    let mut problems: Vec<Problem> =
        told(true).map(|text| Problem::error(ProblemKind::Permission, text)).into_iter().collect();
    problems.extend(told(false).map(|text| Problem::warning(ProblemKind::Permission, text)));
    problems.extend(questions.iter().filter_map(|question| {
        let text = shared.unknown.get(question)?.clone();
        Some(Problem::warning(ProblemKind::Unknown, text))
    }));
    problems.extend(
        shared.places.get(&*step.key.namespace).cloned().map(|text| Problem::error(ProblemKind::Journal, text)),
    );
    let taken = shared.taken.get(&step.key);
    problems.extend(taken.map(|by| {
        Problem::error(ProblemKind::Rival, format!("it is in the unfinished batch {by}: revert that first"))
    }));
    problems
}
