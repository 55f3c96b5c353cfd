//! Batches: changes to apps, planned, recorded ahead, driven to their end, and reverted.
//!
//! Everything here is pure: the plan, the patches, the judgement of what happened, the state machine. A driver
//! (in the runtime) carries the machine's actions out through a [`Port`].

mod acknowledge;
mod change;
mod count;
pub mod file;
pub mod findings;
pub mod guard;
pub mod journal;
pub mod kubectl;
mod look;
pub mod machine;
mod options;
mod order;
pub mod past;
pub mod patch;
mod plan;
mod port;
mod problem;
pub mod reference;
mod rollback;
mod run;
pub mod seen;
mod snapshot;
mod step;
pub mod template;
mod tune;
mod words;

pub use change::{Author, Bounds, Change, Intent, Target, Token};
pub use count::{Count, CountError};
pub use findings::managed_by;
pub use journal::{BatchId, Found, FoundStep, Holder};
pub use look::Look;
pub use options::{OnFailure, Options};
pub use order::Order;
pub use plan::{Check, DEADLINE_SECONDS, MAX_RESTARTS, Plan, Skipped};
pub use port::{ConfigMap, Lease, NextUpdates, Port, PortError, Updates};
pub use problem::{Level, Problem, ProblemKind};
pub use run::{Phase, Run, RunStep, StepState};
pub use snapshot::{CHANGE_CAUSE, Snapshot};
pub use step::Step;
