//! The controllers: each looks at one object and what belongs to it, and answers what it wants done. None of them writes.

pub mod budget;
pub mod daemon_set;
pub mod deployment;
pub mod history;
pub mod hpa;
pub mod quota;
pub mod replica_set;
pub mod scheduler;
pub mod slices;
pub mod stateful_set;
mod volumes;

pub use volumes::volume;
