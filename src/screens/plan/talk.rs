//! What the plan asks for, and what comes back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    Time,
    batch::{
        BatchId, Intent, Plan, Problem,
        past::When,
        seen::{Digests, Running, Seen},
    },
    model::{AppKey, Image, Revision},
    text::Clean,
};
use serde_json::Value;

pub use super::forms::past::PastFound;

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
    /// Read these apps fresh; with revisions for a rollback, with the autoscaler for a change of bounds. How long their rollouts
    /// take is told beside, where journals know.
    Read {
        /// The apps.
        apps: Vec<Wanted>,
        /// What the plan does.
        intent: Intent,
        /// Every app in view, and its images: what the checks that follow count as seen.
        live: Vec<(AppKey, Box<[Image]>)>,
        /// The digests that the pods in view run: what the checks that follow compare with what journals tell.
        digests: Digests,
    },
    /// Ask the preflight of these steps of the plan: index and serial. The plan travels as it is.
    Check(Box<Plan>, Vec<(usize, u64)>),
    /// Which tags the cluster has seen: live in these apps, and in the revisions of these namespaces.
    Seen {
        /// The namespaces whose revisions are read.
        places: BTreeSet<Clean>,
        /// Every app in view, and its images.
        live: Vec<(AppKey, Box<[Image]>)>,
    },
    /// What these apps, each with its live object, were at a point in time.
    Past(Vec<(AppKey, Arc<Value>)>, When),
    /// Read what another context runs, by a connection of its own that only reads and ends with the answer. It takes the place of one
    /// that is still being read.
    Elsewhere {
        /// Comes back with the answer.
        asked: u64,
        /// The context.
        context: Clean,
        /// The names of the apps of which namesakes are wanted.
        names: BTreeSet<Clean>,
        /// Their namespaces: what is looked at where not all may be listed.
        namespaces: BTreeSet<Clean>,
    },
    /// Nobody waits for what another context runs any more: the connection ends.
    Enough,
}

/// What another context runs, of apps of certain names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The context.
    pub context: Clean,
    /// The address of its server.
    pub server: Clean,
    /// When it was read.
    pub read: Time,
    /// The namesakes, and what could not be listed.
    pub running: Running,
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
    /// What the checks judge images by: told before the first of them answers.
    Evidence(Arc<Seen>),
    /// A step's preflight goes on: app, serial, how many of its checks are answered, of how many.
    Checking(AppKey, u64, u8, u8),
    /// A step's preflight answered: app, serial, the object after (where the dry run passed), problems.
    Checked(AppKey, u64, Option<Arc<Value>>, Vec<Problem>),
    /// Seconds that earlier rollouts of apps took, as journals tell it.
    Expected(BTreeMap<AppKey, u32>),
    /// The tags that the cluster has seen, or why that is not known.
    Seen(Result<Arc<Seen>, Clean>),
    /// What apps were at a point in time, or why that could not be read.
    Past(Result<Box<PastFound>, Clean>),
    /// What another context runs, or why that is not known; under the number that it was asked by.
    Elsewhere(u64, Result<Arc<Elsewhere>, Clean>),
    /// The batch started under this name.
    Started(BatchId),
}
