//! The plan: before → after for each app, edited, checked and confirmed here. Nothing is written before that.

use rolldeck_core::{batch::Intent, model::AppKey};

use crate::{Effect, Screen};

/// The plan for these apps, and the reads that it begins with.
pub fn open(_intent: Intent, _apps: Vec<AppKey>) -> (Box<dyn Screen>, Vec<Effect>) {
    todo!()
}
