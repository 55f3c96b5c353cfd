//! What is read of the past of apps: their revisions and the events about them, a namespace at a time; the images that a
//! cluster has seen, and the pods that run some of them.

mod decode;
mod evidence;
mod pages;
mod pods;
mod running;
#[cfg(test)]
mod running_tests;
mod seen;
#[cfg(test)]
mod tests;

pub use evidence::{Past, evidence};
pub use pods::pods;
pub use running::running;
pub use seen::seen;
