//! A small made-up userland: a shell, its commands and a file system, all of them computed. Nothing of the host is reached.

mod commands;
mod disk;
mod processes;
mod session;
mod shell;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use disk::{Disk, Drafts, Host};
pub(crate) use processes::Processes;
pub(crate) use session::Session;
pub(crate) use shell::{Ending, run};
pub(crate) use terminal::{Event, Line, Terminal};

/// A stream that a command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}
