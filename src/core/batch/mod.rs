//! Batches: changes to apps, planned, recorded ahead, driven to their end, and reverted.
//!
//! Everything here is pure: the plan, the patches, the judgement of what happened, the state machine. A driver
//! (in the runtime) carries the machine's actions out through a [`Port`].

mod change;
mod journal;
mod plan;
mod port;
mod run;

pub use change::{Change, Intent, Token};
pub use journal::{BatchId, Found, FoundStep, Holder};
pub use plan::{Check, Plan, Problem, Skipped, Step};
pub use port::{ConfigMap, Lease, NextUpdates, Port, PortError, Updates};
pub use run::{Phase, Run, RunStep, StepState};
