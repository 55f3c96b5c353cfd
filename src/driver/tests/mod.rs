//! The driver against a cluster in memory, in virtual time.

mod autoscaler;
mod bounds;
mod cluster;
mod consoles;
mod controller;
mod doings;
mod faults;
mod graph;
mod history;
mod intents;
mod leases;
mod look;
mod orders;
mod preflight;
mod random;
mod retries;
mod reverts;
mod rollouts;
mod scene;
mod start;
mod store;
mod takeover;
