//! Text to be read over the plan: the difference of two templates, the details of a step.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    batch::{Plan, Step},
    text::Clean,
};

use super::sheet;
use crate::{
    Command, Ctx, Scope,
    widgets::text::{cut, wrap},
};

/// A text, and how far it is scrolled.
#[derive(Clone, Debug, Default)]
pub(super) struct Paper {
    title: String,
    lines: Vec<(Scope, String)>,
    scroll: usize,
}

impl Paper {
    /// Lines under a title, each wrapped to `columns`; what is wrapped goes on under its own indent.
    pub(super) fn new(title: String, lines: Vec<(Scope, String)>, columns: usize) -> Self {
        let wrapped = lines.into_iter().flat_map(|(scope, text)| {
            let indent: String = text.chars().take_while(|c| *c == ' ').collect();
            let parts = wrap(text.trim_start(), columns.saturating_sub(indent.len()));
            parts.into_iter().map(move |part| (scope, format!("{indent}{part}")))
        });
        Self { title, lines: wrapped.collect(), scroll: 0 }
    }

    /// What a step changes of its template, line by line.
    pub(super) fn diff(step: &Step) -> Self {
        Self::of_diff(format!("{}: the template, before and after", step.key), step.diff())
    }

    /// What going back to a revision would change against what runs now.
    pub(super) fn of_revision(plan: &Plan, step: usize, number: i64) -> Self {
        let mut alone = Plan { steps: vec![plan.steps[step].clone()], ..plan.clone() };
        let title = format!("rev {number} against what runs");
        let lines = alone.pick_revision(0, number).map_or_else(|why| vec![why], |()| alone.steps[0].diff());
        Self::of_diff(title, lines)
    }

    fn of_diff(title: String, lines: Vec<Clean>) -> Self {
        let mut lines: Vec<_> = lines.iter().map(|line| (scope(line), line.to_string())).collect();
        if lines.is_empty() {
            lines.push((Scope::Dim, "nothing differs in the template".to_owned()));
        }
        Self { title, lines, scroll: 0 }
    }

    /// Scrolls within `room` rows (the title's is one); returns whether `command` was a movement.
    pub(super) fn pan(&mut self, command: Command, room: usize) -> bool {
        let last = (self.lines.len() + 1).saturating_sub(room);
        let page = room.saturating_sub(3).max(1);
        self.scroll = match command {
            Command::Up => self.scroll.saturating_sub(1),
            Command::Down => self.scroll + 1,
            Command::PageUp => self.scroll.saturating_sub(page),
            Command::PageDown => self.scroll + page,
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
        let room = usize::from(area.height).saturating_sub(1);
        let top = self.scroll.min(self.lines.len().saturating_sub(room));
        let below = self.lines.len().saturating_sub(top + room);
        let title = match below {
            0 => self.title.clone(),
            n => format!("{} · {n} more below", self.title),
        };
        let mut lines = vec![sheet::line(ctx, Scope::Heading, cut(&title, columns))];
        let shown = self.lines.iter().skip(top).take(room);
        lines.extend(shown.map(|(scope, line)| sheet::line(ctx, *scope, cut(line, columns))));
        sheet::draw(ctx, frame, area, &lines, 0, None);
    }
}

fn scope(line: &str) -> Scope {
    match line.chars().next() {
        Some('+') => Scope::Added,
        Some('-') => Scope::Removed,
        Some('@') => Scope::Dim,
        _ => Scope::Text,
    }
}
