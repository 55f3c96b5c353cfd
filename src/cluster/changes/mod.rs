//! What is read when someone asks what changed: metadata only, but for the revisions whose images are to be told.

mod decode;
mod read;
#[cfg(test)]
mod tests;

pub use read::read;
