//! What the API server adds to an object, and what it does not let through.

mod defaults;
mod ephemeral;
mod names;
mod template;
mod validate;

pub(super) use defaults::defaults;
pub(super) use ephemeral::ephemeral;
pub(super) use validate::validate;
