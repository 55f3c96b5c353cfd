//! The driver against a cluster in memory, in virtual time.

mod cluster;
mod controller;
mod faults;
mod leases;
mod random;
mod reverts;
mod rollouts;
mod scene;
mod start;
