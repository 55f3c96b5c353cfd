//! What a container may use: its cgroup and its shell, where they can be read, else its pod's spec.

use std::time::Duration;

use rolldeck_core::{
    shell::{Limit, Limits, Place},
    text::quantity,
};
use serde_json::Value;

use super::{
    channels::Closed,
    place,
    request::{Streams, exec},
    run::{Kept, carried},
};
use crate::writer::Way;

/// A prompt does not wait longer for it.
const PATIENCE: Duration = Duration::from_secs(2);
const KEEP: usize = 4096;
/// Control groups of version 2, else 1.
const SCRIPT: &str = "echo files $(ulimit -n); \
    echo cpu $(cat /sys/fs/cgroup/cpu.max 2>/dev/null); \
    echo memory $(cat /sys/fs/cgroup/memory.max 2>/dev/null); \
    echo cpu $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us 2>/dev/null); \
    echo memory $(cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null)";

/// The limits of a container.
pub(super) async fn limits(way: &Way, place: &Place, pod: &Value) -> Limits {
    let request = exec(place, &["sh", "-c", SCRIPT].map(str::to_owned), Streams::default());
    let mut kept = Kept::new(KEEP);
    let mut limits = match carried(way, place, request, PATIENCE, &mut kept).await {
        Ok(Some(Closed::Exit(_))) => said(&String::from_utf8_lossy(&kept.output(PATIENCE).stdout)),
        _ => Limits::default(),
    };
    let spec = place::spec(pod, &place.container).map(|spec| &spec["resources"]["limits"]);
    let or = |known: Limit, field: &str, read: fn(&str) -> Option<u64>| match known {
        Limit::Unknown => match spec.map(|limits| limits[field].as_str()) {
            Some(Some(text)) => read(text).map_or(Limit::Unknown, Limit::At),
            Some(None) => Limit::None,
            None => Limit::Unknown,
        },
        known => known,
    };
    limits.cpu = or(limits.cpu, "cpu", quantity::millicores);
    limits.memory = or(limits.memory, "memory", quantity::bytes);
    limits
}

/// What the script printed.
fn said(text: &str) -> Limits {
    let mut limits = Limits::default();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["files", "unlimited"] => limits.files = Limit::None,
            ["files", count] => limits.files = count.parse().map_or(Limit::Unknown, Limit::At),
            ["cpu", "max" | "-1", _] => limits.cpu = Limit::None,
            ["cpu", quota, period] => limits.cpu = share(quota, period).map_or(Limit::Unknown, Limit::At),
            ["memory", "max"] => limits.memory = Limit::None,
            // Version 1 has no word for none: it is the largest multiple of a page.
            ["memory", bytes] => match bytes.parse::<u64>() {
                Ok(bytes) if bytes >= i64::MAX as u64 / 2 => limits.memory = Limit::None,
                Ok(bytes) => limits.memory = Limit::At(bytes),
                Err(_) => {}
            },
            _ => {}
        }
    }
    limits
}

fn share(quota: &str, period: &str) -> Option<u64> {
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
    (quota * 1000).checked_div(period)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("files 1024\ncpu 50000 100000\nmemory 268435456\ncpu\nmemory\n", Limit::At(1024), Limit::At(500), Limit::At(256 << 20))]
    #[case("files unlimited\ncpu max 100000\nmemory max\ncpu\nmemory\n", Limit::None, Limit::None, Limit::None)]
    #[case("files 9\ncpu\nmemory\ncpu -1 100000\nmemory 9223372036854771712\n", Limit::At(9), Limit::None, Limit::None)]
    #[case("files 9\ncpu\nmemory\ncpu 200000 100000\nmemory 1024\n", Limit::At(9), Limit::At(2000), Limit::At(1024))]
    #[case("cpu 1 0\nmemory much\n", Limit::Unknown, Limit::Unknown, Limit::Unknown)]
    fn control_groups_of_both_versions_are_read(
        #[case] text: &str,
        #[case] files: Limit,
        #[case] cpu: Limit,
        #[case] memory: Limit,
    ) {
        assert_eq!(said(text), Limits { cpu, memory, files });
    }
}
