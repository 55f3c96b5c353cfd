//! What tests of screens share: a fleet made of updates, keys from a script, and the screen as text.

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Style};
use rolldeck_core::{
    Time,
    fleet::{Freshness, Object, Resource, Source, SourceEvent, Update},
    model::{
        App, AppKey, AppKind, Condition, Container, ContainerState, Counts, Hpa, HpaMetric, Image, Pod, PodPhase,
        PodUsage, Requests, Strategy,
    },
    text::Clean,
};

use crate::{Clock, Effect, Keymap, KeymapFile, Message, Screen, Session, State, Theme, ThemeFile, draw, update};

/// Every moment of a test is told in seconds before this one.
pub const NOW: &str = "2026-11-22T14:05:02Z";

/// So many seconds before [`NOW`].
pub fn ago(seconds: i64) -> Time {
    NOW.parse::<Time>().expect("a time") - chrono::TimeDelta::seconds(seconds)
}

/// The clock at [`NOW`], in UTC.
pub fn clock() -> Clock {
    Clock { now: ago(0), offset: 0 }
}

/// The built-in keys.
pub fn keymap() -> Keymap {
    let file: KeymapFile = toml::from_str(include_str!("../../keymaps/default.toml")).expect("a keymap");
    file.try_into().expect("no key twice")
}

/// The built-in colours for dark terminals.
pub fn theme() -> Theme {
    let file: ThemeFile = toml::from_str(include_str!("../../themes/dark.toml")).expect("a theme");
    file.try_into().expect("colours")
}

/// Someone on a cluster, with these namespaces in view (none: all).
pub fn session(namespaces: &[&str]) -> Session {
    Session {
        context: "shop-eu".into(),
        server: "https://127.0.0.1:6443".into(),
        user: "dana".into(),
        namespaces: namespaces.iter().map(|&name| Clean::new(name)).collect(),
        readonly: false,
    }
}

/// An app's key.
pub fn key(namespace: &str, name: &str, kind: AppKind) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind }
}

/// A healthy Deployment of `replicas`, rolled out an hour ago, with one container `main`.
pub fn app(namespace: &str, name: &str, tag: &str, replicas: u32) -> App {
    App {
        key: key(namespace, name, AppKind::Deployment),
        uid: format!("uid-{namespace}-{name}").into(),
        created: Some(ago(40 * 86_400)),
        generation: 3,
        observed: 3,
        counts: Counts { wanted: replicas, current: replicas, updated: replicas, ready: replicas, available: replicas },
        paused: false,
        strategy: Strategy::Rolling { max_surge: "25%".into(), max_unavailable: "25%".into(), partition: 0 },
        parallel: false,
        images: [Image {
            container: "main".into(),
            image: format!("registry.local/{namespace}/{name}:{tag}").into(),
            init: false,
        }]
        .into(),
        requests: Requests { cpu_milli: Some(250), memory: Some(256 << 20) },
        conditions: [
            condition("Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability."),
            condition("Progressing", true, "NewReplicaSetAvailable", "ReplicaSet has successfully progressed."),
        ]
        .into(),
        revision: "3".into(),
        current_revision: Clean::default(),
        batch: Clean::default(),
        managed_by: Clean::default(),
    }
}

/// A condition of an hour ago.
pub fn condition(kind: &str, holds: bool, reason: &str, message: &str) -> Condition {
    Condition {
        kind: kind.into(),
        holds: Some(holds),
        reason: reason.into(),
        message: message.into(),
        at: Some(ago(3_700)),
    }
}

/// The nth pod of an app: runs its image, ready, an hour old.
pub fn pod(app: &App, n: usize) -> Pod {
    let image = app.images[0].image.clone();
    Pod {
        namespace: app.key.namespace.clone(),
        name: format!("{}-7d9f-{n:05}", app.key.name).into(),
        uid: format!("{}-{n}", app.uid).into(),
        app: Some((app.key.kind, app.key.name.clone())),
        revision: "7d9f".into(),
        node: "node-a".into(),
        phase: PodPhase::Running,
        reason: Clean::default(),
        unschedulable: Clean::default(),
        ready: true,
        ending: false,
        gates: (0, 0),
        created: Some(ago(3_700)),
        containers: [Container {
            name: app.images[0].container.clone(),
            digest: format!("sha256:{:064x}", image.len()).into(),
            image,
            ready: true,
            init: false,
            sidecar: false,
            started: true,
            restarts: 0,
            state: ContainerState::Running(Some(ago(3_690))),
            last: None,
        }]
        .into(),
    }
}

/// A pod whose container crashes: `n` restarts, the last by the memory limit, three minutes ago.
pub fn crashing(app: &App, n: usize, restarts: u32) -> Pod {
    let mut pod = pod(app, n);
    pod.ready = false;
    let container = &mut pod.containers[0];
    container.ready = false;
    container.restarts = restarts;
    container.state = ContainerState::Waiting("CrashLoopBackOff".into(), "back-off 40s".into());
    container.last = Some(("OOMKilled".into(), 137, Some(ago(190))));
    pod
}

/// An autoscaler of an app, at 43% of 60%.
pub fn hpa(app: &App, pinned: bool) -> Hpa {
    Hpa {
        namespace: app.key.namespace.clone(),
        name: app.key.name.clone(),
        target: Some((app.key.kind, app.key.name.clone())),
        min: 2,
        max: 10,
        current: app.counts.current,
        desired: app.counts.wanted,
        metrics: [HpaMetric { name: "cpu".into(), now: Some("43%".into()), target: "60%".into() }].into(),
        pinned,
        broken: Clean::default(),
        managed_by: Clean::default(),
    }
}

/// Six apps in two namespaces: one crashes, one is half-way, one is scaled to 0; names wide and hostile among them.
pub fn shop() -> Vec<Object> {
    let gateway = app("qa", "gateway", "v1.2.0", 3);
    let mut orders = app("qa", "orders", "v1.2.0", 2);
    (orders.counts.ready, orders.counts.available) = (1, 1);
    let mut db = app("qa", "db", "16.4", 1);
    db.key.kind = AppKind::StatefulSet;
    let mut idle = app("prod", "idle", "v0.9", 0);
    idle.conditions = Box::default();
    let wide = app("prod", "订单-服务", "v2.0.0", 1);
    let hostile = app("prod", "e\u{1b}[2Jvil\u{202e}", "v1\u{7}", 1);
    let mut out = vec![Object::Hpa(hpa(&gateway, false).into())];
    out.extend((0..3).map(|n| Object::Pod(pod(&gateway, n).into())));
    out.extend(
        [pod(&orders, 0), crashing(&orders, 1, 7), pod(&db, 0), pod(&wide, 0), pod(&hostile, 0)]
            .map(|p| Object::Pod(p.into())),
    );
    out.extend([gateway, orders, db, idle, wide, hostile].map(|app| Object::App(app.into())));
    out
}

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
        let session = session(namespaces);
        let scope = session.namespaces.iter().cloned().collect();
        let mut state = State::new(session, keymap(), theme(), clock(), size);
        let effects = state.start();
        Self { state, effects, scope, size }
    }

    /// A console with [`shop`] listed, live, and metrics known.
    pub fn shop(size: (u16, u16)) -> Self {
        let mut stage = Self::new(size, &[]);
        stage.apply(shop());
        stage.all(Freshness::Live);
        stage.usage(&[("qa", "gateway-7d9f-00000", 120, 100 << 20), ("qa", "orders-7d9f-00000", 10, 250 << 20)]);
        stage
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
        let source = Arc::new(self.sources(which).remove(0));
        let event = SourceEvent::Deleted { namespace: key.namespace.clone(), name: key.name.clone() };
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
        self.state.open(room);
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
