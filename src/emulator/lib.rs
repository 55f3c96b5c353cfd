//! A terminal in memory, for what runs in a container: its bytes go in, a [`rolldeck_core::shell::Grid`] comes out.
//!
//! Nothing that the container prints reaches any other terminal: the grid has text that can be seen, and its looks. Titles,
//! clipboards, colours of the palette, links and queries are not understood at all ([`Filter`] takes their sequences out), so that
//! nothing is answered, either. Memory is bounded by the size and the scrollback.

mod filter;
mod grid;
mod search;
mod terminal;
#[cfg(test)]
mod tests;

pub use filter::Filter;
pub use terminal::{Emulator, View};
