//! The namespaces' state and keys.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{Time, model::ObjectRef, text::Clean};

use super::{
    NamespacesEffect,
    rows::{COLUMNS, Known},
};
use crate::{Action, Command, Ctx, Effect, Key, List, Message, Room, Screen, listing::Listing, widgets::text::count};

/// The namespaces.
pub struct Namespaces {
    known: Known,
    listing: Listing<Clean>,
    marks: BTreeSet<Clean>,
}

impl Default for Namespaces {
    fn default() -> Self {
        let listing = Listing::new("namespaces", &COLUMNS, 3, Command::SortName);
        Self { known: Known::default(), listing, marks: BTreeSet::new() }
    }
}

impl Namespaces {
    /// The marked ones, else the one under the cursor.
    fn chosen(&self) -> BTreeSet<Clean> {
        if self.marks.is_empty() { self.listing.under().cloned().into_iter().collect() } else { self.marks.clone() }
    }
}

impl Screen for Namespaces {
    fn room(&self) -> Room {
        Room::Namespaces
    }

    fn typing(&self) -> bool {
        self.listing.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        let all = count(self.listing.keys().len(), "namespace");
        if self.marks.is_empty() { all } else { format!("{all}, {} marked", self.marks.len()) }
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::NamespacesRoom(NamespacesEffect::Follow)]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::NamespacesRoom(NamespacesEffect::End)]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.listing.under().map(ObjectRef::namespace)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        Some(self.listing.list(ctx))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match command {
            Command::Open => {
                let chosen = self.chosen();
                return if chosen.is_empty() { Vec::new() } else { vec![Action::Scope(chosen)] };
            }
            Command::Mark => {
                if let Some(name) = self.listing.under().cloned()
                    && !self.marks.remove(&name)
                {
                    self.marks.insert(name);
                }
                self.listing.command(&self.known, ctx, Command::Down);
            }
            Command::MarkAll => self.marks.extend(self.listing.keys().iter().cloned()),
            Command::ClearMarks => self.marks.clear(),
            Command::Back if !self.listing.filtered() => self.marks.clear(),
            other => {
                self.listing.command(&self.known, ctx, other);
            }
        }
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.listing.key(&self.known, ctx, key)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        self.listing.paste(&self.known, ctx, text)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::NamespacesRoom(events) if self.known.kept.take_all(events.iter().cloned()) => {
                let known = &self.known.kept;
                if known.listed() {
                    let there: BTreeSet<&Clean> = known.iter().map(|(name, _)| &name.name).collect();
                    self.marks.retain(|name| there.contains(name));
                }
            }
            Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        (self.listing.refresh(&self.known, ctx), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.listing.resize(&self.known, ctx, size);
    }

    fn takes_back(&self) -> bool {
        self.listing.filtered() || !self.marks.is_empty()
    }

    fn wake_at(&self, _ctx: &Ctx) -> Option<Time> {
        self.listing.wake_at()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.listing.draw(ctx, frame, area, &self.marks);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let back = match (self.listing.filtered(), self.marks.is_empty()) {
            (true, _) => "clear the filter",
            (false, false) => "clear the marks",
            (false, true) => "back",
        };
        vec![
            (Command::Back, back),
            (Command::Open, if self.marks.is_empty() { "look at it" } else { "look at the marked" }),
            (Command::Mark, "mark"),
            (Command::AllNamespaces, "all"),
            (Command::SortHealth, "troubled first"),
            (Command::Filter, "filter"),
            (Command::Help, "help"),
        ]
    }
}
