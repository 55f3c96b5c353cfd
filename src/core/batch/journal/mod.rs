//! The batch's record in the cluster.
//!
//! In each app's own namespace: immutable ConfigMaps with before and after, and one small state record that is updated by
//! resourceVersion. A Lease in the batch's home namespace names the driver.

mod found;
mod labels;
mod record;
mod steps;

pub use found::{BatchId, Found, FoundStep, Holder};
pub use labels::{RECORDS, UNFINISHED, lease_name, of_batch, state_name, steps_name, steps_of};
pub use record::{Happening, Mark, Note, Record, RecordPhase};
pub use steps::{StepRecord, decode_steps, encode_steps};

use thiserror::Error;

/// The version of the format that this program writes and reads.
pub const FORMAT: u32 = 2;

/// Why a record cannot be written or read. Each completes "the journal …".
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JournalError {
    /// Written by another version of the program.
    #[error("in {place} has format {found}, and this rolldeck reads format {FORMAT}: use the rolldeck that wrote it")]
    Version {
        /// Namespace and name of the ConfigMap.
        place: String,
        /// The format that it says.
        found: u64,
    },
    /// Not what a journal looks like.
    #[error("in {place} cannot be read: {why}; look at it with kubectl, and delete it if nobody needs it")]
    Corrupt {
        /// Namespace and name of the ConfigMap.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// One app's templates do not fit a ConfigMap.
    #[error("cannot hold {app}: its templates take {size} bytes compressed, and a ConfigMap holds 900 KiB")]
    TooLarge {
        /// The app.
        app: String,
        /// Bytes.
        size: usize,
    },
    /// A step whose before and after are nowhere.
    #[error("in namespace {namespace} lacks the templates of step {step}: they cannot be restored from it")]
    Missing {
        /// The namespace.
        namespace: String,
        /// The step's index.
        step: usize,
    },
}

impl JournalError {
    fn corrupt(map: &super::ConfigMap, why: impl ToString) -> Self {
        Self::Corrupt { place: format!("{}/{}", map.namespace, map.name), why: why.to_string() }
    }
}

#[cfg(test)]
mod tests;
