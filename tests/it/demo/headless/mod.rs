//! Batches and logs without a screen: exit codes, what is written, and what is told.

mod drivers;
mod files;
mod logs;
mod output;
mod rights;
mod shell;
mod terminal;
mod times;

use super::Demo;
