//! The state of a room of logs, and what messages do to it.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    fleet::Freshness,
    kept::Name,
    logs::{Begin, Direction, Filter, LogsOf, Picked, Reading, Source, Term, time},
    model::ObjectRef,
    text::Clean,
};

use super::{
    KeptLog, LogsEffect, LogsId, LogsReply, TimeStyle,
    buffer::{Buffer, Stepped},
    draw,
    field::Field,
    look::Look,
    marks::Drag,
    over::Over,
    said::said,
    window::Window,
};
use crate::{
    Action, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Screen,
    widgets::text::{age_changes, count},
};

/// One view over the logs of many containers.
pub struct Logs {
    pub(super) of: Vec<LogsOf>,
    pub(super) id: LogsId,
    pub(super) reading: Reading,
    /// The files that were picked, also while something else is read.
    pub(super) picked: Picked,
    pub(super) begin: Option<Begin>,
    pub(super) pods: Option<Freshness>,
    pub(super) failed: Option<Clean>,
    pub(super) buffer: Buffer,
    pub(super) window: Window,
    pub(super) look: Look,
    pub(super) marks: BTreeSet<u64>,
    /// Where a selection begins; it goes on to the cursor.
    pub(super) anchor: Option<u64>,
    /// What the mouse does.
    pub(super) drag: Option<Drag>,
    pub(super) filter: Filter,
    pub(super) field: Option<Field>,
    pub(super) over: Option<Over>,
    /// The download that was begun here last.
    pub(super) saving: Option<LogsId>,
    /// What is kept in a file, as was asked.
    pub(super) kept: Option<Option<KeptLog>>,
    /// Why nothing is kept any more, though it was asked.
    pub(super) unkept: Option<Clean>,
    pub(super) size: (u16, u16),
    said: Vec<(crate::Scope, String)>,
}

impl Logs {
    /// The logs of these (each once), which are read when the room opens.
    pub fn new(mut of: Vec<LogsOf>, reading: Reading) -> Self {
        of.sort();
        of.dedup();
        let settings = super::LogsSettings::default();
        Self {
            of,
            id: LogsId::new(),
            reading,
            picked: Picked::default(),
            begin: None,
            pods: None,
            failed: None,
            buffer: Buffer::new(settings.buffer),
            window: Window { follow: true, ..Window::default() },
            look: Look::new(&settings),
            marks: BTreeSet::new(),
            anchor: None,
            drag: None,
            filter: Filter::default(),
            field: None,
            over: None,
            saving: None,
            kept: None,
            unkept: None,
            size: (0, 0),
            said: Vec::new(),
        }
    }

    /// Begins a reading of what the room is about.
    pub(super) fn open(&mut self, ctx: &Ctx) -> Effect {
        let settings = &ctx.session.logs;
        if self.begin.is_none() {
            self.look = Look::new(settings);
        }
        let begin = *self.begin.get_or_insert(settings.begin);
        let folded = self.buffer.view.is_folded();
        self.id = LogsId::new();
        self.buffer = Buffer::new(settings.buffer);
        self.buffer.view.set_folded(folded);
        (self.pods, self.failed, self.anchor, self.drag) = (None, None, None, None);
        self.marks.clear();
        // Sources and revisions of another reading have other numbers.
        (self.filter.sources, self.filter.revision) = (None, None);
        self.buffer.set_filter(self.filter.clone(), None);
        self.window.follow = begin != Begin::Head;
        self.window.cursor = None;
        let (of, reading) = (self.of.clone(), self.reading.clone());
        Effect::Logs(LogsEffect::Open { id: self.id, of, reading, begin })
    }

    /// Ends this reading and begins another.
    pub(super) fn reopen(&mut self, ctx: &Ctx) -> Vec<Action> {
        let close = Action::Effect(Effect::Logs(LogsEffect::Close(self.id)));
        let mut actions = vec![close, Action::Effect(self.open(ctx))];
        // Another reading is kept in a file of its own.
        if let Some(kept) = &mut self.kept {
            *kept = None;
            actions.push(Action::Effect(Effect::Logs(LogsEffect::Keep(self.id, true))));
        }
        self.lay_out();
        actions
    }

    /// Looks through the filter, and through the term that is being typed.
    pub(super) fn refilter(&mut self, typed: Option<Term>) -> Vec<Action> {
        let mut filter = self.filter.clone();
        filter.terms.extend(typed);
        let near = if self.window.follow { None } else { self.window.cursor };
        self.buffer.set_filter(filter, near);
        self.work().1
    }

    /// Does a step of what is to be done, and asks for another where some is left.
    pub(super) fn work(&mut self) -> (bool, Vec<Action>) {
        let Stepped { more, found } = self.buffer.step();
        let mut actions = Vec::new();
        match found {
            Some(Ok((line, wrapped))) => {
                self.window.go(line, self.buffer.ring(), &self.buffer.view);
                self.show_hit(line);
                if wrapped {
                    actions.push(Action::Note(false, "the search went on at the other end".into()));
                }
            }
            Some(Err(())) => actions.push(Action::Note(true, "no line that is shown has that".into())),
            None => {}
        }
        if self.buffer.asks(more) {
            actions.push(Action::Effect(Effect::Logs(LogsEffect::Continue(self.id))));
        }
        self.window.settle(self.buffer.ring(), &self.buffer.view);
        (true, actions)
    }

    /// Fits everything to the room's size and the look.
    pub(super) fn lay_out(&mut self) {
        self.window.height = self.size.1.saturating_sub(self.above()).into();
        let columns = usize::from(self.size.0).saturating_sub(super::lines::before(self));
        self.window.wrap = (self.look.wrap && !self.look.columns).then(|| columns.max(1));
        self.window.settle(self.buffer.ring(), &self.buffer.view);
    }

    /// How many frames of a trace stand folded behind a line, as far as they are near.
    pub(super) fn frames(&self, head: u64) -> usize {
        let (ring, view) = (self.buffer.ring(), &self.buffer.view);
        if !view.is_folded() {
            return 0;
        }
        let Some(source) = ring.line(head).map(|line| line.source) else { return 0 };
        let behind = ring.lines(head + 1..head + 257).filter(|line| line.source == source && line.gap().is_none());
        behind.take_while(|line| line.is_folded()).count()
    }

    /// The source of the line under the cursor.
    pub(super) fn under(&self) -> Option<&Source> {
        let line = self.buffer.ring().line(self.window.cursor?)?;
        self.buffer.sources.get(line.source)
    }

    /// Goes to the next line that has what is looked for.
    pub(super) fn find(&mut self, direction: Direction) -> Vec<Action> {
        if self.buffer.seek.is_none() {
            return vec![Action::Note(false, "nothing is looked for yet: search first".into())];
        }
        let from = self.window.cursor.unwrap_or_default();
        self.buffer.scan(from, direction);
        self.work().1
    }
}

impl Screen for Logs {
    fn room(&self) -> Room {
        Room::Logs
    }

    fn typing(&self) -> bool {
        self.field.is_some() || self.over.as_ref().is_some_and(Over::typing)
    }

    fn title(&self, _ctx: &Ctx) -> String {
        let what = match &self.reading {
            Reading::Stdout => "Logs",
            _ if matches!(self.over, Some(Over::Files(_))) => "Log files",
            Reading::Previous => "Previous logs",
            Reading::Files(_) => "Log files",
            Reading::WhyNot => "Why it does not start",
            Reading::Rotated => "Rotated logs",
            Reading::Archive(_) => "Archived logs",
        };
        match self.of.as_slice() {
            [one] if self.reading == Reading::WhyNot => format!("{what}: {one}"),
            [one] => format!("{what} of {one}"),
            many if many.iter().all(|of| matches!(of, LogsOf::App(_))) => {
                format!("{what} of {}", count(many.len(), "app"))
            }
            many => format!("{what} of {} places", many.len()),
        }
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let effect = self.open(ctx);
        self.lay_out();
        vec![effect]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Logs(LogsEffect::Close(self.id))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        if let Some(source) = self.under() {
            return Some(ObjectRef::pod(&source.namespace, &source.pod));
        }
        self.of.first().map(|of| match of {
            LogsOf::App(key) => ObjectRef::app(key),
            LogsOf::Pod(Name { namespace, name }) | LogsOf::Container(Name { namespace, name }, _) => {
                ObjectRef::pod(namespace, name)
            }
        })
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        self.copy_text()
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        if let Some(over) = &self.over {
            return over.list(self);
        }
        let rows = self.window.rows(self.buffer.ring(), &self.buffer.view);
        // Lines are named by their place among those in sight, so that a click is a few steps away.
        let mut places = Vec::new();
        for row in &rows {
            if places.last() != Some(&row.line) {
                places.push(row.line);
            }
        }
        let at = |line: u64| places.iter().position(|known| *known == line);
        let above = std::iter::repeat_n(None, usize::from(self.above()));
        let rows = above.chain(rows.iter().map(|row| at(row.line))).collect();
        Some(List { cursor: at(self.window.cursor?)?, rows, ..List::default() })
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        if self.over.is_some() {
            self.over.as_mut().and_then(Over::dialog)?;
            self.press(mouse);
            return Some(Vec::new());
        }
        let actions = self.draw_selection(mouse);
        self.lay_out();
        actions
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let actions = self.run(ctx, command);
        self.lay_out();
        actions
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let actions = match self.field.is_some() {
            true => self.field_key(ctx, key),
            false => self.over_key(ctx, key),
        };
        self.lay_out();
        actions
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        match &mut self.field {
            Some(field) => {
                field.prompt.paste(text);
                self.field_typed(ctx)
            }
            None => {
                if let Some(over) = &mut self.over {
                    over.paste(text);
                }
                Vec::new()
            }
        }
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Logs(id, LogsReply::Download(_)) => {
                if let (Some(Over::Saving(dialog)), Some(saving)) = (&mut self.over, ctx.downloads.get(*id))
                    && self.saving == Some(*id)
                {
                    *dialog = saving.refreshed(dialog, ctx.clock);
                }
                (self.saving == Some(*id), Vec::new())
            }
            Message::Logs(id, reply) if *id == self.id => {
                let taken = self.take(ctx, reply);
                self.lay_out();
                self.said = said(self, ctx);
                taken
            }
            Message::Clock(_) => {
                let said = said(self, ctx);
                let differs = said != self.said;
                self.said = said;
                (differs, Vec::new())
            }
            _ => (false, Vec::new()),
        }
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.lay_out();
    }

    fn takes_back(&self) -> bool {
        self.over.is_some() || self.anchor.is_some() || self.buffer.seek.is_some() || self.filter != Filter::default()
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let slows = self.buffer.slows(ctx.clock.now).then(|| ctx.clock.now + chrono::TimeDelta::seconds(1));
        let relative = self.look.times == TimeStyle::Relative;
        let rows = if relative { self.window.rows(self.buffer.ring(), &self.buffer.view) } else { Vec::new() };
        let lines = rows.iter().filter_map(|row| self.buffer.ring().line(row.line));
        lines.map(|line| age_changes(time(line.time), ctx.clock.now)).chain(slows).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        draw::draw(self, ctx, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        if let Some(over) = &self.over {
            return over.hints();
        }
        let back = match () {
            () if self.anchor.is_some() => "end the selection",
            () if self.buffer.seek.is_some() => "end the search",
            () if self.filter != Filter::default() => "clear the filters",
            () => "back",
        };
        vec![
            (Command::Back, back),
            (Command::Filter, "filter"),
            (Command::Search, "search"),
            (Command::NextSource, "other sources"),
            (Command::Autoscroll, if self.window.follow { "stand still" } else { "follow" }),
            (Command::Open, "the line"),
            (Command::Level, "levels"),
            (Command::Wrap, "wrap"),
            (Command::Timestamps, "times"),
            (Command::Download, "download"),
            (Command::Legend, "sources"),
            (Command::Help, "help"),
        ]
    }
}
