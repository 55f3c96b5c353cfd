//! Any object as YAML: followed while it is open, folded, searched, copied and saved.

mod hide;
mod lines;
mod looked;
mod room;
mod save;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use hide::decoded_length;
pub(crate) use looked::Looked;
pub use room::Yaml;
pub use talk::{ObjectEffect, ObjectReply, Saved, Viewer};
