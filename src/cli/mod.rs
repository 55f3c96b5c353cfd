//! The command line: no command opens the console, and each command has a file of its own here.

mod batch;
mod command;
mod completions;
mod console;
mod demo;
mod doctor;
mod duration;
mod flags;
mod kubeconfig;
mod logs;
mod man;
mod undo;

pub use command::{Cli, run};

/// What ends the program before or after the screen, ready for the operator to read.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
