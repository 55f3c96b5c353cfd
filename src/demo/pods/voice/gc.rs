//! The lines of a Java virtual machine's garbage collector.

use chrono::{DateTime, Utc};

use super::Mood;
use crate::pods::chance::Chance;

/// A line of unified logging; `limit` is the heap in MiB, `number` which collection it is.
pub(crate) fn collection(at: DateTime<Utc>, number: i64, limit: u64, mut chance: Chance, mood: Mood) -> String {
    let how_far = if let Mood::Leaking(how_far) = mood { how_far } else { 0.0 };
    let full = chance.fraction() < how_far;
    let after = (limit as f64 * (0.35 + 0.6 * how_far)) as u64 + chance.below(limit / 32 + 1);
    let before = (after + chance.between(limit / 16, limit / 4)).min(limit);
    let after = after.min(before);
    let time = at.format("%Y-%m-%dT%H:%M:%S%.3f+0000");
    let (what, ms) = if full {
        ("Pause Full (G1 Compaction Pause)", 400.0 + how_far * 6000.0)
    } else {
        ("Pause Young (Normal) (G1 Evacuation Pause)", 2.0 + chance.fraction() * 18.0)
    };
    format!("[{time}][info][gc] GC({number}) {what} {before}M->{after}M({limit}M) {ms:.3}ms")
}
