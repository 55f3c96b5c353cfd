//! What the plan asks for, and what comes back.

use std::sync::Arc;

use rolldeck_core::{
    batch::{BatchId, Intent, Plan, Problem},
    model::{AppKey, Revision},
    text::Clean,
};
use serde_json::Value;

/// An app to be read for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The app.
    pub key: AppKey,
    /// The name of the autoscaler that scales it, as the fleet knows it; empty where it knows of none.
    pub hpa: Clean,
}

/// Reads and checks for a plan. Nothing is written.
#[derive(Clone, Debug)]
pub enum PlanEffect {
    /// Read these apps fresh; with revisions for a rollback, with the autoscaler for a change of bounds.
    Read(Vec<Wanted>, Intent),
    /// Ask the preflight of these steps of the plan: index and serial. The plan travels as it is.
    Check(Box<Plan>, Vec<(usize, u64)>),
}

/// An app as it was read for a plan.
#[derive(Clone, Debug)]
pub struct PlanRead {
    /// The object, raw.
    pub live: Arc<Value>,
    /// Its revisions, newest first, where the plan is a rollback.
    pub revisions: Arc<[Revision]>,
    /// Its autoscaler, raw, where the plan is of bounds and the fleet knows of one.
    pub autoscaler: Option<Arc<Value>>,
}

/// An answer about the plan that is open.
#[derive(Clone, Debug)]
pub enum PlanReply {
    /// An app was read.
    Read(AppKey, Result<PlanRead, Problem>),
    /// A step's preflight goes on: app, serial, how many of its checks are answered, of how many.
    Checking(AppKey, u64, u8, u8),
    /// A step's preflight answered: app, serial, the object after (where the dry run passed), problems.
    Checked(AppKey, u64, Option<Arc<Value>>, Vec<Problem>),
    /// The batch started under this name.
    Started(BatchId),
}
