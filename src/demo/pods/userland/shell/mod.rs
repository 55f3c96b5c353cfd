//! The shell: what is typed is parsed, expanded and run.

mod builtin;
mod compound;
mod expand;
mod follow;
mod glob;
mod io;
mod perform;
mod redirect;
mod run;
mod screen;
mod sum;
mod syntax;

pub(crate) use glob::matches;
pub(crate) use run::{Ending, run};
