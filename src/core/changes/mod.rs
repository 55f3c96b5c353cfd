//! What changed: from what is recorded, what events say, what managedFields hint at, and what was seen live. What is certain and
//! what is inferred are told apart.

mod config;
mod live;
mod read;
mod rollouts;
mod scales;
mod since;
#[cfg(test)]
mod tests;

pub use live::{Log, seen, seen_hpa};
pub use read::{Meta, Read, Said, Writer, changes};
pub use since::since;

use crate::{Time, model::AppKey, text::Clean};

/// What kind of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An app's pods are to run another template.
    Rollout,
    /// An app went back to an earlier template.
    Rollback,
    /// Someone wants another number of replicas.
    Scale,
    /// An autoscaler wants another number of replicas.
    Rescale,
    /// An autoscaler's bounds or metrics.
    Hpa,
    /// An app is paused, or goes on.
    Pause,
    /// Something else of an app's spec or metadata.
    Edit,
    /// A ConfigMap.
    ConfigMap,
    /// A Secret; of its values nothing is read.
    Secret,
    /// An Ingress or IngressRoute.
    Ingress,
}

impl What {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Rollback => "rollback",
            Self::Scale => "scale",
            Self::Rescale => "HPA scaled",
            Self::Hpa => "HPA edit",
            Self::Pause => "pause",
            Self::Edit => "edit",
            Self::ConfigMap => "configmap",
            Self::Secret => "secret",
            Self::Ingress => "ingress",
        }
    }
}

/// Something that speaks for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// It was recorded as it happened: an object's creation, an event of the controller, a batch's journal, our own eyes.
    Certain(Clean),
    /// It is concluded: managedFields tell when a manager last wrote one of its fields, and not which.
    Inferred(Clean),
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What.
    pub what: What,
    /// The app that it is about, where it is about one.
    pub app: Option<AppKey>,
    /// The apps that use what was changed, where it is none itself: a ConfigMap's, a Secret's, an Ingress's.
    pub users: Vec<AppKey>,
    /// Where.
    pub namespace: Clean,
    /// The object's kind and name: `deploy/gateway`, `configmap/settings`.
    pub object: Clean,
    /// Before, in few words; empty where not known.
    pub from: Clean,
    /// After, in few words; empty where not known.
    pub to: Clean,
    /// By whom, as far as anything tells: a field manager, a batch's author; else empty.
    pub by: Clean,
    /// What speaks for it, the strongest first.
    pub evidence: Vec<Evidence>,
}

impl Entry {
    /// A change of an app.
    pub(crate) fn of_app(app: &AppKey, what: What, at: Time, evidence: Evidence) -> Self {
        Self {
            at,
            what,
            namespace: app.namespace.clone(),
            object: format!("{}/{}", app.kind.short(), app.name).into(),
            app: Some(app.clone()),
            users: Vec::new(),
            from: Clean::default(),
            to: Clean::default(),
            by: Clean::default(),
            evidence: vec![evidence],
        }
    }

    /// The apps that it touches: the one that it is about, else those that use what was changed.
    pub fn apps(&self) -> impl Iterator<Item = &AppKey> {
        self.app.iter().chain(&self.users)
    }

    /// Whether something that was recorded as it happened speaks for it. Nothing inferred makes a change certain.
    pub fn is_certain(&self) -> bool {
        self.evidence.iter().any(|evidence| matches!(evidence, Evidence::Certain(_)))
    }

    /// Whether both tell of one change: the same thing, within so many seconds.
    pub(crate) fn is_same(&self, other: &Self, seconds: i64) -> bool {
        let alike = self.what == other.what
            || matches!((self.what, other.what), (What::Rollout, What::Rollback) | (What::Rollback, What::Rollout))
            || (matches!((self.what, other.what), (What::Scale, What::Rescale) | (What::Rescale, What::Scale))
                && self.to == other.to);
        alike
            && self.namespace == other.namespace
            && self.object == other.object
            && (self.at - other.at).num_seconds().abs() <= seconds
    }

    /// Takes what another account of the same change adds.
    pub(crate) fn join(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.from, other.from), (&mut self.to, other.to), (&mut self.by, other.by)] {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        // What tells more wins: that it was a way back, that it was an autoscaler.
        if matches!(other.what, What::Rollback | What::Rescale) {
            self.what = other.what;
        }
        self.evidence.extend(other.evidence);
        self.evidence.sort_by_key(|evidence| matches!(evidence, Evidence::Inferred(_)));
        self.evidence.dedup();
    }
}
