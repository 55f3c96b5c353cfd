//! Whole logs, saved: what the kubelet has, its previous log, what it has rotated away, and files of the container, below one
//! directory with a manifest.

mod cursor;
mod file;
mod job;
mod lock;
mod log;
mod manifest;
mod names;
mod older;
mod pack;
mod plan;
mod run;
mod saver;
mod shared;
mod show;
#[cfg(test)]
mod tests;

pub use run::{Outcome, download};
pub use show::read_files;
