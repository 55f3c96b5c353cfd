//! Forms over the plan.

pub(super) mod details;
mod elsewhere;
mod list;
pub(super) mod options;
pub(super) mod past;
pub(super) mod pin;
pub(super) mod tags;
mod ways;
