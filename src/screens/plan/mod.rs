//! The plan: before → after for each app, edited, checked and confirmed here. Nothing is written before that.

#[cfg(test)]
pub(crate) mod bench;
pub(crate) mod confirm;
mod diff;
mod edit;
mod picker;
mod rows;
mod screen;
pub(crate) mod sheet;
mod talk;
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod words;

pub use talk::{PlanEffect, PlanReply};

use rolldeck_core::{batch::Intent, model::AppKey};

use crate::Screen;

/// The plan for these apps.
pub fn open(intent: Intent, apps: Vec<AppKey>) -> Box<dyn Screen> {
    Box::new(screen::PlanScreen::new(intent, apps))
}
