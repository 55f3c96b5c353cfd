//! The fleet: every app in view, live.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::model::AppKey;

use crate::{Action, Command, Ctx, Room, Screen};

/// The first screen.
#[derive(Default)]
pub struct FleetRoom {
    marks: BTreeSet<AppKey>,
}

impl FleetRoom {
    /// The marked apps.
    pub fn marks(&self) -> &BTreeSet<AppKey> {
        &self.marks
    }

    /// Unmarks everything.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
    }

    /// Other namespaces are in view now: drops the marks elsewhere, and returns how many.
    pub fn scoped(&mut self, ctx: &Ctx) -> usize {
        let before = self.marks.len();
        self.marks.retain(|key| ctx.scope.is_empty() || ctx.scope.contains(&key.namespace));
        before - self.marks.len()
    }
}

impl Screen for FleetRoom {
    fn room(&self) -> Room {
        Room::Fleet
    }

    fn title(&self, _ctx: &Ctx) -> String {
        "Fleet".to_owned()
    }

    fn command(&mut self, _ctx: &Ctx, _command: Command) -> Vec<Action> {
        Vec::new()
    }

    fn draw(&self, _ctx: &Ctx, _frame: &mut Frame, _area: Rect) {}
}
