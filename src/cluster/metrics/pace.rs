//! How often to ask.

use std::time::Duration;

use rolldeck_core::Time;

/// What metrics-server does unless told otherwise (`--metric-resolution`).
const USUAL: Duration = Duration::from_secs(15);
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);

/// Learns how often the server renews its figures: from the step between the newest timestamps of two polls, before that from the
/// window that was measured.
#[derive(Debug, Default)]
pub(super) struct Pace {
    newest: Option<Time>,
    step: Option<Duration>,
}

impl Pace {
    /// The wait after a poll, given the newest timestamp in it and that sample's window.
    pub(super) fn after(&mut self, newest: Option<Time>, window: Option<Duration>) -> Duration {
        let step = newest.zip(self.newest).and_then(|(now, then)| (now - then).to_std().ok());
        self.newest = newest.or(self.newest);
        match step {
            // Two renewals may lie between two polls, so a shorter step is the truer one; an unchanged one tells nothing.
            Some(step) if !step.is_zero() => self.step = Some(self.step.map_or(step, |known| known.min(step))),
            _ => {}
        }
        self.step.or(window).unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<Time> {
        Time::from_timestamp(1_700_000_000 + seconds, 0)
    }

    #[test]
    fn the_wait_follows_the_servers_own_step() {
        let mut pace = Pace::default();
        assert_eq!(pace.after(None, None), USUAL);
        assert_eq!(pace.after(at(0), Some(Duration::from_secs(20))), Duration::from_secs(20));
        assert_eq!(pace.after(at(30), Some(Duration::from_secs(20))), Duration::from_secs(30));
        assert_eq!(pace.after(at(30), None), Duration::from_secs(30));
        assert_eq!(pace.after(at(31), None), SHORTEST);
    }

    #[test]
    fn the_wait_is_bounded() {
        let mut pace = Pace::default();
        pace.after(at(0), None);
        assert_eq!(pace.after(at(900), None), LONGEST);
    }
}
