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
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod words;

use rolldeck_core::{batch::Intent, model::AppKey};

use crate::{Effect, Screen};

/// The plan for these apps, and the reads that it begins with.
pub fn open(intent: Intent, apps: Vec<AppKey>) -> (Box<dyn Screen>, Vec<Effect>) {
    let screen = screen::PlanScreen::new(intent, apps);
    let read = screen.read();
    (Box::new(screen), vec![read])
}
