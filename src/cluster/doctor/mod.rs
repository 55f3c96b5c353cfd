//! What a connection is worth to the console: versions, clocks, metrics and rights, asked and never assumed.

mod examine;
mod rights;
#[cfg(test)]
mod tests;

pub use examine::{Examined, Metrics, Server, examine};
pub use rights::{NEEDS, Need, Purpose, Right};
