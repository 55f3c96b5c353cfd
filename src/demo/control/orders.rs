//! The bodies of the controls' requests.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    api::{
        access::Denial,
        faults::{Fault, Wrong},
    },
    pods::Chatter,
};

/// What the time is to do.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockOrder {
    /// Seconds to go ahead.
    pub(super) advance: Option<f64>,
    /// How many times as fast as the machine's time.
    pub(super) rate: Option<f64>,
}

/// A fault that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FaultOrder {
    kind: String,
    milliseconds: Option<u64>,
    retry_after: Option<u32>,
    verb: Option<String>,
    path: Option<String>,
    times: Option<u32>,
}

impl FaultOrder {
    /// The fault, or why there is none such.
    pub(super) fn fault(self) -> Result<Fault, String> {
        let wrong = match self.kind.as_str() {
            "latency" => {
                Wrong::Latency(Duration::from_millis(self.milliseconds.ok_or("latency: how many milliseconds?")?))
            }
            "reset" => Wrong::Reset,
            "half-open" => Wrong::HalfOpen,
            "gone" => Wrong::Gone,
            "too-many-requests" => Wrong::TooManyRequests(self.retry_after.unwrap_or(1)),
            "internal-error" => Wrong::InternalError,
            other => return Err(format!("kind: {other:?} is not known")),
        };
        Ok(Fault { wrong, verb: self.verb, path: self.path, times: self.times })
    }
}

/// A right that is taken away; a list that is left out means everything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RightOrder {
    verbs: Vec<String>,
    groups: Vec<String>,
    resources: Vec<String>,
    namespaces: Vec<String>,
}

impl RightOrder {
    pub(super) fn denial(self) -> Denial {
        Denial { verbs: self.verbs, groups: self.groups, resources: self.resources, namespaces: self.namespaces }
    }
}

/// How far the server's `Date` is ahead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkewOrder {
    pub(super) seconds: i64,
}

/// The most lines that are said at once, and bytes of one of them.
const LINES: u64 = 1_000_000_000;
const WIDTH: usize = 64 * 1024;

/// What a container is to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChatterOrder {
    pub(super) namespace: String,
    pub(super) pod: String,
    #[serde(default)]
    pub(super) container: String,
    lines: u64,
    width: Option<usize>,
    #[serde(default)]
    seconds: f64,
    limit: Option<u64>,
}

impl ChatterOrder {
    /// What it comes to, or why it cannot be.
    pub(super) fn chatter(&self) -> Result<Chatter, String> {
        let over = Duration::try_from_secs_f64(self.seconds).ok().filter(|over| over.as_secs() <= 7 * 24 * 3600);
        let over = over.ok_or("seconds: from 0 to a week")?;
        let width = self.width.unwrap_or(120);
        if !(1..=LINES).contains(&self.lines) {
            return Err(format!("lines: from 1 to {LINES}"));
        }
        if width > WIDTH {
            return Err(format!("width: at most {WIDTH} bytes"));
        }
        Ok(Chatter { lines: self.lines, width, over, limit: self.limit })
    }
}
