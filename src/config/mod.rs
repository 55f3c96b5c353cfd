//! Keys and colours as data: those built in, and the user's.

mod columns;
mod error;
mod guard;
mod journal;
mod keymap;
mod load;
mod logs;
mod shell;
mod theme;

pub use error::ConfigError;
pub use load::{Choice, Config, directory, state_directory};
