//! A node's pods: which of them starves its neighbours.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    kept::Name,
    model::{AppKey, ObjectRef, Pod},
    text::Clean,
};

use super::{
    NodesEffect,
    known::Known,
    pods_rows::{COLUMNS, OfNode},
};
use crate::{
    Action, Command, Ctx, Effect, Key, List, Message, Room, Screen,
    containers::Containers,
    fleet::{intent, plan},
    listing::Listing,
};

/// The pods of one node, greediest first.
pub struct NodePods {
    of: OfNode,
    listing: Listing<Name>,
}

impl NodePods {
    /// Of the node of this name.
    pub fn new(node: Clean) -> Self {
        let listing = Listing::new("node-pods", &COLUMNS, 2, Command::SortCpu);
        Self { of: OfNode { known: Known::new(Some(node.clone())), name: node }, listing }
    }

    fn pod<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a Pod> {
        let under = self.listing.under()?;
        ctx.fleet.pod(&under.namespace, &under.name).map(|row| row.pod)
    }

    fn app(&self, ctx: &Ctx) -> Option<AppKey> {
        let pod = self.pod(ctx)?;
        let (kind, name) = pod.app.as_ref()?;
        let key = AppKey { namespace: pod.namespace.clone(), name: name.clone(), kind: *kind };
        ctx.fleet.app(&key).is_some().then_some(key)
    }
}

impl Screen for NodePods {
    fn room(&self) -> Room {
        Room::Nodes
    }

    fn typing(&self) -> bool {
        self.listing.typing()
    }

    fn title(&self, ctx: &Ctx) -> String {
        format!("Pods on {}: {}", self.of.name, ctx.fleet.load(&self.of.name).pods)
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        let name = self.of.name.clone();
        let of = Some(name.clone());
        vec![Effect::Nodes(NodesEffect::Follow(of.clone())), Effect::Nodes(NodesEffect::Look(of, vec![name]))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Nodes(NodesEffect::End(Some(self.of.name.clone())))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.listing.under().map(|pod| ObjectRef::pod(&pod.namespace, &pod.name))
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        Some(self.listing.list(ctx))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return match self.app(ctx) {
                Some(app) => plan(intent, vec![app]),
                None => vec![Action::Note(false, "This pod belongs to no app in view.".into())],
            };
        }
        if self.listing.command(&self.of, ctx, command) {
            return Vec::new();
        }
        match command {
            Command::Open => {
                let name = self.listing.under().cloned();
                name.map(|name| Action::Open(Box::new(Containers::new(name)))).into_iter().collect()
            }
            Command::Page => match self.app(ctx) {
                Some(app) => vec![Action::Open(Box::new(crate::app::AppPage::new(app)))],
                None => vec![Action::Note(false, "This pod belongs to no app in view.".into())],
            },
            Command::Forward => {
                let id = self.pod(ctx).map(|pod| rolldeck_core::act::Target::of(pod).id);
                id.map(|pod| crate::forwards::ask(ctx, pod)).unwrap_or_default()
            }
            Command::Shell | Command::Attach => {
                let what = crate::shell::What::of(command);
                self.pod(ctx).map(|pod| crate::shell::of_pod(ctx, pod, what)).unwrap_or_default()
            }
            Command::Delete => crate::act::ask(ctx, &self.pod(ctx).into_iter().collect::<Vec<_>>()),
            _ => Vec::new(),
        }
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.listing.key(&self.of, ctx, key)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        self.listing.paste(&self.of, ctx, text)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Nodes(reply) if self.of.known.take(reply) => {}
            Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        (self.listing.refresh(&self.of, ctx), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.listing.resize(&self.of, ctx, size);
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
            (Command::Open, "containers"),
            (Command::Page, "its app"),
            (Command::SortCpu, "by CPU"),
            (Command::SortMemory, "by memory"),
            (Command::Delete, "evict it"),
            (Command::SortNet, "by network"),
            (Command::Filter, "filter"),
            (Command::Help, "help"),
        ]
    }
}
