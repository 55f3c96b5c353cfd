//! One line of the fleet: an app joined with its pods, its autoscaler and what they use.

use crate::{
    Time,
    health::Health,
    model::{App, Asks, Hpa, Pod, PodUsage},
    text::Clean,
};

/// An app with all that its line shows. Recomputed when one of its parts changes, never per frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The workload.
    pub app: App,
    /// The autoscaler that targets it.
    pub hpa: Option<Box<Hpa>>,
    /// What its pods say; `None` until the pods of its namespace are listed: its cells say that they are loading.
    pub pods: Option<PodFacts>,
    /// What its pods use; `None` where nothing is known.
    pub usage: Option<Usage>,
    /// What runs, and what should.
    pub version: Version,
    /// How it is.
    pub health: Health,
    /// When its last rollout ended, or made its last progress: the Progressing condition's time of a Deployment; else the
    /// creation of the oldest pod of the newest revision.
    pub rolled: Option<Time>,
    /// What a filter looks through, in one place: see [`RowTexts`].
    pub texts: RowTexts,
}

/// The texts of a row that a filter's bare words find, side by side, so that a keystroke over many rows reads each row's memory
/// at one place: the name, then the others, each ended by a line break, which no [`Clean`] text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowTexts {
    all: Box<str>,
    name: usize,
}

impl RowTexts {
    /// The name, then the others.
    pub(super) fn new<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = format!("{name}\n");
        for text in others.into_iter().filter(|text| !text.is_empty()) {
            all.push_str(text);
            all.push('\n');
        }
        Self { all: all.into(), name: name.len() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.all[..self.name]
    }

    /// The others, in their order, each ended by a line break.
    pub fn others(&self) -> &str {
        self.all.get(self.name + 1..).unwrap_or_default()
    }
}

/// What an app's pods say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodFacts {
    /// Pods, those that are ending included.
    pub count: u32,
    /// Restarts of all containers.
    pub restarts: u32,
    /// Why a container ended the last time (`OOMKilled`, `Error 3`), newest first, else empty.
    pub last_reason: Clean,
    /// The worst that a pod says now (`CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`), else empty.
    pub trouble: Clean,
}

/// Usage of all pods of an app that metrics are known of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// Bytes.
    pub memory: u64,
    /// Share of what these pods request, in percent; `None` where they request nothing.
    pub cpu_percent: Option<u32>,
    /// The same of memory.
    pub memory_percent: Option<u32>,
}

/// The version column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// What the template wants: the tag, or a short digest; where containers' tags differ, `tag` of each, `main=v2 sidecar=v1`.
    pub wanted: Clean,
    /// What runs, where it differs from what is wanted: distinct versions, joined by `,`. A tag with two digests
    /// is `v1.2@3f9a…`, each. Empty where all that runs is what is wanted.
    pub running: Clean,
}

/// What the pods in view set aside on a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeLoad {
    /// Pods that are not over.
    pub pods: u32,
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// KiB.
    pub memory_ki: u64,
}

impl NodeLoad {
    /// A pod more, or one less.
    pub(super) fn change(&mut self, asks: Asks, adds: bool) {
        let (cpu, memory) = (u64::from(asks.cpu_milli), u64::from(asks.memory_ki));
        if adds {
            (self.pods, self.cpu_milli, self.memory_ki) =
                (self.pods + 1, self.cpu_milli + cpu, self.memory_ki + memory);
        } else {
            (self.pods, self.cpu_milli, self.memory_ki) =
                (self.pods - 1, self.cpu_milli - cpu, self.memory_ki - memory);
        }
    }

    /// Bytes of memory.
    pub fn memory(self) -> u64 {
        self.memory_ki << 10
    }
}

/// A line of the pods screen.
#[derive(Clone, Copy, Debug)]
pub struct PodRow<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What it uses, where known.
    pub usage: Option<&'a PodUsage>,
}
