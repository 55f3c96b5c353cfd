//! The containers of a pod, with all that decides how each runs.

mod known;
mod lines;
mod parts;
mod room;
mod talk;
#[cfg(test)]
mod tests;

pub use room::Containers;
pub use talk::{ContainersEffect, ContainersReply, Secrets};
