//! The batch drawn: its phase, a bar, every app's way, and notes.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{Time, batch::Run, model::ObjectRef};

use super::{revert, screen::BatchScreen, words};
use crate::{
    Action, Click, Command, Ctx, Key, List, Message, Mouse, Room, Scope, Screen,
    plan::{confirm::Answer, sheet},
    widgets::text::{left, time_of_day, width},
};

/// Notes of the batch that are shown; those before are counted.
const NOTES: usize = 4;

impl Screen for BatchScreen {
    fn room(&self) -> Room {
        Room::Batch
    }

    fn typing(&self) -> bool {
        self.question.is_some()
    }

    fn title(&self, ctx: &Ctx) -> String {
        self.name(ctx)
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        self.run(ctx, command)
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.type_key(ctx, key)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        (self.take(ctx, message), Vec::new())
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.next_second(ctx)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let run = self.batch(ctx).filter(|_| self.question.is_none())?;
        let (width, height) = (usize::from(self.size.0), usize::from(self.size.1));
        let above = self.head(ctx, run, width).len() + 1;
        let below = notes(ctx, run, width).len();
        let (_, lines, at) = steps(ctx, run, self.cursor, width);
        let cursor = at.get(self.cursor.min(at.len().saturating_sub(1))).copied().unwrap_or(0);
        let room = height.saturating_sub(above + below);
        let top = sheet::top(cursor, lines.len(), room);
        Some(List::of_entries(self.cursor, &at, lines.len(), top, above, (above + room) as u16))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        let question = self.question.as_ref().filter(|_| mouse.click == Click::Press)?;
        if question.press(mouse) == Answer::Cancel {
            self.question = None;
        }
        Some(Vec::new())
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        Some(ObjectRef::app(&self.batch(ctx)?.steps.get(self.cursor)?.key))
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        if let Some(question) = &mut self.question {
            question.resize(size);
        }
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        match self.batch(ctx) {
            Some(run) => self.draw_run(ctx, run, frame, area),
            None => {
                let mut lines = self.refusal(ctx, area.width.into());
                lines.extend(sheet::note(ctx, Scope::Stale, 0, &self.absence(), area.width.into()));
                sheet::draw(ctx, frame, area, &lines, 0, None);
            }
        }
        if let Some(question) = &self.question {
            question.draw(ctx, frame, area);
        }
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let back = match self.batch(ctx) {
            Some(run) if !run.phase.ended() => "leave it running",
            _ => "back",
        };
        if self.question.is_some() {
            return Vec::new();
        }
        let revert = self.batch(ctx).filter(|run| revert::obstacle(ctx, run).is_none());
        let revert = revert.map(|_| (Command::Revert, "take all back"));
        let rest = [(Command::Open, "pods"), (Command::Page, "its page"), (Command::Back, back)];
        revert.into_iter().chain(rest).collect()
    }
}

impl BatchScreen {
    fn refusal(&self, ctx: &Ctx, columns: usize) -> Vec<Line<'static>> {
        match &self.refused {
            Some(why) => sheet::note(ctx, Scope::Bad, 0, &format!("The driver refused: {why}"), columns),
            None => Vec::new(),
        }
    }

    fn draw_run(&self, ctx: &Ctx, run: &Run, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let head = self.head(ctx, run, columns);
        let notes = notes(ctx, run, columns);
        sheet::draw(ctx, frame, area, &head, 0, None);
        let above = (head.len() as u16).min(area.height);
        let below = (notes.len() as u16).min(area.height - above);
        let table = Rect { y: area.y + above, height: area.height - above - below, ..area };
        self.draw_steps(ctx, run, frame, table);
        sheet::draw(ctx, frame, Rect { y: table.bottom(), height: below, ..area }, &notes, 0, None);
    }

    fn head(&self, ctx: &Ctx, run: &Run, columns: usize) -> Vec<Line<'static>> {
        let (scope, text) = words::headline(ctx, run);
        let mut lines = sheet::note(ctx, scope, 0, &text, columns);
        lines.push(bar(ctx, run, columns));
        let about = format!("{} · by {} · since {}", run.id, run.by, time_of_day(run.started, ctx.clock));
        lines.extend(sheet::note(ctx, Scope::Dim, 0, &about, columns));
        let key = ctx.keymap.key(Room::Batch, Command::Revert).map(|key| key.to_string()).unwrap_or_default();
        if let Some(advice) = words::advice(run, &key) {
            lines.extend(sheet::note(ctx, Scope::Warn, 0, &advice, columns));
        }
        if self.asked {
            lines.push(sheet::line(ctx, Scope::Busy, "The revert was asked for …"));
        }
        lines.extend(self.refusal(ctx, columns));
        lines.push(Line::default());
        lines
    }

    fn draw_steps(&self, ctx: &Ctx, run: &Run, frame: &mut Frame, area: Rect) {
        let (heading, lines, at) = steps(ctx, run, self.cursor, area.width.into());
        sheet::draw(ctx, frame, area, &[heading], 0, None);
        let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let cursor = at.get(self.cursor.min(at.len().saturating_sub(1))).copied().unwrap_or(0);
        let top = sheet::top(cursor, lines.len(), area.height.into());
        sheet::draw(ctx, frame, area, &lines, top, Some(cursor));
    }
}

/// `████████░░░░ 3/6 healthy`.
fn bar(ctx: &Ctx, run: &Run, columns: usize) -> Line<'static> {
    let (done, of, word) = words::progress(run);
    let cells = columns.saturating_sub(24).min(60);
    let full = done * cells / of.max(1);
    Line::from(vec![
        sheet::span(ctx, Scope::Good, "█".repeat(full)),
        sheet::span(ctx, Scope::Dim, "░".repeat(cells - full)),
        sheet::span(ctx, Scope::Text, format!(" {done}/{of} {word}")),
    ])
}

fn steps(ctx: &Ctx, run: &Run, cursor: usize, room: usize) -> (Line<'static>, Vec<Line<'static>>, Vec<usize>) {
    let rows: Vec<_> = run.steps.iter().map(|step| (step, words::state(&step.state))).collect();
    let column = |title: &'static str, text: &dyn Fn(usize) -> String| {
        let texts: Vec<String> = (0..rows.len()).map(text).collect();
        sheet::widest(texts.iter().map(String::as_str).chain([title]))
    };
    let wanted = [
        column("APP", &|n| rows[n].0.key.name.to_string()),
        column("NAMESPACE", &|n| rows[n].0.key.namespace.to_string()),
        column("BEFORE", &|n| rows[n].0.before.to_string()),
        column("AFTER", &|n| rows[n].0.after.to_string()),
        column("STATE", &|n| rows[n].1.1.clone()).min(room / 2),
    ];
    let widths = sheet::shares(&wanted, room.saturating_sub(2 + 8 + 2 + 2 + 7), 6);
    let titles = ["APP", "NAMESPACE", "BEFORE", "AFTER", "STATE"].map(str::to_owned);
    let heading = row(ctx, &widths, [Scope::Heading; 5], &titles, (" ", "FOR"), false);
    let (mut lines, mut at) = (Vec::new(), Vec::new());
    for (n, (step, (scope, state))) in rows.iter().enumerate() {
        at.push(lines.len());
        let brief = match width(state) > widths[4] {
            true => state.split(": ").next().unwrap_or(state).to_owned(),
            false => state.clone(),
        };
        let key = &step.key;
        let cells =
            [key.name.to_string(), key.namespace.to_string(), step.before.to_string(), step.after.to_string(), brief];
        let scopes = [Scope::Text, Scope::Dim, Scope::Text, Scope::Text, *scope];
        let time = words::time(step, run.ended.unwrap_or(ctx.clock.now));
        lines.push(row(ctx, &widths, scopes, &cells, ("→", &time), n == cursor));
        if width(state) > widths[4] {
            lines.extend(sheet::note(ctx, *scope, 4, state, room));
        }
        lines.extend(waits(ctx, run, n, room));
    }
    (heading, lines, at)
}

/// The pods that an OnDelete rollout waits for, and the key that helps.
fn waits(ctx: &Ctx, run: &Run, step: usize, room: usize) -> Vec<Line<'static>> {
    let pods = match run.phase.ended() {
        true => Vec::new(),
        false => crate::act::waiting(ctx, &run.steps[step].key),
    };
    let Some(next) = pods.first() else { return Vec::new() };
    let names: Vec<&str> = pods.iter().take(6).map(|pod| &*pod.name).collect();
    let more = if pods.len() > 6 { format!(" and {} more", pods.len() - 6) } else { String::new() };
    let key = ctx.keymap.key(Room::Batch, Command::Delete).map(|key| key.to_string()).unwrap_or_default();
    let text = format!("waits for these to be deleted: {}{more}; {key} asks about {}", names.join(", "), next.name);
    sheet::note(ctx, Scope::Warn, 4, &text, room)
}

fn row(
    ctx: &Ctx,
    widths: &[usize],
    scopes: [Scope; 5],
    cells: &[String; 5],
    (arrow, time): (&str, &str),
    here: bool,
) -> Line<'static> {
    let mut spans = vec![sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " })];
    for (n, cell) in cells.iter().enumerate() {
        spans.push(sheet::span(ctx, scopes[n], left(cell, widths[n])));
        let gap = if n == 2 { format!(" {arrow}  ") } else { "  ".to_owned() };
        spans.push(sheet::span(ctx, Scope::Dim, gap));
    }
    spans.push(sheet::span(ctx, Scope::Dim, time));
    Line::from(spans)
}

fn notes(ctx: &Ctx, run: &Run, columns: usize) -> Vec<Line<'static>> {
    let earlier = run.notes.len().saturating_sub(NOTES);
    let mut lines = Vec::new();
    if earlier > 0 {
        lines.push(sheet::line(ctx, Scope::Dim, format!("… {earlier} earlier notes")));
    }
    let shown = run.notes.iter().skip(earlier);
    lines.extend(shown.flat_map(|note| sheet::note(ctx, Scope::Warn, 0, &format!("note: {note}"), columns)));
    lines
}
