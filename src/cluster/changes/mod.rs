//! What is read when someone asks what changed: metadata only, but for the revisions whose images are to be
//! told, and for workloads where what they use has changed.

mod decode;
mod read;
#[cfg(test)]
mod tests;
mod users;

pub use read::read;
