//! How a machine comes to be from a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    graph,
    leg::{Leg, Stage, Way},
    pages::Page,
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{
        Author, Change, Check, DEADLINE_SECONDS, Intent, Options, Plan, Snapshot, StepState,
        journal::{BatchId, FORMAT, Mark, StepRecord},
        patch, template,
    },
    model::{AppKey, Revision},
    text::Clean,
};

/// What a batch is as a whole.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its name.
    pub id: BatchId,
    /// What was asked for.
    pub intent: Intent,
    /// By whom, as the cluster names the user.
    pub by: Clean,
    /// By whom, as this machine claims: login and host.
    pub claimed: Clean,
    /// Why, in the operator's words.
    pub reason: Clean,
    /// When.
    pub started: Time,
    /// The identity of its driver.
    pub driver: String,
    /// The namespace of its Lease.
    pub home: String,
    /// How it runs.
    pub options: Options,
}

impl Machine {
    /// A machine for a plan that is ready; steps without change are left out. `None` if nothing is to be written.
    pub fn new(plan: &Plan, id: BatchId, author: Author, driver: String, now: Time) -> Option<Self> {
        let mut legs: Vec<Leg> = Vec::new();
        for step in &plan.steps {
            let (Check::Passed { after }, Some(live), Some(change)) = (&step.check, step.object(), &step.change) else {
                continue;
            };
            let mut leg = blank(legs.len(), plan.intent, step.key.clone(), (step.before(), step.after()), now);
            leg.before = Snapshot::take(live, plan.intent);
            leg.after = Snapshot::take(after, plan.intent);
            leg.hpa = if plan.intent == Intent::Bounds { step.hpa.clone() } else { Clean::default() };
            leg.expected = step.expected;
            if plan.intent.writes_template() {
                // The dry run was made under a name of its own.
                leg.after.cause = patch::cause(change, &id.0);
            }
            leg.after.token = Some(leg.token(&id.0, 1).to_string());
            leg.live = Some(live.clone());
            leg.change = Some(change.clone());
            leg.resume = step.resume;
            if let Change::Template { to, revision, .. } = change {
                // With a digest pinned it is a revision of its own.
                let is = |known: &&Revision| known.number == *revision && template::same(&known.template, to);
                let target = step.revisions.iter().find(is);
                leg.target = target.map(|target| target.name.clone()).unwrap_or_default();
            }
            legs.push(leg);
        }
        graph::link(&mut legs, |key| plan.steps.iter().find(|step| step.key == *key).map(|step| step.after.as_slice()));
        let home = legs.first()?.key.namespace.to_string();
        let Author { user, claimed } = author;
        let options = Options { width: plan.options.width.max(1), ..plan.options.clone() };
        let (intent, reason) = (plan.intent, plan.reason.clone());
        let head = Head { id, intent, by: user, claimed, reason, started: now, driver, home, options };
        Some(Self::with(head, 1, legs, Course::Forward, now))
    }

    /// Apps that wait for each other in a ring, each for the next: such a batch would never end.
    pub fn cycle(&self) -> Option<Vec<AppKey>> {
        graph::cycle(&self.legs).map(|ring| ring.into_iter().map(|nth| self.legs[nth].key.clone()).collect())
    }

    pub(super) fn with(head: Head, epoch: u64, legs: Vec<Leg>, course: Course, now: Time) -> Self {
        let namespaces: BTreeSet<String> = legs.iter().map(|leg| leg.key.namespace.to_string()).collect();
        let pages = namespaces.iter().cloned().map(|namespace| (namespace, Page::default())).collect();
        Self {
            head,
            epoch,
            queue: graph::order(&legs),
            legs,
            course,
            pages,
            began: now,
            held_by_lease: None,
            held_by_server: None,
            lost: false,
            at_once: false,
            recovered: false,
            paused: false,
            opened: 1,
            told: 0,
            failure: None,
            namespaces,
            unread: BTreeSet::new(),
            left: None,
            log: Vec::new(),
            settled: None,
            settled_at: None,
            ended: None,
            notes: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// What the batch is as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Before and after of the steps, by namespace, to be written before anything else.
    pub fn step_records(&self) -> BTreeMap<String, Vec<StepRecord>> {
        let mut records: BTreeMap<String, Vec<StepRecord>> = BTreeMap::new();
        for leg in &self.legs {
            records.entry(leg.key.namespace.to_string()).or_default().push(StepRecord {
                format: FORMAT,
                index: leg.index,
                app: format!("{}/{}", leg.key.kind.short(), leg.key.name),
                before: leg.before.clone(),
                after: leg.after.clone(),
            });
        }
        records
    }
}

/// A step of which nothing is known yet but its name.
pub(super) fn blank(index: usize, intent: Intent, key: AppKey, words: (Clean, Clean), now: Time) -> Leg {
    let nothing = Snapshot {
        uid: String::new(),
        template: None,
        replicas: None,
        bounds: None,
        no_min: false,
        paused: false,
        cause: None,
        token: None,
    };
    Leg {
        index,
        key,
        words,
        intent,
        hpa: Clean::default(),
        after_steps: Vec::new(),
        expected: None,
        live: None,
        change: None,
        resume: None,
        before: nothing.clone(),
        after: nothing,
        made: None,
        digests: BTreeMap::new(),
        state: StepState::Waiting,
        since: now,
        began: None,
        mark: Mark::Waiting,
        way: Way::Forward,
        stage: Stage::Idle,
        patch: serde_json::Value::Null,
        sent: false,
        doubt: false,
        doubted: None,
        accepted: None,
        left: None,
        returned: None,
        wanted_back: false,
        fences: false,
        tries: 0,
        refusals: 0,
        refusal: Clean::default(),
        generation: 0,
        rolling_since: now,
        deadline: DEADLINE_SECONDS,
        seen: None,
        old: Vec::new(),
        restarts: BTreeMap::new(),
        forgiven: BTreeMap::new(),
        forgives: false,
        leaves: Vec::new(),
        target: Clean::default(),
        owed: false,
        deleted: BTreeSet::new(),
    }
}
