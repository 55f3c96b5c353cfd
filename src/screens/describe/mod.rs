//! Any object, described for reading: what matters first.

mod basics;
mod config;
mod containers;
mod kinds;
mod network;
mod node;
mod outline;
mod pod;
mod room;
mod scaling;
mod storage;
#[cfg(test)]
mod tests;
pub(crate) mod words;
mod workload;

pub(crate) use basics::event_line;
pub use room::Describe;
