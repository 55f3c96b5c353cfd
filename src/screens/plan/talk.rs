//! What the plan asks for, and what comes back.

use std::sync::Arc;

use rolldeck_core::{
    batch::{BatchId, Intent, Plan, Problem},
    model::{AppKey, Revision},
};
use serde_json::Value;

/// Reads and checks for a plan. Nothing is written.
#[derive(Clone, Debug)]
pub enum PlanEffect {
    /// Read these apps fresh; with revisions for a rollback, with the autoscaler of this name for a change of bounds.
    Read(Vec<AppKey>, Intent),
    /// Ask the preflight of these steps of the plan: index and serial. The plan travels as it is.
    Check(Box<Plan>, Vec<(usize, u64)>),
}

/// An answer about the plan that is open.
#[derive(Clone, Debug)]
pub enum PlanReply {
    /// An app was read; its revisions where the plan is a rollback.
    Read(AppKey, Result<(Arc<Value>, Arc<[Revision]>), Problem>),
    /// A step's preflight answered: app, serial, the object after (where the dry run passed), problems.
    Checked(AppKey, u64, Option<Arc<Value>>, Vec<Problem>),
    /// The batch started under this name.
    Started(BatchId),
}
