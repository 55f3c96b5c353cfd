//! The batch drawn: its phase, a bar, every app's way, and notes.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::{OnFailure, Run, RunStep},
    model::ObjectRef,
};

use super::{Tail, TailOf, orders, pods, revert, screen::BatchScreen, words};
use crate::{
    Action, Click, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Scope, Screen,
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

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.log(ctx).into_iter().collect()
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
        self.take(ctx, message)
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.next_second(ctx)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let run = self.batch(ctx).filter(|_| self.question.is_none())?;
        let (width, height) = (usize::from(self.size.0), usize::from(self.size.1));
        let above = self.head(ctx, run, width).len() + 1;
        let below = notes(ctx, run, width).len();
        let (_, lines, at) = self.steps(ctx, run, width);
        let room = height.saturating_sub(above + below);
        let top = top(&at, self.cursor, lines.len(), room);
        Some(List::of_entries(self.cursor, &at, lines.len(), top, above, (above + room) as u16))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        let (_, question) = self.question.as_ref().filter(|_| mouse.click == Click::Press)?;
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
        if let Some((_, question)) = &mut self.question {
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
        if let Some((_, question)) = &self.question {
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
        let Some(run) = self.batch(ctx) else { return vec![(Command::Back, back)] };
        let revert = revert::obstacle(ctx, run).is_none().then_some((Command::Revert, "take all back"));
        let rest = [(Command::Open, "pods"), (Command::Page, "its page"), (Command::Back, back)];
        let orders = orders::hints(ctx, run, run.steps.get(self.cursor));
        orders.into_iter().chain(revert).chain(rest).collect()
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
        let (scope, text) = words::headline(run);
        let mut lines = sheet::note(ctx, scope, 0, &text, columns);
        lines.push(bar(ctx, run, columns));
        lines.extend(sheet::note(ctx, Scope::Dim, 0, &about(ctx, run), columns));
        if let Some(advice) = words::advice(ctx, run) {
            lines.extend(sheet::note(ctx, Scope::Warn, 0, &advice, columns));
        }
        if let Some(asked) = self.asked {
            lines.push(sheet::line(ctx, Scope::Busy, asked));
        }
        lines.extend(self.refusal(ctx, columns));
        lines.push(Line::default());
        lines
    }

    fn draw_steps(&self, ctx: &Ctx, run: &Run, frame: &mut Frame, area: Rect) {
        let (heading, lines, at) = self.steps(ctx, run, area.width.into());
        sheet::draw(ctx, frame, area, &[heading], 0, None);
        let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let cursor = at.get(self.cursor.min(at.len().saturating_sub(1))).copied().unwrap_or(0);
        let top = top(&at, self.cursor, lines.len(), area.height.into());
        sheet::draw(ctx, frame, area, &lines, top, Some(cursor));
    }

    /// The heading, a line for each app with what stands below the one under the cursor, and where each app's line is.
    fn steps(&self, ctx: &Ctx, run: &Run, room: usize) -> (Line<'static>, Vec<Line<'static>>, Vec<usize>) {
        let cursor = self.cursor.min(run.steps.len().saturating_sub(1));
        let (heading, rows) = rows(ctx, run, cursor, room);
        let (mut lines, mut at) = (Vec::new(), Vec::new());
        for (n, row) in rows.into_iter().enumerate() {
            at.push(lines.len());
            lines.push(row);
            if n == cursor {
                lines.extend(unfolded(ctx, run, n, self.tail.as_ref(), room));
            }
        }
        (heading, lines, at)
    }
}

/// The first line to draw, so that the entry under the cursor is in sight as a whole where it can be, near the middle.
fn top(at: &[usize], cursor: usize, total: usize, height: usize) -> usize {
    let cursor = cursor.min(at.len().saturating_sub(1));
    let from = at.get(cursor).copied().unwrap_or(0);
    let to = at.get(cursor + 1).copied().unwrap_or(total);
    let middle = sheet::top(from, total, height);
    middle.max(to.saturating_sub(height)).min(from)
}

/// Who, since when and why, and how it runs.
fn about(ctx: &Ctx, run: &Run) -> String {
    let who = words::who(&run.by, &run.claimed);
    let mut text = format!("{} · by {who} · since {}", run.id, time_of_day(run.started, ctx.clock));
    if !run.reason.is_empty() {
        text += &format!(" · {}", run.reason);
    }
    if run.phase.ended() {
        return text;
    }
    let (options, apps) = (&run.options, run.steps.len());
    if options.width < apps {
        text += &format!(" · {} at a time", options.width);
    }
    if options.gate {
        text += ", a gate after each wave";
    }
    if options.soak > 0 {
        text += &format!(" · soaks {} s", options.soak);
    }
    text + match options.on_failure {
        _ if apps == 1 => "",
        OnFailure::Stop => " · a failure stops it",
        OnFailure::Revert => " · a failure takes all back",
        OnFailure::Continue => " · the others go on after a failure",
    }
}

/// `████████░░░░ 3/6 healthy · 2m 54s of about 4m 40s`.
fn bar(ctx: &Ctx, run: &Run, columns: usize) -> Line<'static> {
    let (done, of, word) = words::progress(run);
    let text = format!(" {done}/{of} {word} · {}", words::elapsed(run, ctx.clock.now));
    let cells = columns.saturating_sub(width(&text).max(36)).min(60);
    let full = done * cells / of.max(1);
    Line::from(vec![
        sheet::span(ctx, Scope::Good, "█".repeat(full)),
        sheet::span(ctx, Scope::Dim, "░".repeat(cells - full)),
        sheet::span(ctx, Scope::Text, text),
    ])
}

/// The heading and a line for each app, what stands in each as wide as it needs and `room` has.
fn rows(ctx: &Ctx, run: &Run, cursor: usize, room: usize) -> (Line<'static>, Vec<Line<'static>>) {
    let now = run.ended.unwrap_or(ctx.clock.now);
    let cells: Vec<[String; 6]> = run.steps.iter().map(|step| texts(step, now)).collect();
    let column =
        |n: usize, title: &'static str| sheet::widest(cells.iter().map(|cells| cells[n].as_str()).chain([title]));
    let titles = ["APP", "NAMESPACE", "BEFORE", "AFTER", "STATE", "FOR"];
    let wanted: Vec<usize> = titles.iter().enumerate().map(|(n, title)| column(n, title)).collect();
    let time = wanted[5];
    let mut wanted = wanted[..5].to_vec();
    wanted[4] = wanted[4].min(room / 2);
    let widths = sheet::shares(&wanted, room.saturating_sub(2 + 8 + 2 + 2 + time), 6);
    let heading = row(ctx, &widths, [Scope::Heading; 5], &titles.map(str::to_owned), " ", false);
    let scopes = |step| [Scope::Text, Scope::Dim, Scope::Text, Scope::Text, words::state_of(step, now).0];
    let lines = run.steps.iter().zip(&cells).enumerate();
    let lines = lines.map(|(n, (step, cells))| row(ctx, &widths, scopes(step), cells, "→", n == cursor));
    (heading, lines.collect())
}

fn texts(step: &RunStep, now: Time) -> [String; 6] {
    let (key, state) = (&step.key, words::state_of(step, now).1);
    [
        key.name.to_string(),
        key.namespace.to_string(),
        step.before.to_string(),
        step.after.to_string(),
        brief(&state),
        words::time(step, now),
    ]
}

/// A state without its reason, which stands below the row under the cursor.
fn brief(state: &str) -> String {
    state.split(": ").next().unwrap_or(state).to_owned()
}

/// What stands below the row under the cursor: the whole of its state, how it lies in time, its pods, and the log of the one
/// that does not come up.
pub(super) fn unfolded(
    ctx: &Ctx,
    run: &Run,
    at: usize,
    tail: Option<&(TailOf, Tail, Time)>,
    room: usize,
) -> Vec<Line<'static>> {
    let Some(step) = run.steps.get(at) else { return Vec::new() };
    let now = run.ended.unwrap_or(ctx.clock.now);
    let (scope, state) = words::state_of(step, now);
    let mut lines = Vec::new();
    if brief(&state) != state {
        lines.extend(sheet::note(ctx, scope, 4, &state, room));
    }
    if let Some(text) = words::pace(step, now) {
        lines.extend(sheet::note(ctx, Scope::Dim, 4, &text, room));
    }
    if pods::tell(&step.state) {
        lines.extend(pods::lines(ctx, &step.key, tail.map(|(of, tail, _)| (of, tail)), room));
    }
    lines.extend(waits(ctx, run, at, room));
    lines
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

fn row(ctx: &Ctx, widths: &[usize], scopes: [Scope; 5], cells: &[String; 6], arrow: &str, here: bool) -> Line<'static> {
    let mut spans = vec![sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " })];
    for (n, cell) in cells[..5].iter().enumerate() {
        spans.push(sheet::span(ctx, scopes[n], left(cell, widths[n])));
        let gap = if n == 2 { format!(" {arrow}  ") } else { "  ".to_owned() };
        spans.push(sheet::span(ctx, Scope::Dim, gap));
    }
    spans.push(sheet::span(ctx, Scope::Dim, cells[5].clone()));
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
