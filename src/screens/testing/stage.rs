//! A console in a test: messages and keys in, the screen out.

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Style};
use rolldeck_core::{
    fleet::{Freshness, Object, Resource, Source, SourceEvent, Update},
    model::{AppKey, AppKind, PodUsage},
    text::Clean,
};

use super::{ago, clock, keymap, session, shop, theme};
use crate::{Click, Clock, Effect, Message, Mouse, Screen, State, draw, update};

fn resource(object: &Object) -> Resource {
    match object {
        Object::Pod(_) => Resource::Pods,
        Object::Hpa(_) => Resource::Hpas,
        Object::App(app) => match app.key.kind {
            AppKind::Deployment => Resource::Deployments,
            AppKind::StatefulSet => Resource::StatefulSets,
            AppKind::DaemonSet => Resource::DaemonSets,
        },
    }
}

/// A console in a test: the state, and what it asked for.
pub struct Stage {
    /// The state.
    pub state: State,
    /// Every effect so far, of the start too.
    pub effects: Vec<Effect>,
    scope: BTreeSet<Clean>,
    size: (u16, u16),
}

impl Stage {
    /// A console of this size (columns, rows), started, with nothing heard yet.
    pub fn new(size: (u16, u16), namespaces: &[&str]) -> Self {
        Self::of(size, session(namespaces))
    }

    fn of(size: (u16, u16), session: crate::Session) -> Self {
        let scope = session.namespaces.iter().cloned().collect();
        let mut state = State::new(session, keymap(), theme(), clock(), size);
        let effects = state.start();
        Self { state, effects, scope, size }
    }

    /// A console of this size whose user chose these columns.
    pub fn with_columns(size: (u16, u16), columns: crate::widgets::Columns) -> Self {
        let mut stage = Self::new(size, &[]);
        stage.state = State::new(session(&[]), keymap(), theme(), clock(), size).with_columns(columns);
        stage.effects = stage.state.start();
        stage
    }

    /// A console with [`shop`] listed, live, and metrics known.
    pub fn shop(size: (u16, u16)) -> Self {
        Self::new(size, &[]).filled()
    }

    /// [`Self::shop`] in a session that may write nothing.
    pub fn read_only(size: (u16, u16)) -> Self {
        Self::of(size, crate::Session { readonly: true, ..session(&[]) }).filled()
    }

    /// [`Self::shop`] with these guards.
    pub fn guarded(size: (u16, u16), guards: rolldeck_core::batch::guard::Guards) -> Self {
        Self::of(size, crate::Session { guards, ..session(&[]) }).filled()
    }

    fn filled(mut self) -> Self {
        let stage = &mut self;
        stage.apply(shop());
        stage.all(Freshness::Live);
        stage.usage(&[("qa", "gateway-7d9f-00000", 120, 100 << 20), ("qa", "orders-7d9f-00000", 10, 250 << 20)]);
        self
    }

    /// Takes a message.
    pub fn message(&mut self, message: Message) -> &mut Self {
        self.effects.extend(update(&mut self.state, message));
        self
    }

    /// The sources of a resource.
    pub fn sources(&self, resource: Resource) -> Vec<Source> {
        crate::sources(&self.scope).into_iter().filter(|source| source.resource == resource).collect()
    }

    /// Objects exist, or changed; their lists are complete afterwards, without anything gone.
    pub fn apply(&mut self, objects: Vec<Object>) -> &mut Self {
        let updates = objects
            .into_iter()
            .map(|object| {
                let source = Arc::new(self.sources(resource(&object)).remove(0));
                Update { source, event: SourceEvent::Applied(object) }
            })
            .collect();
        self.message(Message::Fleet(updates))
    }

    /// An app is gone.
    pub fn delete(&mut self, key: &AppKey) -> &mut Self {
        let which = match key.kind {
            AppKind::Deployment => Resource::Deployments,
            AppKind::StatefulSet => Resource::StatefulSets,
            AppKind::DaemonSet => Resource::DaemonSets,
        };
        self.gone(which, &key.namespace, &key.name)
    }

    /// An object that is gone.
    pub fn gone(&mut self, which: Resource, namespace: &Clean, name: &Clean) -> &mut Self {
        let source = Arc::new(self.sources(which).remove(0));
        let event = SourceEvent::Deleted { namespace: namespace.clone(), name: name.clone() };
        self.message(Message::Fleet(vec![Update { source, event }]))
    }

    /// The freshness of a resource, in every scope; `Live` completes its list.
    pub fn fresh(&mut self, resource: Resource, fresh: Freshness) -> &mut Self {
        for source in self.sources(resource) {
            let message = if resource == Resource::PodMetrics {
                Message::Freshness(source, fresh.clone())
            } else {
                let source = Arc::new(source);
                let listed = (fresh == Freshness::Live).then_some(SourceEvent::Listed);
                let events = listed.into_iter().chain([SourceEvent::Fresh(fresh.clone())]);
                Message::Fleet(events.map(|event| Update { source: source.clone(), event }).collect())
            };
            self.message(message);
        }
        self
    }

    /// The freshness of every resource.
    pub fn all(&mut self, fresh: Freshness) -> &mut Self {
        for resource in Resource::WATCHED.into_iter().chain([Resource::PodMetrics]) {
            self.fresh(resource, fresh.clone());
        }
        self
    }

    /// A poll of metrics over all namespaces: namespace, pod, thousandths of a core, bytes.
    pub fn usage(&mut self, pods: &[(&str, &str, u64, u64)]) -> &mut Self {
        let usage = |&(namespace, pod, cpu_milli, memory): &(&str, &str, u64, u64)| PodUsage {
            namespace: namespace.into(),
            pod: pod.into(),
            cpu_milli,
            memory,
        };
        self.message(Message::Usage(None, pods.iter().map(usage).collect()))
    }

    /// Presses keys: names separated by blanks.
    pub fn keys(&mut self, script: &str) -> &mut Self {
        for key in script.split_whitespace() {
            self.message(Message::Key(key.parse().expect("a key")));
        }
        self
    }

    /// Does something with the mouse at this column and row of the screen.
    pub fn mouse(&mut self, click: Click, column: u16, row: u16) -> &mut Self {
        self.message(Message::Mouse(Mouse { click, column, row }))
    }

    /// The row of the screen that shows this text.
    #[track_caller]
    pub fn row(&self, text: &str) -> u16 {
        let at = self.text().lines().position(|line| line.contains(text));
        at.unwrap_or_else(|| panic!("{text:?} is not on the screen:\n{}", self.text())) as u16
    }

    /// Types text, character by character.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
            self.message(Message::Key(key.parse().expect("a key")));
        }
        self
    }

    /// Opens a room over the fleet.
    pub fn open(&mut self, room: Box<dyn Screen>) -> &mut Self {
        self.effects.extend(self.state.open(room));
        self
    }

    /// So many seconds after [`NOW`].
    pub fn at(&mut self, seconds: i64) -> &mut Self {
        self.message(Message::Clock(Clock { now: ago(-seconds), offset: 0 }))
    }

    fn frame(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a test backend");
        terminal.draw(|frame| draw(&self.state, frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    /// The screen as text, without blanks at the ends of lines.
    pub fn text(&self) -> String {
        let buffer = self.frame();
        let lines = (0..self.size.1).map(|y| {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..self.size.0 {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                    skip = crate::widgets::text::width(symbol).max(1);
                }
                skip -= 1;
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The screen as pieces of one style each, a line of output for each line of the screen: for where colours matter.
    pub fn styles(&self) -> String {
        let buffer = self.frame();
        let mut out = String::new();
        for y in 0..self.size.1 {
            let mut pieces: Vec<(Style, String)> = Vec::new();
            for x in 0..self.size.0 {
                let cell = &buffer[(x, y)];
                match pieces.last_mut() {
                    Some((style, text)) if *style == cell.style() => text.push_str(cell.symbol()),
                    _ => pieces.push((cell.style(), cell.symbol().to_owned())),
                }
            }
            for (style, text) in pieces.iter().filter(|(_, text)| !text.trim().is_empty()) {
                out += &format!("{y:>2} {:<40} {}\n", text.trim(), look(*style));
            }
        }
        out
    }

    /// Whether the screen shows this text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        let screen = self.text();
        assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
        self
    }

    /// Whether the screen does not show this text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        let screen = self.text();
        assert!(!screen.contains(text), "{text:?} is on the screen:\n{screen}");
        self
    }
}

fn look(style: Style) -> String {
    let colour = |colour: Option<ratatui::style::Color>| colour.map_or("-".to_owned(), |colour| colour.to_string());
    format!("{} on {} {:?}", colour(style.fg), colour(style.bg), style.add_modifier)
}

/// A fleet in each state that a screen can be in, by name: normal, empty, loading, stale, forbidden.
pub fn states(size: (u16, u16)) -> [(&'static str, Stage); 5] {
    let mut empty = Stage::new(size, &["qa"]);
    empty.all(Freshness::Live);
    let mut loading = Stage::new(size, &[]);
    loading.fresh(Resource::Pods, Freshness::Loading { seen: 1200, of: Some(20_024) });
    let mut stale = Stage::shop(size);
    stale.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    let mut forbidden = Stage::new(size, &[]);
    for resource in Resource::WATCHED {
        let what = format!("list {} in all namespaces", resource.name());
        forbidden.fresh(resource, Freshness::Forbidden(what.into()));
    }
    forbidden.fresh(Resource::PodMetrics, Freshness::Absent);
    let normal = Stage::shop(size);
    [("normal", normal), ("empty", empty), ("loading", loading), ("stale", stale), ("forbidden", forbidden)]
}
