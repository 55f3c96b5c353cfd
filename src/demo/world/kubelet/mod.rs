//! The kubelet: the life of a pod on its node, step by step, each at its time.

mod container;
mod life;

pub use container::{condition as set_pod_condition, exit_state, image_id, judge_ready, run as container_run};
pub use life::{Turn, first, resume, take};

/// A step of a pod's life.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The scheduler finds a node for it.
    Schedule,
    /// Its node takes it: volumes, sandbox, the images that it lacks.
    Prepare,
    /// Its containers start.
    Start,
    /// A pull failed, or is tried again.
    Pull(u32),
    /// A container is probed for the n-th time since its start.
    Probe(u32),
    /// A container ends by itself.
    Exit {
        /// Its exit code.
        code: i32,
        /// The reason beside it: Error, OOMKilled.
        reason: &'static str,
    },
    /// A container that ended waits until it may start again.
    BackOff(u32),
    /// A container starts again.
    Restart,
    /// Its debug containers start.
    Debug,
    /// It is gone from its node, and from the API.
    Remove,
}
