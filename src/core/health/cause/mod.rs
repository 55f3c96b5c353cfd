//! Why something is unhealthy: the likely cause in a sentence, and the evidence for it. Pure judgement over what is known.

mod app;
mod exit;
mod image;
mod other;
mod pod;
mod room;
#[cfg(test)]
mod tests;
mod warnings;

pub use app::{is_unwell, of_app};
pub use other::{NodeFacts, of_hpa, of_node};
pub use pod::of_pod;
pub use warnings::{Warning, Warnings};

use crate::{Time, text::Clean};

/// How bad it is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing serves: no pod of those wanted is available, or a node is not ready.
    Down,
    /// A rollout will not end by itself.
    Stalled,
    /// Fewer pods are up than are wanted.
    Degraded,
    /// It runs, and was restarted for a bad reason not long ago.
    Unsteady,
    /// It runs, and cannot scale as it should.
    Limited,
}

impl Severity {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Stalled => "Stalled",
            Self::Degraded => "Degraded",
            Self::Unsteady => "Unsteady",
            Self::Limited => "Limited",
        }
    }
}

/// What is likely wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// In a sentence without a full stop.
    pub sentence: Clean,
    /// What it is judged by, the most telling first: last states, exit codes, events, conditions.
    pub evidence: Vec<Clean>,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it happens over and over: then `since` is when it last did.
    pub repeats: bool,
    /// Since when, where that is known.
    pub since: Option<Time>,
    /// How many pods it concerns.
    pub pods: usize,
}
