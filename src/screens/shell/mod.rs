//! Shells: what is opened into containers, and stays open while one looks elsewhere.

mod ask;
mod choose;
mod draw;
mod encode;
mod keys;
mod room;
mod sessions;
mod settings;
mod split;
mod talk;
#[cfg(test)]
mod tests;
mod words;

pub use ask::{of_app, of_pod, open};
pub use room::ShellRoom;
pub use sessions::{Phase, Shells, Tab};
pub use settings::ShellSettings;
pub use talk::{Look, ShellAction, ShellEffect, ShellId, ShellReply, Wanted, What};
