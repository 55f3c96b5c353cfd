//! The plan: before → after for each app, edited, checked and confirmed here. Nothing is written before that.

#[cfg(test)]
pub(crate) mod bench;
pub(crate) mod confirm;
mod edit;
mod forms;
mod open;
mod paper;
mod picker;
mod screen;
pub(crate) mod sheet;
mod table;
mod take;
mod talk;
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod words;

pub use open::open;
pub(crate) use open::planned;
pub use talk::{PlanEffect, PlanRead, PlanReply, Wanted};
pub use talk::{PlanEffect, PlanReply};

use rolldeck_core::{batch::Intent, model::AppKey};

use crate::Screen;

/// The plan for these apps.
pub fn open(intent: Intent, apps: Vec<AppKey>) -> Box<dyn Screen> {
    Box::new(screen::PlanScreen::new(intent, apps))
}

/// A plan that is made already, of a batch that is to be done once more: its apps are read, and then it is as any other.
pub(crate) fn repeated(plan: rolldeck_core::batch::Plan) -> Box<dyn Screen> {
    let apps = plan.steps.iter().map(|step| step.key.clone()).collect();
    let mut screen = screen::PlanScreen::new(plan.intent, apps);
    screen.plan = plan;
    Box::new(screen)
}
