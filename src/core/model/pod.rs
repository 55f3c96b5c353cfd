//! A pod, cut down to what its row, its app's row and a rollout's judgement need.

use super::{AppKind, Labels};
use crate::{Time, text::Clean};

/// `status.phase`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodPhase {
    /// Accepted, not all containers started.
    Pending,
    /// At least one container started.
    Running,
    /// All containers ended with 0.
    Succeeded,
    /// All ended, one of them badly.
    Failed,
    /// Not told.
    #[default]
    Unknown,
}

/// What a container is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Not started: `ContainerCreating`, `ImagePullBackOff`, `CrashLoopBackOff`, … and the message.
    Waiting(Clean, Clean),
    /// Runs since.
    Running(Option<Time>),
    /// Ended: reason (`OOMKilled`, `Error`, `Completed`), exit code, signal.
    Terminated(Clean, i32, i32),
}

/// One container of a pod, as its status tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: Clean,
    /// The image that the pod's spec asks for.
    pub image: Clean,
    /// The digest that runs, `sha256:…` (from `imageID`), empty until known.
    pub digest: Clean,
    /// Whether it passes its readiness probe.
    pub ready: bool,
    /// An init container.
    pub init: bool,
    /// An init container with `restartPolicy: Always` (a sidecar).
    pub sidecar: bool,
    /// Whether its `started` is true (a sidecar counts as initialised from then).
    pub started: bool,
    /// Times that it was restarted.
    pub restarts: u32,
    /// What it does now.
    pub state: ContainerState,
    /// What it may use of memory, in bytes (`resources.limits.memory`); 0 where nothing limits it.
    pub memory_limit: u64,
    /// How it ended the last time: reason, exit code, and when.
    pub last: Option<(Clean, i32, Option<Time>)>,
}

/// What the scheduler sets aside for a pod, small: a fleet has many pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// Thousandths of a core.
    pub cpu_milli: u32,
    /// KiB, rounded up.
    pub memory_ki: u32,
}

impl Asks {
    /// Of thousandths of a core and bytes; what is too large becomes the largest.
    pub fn new(cpu_milli: u64, memory: u64) -> Self {
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { cpu_milli: small(cpu_milli), memory_ki: small(memory.div_ceil(1024)) }
    }

    /// Bytes of memory.
    pub fn memory(self) -> u64 {
        u64::from(self.memory_ki) << 10
    }
}

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Pod {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// `metadata.uid`.
    pub uid: Clean,
    /// The app that it belongs to: of a ReplicaSet's pod the Deployment (the owner's name less its `pod-template-hash`).
    pub app: Option<(AppKind, Clean)>,
    /// Which revision it is of: the label `pod-template-hash`, else `controller-revision-hash`.
    pub revision: Clean,
    /// `spec.nodeName`, empty until scheduled.
    pub node: Clean,
    /// What the scheduler sets aside for it.
    pub asks: Asks,
    /// `status.phase`.
    pub phase: PodPhase,
    /// `status.reason`: `Evicted`, `NodeLost`, …
    pub reason: Clean,
    /// Why it cannot be scheduled (the message of condition PodScheduled=False), else empty.
    pub unschedulable: Clean,
    /// Condition Ready.
    pub ready: bool,
    /// `metadata.deletionTimestamp` is set.
    pub ending: bool,
    /// Has readiness gates that do not hold: (held, all).
    pub gates: (u16, u16),
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
    /// Its containers, init containers first, in the order of the spec.
    pub containers: Box<[Container]>,
    /// Its labels, shared by all pods that have the same.
    pub labels: Labels,
    /// What the columns show that were added to the table of pods, in their order; empty where none were.
    pub extras: Box<[Clean]>,
}

/// What a pod uses now, as metrics.k8s.io tells: the sum over its containers.
#[derive(Clone, Debug, PartialEq)]
pub struct PodUsage {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub pod: Clean,
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// Bytes of the working set.
    pub memory: u64,
}
