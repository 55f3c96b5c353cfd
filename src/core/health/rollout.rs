//! How far a rollout is, by the rules of `kubectl rollout status`, and when it has failed.

use crate::{
    model::{App, Pod},
    text::Clean,
};

/// A rollout at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// On its way: updated and available pods of wanted, and what it waits for in words (`2 old replicas are ending`).
    Progressing {
        /// Pods of the new revision that are available.
        done: u32,
        /// Pods wanted.
        wanted: u32,
        /// What it waits for.
        waits: Clean,
    },
    /// All is as wanted.
    Complete,
    /// Accepted at 0 replicas: nothing ran.
    NothingRan,
    /// It will not end well: the reason.
    Failed(Clean),
}

/// Judges the rollout of the spec of generation `generation` or newer (sources: kubernetes/kubectl,
/// pkg/polymorphichelpers/rollout_status.go; "Failed" as the design has it: ProgressDeadlineExceeded, ReplicaFailure, on a pod
/// of the new revision an image or config error, or `max_restarts` restarts).
///
/// `old_revisions` are the revisions ([`Pod::revision`]) that the change leaves behind: those of the app's pods just before the
/// patch, less the one that the change goes back to. A workload does not say which revision its newest pods are of, and right after
/// a patch there are old pods only; so a pod is judged as new only if its revision is not among these. Empty where the
/// change makes no revision (a scale).
pub fn rollout(_app: &App, _pods: &[&Pod], _old_revisions: &[Clean], _generation: i64, _max_restarts: u32) -> Rollout {
    todo!()
}
