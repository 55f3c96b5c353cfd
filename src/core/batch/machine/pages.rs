//! The state records: what each namespace's says, and how far it is written.

use super::turn::{Course, Machine};
use crate::{
    Time,
    batch::{
        PortError, StepState,
        journal::{FORMAT, Mark, Note, Record, RecordPhase},
        machine::{Action, leg::Leg},
    },
    text::{Clean, width::cut},
};

/// How far the record of one namespace is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// Raised by each change of what the record says.
    pub version: u64,
    /// Written in the cluster.
    pub written: u64,
    /// On its way.
    pub sent: Option<u64>,
    tries: u32,
    retry_at: Option<Time>,
}

impl Page {
    pub(super) fn is_tried_again(&self) -> bool {
        self.tries > 0
    }
}

impl Machine {
    /// The record of a namespace as it would be written now.
    pub fn record(&self, namespace: &str) -> Record {
        let steps = self.legs.iter().filter(|leg| *leg.key.namespace == *namespace).map(note);
        let head = &self.head;
        Record {
            format: FORMAT,
            id: head.id.clone(),
            intent: head.intent,
            by: head.by.clone(),
            started: head.started,
            epoch: self.epoch,
            driver: head.driver.clone(),
            phase: self.record_phase(),
            unfinished: self.is_unfinished(),
            home: head.home.clone(),
            namespaces: self.namespaces.iter().cloned().collect(),
            claimed: head.claimed.clone(),
            reason: head.reason.clone(),
            ended: self.settled_at,
            options: head.options.clone(),
            log: self.log.clone(),
            steps: steps.collect(),
        }
    }

    /// The namespaces that hold a record.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }

    /// What the record of the leg's namespace says has changed; returns the version that says it.
    pub(super) fn mark(&mut self, leg: usize, mark: Mark) -> u64 {
        self.legs[leg].mark = mark;
        let namespace = self.legs[leg].key.namespace.to_string();
        let page = self.pages.entry(namespace).or_default();
        page.version += 1;
        page.version
    }

    /// Every record has something new to say.
    pub(super) fn mark_all(&mut self) {
        self.pages.values_mut().for_each(|page| page.version += 1);
    }

    pub(super) fn is_written(&self, leg: &Leg, version: u64) -> bool {
        self.pages.get(&*leg.key.namespace).is_some_and(|page| page.written >= version)
    }

    pub(super) fn all_written(&self) -> bool {
        self.pages.values().all(|page| page.written >= page.version)
    }

    /// Sends the records that have something new to say, one at a time for each namespace.
    pub(super) fn send_records(&mut self, now: Time) {
        let due: Vec<String> = self
            .pages
            .iter()
            .filter(|(_, page)| page.version > page.written && page.sent.is_none())
            .filter(|(_, page)| page.retry_at.is_none_or(|at| at <= now))
            .map(|(namespace, _)| namespace.clone())
            .collect();
        for namespace in due {
            let record = Box::new(self.record(&namespace));
            let Some(page) = self.pages.get_mut(&namespace) else { continue };
            page.sent = Some(page.version);
            self.actions.push(Action::Record { version: page.version, namespace, record });
        }
    }

    pub(super) fn recorded(&mut self, namespace: &str, version: u64, result: Result<(), PortError>, now: Time) {
        let Some(page) = self.pages.get_mut(namespace) else { return };
        page.sent = None;
        match result {
            Ok(()) => {
                page.written = page.written.max(version);
                (page.tries, page.retry_at) = (0, None);
                self.held_by_server = None;
            }
            Err(PortError::Conflict(_)) => self.lose("another rolldeck has written this batch's record".into(), now),
            Err(error) => {
                page.tries += 1;
                page.retry_at = Some(now + chrono::Duration::seconds(1 << page.tries.min(5)));
                self.held_by_server = Some(format!("the record in {namespace} cannot be written: {error}").into());
            }
        }
    }

    fn record_phase(&self) -> RecordPhase {
        match (self.settled, self.course) {
            (Some(phase), _) => phase,
            (None, Course::Forward) => RecordPhase::Running,
            (None, Course::Stopping) => RecordPhase::Stopping,
            (None, Course::Back) => RecordPhase::Reverting,
            (None, Course::Leaving) => RecordPhase::Interrupted,
        }
    }

    /// Whether someone still has to look after the batch: while it runs; after an interruption that left something touched;
    /// after a revert that could not write where it should have.
    pub(super) fn is_unfinished(&self) -> bool {
        match self.settled {
            None => true,
            Some(RecordPhase::Interrupted) => self.legs.iter().any(|leg| leg.mark.touched()),
            Some(RecordPhase::RevertFailed) => self.legs.iter().any(|leg| leg.mark == Mark::RevertFailed && leg.owed),
            Some(_) => false,
        }
    }
}

/// The widest reason that a record keeps, in columns: a server's message may be long, and the records of several
/// hundred apps must fit into one object.
const REASON: usize = 400;

fn note(leg: &Leg) -> Note {
    let why = match &leg.state {
        StepState::NothingRan(why)
        | StepState::Failed(why)
        | StepState::Refused(why)
        | StepState::Drifted(why)
        | StepState::RevertFailed(why) => Clean::new(&cut(why, REASON)),
        _ => Clean::default(),
    };
    Note {
        index: leg.index,
        kind: leg.key.kind,
        name: leg.key.name.clone(),
        mark: leg.mark,
        why,
        since: leg.since,
        before: leg.words.0.clone(),
        after: leg.words.1.clone(),
        made: leg.made.clone(),
        hpa: leg.hpa.clone(),
        after_steps: leg.after_steps.clone(),
        accepted: leg.accepted,
        returned: leg.returned,
        target: leg.target.clone(),
        digests: leg.digests.clone(),
        old: leg.old.clone(),
        expected: leg.expected,
        forgiven: leg.forgiven.clone(),
    }
}
