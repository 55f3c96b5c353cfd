//! Where one instance of a container ends and the next begins, and where lines are missing.

use rolldeck_core::logs::{Ended, Gap, Nanos, SourceState, Why};

use super::{
    state::{Machine, Reading},
    talk::Moment,
};
use crate::logs::{request::From, subject::Instance};

impl Machine {
    /// Whether what was read goes beyond the start of an instance, which is known to the second, by so much at least.
    pub(super) fn has_lines_after(&self, instance: &Instance, by: Nanos) -> bool {
        self.decoder.newest().zip(instance.started).is_some_and(|(newest, began)| newest >= began + by)
    }

    /// No line of the instance that is read is older.
    fn floor(&self) -> Option<Nanos> {
        self.before.or(self.reading.as_ref()?.instance.started)
    }

    /// The status was late: the kubelet served this instance already when the one before was asked for.
    pub(super) fn was_read_already(&mut self, instance: Instance) {
        let newest = self.decoder.newest().unwrap_or_default();
        let from = self.floor().unwrap_or(newest);
        self.decoder.gap(Gap { from, to: newest, count: None, why: Why::Restarted });
        self.reading = Some(Reading { cut: true, ..Reading::of(instance) });
    }

    /// Marks where one instance ends and the next begins, and whether anything is missing between.
    pub(super) fn mark_seam(&mut self, next: &Instance, whole: bool, now: Moment) {
        let newest = self.decoder.newest();
        let to = next.started.unwrap_or(now.wall).max(newest.unwrap_or(Nanos::MIN));
        // Lines that may be of the next one: who knows what was read of this one.
        let doubt = self.has_lines_after(next, 0);
        let from = if doubt { self.floor() } else { newest };
        let count = (whole && !doubt).then_some(0);
        self.decoder.gap(Gap { from: from.or(newest).unwrap_or(to), to, count, why: Why::Restarted });
    }

    /// There is no pod any more.
    pub(super) fn pod_is_gone(&mut self, now: Moment) {
        if let Some(from) = self.decoder.newest()
            && self.reading.as_ref().is_some_and(|reading| reading.cut && !reading.whole)
        {
            self.decoder.gap(Gap { from, to: now.wall.max(from), count: None, why: Why::Unreachable });
        }
        self.over = Some(SourceState::Ended(now.wall, Ended::PodGone));
    }

    /// What was delivered last should have come again at once: the log was rotated, and what was written meanwhile may be gone.
    pub(super) fn silent(&mut self, now: Moment) {
        let again = self.open.is_some_and(|open| open.follow && matches!(open.from, From::At(_)));
        let again = again && !std::mem::replace(&mut self.silent, true);
        if let Some(from) = self.decoder.newest().filter(|_| again && !self.begun && !self.seam) {
            self.decoder.gap(Gap { from, to: now.wall.max(from), count: None, why: Why::Rotated });
            self.decoder.joined();
        }
    }

    /// Nothing more of this instance can be had.
    pub(super) fn give_up(&mut self, now: Moment) {
        let Some(reading) = &mut self.reading else { return };
        if reading.cut
            && let Some(from) = self.decoder.newest()
        {
            self.decoder.gap(Gap { from, to: now.wall.max(from), count: None, why: Why::Unreachable });
        }
        reading.whole = true;
    }
}
