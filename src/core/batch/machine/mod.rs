//! A batch in flight, without IO: what happened goes in, what is to be done comes out.
//!
//! Held here, and by the tests of the driver: no patch leaves before the record says `applying` in the cluster; at most
//! `width` apps roll at once, each after those that it waits for; an unknown outcome is settled by reading the token; a revert goes to the recorded template of
//! apps that are still what the batch made of them, and to no others.

mod answers;
mod back;
mod forward;
mod graph;
mod leg;
mod orders;
mod pages;
mod pauses;
mod recover;
mod restarts;
mod resume;
mod rolling;
mod soak;
mod start;
mod talk;
mod turn;
mod view;

pub use leg::Leg;
pub use start::Head;
pub use talk::{Action, Input, LeaseState};
pub use turn::Machine;
