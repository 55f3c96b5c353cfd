//! What is read of the past of apps: their revisions and the events about them, a namespace at a time; and the images that a
//! cluster has seen.

mod decode;
mod evidence;
mod pages;
mod running;
#[cfg(test)]
mod running_tests;
mod seen;
#[cfg(test)]
mod tests;

pub use evidence::{Past, evidence};
pub use running::running;
pub use seen::seen;
