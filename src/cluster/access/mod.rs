//! What the user may do, and the layer that refuses writes where nothing may be written.

mod ask;
mod guard;
mod refusal;
mod review;
mod rule;

pub(crate) use ask::{about, app_path, encoded, first, get, get_packed, get_text, list, metadata};
pub use guard::{Guard, Mode, Refused};
pub(crate) use refusal::{of_answer, of_failure};
pub(crate) use review::{may, may_on};
