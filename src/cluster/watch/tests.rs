//! The machine against a world, and the runner against a server that replays.

mod runner;
mod world;
