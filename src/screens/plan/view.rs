//! The plan as a room: its drawing, its title and its hints.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::{Intent, ProblemKind, guard::Guard},
    model::ObjectRef,
};

use super::{
    confirm::Answer,
    edit::Edit,
    forms::past,
    screen::{Mode, PlanScreen},
    sheet,
    table::kinds,
    words,
};
use crate::{
    Action, Click, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Scope, Screen, widgets::text::count,
};

impl Screen for PlanScreen {
    fn room(&self) -> Room {
        Room::Plan
    }

    fn typing(&self) -> bool {
        !matches!(self.mode, Mode::Table | Mode::Starting)
    }

    fn title(&self, _ctx: &Ctx) -> String {
        words::title(&self.plan)
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        self.run(ctx, command)
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.type_key(ctx, key)
    }

    fn paste(&mut self, _ctx: &Ctx, text: &str) -> Vec<Action> {
        match &mut self.mode {
            Mode::Edit(edit) => edit.paste(text),
            Mode::Options(form) => form.paste(text),
            Mode::Past(form) => form.paste(text),
            _ => {}
        }
        Vec::new()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        self.take(ctx, message)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        if !matches!(self.mode, Mode::Table) || self.plan.steps.is_empty() {
            return None;
        }
        let table = self.table();
        let above = self.head(ctx, self.size.0.into()).len() + 1;
        let cursor = table.at.get(self.cursor).copied().unwrap_or(0);
        let top = sheet::top(cursor, table.total, usize::from(self.size.1).saturating_sub(above));
        Some(List::of_entries(self.cursor, &table.at, table.total, top, above, self.size.1))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        if let Mode::Confirm(confirm) = &self.mode
            && mouse.click == Click::Press
        {
            if confirm.press(mouse) == Answer::Cancel {
                self.mode = Mode::Table;
            }
            return Some(Vec::new());
        }
        None
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.enter(ctx)
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(ObjectRef::app(&self.plan.steps.get(self.stop()?.step()?)?.key))
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.lay(ctx);
        if let Mode::Confirm(confirm) = &mut self.mode {
            confirm.resize(size);
        }
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        match &self.mode {
            Mode::Tags(form) => form.wake_at(ctx.clock.now),
            _ => None,
        }
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        match &self.mode {
            Mode::Pick(picker) => picker.draw(ctx, &self.plan, frame, area),
            Mode::Read(paper) => paper.draw(ctx, frame, area),
            Mode::Options(form) => form.draw(ctx, frame, area),
            Mode::Tags(form) => form.draw(ctx, &self.plan, frame, area),
            Mode::Past(form) => form.draw(ctx, frame, area),
            Mode::Pin(form) => form.draw(ctx, frame, area),
            Mode::Table | Mode::Edit(_) | Mode::Starting => self.draw_table(ctx, frame, area),
            Mode::Confirm(confirm) => {
                self.draw_table(ctx, frame, area);
                confirm.draw(ctx, frame, area);
            }
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        match &self.mode {
            Mode::Pick(_) => vec![
                (Command::Edit, "take it"),
                (Command::Previous, "the very previous"),
                (Command::PageDown, "scroll the diff"),
                (Command::Back, "back"),
            ],
            Mode::Pin(_) => vec![(Command::Edit, "pin it"), (Command::Back, "leave the tag")],
            Mode::Read(_) => vec![(Command::PageDown, "further"), (Command::Back, "back")],
            Mode::Tags(form) => form.hints(),
            Mode::Edit(_) | Mode::Options(_) | Mode::Past(_) | Mode::Confirm(_) | Mode::Starting => Vec::new(),
            Mode::Table => self.table_hints(),
        }
    }
}

impl PlanScreen {
    fn table_hints(&self) -> Vec<(Command, &'static str)> {
        let mut hints = vec![(Command::Confirm, "go on")];
        if kinds(&self.plan).iter().any(|kind| !kind.acknowledged) {
            hints.push((Command::Acknowledge, "acknowledge"));
        }
        if kinds(&self.plan).iter().any(|kind| kind.kind == ProblemKind::Repushed) {
            hints.push((Command::Pin, "pin the digest"));
        }
        match self.plan.intent {
            Intent::Release => hints.extend([
                (Command::Edit, "tag"),
                (Command::EditAll, "one tag for all"),
                (Command::Tags, "tags seen"),
            ]),
            Intent::Scale => hints.extend([(Command::Edit, "replicas"), (Command::EditAll, "for all")]),
            Intent::Bounds => hints.extend([(Command::Edit, "bounds"), (Command::EditAll, "for all")]),
            Intent::Rollback => {
                hints.extend([(Command::History, "history"), (Command::PointInTime, "a point in time")]);
                hints.push((Command::Previous, "very previous"));
            }
            Intent::Restart | Intent::Pause | Intent::Resume => {}
        }
        hints.extend([(Command::Options, "how it runs"), (Command::Details, "details"), (Command::Diff, "diff")]);
        hints.push((Command::Remove, "take out"));
        hints
    }

    fn draw_table(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let head = self.head(ctx, columns);
        sheet::draw(ctx, frame, area, &head, 0, None);
        let above = (head.len() as u16).min(area.height);
        let area = Rect { y: area.y + above, height: area.height - above, ..area };
        self.draw_all_field(ctx, frame, area, above);
        if self.plan.steps.is_empty() {
            return;
        }
        let table = self.table();
        sheet::draw(ctx, frame, area, &[table.heading(ctx)], 0, None);
        let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let cursor = table.at.get(self.cursor).copied().unwrap_or(0);
        let top = sheet::top(cursor, table.total, area.height.into());
        let lines = table.lines(ctx, top..top + usize::from(area.height), self.stop());
        sheet::draw(ctx, frame, area, &lines, 0, Some(cursor - top));
        if let Mode::Edit(edit @ Edit { of: Some(_), .. }) = &self.mode {
            let (x, columns) = table.columns.field();
            let y = (cursor - top) as u16;
            let field = Rect { x: area.x + x, y: area.y + y, width: columns, height: 1 }.intersection(area);
            edit.field.draw(ctx.theme, frame.buffer_mut(), field);
        }
    }

    /// The lines above the table.
    fn head(&self, ctx: &Ctx, columns: usize) -> Vec<Line<'static>> {
        if self.plan.steps.is_empty() {
            return vec![sheet::line(ctx, Scope::Dim, "No app is left in this plan.")];
        }
        let ready = self.plan.ready().is_ok();
        let asks = self.plan.unacknowledged().len();
        let acknowledge = format!("{} to acknowledge", count(asks, "warning"));
        let (guard, rule) = ctx.guard(&self.namespaces());
        let next = match &self.mode {
            Mode::Starting => "starting: the record is written first …",
            _ if ctx.session.readonly || guard == Guard::ReadOnly => "read-only: to look at",
            _ if asks > 0 => &acknowledge,
            _ if ready => "ready for your confirmation",
            _ => "nothing is written yet",
        };
        let text = format!("{} · {next}", words::summary(&self.plan));
        let mut lines = sheet::note(ctx, Scope::Heading, 0, &text, columns);
        lines.extend(sheet::note(ctx, Scope::Dim, 0, &words::how(&self.plan), columns));
        if let Some(moment) = &self.moment {
            lines.extend(sheet::note(ctx, Scope::Text, 0, &past::heading(moment, ctx.clock), columns));
        }
        for (scope, text) in &self.told {
            lines.extend(sheet::note(ctx, *scope, 0, text, columns));
        }
        if !rule.is_empty() {
            lines.extend(sheet::note(ctx, Scope::Warn, 0, &format!("guarded: {rule}"), columns));
        }
        if !self.plan.reason.is_empty() {
            lines.extend(sheet::note(ctx, Scope::Dim, 0, &format!("reason: {}", self.plan.reason), columns));
        }
        if !self.left_out.is_empty() {
            lines.extend(sheet::note(ctx, Scope::Warn, 0, &self.left_out_words(), columns));
        }
        if let Some(why) = &self.refused {
            let key = ctx.keymap.key(Room::Plan, Command::Reread).map(|key| key.to_string()).unwrap_or_default();
            let text = format!(
                "Not started, and nothing was written: {why}. {key} reads the apps once more and keeps your edits."
            );
            lines.extend(sheet::note(ctx, Scope::Bad, 0, &text.replace("..", "."), columns));
        }
        if let Mode::Edit(Edit { of: None, error, .. }) = &self.mode {
            if let Some(why) = error {
                lines.extend(sheet::note(ctx, Scope::Bad, 0, &format!("not taken: {why}"), columns));
            }
            lines.push(sheet::line(ctx, Scope::Key, self.all_label()));
        }
        lines.push(Line::default());
        lines
    }

    /// The apps that were taken out before the plan began, and why.
    fn left_out_words(&self) -> String {
        let names: Vec<String> = self.left_out.iter().map(|(key, _)| key.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let why = self.left_out.first().map(|(_, why)| why.to_string()).unwrap_or_default();
        format!("left out: {}: {why}", words::listed(&names, 4))
    }

    /// The field for all steps, on the line before the last of the head.
    fn draw_all_field(&self, ctx: &Ctx, frame: &mut Frame, area: Rect, above: u16) {
        if let Mode::Edit(edit @ Edit { of: None, .. }) = &self.mode
            && above >= 2
        {
            let x = area.x + self.all_field();
            let field = Rect { x, y: area.y - 2, width: area.right().saturating_sub(x).min(60), height: 1 };
            edit.field.draw(ctx.theme, frame.buffer_mut(), field);
        }
    }
}
