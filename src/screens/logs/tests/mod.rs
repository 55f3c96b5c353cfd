//! Lines and keys in, a screen out.

mod filters;
mod marks;
mod reading;
mod room;
mod saving;
pub(super) mod stage;
