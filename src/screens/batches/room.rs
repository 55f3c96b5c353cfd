//! The list's state and keys.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{Time, batch::BatchId};

use super::{ask::Asking, known::Known, look::Look, rows::COLUMNS, words};
use crate::{
    Action, BatchEffect, BatchReply, Command, Ctx, Effect, Key, List, Message, Mouse, Room, Scope, Screen, batch,
    listing::Listing,
    plan::sheet,
    widgets::text::{cut, time_of_day},
};

/// Rows below the list, about the batch under the cursor.
const FOOT: u16 = 4;

/// All batches.
pub(super) struct Batches {
    known: Known,
    listing: Listing<BatchId>,
    asking: Asking,
    size: (u16, u16),
}

impl Default for Batches {
    fn default() -> Self {
        let listing = Listing::new("batches", &COLUMNS, 2, Command::SortAge);
        Self { known: Known::default(), listing, asking: Asking::default(), size: (80, 21) }
    }
}

impl Batches {
    fn read(&mut self) -> Effect {
        self.known.reading = true;
        Effect::Batch(BatchEffect::History)
    }

    /// Rows that are kept for the batch under the cursor: none in a low terminal.
    fn foot(&self) -> u16 {
        if self.size.1 > 12 { FOOT } else { 0 }
    }

    fn open(&self, ctx: &Ctx) -> Vec<Action> {
        let Some(id) = self.listing.under() else { return Vec::new() };
        if ctx.run.is_some_and(|run| run.id == *id) {
            return vec![Action::Open(batch::open(Some(id.clone())))];
        }
        let found = self.known.get(ctx, id).map(|batch| batch.found.clone());
        found.map(|found| Action::Open(Box::new(Look::new(found)))).into_iter().collect()
    }

    fn draw_foot(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let Some(batch) = self.listing.under().and_then(|id| self.known.get(ctx, id)) else { return };
        let found = batch.found;
        let columns = usize::from(area.width).saturating_sub(1);
        let (scope, advice) = words::advice(ctx, &batch);
        let reason = if found.reason.is_empty() { "no reason given".to_owned() } else { found.reason.to_string() };
        let lines = [
            (Scope::Border, "─".repeat(columns)),
            (Scope::Heading, format!("{}: {} {}", found.id, words::what(found), words::place(found))),
            (Scope::Text, format!("{} by {} · {reason}", time_of_day(found.started, ctx.clock), words::who(found))),
            (scope, advice),
        ];
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(scope, text)| sheet::line(ctx, scope, format!(" {}", cut(&text, columns))))
            .collect();
        sheet::draw(ctx, frame, area, &lines, 0, None);
    }
}

impl Screen for Batches {
    fn room(&self) -> Room {
        Room::Batches
    }

    fn typing(&self) -> bool {
        self.asking.typing() || self.listing.typing()
    }

    fn title(&self, ctx: &Ctx) -> String {
        let all = self.known.batches(ctx);
        let open = all.iter().filter(|batch| batch.unfinished()).count();
        let title = match all.len() {
            0 => "Batches".to_owned(),
            1 => "1 batch".to_owned(),
            n => format!("{n} batches"),
        };
        if open > 0 { format!("{title}, {open} unfinished") } else { title }
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Batch(BatchEffect::Find), self.read()]
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        self.listing.under().map(ToString::to_string)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        (!self.asking.typing()).then(|| self.listing.list(ctx))
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        self.asking.mouse(mouse).then(Vec::new)
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let under = self.listing.under().cloned();
        match command {
            Command::Open => return self.open(ctx),
            Command::Reread => {
                let effects = [Effect::Batch(BatchEffect::Find), self.read()];
                self.listing.refresh(&self.known, ctx);
                return effects.into_iter().map(Action::Effect).collect();
            }
            Command::Save => return asked(under, BatchEffect::Export, "its journal is being written to a file …"),
            Command::Repeat => return self.asking.repeat(ctx, under),
            Command::Revert | Command::TakeOver => {
                let found = under.and_then(|id| self.known.get(ctx, &id)).map(|batch| batch.found.clone());
                return found.map(|found| self.asking.begin(ctx, &found, command)).unwrap_or_default();
            }
            other => {
                self.listing.command(&self.known, ctx, other);
            }
        }
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        if self.asking.typing() { self.asking.key(ctx, key) } else { self.listing.key(&self.known, ctx, key) }
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        if self.asking.typing() { Vec::new() } else { self.listing.paste(&self.known, ctx, text) }
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let (asked, mut actions) = self.asking.take(ctx, message);
        match message {
            Message::Batch(BatchReply::History(answer)) => self.known.take(answer, ctx.clock.now),
            Message::Batch(reply) => actions.extend(answered(reply)),
            Message::Run(_) | Message::Found(_) if self.known.is_outdated(ctx) => {
                actions.push(Action::Effect(self.read()));
            }
            Message::Run(_) | Message::Found(_) | Message::Clock(_) => {}
            _ => return (asked, actions),
        }
        (self.listing.refresh(&self.known, ctx) || asked, actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.asking.resize(size);
        self.listing.resize(&self.known, ctx, (size.0, size.1.saturating_sub(self.foot())));
    }

    fn takes_back(&self) -> bool {
        self.listing.filtered()
    }

    /// How long one takes that runs elsewhere is shown to the second.
    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let moves = self.known.batches(ctx).iter().any(words::moves);
        let second = moves.then(|| ctx.clock.now + chrono::TimeDelta::seconds(1));
        self.listing.wake_at().into_iter().chain(second).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let foot = self.foot().min(area.height);
        let list = Rect { height: area.height - foot, ..area };
        self.listing.draw(ctx, frame, list, &BTreeSet::new());
        self.draw_foot(ctx, frame, Rect { y: list.bottom(), height: foot, ..area });
        self.asking.draw(ctx, frame, area);
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        if self.asking.typing() {
            return Vec::new();
        }
        let batch = self.listing.under().and_then(|id| self.known.get(ctx, id));
        let open = batch.as_ref().is_some_and(|batch| batch.found.unfinished && batch.own.is_none());
        let mut hints = Vec::new();
        if batch.is_some() {
            hints.push((Command::Open, "look"));
        }
        if open {
            hints.push((Command::TakeOver, "go on"));
        }
        if batch.as_ref().is_some_and(|batch| words::has_something_to_take_back(batch.found)) {
            hints.push((Command::Revert, "take back"));
        }
        if batch.is_some() {
            hints.extend([(Command::Repeat, "repeat"), (Command::Save, "export")]);
        }
        let back = if self.listing.filtered() { "clear the filter" } else { "back" };
        hints.extend([(Command::Filter, "filter"), (Command::Reread, "look again"), (Command::Back, back)]);
        hints
    }
}

/// Asks something about a batch, and says that it is being done.
pub(super) fn asked(id: Option<BatchId>, ask: fn(BatchId) -> BatchEffect, said: &str) -> Vec<Action> {
    let Some(id) = id else { return Vec::new() };
    let note = Action::Note(false, format!("{id}: {said}").into());
    vec![note, Action::Effect(Effect::Batch(ask(id)))]
}

/// What came of what was asked of a journal. Only the room on top has asked.
pub(super) fn answered(reply: &BatchReply) -> Vec<Action> {
    match reply {
        BatchReply::Exported(id, Ok(file)) => vec![Action::Note(false, format!("{id} is written to {file}").into())],
        BatchReply::Exported(_, Err(why)) => vec![Action::Note(true, why.clone())],
        _ => Vec::new(),
    }
}
