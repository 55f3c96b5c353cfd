//! The plan: before → after for each app, edited, checked and confirmed here. Nothing is written before that.

mod back;
#[cfg(test)]
pub(crate) mod bench;
pub(crate) mod confirm;
mod edit;
mod edits;
mod forms;
mod last;
mod open;
mod paper;
mod picker;
mod pins;
mod reading;
mod screen;
pub(crate) mod sheet;
mod table;
mod tags;
mod take;
mod talk;
#[cfg(test)]
mod tests;
mod typing;
mod view;
pub(crate) mod words;

pub use open::open;
pub(crate) use open::{planned, repeated};
pub use talk::{Elsewhere, PastFound, PlanEffect, PlanRead, PlanReply, Wanted};
