//! `rolldeck logs`: logs of many containers, without a screen.

mod args;
mod read;
mod save;
mod whom;
mod write;

pub use args::Logs;
