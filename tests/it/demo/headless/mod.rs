//! Batches without a screen: exit codes, what is written, and what is told.

mod drivers;
mod files;
mod output;
mod rights;
mod selectors;
mod shell;
mod terminal;

use super::Demo;
