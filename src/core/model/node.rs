//! A node, cut down to what its line and its page show.

use crate::{Time, text::Clean};

/// A node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Condition Ready; `None` where the node has not been heard of for a while (`Unknown`).
    pub ready: Option<bool>,
    /// Why it is not ready: reason and message, else empty.
    pub why: Clean,
    /// Each other condition that holds and should not, in words: `memory pressure: kubelet has insufficient memory available`.
    pub troubles: Box<[Clean]>,
    /// Its taints: `dedicated=batch:NoSchedule`.
    pub taints: Box<[Clean]>,
    /// `spec.unschedulable`: nothing new is put on it.
    pub cordoned: bool,
    /// It is being deleted.
    pub ending: bool,
    /// Its roles, by the labels `node-role.kubernetes.io/…`, joined by `,`.
    pub roles: Clean,
    /// The kubelet's version.
    pub kubelet: Clean,
    /// The kernel's version.
    pub kernel: Clean,
    /// The name of the operating system's image.
    pub os: Clean,
    /// The container runtime and its version.
    pub runtime: Clean,
    /// `amd64`, `arm64`, …
    pub arch: Clean,
    /// Thousandths of a core that pods may have.
    pub cpu_milli: u64,
    /// Bytes that pods may have.
    pub memory: u64,
    /// Pods that it may run.
    pub pods: u32,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
}

/// A namespace, as its line shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamespaceFacts {
    /// `Active` or `Terminating`.
    pub phase: Clean,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
}

/// What a node uses, as metrics.k8s.io tells.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeUsage {
    /// The node.
    pub node: Clean,
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// Bytes of the working set.
    pub memory: u64,
}

/// What a kubelet tells of its node's network and disk, as far as it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Bytes a second that come in, once two answers are there to compare.
    pub rx: Option<u64>,
    /// Bytes a second that go out.
    pub tx: Option<u64>,
    /// Bytes used of the file system that the kubelet keeps its pods on.
    pub disk_used: Option<u64>,
    /// Its size in bytes.
    pub disk_size: Option<u64>,
    /// Its pods.
    pub pods: Vec<PodFigures>,
}

impl Figures {
    /// How full the file system is, in percent.
    pub fn disk_percent(&self) -> Option<u32> {
        let (used, size) = (self.disk_used?, self.disk_size.filter(|size| *size > 0)?);
        Some((u128::from(used) * 100 / u128::from(size)).try_into().unwrap_or(u32::MAX))
    }
}

/// What a kubelet tells of one pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodFigures {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// Bytes a second that come in.
    pub rx: Option<u64>,
    /// Bytes a second that go out.
    pub tx: Option<u64>,
    /// Bytes of the node's disk that it uses: writable layers, logs, emptyDirs.
    pub disk: Option<u64>,
}

/// Bytes since some start, and when they were counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// Bytes in.
    pub rx: u64,
    /// Bytes out.
    pub tx: u64,
    /// When.
    pub at: Time,
}

/// Bytes a second in and out between two counts. `None` where no time has passed, or the counter began anew.
pub fn rates(before: Counted, now: Counted) -> Option<(u64, u64)> {
    let milliseconds = u64::try_from((now.at - before.at).num_milliseconds()).ok().filter(|passed| *passed > 0)?;
    let rate = |before: u64, now: u64| Some(now.checked_sub(before)?.saturating_mul(1000) / milliseconds);
    Some((rate(before.rx, now.rx)?, rate(before.tx, now.tx)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::at;

    #[test]
    fn a_rate_is_what_was_counted_over_the_time_that_passed() {
        let count = |rx, tx, seconds| Counted { rx, tx, at: at(seconds) };
        assert_eq!(rates(count(1000, 0, 0), count(21_000, 500, 10)), Some((2000, 50)));
        assert_eq!(rates(count(1000, 0, 0), count(1000, 0, 0)), None, "no time passed");
        assert_eq!(rates(count(1000, 0, 0), count(10, 5, 10)), None, "the counter began anew");
        assert_eq!(rates(count(0, 0, 10), count(10, 5, 0)), None, "the clock went back");
    }

    #[test]
    fn a_disk_of_no_size_is_not_full() {
        let figures = |used, size| Figures { disk_used: Some(used), disk_size: Some(size), ..Figures::default() };
        assert_eq!((figures(50, 200).disk_percent(), figures(5, 0).disk_percent()), (Some(25), None));
    }
}
