//! The program on a demo cluster in another process, whose time and faults the tests drive. Needs nothing.

mod batch;
mod cluster;
mod elsewhere;
mod faults;
mod fleet;
mod headless;
mod hostile;
mod keys;
mod kubectl;
mod opened;
mod past;
mod shell;

pub use cluster::Demo;
