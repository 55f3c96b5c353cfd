//! The shell: what is typed is parsed, expanded and run.

mod chain;
mod expand;
mod glob;
mod run;
mod syntax;

pub(crate) use glob::matches;
pub(crate) use run::{Ending, run};
