//! The nodes' state and keys.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{Time, model::ObjectRef, text::Clean};

use super::{NodePods, NodesEffect, known::Known, rows::COLUMNS};
use crate::{Action, Command, Ctx, Effect, Key, List, Message, Room, Screen, listing::Listing, widgets::text::count};

/// The nodes.
pub struct Nodes {
    known: Known,
    listing: Listing<Clean>,
    /// Whose kubelets are asked.
    looked: Vec<Clean>,
}

impl Default for Nodes {
    fn default() -> Self {
        Self::new()
    }
}

impl Nodes {
    /// The nodes, by name.
    pub fn new() -> Self {
        let listing = Listing::new("nodes", &COLUMNS, 2, Command::SortName);
        Self { known: Known::new(None), listing, looked: Vec::new() }
    }

    /// Asks the kubelets of the nodes in sight, where those are others than before.
    fn look(&mut self) -> Vec<Action> {
        let sight = self.listing.sight();
        if self.looked == sight {
            return Vec::new();
        }
        self.looked = sight.to_vec();
        vec![Action::Effect(Effect::Nodes(NodesEffect::Look(None, self.looked.clone())))]
    }
}

impl Screen for Nodes {
    fn room(&self) -> Room {
        Room::Nodes
    }

    fn typing(&self) -> bool {
        self.listing.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        if self.known.nodes.listed() { count(self.known.nodes.len(), "node") } else { "Nodes".to_owned() }
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        // Whoever comes back from another context has nodes in sight already.
        self.looked = self.listing.sight().to_vec();
        let look = (!self.looked.is_empty()).then(|| NodesEffect::Look(None, self.looked.clone()));
        [NodesEffect::Follow(None)].into_iter().chain(look).map(Effect::Nodes).collect()
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Nodes(NodesEffect::End(None))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.listing.under().map(ObjectRef::node)
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        Some(self.listing.list(ctx))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if self.listing.command(&self.known, ctx, command) {
            return self.look();
        }
        match (command, self.listing.under()) {
            (Command::Open, Some(node)) => vec![Action::Open(Box::new(NodePods::new(node.clone())))],
            (Command::Page | Command::Shell | Command::Attach | Command::Forward, Some(node)) => of_a_pod(ctx, node),
            (command, Some(node)) if command.writes() => of_a_pod(ctx, node),
            _ => Vec::new(),
        }
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let mut actions = self.listing.key(&self.known, ctx, key);
        actions.extend(self.look());
        actions
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        self.listing.paste(&self.known, ctx, text)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Nodes(reply) if self.known.take(reply) => {}
            Message::Fleet(_) | Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        let changed = self.listing.refresh(&self.known, ctx);
        (changed, self.look())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.listing.resize(&self.known, ctx, size);
    }

    fn takes_back(&self) -> bool {
        self.listing.filtered()
    }

    fn wake_at(&self, _ctx: &Ctx) -> Option<Time> {
        self.listing.wake_at()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.listing.draw(ctx, frame, area, &BTreeSet::new());
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the filter" } else { "back" }),
            (Command::Open, "its pods"),
            (Command::SortCpu, "by CPU"),
            (Command::SortMemory, "by memory"),
            (Command::Filter, "filter"),
            (Command::Events, "events"),
            (Command::Wide, "wide"),
            (Command::Help, "help"),
        ]
    }
}

/// What a key for pods says on a node.
fn of_a_pod(ctx: &Ctx, node: &str) -> Vec<Action> {
    let key = ctx.keymap.key(Room::Nodes, Command::Open);
    let how = key.map(|key| format!(": {key} lists those of {node}")).unwrap_or_default();
    vec![Action::Note(false, format!("That key is for a pod{how}").into())]
}
