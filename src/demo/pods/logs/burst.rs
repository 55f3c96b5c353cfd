//! What a container says because it was told to: any number of numbered lines, none of them held.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Line;
use crate::pods::voice::Level;

/// Bursts that are kept: the oldest go first.
const KEPT: usize = 256;

/// Lines of one length, one step of time after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Burst {
    /// When the first is written.
    pub(crate) from: DateTime<Utc>,
    /// How many there are.
    pub(crate) lines: u64,
    /// Nanoseconds from one to the next, 1 at least.
    pub(crate) step: i64,
    /// Bytes of each, the line's end included.
    pub(crate) width: usize,
    /// How large the container's log may be before it is rotated.
    pub(crate) limit: u64,
}

impl Burst {
    /// When a line is written.
    pub(super) fn time(&self, index: u64) -> DateTime<Utc> {
        let after = i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(self.step);
        self.from + TimeDelta::nanoseconds(after)
    }

    /// How many lines are written up to a time.
    pub(super) fn until(&self, to: DateTime<Utc>) -> u64 {
        let passed = (to - self.from).num_nanoseconds().unwrap_or(i64::MAX);
        if passed < 0 {
            return 0;
        }
        (passed.unsigned_abs() / self.step.unsigned_abs().max(1)).saturating_add(1).min(self.lines)
    }

    /// The lines after one time up to another.
    pub(super) fn range(&self, after: DateTime<Utc>, to: DateTime<Utc>) -> Range<u64> {
        let first = self.until(after);
        first..self.until(to).max(first)
    }

    /// A line: its number, and letters up to its length.
    pub(super) fn line(&self, index: u64) -> Line {
        let mut text = format!("chatter {:09} ", index + 1);
        let room = self.width.saturating_sub(text.len() + 1);
        text.extend("abcdefghijklmnopqrstuvwxyz0123456789".chars().cycle().take(room));
        Line { at: self.time(index), level: Level::Info, text }
    }
}

/// The bursts of all containers. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bursts(Arc<Mutex<Vec<(String, Burst)>>>);

fn key(pod: &Value, container: &str) -> String {
    format!("{}/{container}", pod["metadata"]["uid"].as_str().unwrap_or_default())
}

impl Bursts {
    /// Has a container say more.
    pub(crate) fn add(&self, pod: &Value, container: &str, burst: Burst) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push((key(pod, container), burst));
    }

    /// What a container was told to say.
    pub(super) fn of(&self, pod: &Value, container: &str) -> Vec<Burst> {
        let (all, key) = (self.0.lock().unwrap_or_else(PoisonError::into_inner), key(pod, container));
        all.iter().filter(|(whose, _)| *whose == key).map(|(_, burst)| burst.clone()).collect()
    }
}
