//! The machine against a world, and the runner against a server that replays.

mod rules;
mod runner;
mod world;
