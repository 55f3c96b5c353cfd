//! The plan's table: a head line for each app, then its containers where it has several, then what is to know about it; beneath
//! all apps, the kinds of warnings.

mod block;
mod columns;
mod kinds;
mod layout;

pub(super) use block::{Block, brief};
pub(super) use kinds::{Kind, kinds, unacknowledged};
pub(super) use layout::Table;
use rolldeck_core::batch::{Intent, Plan, ProblemKind, Step};

/// A line that the cursor can stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A step.
    App(usize),
    /// One container of a step, by its place among the images.
    Container(usize, usize),
    /// A kind of warnings.
    Kind(ProblemKind),
}

impl Stop {
    /// The step that it is of, if it is of one.
    pub(super) fn step(self) -> Option<usize> {
        match self {
            Self::App(step) | Self::Container(step, _) => Some(step),
            Self::Kind(_) => None,
        }
    }
}

/// The lines that the cursor can stand on, in order. Containers are edited one by one in a release only.
pub(super) fn stops(plan: &Plan, blocks: &[Block]) -> Vec<Stop> {
    let mut out = Vec::with_capacity(plan.steps.len());
    for (n, block) in blocks.iter().enumerate() {
        out.push(Stop::App(n));
        if plan.intent == Intent::Release {
            out.extend((0..block.containers.len()).map(|at| Stop::Container(n, at)));
        }
    }
    out.extend(kinds(plan).into_iter().map(|kind| Stop::Kind(kind.kind)));
    out
}

/// Whether a step's containers have lines of their own.
fn listed(plan: &Plan, step: &Step) -> bool {
    matches!(plan.intent, Intent::Release | Intent::Rollback) && step.images_before().len() > 1
}
