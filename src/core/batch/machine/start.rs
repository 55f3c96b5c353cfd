//! How a machine comes to be: from a plan, or from a journal.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    leg::{Leg, Stage, Way},
    pages::Page,
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{
        Author, Change, Check, DEADLINE_SECONDS, Intent, Options, Plan, Snapshot, StepState,
        journal::{BatchId, FORMAT, JournalError, Mark, Note, Record, StepRecord},
    },
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
            let (Check::Passed { after }, Some(live), Some(change)) = (&step.check, &step.live, &step.change) else {
                continue;
            };
            let mut leg = blank(legs.len(), plan.intent, step.key.clone(), (step.before(), step.after()), now);
            leg.before = Snapshot::take(live, plan.intent);
            leg.after = Snapshot::take(after, plan.intent);
            leg.live = Some(live.clone());
            leg.change = Some(change.clone());
            leg.resume = step.resume;
            if let Change::Template { revision, .. } = change {
                let target = step.revisions.iter().find(|known| known.number == *revision);
                leg.target = target.map(|target| target.name.clone()).unwrap_or_default();
            }
            legs.push(leg);
        }
        let home = legs.first()?.key.namespace.to_string();
        let Author { user, claimed } = author;
        let options = Options { width: plan.options.width.max(1), ..plan.options.clone() };
        let (intent, reason) = (plan.intent, plan.reason.clone());
        let head = Head { id, intent, by: user, claimed, reason, started: now, driver, home, options };
        Some(Self::with(head, 1, legs, Course::Forward, now))
    }

    /// A machine for a batch that another driver left: it does nothing until it is told to revert.
    ///
    /// # Errors
    /// A touched step's templates are not in the journal.
    pub fn recover(
        records: &BTreeMap<String, Record>,
        steps: &BTreeMap<String, Vec<StepRecord>>,
        driver: String,
        now: Time,
    ) -> Result<Option<Self>, JournalError> {
        let Some(first) = records.values().next() else { return Ok(None) };
        let mut legs = Vec::new();
        for (namespace, record) in records {
            for note in &record.steps {
                let known = steps.get(namespace).and_then(|steps| steps.iter().find(|step| step.index == note.index));
                let mut leg = from_note(note, namespace, first.intent);
                match known {
                    Some(known) => (leg.before, leg.after) = (known.before.clone(), known.after.clone()),
                    None if !note.mark.touched() => {}
                    None => return Err(JournalError::Missing { namespace: namespace.clone(), step: note.index }),
                }
                legs.push(leg);
            }
        }
        legs.sort_by_key(|leg| leg.index);
        let head = Head {
            id: first.id.clone(),
            intent: first.intent,
            by: first.by.clone(),
            claimed: first.claimed.clone(),
            reason: first.reason.clone(),
            started: first.started,
            driver,
            home: first.home.clone(),
            options: Options { width: first.options.width.clamp(1, 1000), ..first.options.clone() },
        };
        let epoch = records.values().map(|record| record.epoch).max().unwrap_or(1);
        let mut machine = Self::with(head, epoch, legs, Course::Leaving, now);
        machine.recovered = true;
        Ok(Some(machine))
    }

    fn with(head: Head, epoch: u64, legs: Vec<Leg>, course: Course, now: Time) -> Self {
        let namespaces: BTreeSet<String> = legs.iter().map(|leg| leg.key.namespace.to_string()).collect();
        let pages = namespaces.into_iter().map(|namespace| (namespace, Page::default())).collect();
        Self {
            head,
            epoch,
            legs,
            course,
            pages,
            began: now,
            held_by_lease: None,
            held_by_server: None,
            lost: false,
            at_once: false,
            recovered: false,
            settled: None,
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

fn from_note(note: &Note, namespace: &str, intent: Intent) -> Leg {
    let words = (note.before.clone(), note.after.clone());
    let mut leg = blank(note.index, intent, note.key(namespace), words, note.since);
    leg.state = note.state();
    leg.mark = note.mark;
    leg.made = note.made.clone();
    leg.old = note.old.clone();
    leg.sent = note.mark.touched();
    leg.doubt = leg.sent;
    leg
}

fn blank(index: usize, intent: Intent, key: crate::model::AppKey, words: (Clean, Clean), now: Time) -> Leg {
    let nothing = Snapshot {
        uid: String::new(),
        template: None,
        replicas: None,
        bounds: None,
        paused: false,
        cause: None,
        token: None,
    };
    Leg {
        index,
        key,
        words,
        intent,
        live: None,
        change: None,
        resume: None,
        before: nothing.clone(),
        after: nothing,
        made: None,
        state: StepState::Waiting,
        since: now,
        began: None,
        mark: Mark::Waiting,
        way: Way::Forward,
        stage: Stage::Idle,
        patch: serde_json::Value::Null,
        sent: false,
        doubt: false,
        fences: false,
        tries: 0,
        refusals: 0,
        refusal: Clean::default(),
        generation: 0,
        rolling_since: now,
        deadline: DEADLINE_SECONDS,
        seen: None,
        old: Vec::new(),
        leaves: Vec::new(),
        target: Clean::default(),
        owed: false,
        deleted: BTreeSet::new(),
    }
}
