//! A batch that ended, or that runs elsewhere, looked at: what it was to do, what became of each app, and what happened on the
//! way.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::{Found, FoundStep},
    model::ObjectRef,
};

use super::{
    ask::Asking,
    known::Batch,
    room::{answered, asked},
    words,
};
use crate::{
    Action, BatchEffect, BatchReply, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Scope, Screen, batch,
    plan::sheet,
    widgets::{
        ENTRIES, moved,
        text::{left, time_of_day},
    },
};

/// One batch, as it was found.
pub(super) struct Look {
    found: Found,
    asking: Asking,
    cursor: usize,
    size: (u16, u16),
}

impl Look {
    pub(super) fn new(found: Found) -> Self {
        Self { found, asking: Asking::default(), cursor: 0, size: (80, 21) }
    }

    /// Everything as lines, and at which of them each app begins.
    fn lines(&self, ctx: &Ctx, columns: usize) -> (Vec<Line<'static>>, Vec<usize>) {
        let mut lines = self.head(ctx, columns);
        lines.push(Line::default());
        let at = self.steps(ctx, columns, &mut lines);
        lines.push(Line::default());
        lines.push(sheet::line(ctx, Scope::Heading, "What happened"));
        if self.found.log.is_empty() {
            lines.push(sheet::line(ctx, Scope::Dim, "  nothing but its start and its end is recorded"));
        }
        for happening in &self.found.log {
            let text = format!("{} {}", time_of_day(happening.at, ctx.clock), happening.text);
            lines.extend(sheet::note(ctx, Scope::Text, 2, &text, columns));
        }
        (lines, at)
    }

    fn head(&self, ctx: &Ctx, columns: usize) -> Vec<Line<'static>> {
        let batch = Batch { found: &self.found, own: None };
        let (scope, outcome) = words::outcome(&batch);
        let found = &self.found;
        let took = words::took(&batch, ctx.clock.now);
        let took = if took.is_empty() { took } else { format!(" · {took}") };
        let mut lines = sheet::note(ctx, scope, 0, &format!("{}: {outcome}{took}", words::what(found)), columns);
        let ended = found.ended.map(|at| format!(", ended {}", time_of_day(at, ctx.clock))).unwrap_or_default();
        let day = words::day(found.started, ctx.clock);
        let when = format!("{} · by {} · began {day}{ended}", found.id, words::who(found));
        lines.extend(sheet::note(ctx, Scope::Dim, 0, &when, columns));
        let why = if found.reason.is_empty() { "no reason given" } else { &*found.reason };
        lines.extend(sheet::note(ctx, Scope::Text, 0, &format!("why: {why}"), columns));
        let (scope, advice) = words::advice(ctx, &batch);
        lines.extend(sheet::note(ctx, scope, 0, &advice, columns));
        lines
    }

    /// A row for each app, its state in full below the one under the cursor.
    fn steps(&self, ctx: &Ctx, columns: usize, lines: &mut Vec<Line<'static>>) -> Vec<usize> {
        let texts = |step: &FoundStep| {
            let state = batch::words::state(&step.state).1;
            let brief = state.split(": ").next().unwrap_or_default().to_owned();
            let since = time_of_day(step.since, ctx.clock);
            [step.key.to_string(), step.before.to_string(), step.after.to_string(), brief, since]
        };
        let cells: Vec<[String; 5]> = self.found.steps.iter().map(texts).collect();
        let titles = ["APP", "BEFORE", "AFTER", "STATE", "SINCE"];
        let wanted: Vec<usize> =
            (0..5).map(|n| sheet::widest(cells.iter().map(|cells| cells[n].as_str()).chain([titles[n]]))).collect();
        let widths = sheet::shares(&wanted, columns.saturating_sub(2 + 2 * 4 + 3), 6);
        lines.push(row(ctx, &widths, [Scope::Heading; 5], &titles.map(str::to_owned), (" ", false)));
        let mut at = Vec::new();
        for (n, (step, cells)) in self.found.steps.iter().zip(&cells).enumerate() {
            at.push(lines.len());
            let (scope, state) = batch::words::state(&step.state);
            let scopes = [Scope::Text, Scope::Text, Scope::Text, scope, Scope::Dim];
            lines.push(row(ctx, &widths, scopes, cells, ("→", n == self.cursor)));
            if n == self.cursor && state != cells[3] {
                lines.extend(sheet::note(ctx, scope, 4, &state, columns));
            }
        }
        at
    }

    fn top(&self, at: &[usize], lines: usize) -> usize {
        let last = self.cursor + 1 >= at.len();
        let height = usize::from(self.size.1);
        // With the last app, what happened comes in sight, too.
        if last { lines.saturating_sub(height) } else { sheet::top(at[self.cursor], lines, height) }
    }
}

fn row(
    ctx: &Ctx,
    widths: &[usize],
    scopes: [Scope; 5],
    cells: &[String; 5],
    (arrow, here): (&str, bool),
) -> Line<'static> {
    let mut spans = vec![sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " })];
    for (n, cell) in cells.iter().enumerate() {
        spans.push(sheet::span(ctx, scopes[n], left(cell, widths[n])));
        let gap = if n == 1 { format!(" {arrow}  ") } else { "  ".to_owned() };
        spans.push(sheet::span(ctx, Scope::Dim, gap));
    }
    Line::from(spans)
}

impl Screen for Look {
    fn room(&self) -> Room {
        Room::Batches
    }

    fn typing(&self) -> bool {
        self.asking.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("Batch {}: {}", self.found.id, words::what(&self.found))
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.found.steps.get(self.cursor).map(|step| ObjectRef::app(&step.key))
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        Some(self.found.id.to_string())
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        if self.asking.typing() {
            return None;
        }
        let (lines, at) = self.lines(ctx, self.size.0.into());
        let top = self.top(&at, lines.len());
        Some(List::of_entries(self.cursor, &at, lines.len(), top, 0, self.size.1))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        self.asking.mouse(mouse).then(Vec::new)
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let id = || Some(self.found.id.clone());
        match command {
            Command::Open => {
                let step = self.found.steps.get(self.cursor);
                let page = step.map(|step| crate::app::AppPage::new(step.key.clone()));
                return page.map(|page| Action::Open(Box::new(page))).into_iter().collect();
            }
            Command::Save => return asked(id(), BatchEffect::Export, "its journal is being written to a file …"),
            Command::Repeat => {
                let id = id();
                return self.asking.repeat(ctx, id);
            }
            Command::Reread => {
                return [BatchEffect::Find, BatchEffect::History].map(Effect::Batch).map(Action::Effect).into();
            }
            Command::Revert | Command::TakeOver => return self.asking.begin(ctx, &self.found, command),
            _ => self.cursor = moved(self.cursor, command, ENTRIES, self.found.steps.len()).unwrap_or(self.cursor),
        }
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.asking.key(ctx, key)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let (differs, mut actions) = self.asking.take(ctx, message);
        let seen = match message {
            Message::Found(all) => all.iter().find(|found| found.id == self.found.id),
            Message::Batch(BatchReply::History(Ok((all, _)))) => {
                // What was found since the list was read is newer.
                let open = ctx.found.iter().any(|found| found.id == self.found.id);
                all.iter().find(|found| found.id == self.found.id && !open)
            }
            Message::Batch(reply) => {
                actions.extend(answered(reply));
                None
            }
            _ => None,
        };
        let changed = seen.is_some_and(|seen| *seen != self.found);
        if let Some(seen) = seen.filter(|_| changed) {
            self.found = seen.clone();
        }
        (differs || changed, actions)
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.asking.resize(size);
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let batch = Batch { found: &self.found, own: None };
        words::moves(&batch).then(|| ctx.clock.now + chrono::TimeDelta::seconds(1))
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let (lines, at) = self.lines(ctx, area.width.into());
        let cursor = at.get(self.cursor).copied();
        sheet::draw(ctx, frame, area, &lines, self.top(&at, lines.len()), cursor);
        self.asking.draw(ctx, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        if self.asking.typing() {
            return Vec::new();
        }
        let over = self.found.unfinished.then_some((Command::TakeOver, "go on"));
        let back = words::has_something_to_take_back(&self.found).then_some((Command::Revert, "take back"));
        let rest = [
            (Command::Repeat, "repeat"),
            (Command::Save, "export"),
            (Command::Open, "its app"),
            (Command::Back, "back"),
        ];
        over.into_iter().chain(back).chain(rest).collect()
    }
}
