//! What is behind a pod: its logs, and a userland that commands run in. All of it is made up, and computed when it is asked
//! for.

mod chance;
mod debuggers;
mod exec;
mod logs;
mod streams;
#[cfg(test)]
mod testing;
mod userland;
mod voice;

pub(crate) use streams::Chatter;
pub use streams::Pods;
