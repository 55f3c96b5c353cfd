//! What one app is to become.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::Clean;

/// What the operator asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// New images.
    Release,
    /// Back to an earlier revision's template.
    Rollback,
    /// Another number of replicas.
    Scale,
    /// The same template once more.
    Restart,
}

/// One app's change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Container (or init container) → image, the whole reference.
    SetImages(BTreeMap<Clean, Clean>),
    /// The whole template, raw, as a revision or a journal has it, the revision's number, and the change-cause that comes with it.
    Template {
        /// What `/spec/template` becomes.
        to: Arc<Value>,
        /// The revision that it is of.
        revision: i64,
        /// `kubernetes.io/change-cause` of that revision, empty if none.
        cause: Clean,
    },
    /// `spec.replicas`.
    Scale(u32),
    /// `kubectl.kubernetes.io/restartedAt` on the template: RFC 3339.
    Restart(String),
}

/// The annotation `rolldeck.dev/batch` on a workload: `ID/STEP/EPOCH`. It decides whose a write was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Token {
    /// The batch.
    pub batch: String,
    /// The step's index in it.
    pub step: usize,
    /// Raised by each revert and each takeover.
    pub epoch: u64,
}

impl Token {
    /// The annotation's name.
    pub const ANNOTATION: &str = "rolldeck.dev/batch";

    /// Reads an annotation's value; `None` where it is no token.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, '/');
        let (epoch, step, batch) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { batch: batch.to_owned(), step: step.parse().ok()?, epoch: epoch.parse().ok()? })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.batch, self.step, self.epoch)
    }
}
