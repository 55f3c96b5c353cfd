//! A container's log: any window of it, computed from the pod's name and its history.

mod burst;
mod cursor;
mod life;
mod lines;
mod node;
mod options;
mod source;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use burst::{Burst, Bursts};
pub(crate) use cursor::{Cursor, LIMIT};
pub(crate) use life::{Life, choose, live};
pub(crate) use lines::{Line, SHANGHAI, busy};
pub(crate) use node::{Answer, answer as files};
pub(crate) use options::Options;
pub(crate) use source::Source;
pub(crate) use stream::answer;
