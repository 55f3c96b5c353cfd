//! Forms over the plan.

pub(super) mod details;
pub(super) mod options;
pub(super) mod past;
pub(super) mod tags;
