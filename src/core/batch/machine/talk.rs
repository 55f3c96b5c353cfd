//! What goes into the machine and what comes out.

use serde_json::Value;

use crate::{
    batch::{Order, PortError, Target, journal::Record},
    model::{App, AppKey, Pod},
    text::Clean,
};

/// What is known of the driver's own lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// It was renewed.
    Held,
    /// It could not be renewed: why. Nothing is written until it can.
    Unsure(Clean),
    /// Someone else has it, or wrote our record: who. We must not write any more.
    Lost(Clean),
}

/// Something that happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A write of a state record was answered. [`PortError::Conflict`]: another driver has written it.
    Recorded {
        /// Whose.
        namespace: String,
        /// The version that the action named.
        version: u64,
        /// How it ended.
        result: Result<(), PortError>,
    },
    /// A patch was answered: the object, raw.
    Patched {
        /// The step.
        step: usize,
        /// How it ended.
        result: Result<Value, PortError>,
    },
    /// A read was answered.
    Read {
        /// The step.
        step: usize,
        /// How it ended.
        result: Result<Value, PortError>,
    },
    /// A pod's deletion was answered.
    PodDeleted {
        /// The step.
        step: usize,
        /// How it ended.
        result: Result<(), PortError>,
    },
    /// The app and all its pods as they are now; `None`: it does not exist. Said once both are listed, and at each change.
    Observed {
        /// Which.
        app: &'a AppKey,
        /// What.
        state: Option<(&'a App, &'a [&'a Pod])>,
    },
    /// The driver's lease.
    Lease(LeaseState),
    /// An order of the operator.
    Order(Order),
    /// Time passed.
    Tick,
}

/// Something to be done. Each is answered by one [`Input`], except [`Action::End`].
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write the state record of a namespace.
    Record {
        /// Whose.
        namespace: String,
        /// To be named by the answer.
        version: u64,
        /// What.
        record: Box<Record>,
    },
    /// Patch the object of a step.
    Patch {
        /// The step.
        step: usize,
        /// What.
        target: Target,
        /// JSON Patch.
        patch: Value,
    },
    /// Read the object of a step.
    Read {
        /// The step.
        step: usize,
        /// What.
        target: Target,
    },
    /// Delete a pod that blocks a revert.
    DeletePod {
        /// The step.
        step: usize,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its uid.
        uid: String,
    },
    /// All is recorded: release the lease. A revert may still follow.
    End,
}
