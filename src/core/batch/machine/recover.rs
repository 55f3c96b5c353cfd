//! How a machine comes to be from a journal.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Head,
    leg::Leg,
    start::blank,
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{
        Intent, Options,
        journal::{JournalError, Mark, Note, Record, StepRecord},
    },
};

impl Machine {
    /// A machine for a batch that another driver left or ended: it does nothing until it is told to go on or to revert. `unread`
    /// are namespaces of it whose part of the journal cannot be read: they stay as they are.
    ///
    /// # Errors
    /// A touched step's templates are not in the journal.
    pub fn recover(
        records: &BTreeMap<String, Record>,
        steps: &BTreeMap<String, Vec<StepRecord>>,
        unread: BTreeSet<String>,
        driver: String,
        now: Time,
    ) -> Result<Option<Self>, JournalError> {
        let Some(first) = records.values().max_by_key(|record| record.epoch) else { return Ok(None) };
        let mut legs = Vec::new();
        for (namespace, record) in records {
            for note in &record.steps {
                let known = steps.get(namespace).and_then(|steps| steps.iter().find(|step| step.index == note.index));
                let mut leg = from_note(note, namespace, first.intent);
                match known {
                    Some(known) => {
                        (leg.before, leg.after) = (known.before.clone(), known.after.clone());
                        let resumes = leg.intent.writes_template() && leg.before.paused && !leg.after.paused;
                        leg.resume = resumes.then_some(true);
                    }
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
        (machine.recovered, machine.unread) = (true, unread);
        machine.left = Some(first.phase);
        machine.namespaces.extend(records.values().flat_map(|record| record.namespaces.clone()));
        machine.log = first.log.clone();
        Ok(Some(machine))
    }
}

fn from_note(note: &Note, namespace: &str, intent: Intent) -> Leg {
    let words = (note.before.clone(), note.after.clone());
    let mut leg = blank(note.index, intent, note.key(namespace), words, note.since);
    leg.state = note.state();
    leg.mark = note.mark;
    leg.made = note.made.clone();
    leg.old = note.old.clone();
    leg.digests = note.digests.clone();
    (leg.expected, leg.forgiven) = (note.expected, note.forgiven.clone());
    (leg.hpa, leg.target) = (note.hpa.clone(), note.target.clone());
    (leg.after_steps, leg.accepted, leg.returned) = (note.after_steps.clone(), note.accepted, note.returned);
    leg.sent = note.mark.touched();
    leg.doubt = leg.sent;
    leg.began = note.accepted.filter(|_| matches!(note.mark, Mark::Applied | Mark::Healthy));
    leg
}
