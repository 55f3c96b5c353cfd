//! Forms over the plan.

pub(super) mod details;
pub(super) mod options;
