//! The difference of two templates, line by line.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    batch::{Plan, Step},
    text::Clean,
};

use super::sheet;
use crate::{Command, Ctx, Scope, widgets::text::cut};

/// A diff, and how far it is scrolled.
#[derive(Clone, Debug, Default)]
pub(super) struct Diff {
    pub(super) title: String,
    pub(super) lines: Vec<Clean>,
    scroll: usize,
}

impl Diff {
    /// What a step changes of its template.
    pub(super) fn of(step: &Step) -> Self {
        Self { title: format!("{}: the template, before and after", step.key), lines: step.diff(), scroll: 0 }
    }

    /// What going back to a revision would change against what runs now.
    pub(super) fn of_revision(plan: &Plan, step: usize, number: i64) -> Self {
        let mut alone = Plan { steps: vec![plan.steps[step].clone()], ..plan.clone() };
        let title = format!("rev {number} against what runs");
        match alone.pick_revision(0, number) {
            Ok(()) => Self { title, lines: alone.steps[0].diff(), scroll: 0 },
            Err(why) => Self { title, lines: vec![why], scroll: 0 },
        }
    }

    /// Scrolls within `room` rows (the title's is one); returns whether `command` was a movement.
    pub(super) fn pan(&mut self, command: Command, room: usize) -> bool {
        let last = (self.lines.len() + 1).saturating_sub(room);
        self.scroll = match command {
            Command::Up => self.scroll.saturating_sub(1),
            Command::Down => self.scroll + 1,
            Command::PageUp => self.scroll.saturating_sub(10),
            Command::PageDown => self.scroll + 10,
            Command::Top => 0,
            Command::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// Draws the title and what fits of the lines.
    pub(super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let mut lines = vec![sheet::line(ctx, Scope::Heading, cut(&self.title, columns))];
        if self.lines.is_empty() {
            lines.push(sheet::line(ctx, Scope::Dim, "nothing differs in the template"));
        }
        let room = usize::from(area.height).saturating_sub(1);
        let top = self.scroll.min(self.lines.len().saturating_sub(room));
        let shown = self.lines.iter().skip(top).take(room);
        lines.extend(shown.map(|line| coloured(ctx, line, columns)));
        sheet::draw(ctx, frame, area, &lines, 0, None);
    }
}

fn coloured(ctx: &Ctx, line: &str, columns: usize) -> Line<'static> {
    let scope = match line.chars().next() {
        Some('+') => Scope::Added,
        Some('-') => Scope::Removed,
        Some('@') => Scope::Dim,
        _ => Scope::Text,
    };
    sheet::line(ctx, scope, cut(line, columns))
}
