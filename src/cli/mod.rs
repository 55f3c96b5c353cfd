//! The command line. Commands that need no screen (doctor, batch, logs, completions) will have their place here.

mod duration;
mod flags;

pub use flags::Flags;
