//! What one app is to become.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{model::AppKey, text::Clean};

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
    /// Other bounds of the autoscaler that scales it.
    Bounds,
    /// A Deployment whose rollouts are held back.
    Pause,
    /// A paused Deployment that rolls on.
    Resume,
}

impl Intent {
    /// Every intent.
    pub const ALL: [Self; 7] =
        [Self::Release, Self::Rollback, Self::Scale, Self::Restart, Self::Bounds, Self::Pause, Self::Resume];

    /// Whether it changes the pod template: what it makes rolls out.
    pub fn writes_template(self) -> bool {
        matches!(self, Self::Release | Self::Rollback | Self::Restart)
    }
}

/// The bounds of an autoscaler: `spec.minReplicas` (1 where absent) and `spec.maxReplicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The least replicas.
    pub min: u32,
    /// The most replicas.
    pub max: u32,
}

/// Who starts a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// As the cluster names the user.
    pub user: Clean,
    /// As this machine claims: `ana@jump`. Nobody has proved it.
    pub claimed: Clean,
}

impl Author {
    /// A user, and what this machine claims of it.
    pub fn new(user: impl Into<Clean>, claimed: impl Into<Clean>) -> Self {
        Self { user: user.into(), claimed: claimed.into() }
    }
}

/// The object that a step writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The workload itself.
    App(AppKey),
    /// The autoscaler (autoscaling/v2) of this namespace and name: a change of bounds.
    Autoscaler {
        /// Its namespace.
        namespace: Clean,
        /// Its name.
        name: Clean,
    },
}

impl From<&AppKey> for Target {
    fn from(app: &AppKey) -> Self {
        Self::App(app.clone())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(app) => app.fmt(f),
            Self::Autoscaler { namespace, name } => write!(f, "hpa {namespace}/{name}"),
        }
    }
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
        /// The revision that it is of; 0 where none of the app's revisions has it, and only a journal does.
        revision: i64,
        /// `kubernetes.io/change-cause` of that revision, empty if none.
        cause: Clean,
    },
    /// `spec.replicas`.
    Scale(u32),
    /// `kubectl.kubernetes.io/restartedAt` on the template: RFC 3339.
    Restart(String),
    /// The bounds of the app's autoscaler: written to that object, not to the workload.
    Bounds(Bounds),
    /// `spec.paused` of a Deployment.
    Paused(bool),
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
