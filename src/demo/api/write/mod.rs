//! Writes: create, update, patch, delete, and the subresources that are written.

pub(super) mod body;
mod change;
mod create;
mod delete;
mod evict;
mod replace;
mod scale;

pub(super) use create::create;
pub(super) use delete::{delete, delete_collection};
pub(super) use evict::evict;
pub(super) use replace::{patch, update};
pub(super) use scale::{read_scale, write_scale};
