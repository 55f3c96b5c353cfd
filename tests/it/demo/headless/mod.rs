//! Batches without a screen: exit codes, what is written, and what is told.

mod drivers;
mod files;
mod output;
mod rights;
mod shell;
mod terminal;
mod times;

use super::Demo;
