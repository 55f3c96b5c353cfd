//! How lines are shown.

use super::{LogsSettings, TimeStyle};

/// How lines are shown, as keys change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Long lines go on below.
    pub wrap: bool,
    /// The time before each line.
    pub times: TimeStyle,
    /// Lines alone: neither tags nor what is said about them.
    pub full: bool,
    /// Lines over time stand along the top.
    pub histogram: bool,
    /// Fields of structured lines are columns.
    pub columns: bool,
}

impl Look {
    pub(super) fn new(settings: &LogsSettings) -> Self {
        Self { wrap: settings.wrap, times: settings.times, full: false, histogram: true, columns: false }
    }
}
