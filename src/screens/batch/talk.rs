//! What the rooms of batches ask for, and what comes back.

use rolldeck_core::{
    batch::{BatchId, Found, Order, Plan},
    model::AppKey,
    text::Clean,
};

/// Commands to the batch driver, and questions about batches.
#[derive(Clone, Debug)]
pub enum BatchEffect {
    /// Start this plan. The operator has confirmed it.
    Start(Box<Plan>),
    /// Tell the driver of this batch, which this console drives or drove. What needs a question was confirmed.
    Order(BatchId, Order),
    /// Take over a batch from its journal, and go on with it ([`Order::Proceed`]) or take it back ([`Order::Revert`]). With `force`
    /// also from a driver whose lease has not expired. The operator has confirmed it.
    TakeOver {
        /// The batch.
        id: BatchId,
        /// What to do with it.
        order: Order,
        /// Whatever its lease says.
        force: bool,
    },
    /// Look for unfinished batches again.
    Find,
    /// List every batch of the cluster, or of the namespaces in view.
    History,
    /// Which apps of this batch someone else has changed since.
    Drift(BatchId),
    /// Write the whole journal of this batch to a file, as YAML.
    Export(BatchId),
    /// Read what is needed to plan the same once more.
    Repeat(BatchId),
    /// Read the last lines of a container's log.
    Tail(TailOf),
}

/// A container whose last lines of log are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailOf {
    /// The pod's namespace.
    pub namespace: Clean,
    /// The pod.
    pub pod: Clean,
    /// The container.
    pub container: Clean,
    /// How often it has been restarted: after another crash there is something new to be read.
    pub restarts: u32,
    /// Whether to read what it wrote before it ended the last time.
    pub before: bool,
    /// Whether to read what it writes now.
    pub now: bool,
}

/// Last lines of a log, the oldest first; or why there are none.
pub type Lines = Result<Vec<Clean>, Clean>;

/// What a container wrote last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Before it ended the last time, where that was asked for.
    pub before: Option<Lines>,
    /// Now, where that was asked for.
    pub now: Option<Lines>,
}

/// An answer about batches.
#[derive(Clone, Debug)]
pub enum BatchReply {
    /// Every batch, newest first; what could not be read or seen; or why nothing could.
    History(Result<(Vec<Found>, Vec<Clean>), Clean>),
    /// The apps of a batch that are not as it left them, and how they differ.
    Drift(BatchId, Result<Vec<(AppKey, Clean)>, Clean>),
    /// The file that holds the exported journal.
    Exported(BatchId, Result<Clean, Clean>),
    /// A plan of the same once more, whose apps are still to be read.
    Repeat(BatchId, Result<Box<Plan>, Clean>),
    /// The last lines of a container's log.
    Tail(TailOf, Tail),
}
