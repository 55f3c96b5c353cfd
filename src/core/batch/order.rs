//! What whoever watches a batch may tell its driver.

use crate::model::AppKey;

/// An order to the driver of a batch. Console and command line give the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Start no new app; what runs is followed on.
    Pause,
    /// Go on after a pause, or through the gate that it waits at.
    Proceed,
    /// Do not start this app, and take it as done for those that wait for it.
    Skip(AppKey),
    /// Try this app once more: one that failed, was refused, drifted or was skipped.
    Retry(AppKey),
    /// Start nothing more: what runs is followed to its end, what is changed stays so.
    Stop,
    /// Take back what was touched.
    Revert {
        /// Not in reverse order at the batch's width, but all at once.
        at_once: bool,
        /// These apps alone; empty: everything that the batch touched.
        only: Vec<AppKey>,
    },
    /// Leave in good order.
    Interrupt,
}
