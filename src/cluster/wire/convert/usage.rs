//! What pods use.

use std::time::Duration;

use rolldeck_core::{
    Time,
    model::PodUsage,
    text::{Clean, Interner, quantity},
};

use super::shared::{amount, moment, part};
use crate::wire::usage::PodMetrics;

/// What a pod used, and when that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The sum over its containers.
    pub usage: PodUsage,
    /// The end of the time that was measured.
    pub at: Option<Time>,
    /// How long was measured.
    pub window: Option<Duration>,
}

/// A pod's usage as rolldeck knows it.
pub fn sample(from: &PodMetrics, interner: &mut Interner) -> Sample {
    let meta = part(&from.metadata);
    let sum = |key: &str, read: fn(&str) -> Option<u64>| {
        let each = from.containers.iter().filter_map(|container| amount(&container.usage, key, read));
        each.fold(0u64, u64::saturating_add)
    };
    Sample {
        usage: PodUsage {
            namespace: interner.intern(&meta.namespace),
            pod: Clean::from_bytes(&meta.name),
            cpu_milli: sum("cpu", quantity::millicores),
            memory: sum("memory", quantity::bytes),
        },
        at: moment(from.timestamp.as_ref()),
        window: from.window.as_ref().map(|window| Duration::from_nanos(u64::try_from(window.nanos).unwrap_or(0))),
    }
}
