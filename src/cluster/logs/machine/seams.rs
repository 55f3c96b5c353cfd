//! Where one instance of a container ends and the next begins.

use rolldeck_core::logs::{Gap, Nanos, Why};

use super::{
    state::{Machine, Reading},
    talk::Moment,
};
use crate::logs::subject::Instance;

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
        self.reading = Some(Reading { instance, whole: false, cut: true, lost: false });
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
}
