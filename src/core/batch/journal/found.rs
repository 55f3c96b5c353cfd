//! What is known of a batch that was found in the cluster.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Happening, Record, RecordPhase};
use crate::{
    Time,
    batch::{Intent, StepState},
    model::AppKey,
    text::Clean,
};

/// A batch's name: a DNS label that sorts by time, `20261122-140501-k3x9`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchId(pub String);

impl BatchId {
    /// The name of a batch that starts at `now`; `salt` tells apart those of one second (base 36, four digits of it are taken).
    pub fn new(now: Time, salt: u64) -> Self {
        let digit = |n: u64| char::from_digit((salt / 36u64.pow(n as u32) % 36) as u32, 36).unwrap_or('0');
        let tail: String = (0..4).map(digit).collect();
        Self(format!("{}-{tail}", now.format("%Y%m%d-%H%M%S")))
    }

    /// Whether it is a DNS label, short enough to be a part of names.
    pub fn is_well_formed(&self) -> bool {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=40).contains(&self.0.len())
            && self.0.chars().all(inner)
            && !self.0.starts_with('-')
            && !self.0.ends_with('-')
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether the driver that a record names is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// It left in good order: the record says `interrupted`, the lease is released.
    Left,
    /// It was a process of this host and is gone, or its lease stood unchanged for its whole duration while we looked.
    Gone,
    /// Its lease was renewed while we looked: it runs, by whom.
    Alive(Clean),
    /// Not known yet: its lease is being watched for so many more seconds.
    Watching(u32),
}

/// One app of a batch that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundStep {
    /// The app.
    pub key: AppKey,
    /// Before, in few words.
    pub before: Clean,
    /// After, in few words.
    pub after: Clean,
    /// When it came to where it stands.
    pub since: Time,
    /// Where it stood when the record was last written.
    pub state: StepState,
}

/// A batch found in the cluster, unfinished or ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its name.
    pub id: BatchId,
    /// What was asked for.
    pub intent: Intent,
    /// By whom, as the cluster names the user.
    pub by: Clean,
    /// By whom, as the console's own machine claims: login and host.
    pub claimed: Clean,
    /// Why, in the operator's words.
    pub reason: Clean,
    /// When it was confirmed.
    pub started: Time,
    /// When it ended, or was interrupted.
    pub ended: Option<Time>,
    /// Where it stands, as recorded.
    pub phase: RecordPhase,
    /// Whether it still needs someone.
    pub unfinished: bool,
    /// What happened to it as a whole, oldest first.
    pub log: Vec<Happening>,
    /// Its apps.
    pub steps: Vec<FoundStep>,
    /// Whether its driver is alive.
    pub holder: Holder,
}

impl Found {
    /// What the records of one batch, by namespace, tell together; `None` where there are none. The one of the highest epoch speaks
    /// for the whole; of several, one that is unfinished.
    pub fn of(records: &BTreeMap<String, Record>, holder: Holder) -> Option<Self> {
        let record = records.values().max_by_key(|record| (record.epoch, record.unfinished))?;
        let mut steps: Vec<_> = records
            .iter()
            .flat_map(|(namespace, record)| record.steps.iter().map(move |note| (note.index, note.found(namespace))))
            .collect();
        steps.sort_by_key(|(index, _)| *index);
        Some(Self {
            id: record.id.clone(),
            intent: record.intent,
            by: record.by.clone(),
            claimed: record.claimed.clone(),
            reason: record.reason.clone(),
            started: record.started,
            ended: record.ended,
            phase: record.phase,
            unfinished: record.unfinished,
            log: record.log.clone(),
            steps: steps.into_iter().map(|(_, step)| step).collect(),
            holder,
        })
    }
}
