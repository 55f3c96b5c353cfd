//! The loop, and a runner for each room's effects.

mod act;
mod batch;
mod changes;
mod console;
mod containers;
mod desk;
mod elsewhere;
mod events;
mod fleet;
mod log;
mod login;
mod logs;
mod looking_back;
mod names;
mod namespaces;
mod nodes;
mod object;
mod pace;
mod page;
mod past;
mod plan;
mod post;
mod runners;
mod shell;
mod streams;
mod switch;
mod trouble;
mod turn;

pub use console::Console;
pub use log::{log, stage};
pub use looking_back::{digests, seen_of};
