//! The events' state and keys.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    events::About,
    kept::Name,
    model::{AppKey, AppKind, ObjectRef},
    text::Clean,
};

use super::{
    EventsEffect, EventsOf,
    rows::{COLUMNS, Key, Streams},
};
use crate::{
    Action, Command, Ctx, Effect, Key as Pressed, List, Message, Room, Screen, listing::Listing, widgets::text::count,
};

/// Events.
pub struct Events {
    streams: Streams,
    listing: Listing<Key>,
}

impl Events {
    /// Of the namespaces in view, or about one object.
    pub fn new(about: Option<ObjectRef>) -> Self {
        Self {
            streams: Streams { about, streams: BTreeMap::new() },
            listing: Listing::new("events", &COLUMNS, 2, Command::SortAge),
        }
    }

    /// The streams that the room needs: the server selects by one object; an app's whole family is picked from its namespace.
    fn wanted(&self, ctx: &Ctx) -> Vec<EventsOf> {
        let of = |namespace: &Clean| EventsOf { namespace: namespace.clone(), about: None };
        match (&self.streams.about, self.streams.app()) {
            (_, Some(app)) => vec![of(&app.namespace)],
            (Some(object), None) => {
                vec![EventsOf { namespace: object.namespace.clone(), about: Some(object.clone()) }]
            }
            (None, None) if ctx.scope.is_empty() => vec![of(&Clean::default())],
            (None, None) => ctx.scope.iter().map(of).collect(),
        }
    }

    /// Where enter goes: what the line under the cursor is about, by the room that shows it best.
    fn go(&self, ctx: &Ctx, about: &About) -> Vec<Action> {
        let open = |room: Box<dyn Screen>| vec![Action::Open(room)];
        if let Some(app) = app_of(ctx, about) {
            return open(Box::new(crate::app::AppPage::new(app)));
        }
        match &*about.kind {
            "Pod" => open(Box::new(crate::containers::Containers::new(Name::new(&about.namespace, &about.name)))),
            "Node" => open(Box::new(crate::nodes::NodePods::new(about.name.clone()))),
            _ => {
                let key = ctx.keymap.key(Room::Events, Command::Describe);
                let how = key.map(|key| format!(": {key} describes it")).unwrap_or_default();
                vec![Action::Note(false, format!("No room of its own for a {}{how}", about.kind).into())]
            }
        }
    }
}

/// The app that an event is about: itself, or by its ReplicaSet or autoscaler.
fn app_of(ctx: &Ctx, about: &About) -> Option<AppKey> {
    let known = |kind: AppKind, name: &str| {
        let key = AppKey { namespace: about.namespace.clone(), name: name.into(), kind };
        ctx.fleet.app(&key).is_some().then_some(key)
    };
    match &*about.kind {
        "ReplicaSet" => known(AppKind::Deployment, about.name.rsplit_once('-')?.0),
        "HorizontalPodAutoscaler" => {
            let aims = |hpa: &rolldeck_core::model::Hpa| hpa.namespace == about.namespace && hpa.name == about.name;
            let row = ctx.fleet.rows().find(|row| row.hpa.as_deref().is_some_and(aims))?;
            Some(row.app.key.clone())
        }
        kind => known(AppKind::ALL.into_iter().find(|app| app.name() == kind)?, &about.name),
    }
}

impl Screen for Events {
    fn room(&self) -> Room {
        Room::Events
    }

    fn typing(&self) -> bool {
        self.listing.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        match &self.streams.about {
            Some(object) => format!("Events about {object}"),
            None => format!("Events: {}", count(self.listing.keys().len(), "line")),
        }
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let wanted = self.wanted(ctx);
        self.streams.streams = wanted.iter().map(|of| (of.clone(), Default::default())).collect();
        self.listing.refresh(&self.streams, ctx);
        wanted.into_iter().map(|of| Effect::Events(EventsEffect::Follow(of))).collect()
    }

    fn left(&mut self) -> Vec<Effect> {
        let streams = std::mem::take(&mut self.streams.streams);
        streams.into_keys().map(|of| Effect::Events(EventsEffect::End(of))).collect()
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.listing.under().map(|(about, ..)| about.object())
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        Some(self.listing.list(ctx))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if self.listing.command(&self.streams, ctx, command) {
            return Vec::new();
        }
        match (command, self.listing.under()) {
            (Command::Open, Some((about, ..))) => self.go(ctx, about),
            _ => Vec::new(),
        }
    }

    fn key(&mut self, ctx: &Ctx, key: Pressed) -> Vec<Action> {
        self.listing.key(&self.streams, ctx, key)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        self.listing.paste(&self.streams, ctx, text)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Events(reply) => {
                let Some(kept) = self.streams.streams.get_mut(&reply.of) else { return (false, Vec::new()) };
                if !kept.take_all(reply.events.iter().cloned()) {
                    return (false, Vec::new());
                }
            }
            Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        (self.listing.refresh(&self.streams, ctx), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.listing.resize(&self.streams, ctx, size);
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
            (Command::Open, "go to it"),
            (Command::Describe, "describe"),
            (Command::SortHealth, "warnings first"),
            (Command::Filter, "filter"),
            (Command::Help, "help"),
        ]
    }
}
