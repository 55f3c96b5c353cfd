//! The one door for writes.

mod act;
pub(crate) mod config_map;
mod door;
mod keep;
mod lease;
mod open;
mod port;
mod send;
#[cfg(test)]
mod tests;

pub use door::Writer;
pub(crate) use open::{Way, of_port};
