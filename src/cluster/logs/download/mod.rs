//! Whole logs, saved: what the kubelet has, its previous log, and files of the container, below one directory with a manifest.

mod cursor;
mod fetch;
mod manifest;
mod names;
mod pack;
mod run;

pub use run::{Outcome, download};
