//! The checks before the first write: permission, dry run, drift, other batches. Nothing is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    batch::{
        ConfigMap, Plan, Port, PortError, Problem, ProblemKind, Snapshot, Step, Token,
        journal::{Record, UNFINISHED},
        patch,
    },
    model::{AppKey, AppKind},
};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::rights::{Question, lacking};

/// Requests at a time.
const WIDTH: usize = 16;

/// What the preflight of one step found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The app.
    pub app: AppKey,
    /// The serial that was asked about.
    pub serial: u64,
    /// The object as the dry run returned it, where it passed.
    pub after: Option<Arc<Value>>,
    /// Errors and warnings found.
    pub problems: Vec<Problem>,
}

/// What concerns a whole namespace: asked once for all of its steps.
#[derive(Default)]
struct Shared {
    /// What is not allowed → what the server said of it, or nothing.
    refusals: BTreeMap<Question, String>,
    /// What the server gave no answer to → why.
    unknown: BTreeMap<Question, String>,
    /// App → unfinished batch that it is in.
    taken: BTreeMap<AppKey, String>,
    /// Namespace → why no journal could be written there.
    places: BTreeMap<String, String>,
}

/// Checks these steps of the plan (index and serial); sends what it finds, step by step as it comes. Returns when all is
/// sent, or nobody listens any more.
pub async fn preflight<P: Port>(port: Arc<P>, plan: &Plan, asked: &[(usize, u64)], to: mpsc::Sender<Checked>) {
    let steps: Vec<(usize, Step)> = asked
        .iter()
        .filter_map(|&(nth, serial)| Some((nth, plan.steps.get(nth).filter(|step| step.serial == serial)?.clone())))
        .collect();
    let shared = Arc::new(ask_shared(&port, &steps).await);
    let turns = Arc::new(Semaphore::new(WIDTH));
    let mut tasks = JoinSet::new();
    for (nth, step) in steps {
        let (port, shared, turns, to) = (port.clone(), shared.clone(), turns.clone(), to.clone());
        tasks.spawn(async move {
            let Ok(_turn) = turns.acquire().await else { return };
            let mut problems = from_shared(&shared, &step);
            let after =
                match check(&*port, nth, &step, shared.may("patch", step.key.kind.resource(), &step.key.namespace))
                    .await
                {
                    Ok(after) => after.map(Arc::new),
                    Err(problem) => {
                        problems.push(problem);
                        None
                    }
                };
            // Nobody listens any more: the plan was closed.
            let _ = to.send(Checked { app: step.key, serial: step.serial, after, problems }).await;
        });
    }
    while tasks.join_next().await.is_some() {}
}

/// What the driver will need in the namespace of a step.
fn questions(step: &Step) -> Vec<Question> {
    let namespace = step.key.namespace.to_string();
    let ask = |verb, group, resource| (verb, group, resource, namespace.clone());
    let mut questions = vec![
        ask("patch", "apps", step.key.kind.resource()),
        ask("list", "apps", step.key.kind.resource()),
        ask("watch", "apps", step.key.kind.resource()),
        ask("list", "", "pods"),
        ask("watch", "", "pods"),
        ask("list", "", "configmaps"),
        ask("create", "", "configmaps"),
        ask("update", "", "configmaps"),
        ask("get", "coordination.k8s.io", "leases"),
        ask("create", "coordination.k8s.io", "leases"),
        ask("update", "coordination.k8s.io", "leases"),
    ];
    if step.key.kind == AppKind::StatefulSet {
        questions.push(ask("delete", "", "pods"));
    }
    questions
}

async fn ask_shared<P: Port>(port: &Arc<P>, steps: &[(usize, Step)]) -> Shared {
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
    fn may(&self, verb: &str, resource: &str, namespace: &str) -> bool {
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

fn from_shared(shared: &Shared, step: &Step) -> Vec<Problem> {
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

/// Reads the app again and asks the server what the patch would make of it; `None` where it may not be patched.
async fn check<P: Port>(port: &P, nth: usize, step: &Step, may_patch: bool) -> Result<Option<Value>, Problem> {
    let (Some(planned), Some(change)) = (step.object(), &step.change) else {
        return Err(Problem::error(ProblemKind::Other, "it is not complete"));
    };
    let fail = |what: &str, error: &PortError| {
        Problem::error(ProblemKind::DryRun, format!("failed to {what} {}: {error}", step.key))
    };
    let live = port.read(&step.target()).await.map_err(|error| fail("read", &error))?;
    drifted(step, planned, &live)?;
    if !may_patch {
        return Ok(None);
    }
    let token = Token { batch: "preflight".to_owned(), step: nth, epoch: 0 };
    let patch = patch::forward(&live, change, step.resume, &token)
        .map_err(|error| Problem::error(ProblemKind::Shape, error.to_string()))?;
    match port.patch(&step.target(), &patch, true).await {
        Ok(after) => Ok(Some(after)),
        Err(error @ PortError::Invalid(_)) => {
            // A 422 says nothing of why: a look tells.
            let now = port.read(&step.target()).await.map_err(|error| fail("read", &error))?;
            drifted(step, planned, &now)?;
            Err(fail("try the change of", &error))
        }
        Err(error) => Err(fail("try the change of", &error)),
    }
}

fn drifted(step: &Step, planned: &Value, live: &Value) -> Result<(), Problem> {
    let (was, is) = (Snapshot::take(planned, step.intent), Snapshot::take(live, step.intent));
    let what = if was.uid != is.uid {
        "it was deleted and created anew"
    } else if was.token != is.token {
        "another batch has changed it"
    } else if !was.same_spec(&is) || was.paused != is.paused {
        "someone has changed it"
    } else {
        return Ok(());
    };
    Err(Problem::error(ProblemKind::Drift, format!("{what} since this plan was made: plan it again")))
}
