//! The unfinished batches drawn: what each is, who holds it, and where its apps stood.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::{Found, Holder},
};

use super::screen::UnfinishedScreen;
use crate::{
    Action, BatchEffect, Click, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Scope, Screen, batch,
    plan::{confirm::Answer, sheet, words::noun},
    widgets::text::{age, age_changes, count, time_of_day},
};

impl Screen for UnfinishedScreen {
    fn room(&self) -> Room {
        Room::Unfinished
    }

    fn typing(&self) -> bool {
        self.question.is_some()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        "Unfinished batches".to_owned()
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Batch(BatchEffect::Find)]
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        if self.question.is_some() {
            return None;
        }
        let (lines, at) = self.lines(ctx, self.size.0.into());
        let top = sheet::top(at.get(self.cursor).copied().unwrap_or(0), lines.len(), self.size.1.into());
        Some(List::of_entries(self.cursor, &at, lines.len(), top, 0, self.size.1))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        let (_, question) = self.question.as_ref().filter(|_| mouse.click == Click::Press)?;
        if question.press(mouse) == Answer::Cancel {
            self.question = None;
        }
        Some(Vec::new())
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        self.run(ctx, command)
    }

    fn key(&mut self, _ctx: &Ctx, key: Key) -> Vec<Action> {
        self.type_key(key)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        (self.take(ctx, message), Vec::new())
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        ctx.found.iter().map(|found| age_changes(found.started, ctx.clock.now)).min()
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        if let Some((_, question)) = &mut self.question {
            question.resize(size);
        }
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let (lines, at) = self.lines(ctx, area.width.into());
        let cursor = at.get(self.cursor).copied().unwrap_or(0);
        let top = sheet::top(cursor, lines.len(), area.height.into());
        sheet::draw(ctx, frame, area, &lines, top, (!ctx.found.is_empty()).then_some(cursor));
        if let Some((_, question)) = &self.question {
            question.draw(ctx, frame, area);
        }
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        match (&self.question, ctx.found.is_empty()) {
            (Some(_), _) => Vec::new(),
            (None, true) => vec![(Command::Reread, "look again")],
            (None, false) => {
                vec![
                    (Command::Revert, "take it back"),
                    (Command::Reread, "look again"),
                    (Command::Back, "leave it for later"),
                ]
            }
        }
    }
}

impl UnfinishedScreen {
    /// Everything as lines, and at which of them each batch begins.
    fn lines(&self, ctx: &Ctx, columns: usize) -> (Vec<Line<'static>>, Vec<usize>) {
        let (mut lines, mut at) = (self.head(ctx, columns), Vec::new());
        for (n, found) in ctx.found.iter().enumerate() {
            lines.push(Line::default());
            at.push(lines.len());
            entry(ctx, found, n == self.cursor, columns, &mut lines);
        }
        (lines, at)
    }

    fn head(&self, ctx: &Ctx, columns: usize) -> Vec<Line<'static>> {
        if self.looking {
            return vec![sheet::line(ctx, Scope::Busy, "Looking for unfinished batches …")];
        }
        match ctx.found.len() {
            0 => sheet::note(ctx, Scope::Dim, 0, "No unfinished batch is known in the namespaces in view.", columns),
            n => {
                let batches = if n == 1 { "1 batch has".to_owned() } else { format!("{n} batches have") };
                let text = format!("{batches} not come to an end. Nothing happens to any until you say so.");
                sheet::note(ctx, Scope::Heading, 0, &text, columns)
            }
        }
    }
}

fn entry(ctx: &Ctx, found: &Found, here: bool, columns: usize, lines: &mut Vec<Line<'static>>) {
    let mark = if here { "▸" } else { " " };
    let what = format!("{} of {}", noun(found.intent), count(found.steps.len(), "app"));
    lines.push(sheet::line(ctx, Scope::Heading, format!("{mark} {}: {what}", found.id)));
    let when = format!("{} ({} ago)", time_of_day(found.started, ctx.clock), age(found.started, ctx.clock.now));
    lines.extend(sheet::note(ctx, Scope::Dim, 2, &format!("by {} at {when}", found.by), columns));
    let (scope, text) = holder(&found.holder);
    lines.extend(sheet::note(ctx, scope, 2, &text, columns));
    let widest = sheet::widest(
        found.steps.iter().map(|step| step.key.to_string()).collect::<Vec<_>>().iter().map(String::as_str),
    );
    let widest = widest.min(columns / 2);
    for step in &found.steps {
        let (scope, state) = batch::words::state(&step.state);
        let room = columns.saturating_sub(widest + 8);
        let key = step.key.to_string();
        for (n, part) in crate::widgets::text::wrap(&state, room).iter().enumerate() {
            let key = if n == 0 { key.as_str() } else { "" };
            let mut line = sheet::cells(ctx, &[("  ", 2, Scope::Text), (key, widest, Scope::Text)]);
            line.push_span(sheet::span(ctx, scope, part.clone()));
            lines.push(line);
        }
    }
}

/// Whether its driver lives, and what that means here.
fn holder(holder: &Holder) -> (Scope, String) {
    match holder {
        Holder::Left => (Scope::Warn, "its driver left in good order: it can be taken back".to_owned()),
        Holder::Gone => (Scope::Warn, "its driver is gone: it can be taken back".to_owned()),
        Holder::Alive(by) => (Scope::Good, format!("it runs elsewhere, driven by {by}: it is not touched from here")),
        Holder::Watching(seconds) => {
            (Scope::Busy, format!("its lease is watched for {seconds} more seconds, to know whether its driver lives"))
        }
    }
}
