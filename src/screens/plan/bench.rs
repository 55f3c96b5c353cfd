//! A bench for rooms in tests: a room under the real keymap, driven by key scripts, looked at as text.

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use rolldeck_core::{
    Time,
    batch::{Check, Found, Plan, Run, seen::Repush},
    fleet::Fleet,
    model::{AppKey, AppKind, Image, KubeContext, Revision},
    text::Clean,
};
use serde_json::{Value, json};

use crate::{
    Action, BatchEffect, Clock, Command, Ctx, Effect, Key, Keymap, KeymapFile, Message, PlanEffect, PlanRead,
    PlanReply, Screen, Session, Theme,
    widgets::text::{left, width},
};

/// Snapshots of a bench at both sizes.
macro_rules! looks {
    ($name:literal, $bench:expr) => {{
        let bench: &mut $crate::plan::bench::Bench = &mut $bench;
        insta::assert_snapshot!(concat!($name, "_80x24"), bench.screen(80, 21));
        insta::assert_snapshot!(concat!($name, "_160x50"), bench.screen(160, 47));
    }};
}

pub(crate) use looks;

/// A room and all that it looks at.
pub(crate) struct Bench {
    pub(crate) fleet: Fleet,
    pub(crate) session: Session,
    pub(crate) keymap: Keymap,
    pub(crate) theme: Theme,
    pub(crate) clock: Clock,
    pub(crate) run: Option<Arc<Run>>,
    pub(crate) found: Vec<Found>,
    pub(crate) scope: BTreeSet<Clean>,
    pub(crate) contexts: Vec<KubeContext>,
    pub(crate) room: Box<dyn Screen>,
    /// What the room asked for, and has not been looked at.
    pub(crate) effects: Vec<Effect>,
    /// The last thing said at the bottom.
    pub(crate) said: String,
    /// The marks were cleared.
    pub(crate) cleared: bool,
    /// The room was left.
    pub(crate) left: bool,
}

/// A moment of the tests' day: 14:05:02 and so many seconds.
pub(crate) fn at(seconds: i64) -> Time {
    "2026-11-22T14:05:02Z".parse::<Time>().expect("a time") + chrono::TimeDelta::seconds(seconds)
}

/// A Deployment of this name in `namespace`.
pub(crate) fn deploy(namespace: &str, name: &str) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind: AppKind::Deployment }
}

impl Bench {
    pub(crate) fn new(room: Box<dyn Screen>, effects: Vec<Effect>) -> Self {
        let file: KeymapFile = toml::from_str(include_str!("../../../keymaps/default.toml")).expect("a keymap");
        let mut bench = Self {
            fleet: Fleet::default(),
            session: Session {
                context: "staging".into(),
                server: "https://127.0.0.1:6443".into(),
                user: "kim".into(),
                namespaces: Vec::new(),
                readonly: false,
                demo: false,
                ..Session::default()
            },
            keymap: file.try_into().expect("no key twice"),
            theme: Theme::default(),
            clock: Clock { now: at(0), offset: 0 },
            run: None,
            found: Vec::new(),
            scope: BTreeSet::new(),
            contexts: Vec::new(),
            room,
            effects,
            said: String::new(),
            cleared: false,
            left: false,
        };
        bench.with(|room, ctx| room.resize(ctx, (80, 21)));
        bench
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Screen, &Ctx) -> T) -> T {
        let columns = Default::default();
        let ctx = Ctx {
            fleet: &self.fleet,
            session: &self.session,
            keymap: &self.keymap,
            theme: &self.theme,
            clock: self.clock,
            run: self.run.as_deref(),
            found: &self.found,
            scope: &self.scope,
            seen: &Default::default(),
            contexts: &self.contexts,
            parked: &[],
            wide: false,
            filters: &[],
            columns: &columns,
            shells: &Default::default(),
            forwards: &Default::default(),
            downloads: &Default::default(),
            copies: &Default::default(),
        };
        act(&mut *self.room, &ctx)
    }

    /// The room is entered.
    pub(crate) fn enter(&mut self) {
        let effects = self.with(|room, ctx| room.entered(ctx));
        self.effects.extend(effects);
    }

    /// The batches whose revert the room asked for.
    pub(crate) fn reverts(&self) -> Vec<&str> {
        let ids = self.effects.iter().filter_map(|effect| match effect {
            Effect::Batch(BatchEffect::Order(id, _) | BatchEffect::TakeOver { id, .. }) => Some(id.0.as_str()),
            _ => None,
        });
        ids.collect()
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Effect(effect) => self.effects.push(effect),
                Action::Open(room) | Action::Replace(room) => {
                    self.room = room;
                    self.enter();
                }
                Action::Back => self.left = true,
                Action::Note(_, text) => self.said = text.to_string(),
                Action::Mark(_) => {}
                Action::ClearMarks => self.cleared = true,
                Action::Filtered(_)
                | Action::Scope(_)
                | Action::Shell(_)
                | Action::Command(_)
                | Action::Forward(_)
                | Action::EndForward(_)
                | Action::Download(_)
                | Action::Copies(_) => {}
            }
        }
    }

    /// Presses keys, named as the keymap names them, as the frame hands them to a room.
    pub(crate) fn press(&mut self, script: &str) {
        for word in script.split_whitespace() {
            let key: Key = word.parse().expect("a key");
            let typing = self.room.typing();
            let command = self.keymap.command(self.room.room(), key);
            self.said.clear();
            let actions = match command {
                _ if typing => self.with(|room, ctx| room.key(ctx, key)),
                Some(Command::Back) => vec![Action::Back],
                Some(command) => self.with(|room, ctx| room.command(ctx, command)),
                None => Vec::new(),
            };
            self.act(actions);
        }
    }

    /// Types a text, a key for each character.
    pub(crate) fn text(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(&Key { code: crate::Code::Char(c), ctrl: false, alt: false }.to_string()));
    }

    /// Pastes a text, where the room takes text.
    pub(crate) fn paste(&mut self, text: &str) {
        if self.room.typing() {
            let actions = self.with(|room, ctx| room.paste(ctx, text));
            self.act(actions);
        }
    }

    /// A message arrives; returns whether the room says that it looks different.
    pub(crate) fn hear(&mut self, message: Message) -> bool {
        match &message {
            Message::Run(run) => self.run = Some(run.clone()),
            Message::Found(found) => self.found.clone_from(found),
            Message::Contexts(Ok(contexts)) => self.contexts.clone_from(contexts),
            _ => {}
        }
        let (changed, actions) = self.with(|room, ctx| room.message(ctx, &message));
        self.act(actions);
        changed
    }

    /// The keys that the room offers.
    pub(crate) fn hints(&mut self) -> Vec<(Command, &'static str)> {
        self.with(|room, ctx| room.hints(ctx))
    }

    /// The room as text, the title above it.
    pub(crate) fn screen(&mut self, columns: u16, rows: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("no IO");
        let title = self.with(|room, ctx| {
            room.resize(ctx, (columns, rows));
            terminal.draw(|frame| room.draw(ctx, frame, frame.area())).expect("no IO");
            room.title(ctx)
        });
        let buffer = terminal.backend().buffer();
        let lines: Vec<String> = (0..rows).map(|y| line(buffer, y)).collect();
        let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        format!("{}|\n{}\n", left(&format!("= {title} "), columns.into()), lines[..end].join("\n"))
    }

    /// Plays the cluster for a plan: answers every read and check that is asked for, until nothing is.
    pub(crate) fn answer(&mut self, cluster: &dyn Fn(&AppKey) -> Answer) {
        while let Some(at) = self
            .effects
            .iter()
            .position(|effect| matches!(effect, Effect::Plan(PlanEffect::Read { .. } | PlanEffect::Check(..))))
        {
            match self.effects.remove(at) {
                Effect::Plan(PlanEffect::Read { apps, .. }) => {
                    for wanted in apps {
                        let read = cluster(&wanted.key);
                        self.hear(Message::Plan(PlanReply::Read(wanted.key, read)));
                    }
                }
                Effect::Plan(PlanEffect::Check(plan, steps)) => self.check(&plan, &steps),
                _ => unreachable!("only plans were looked for"),
            }
        }
    }

    /// The dry run changes nothing that the patch does not; what is told beside is of tags that were pushed again.
    fn check(&mut self, plan: &Plan, steps: &[(usize, u64)]) {
        for (n, serial) in steps {
            let step = &plan.steps[*n];
            assert_eq!((step.check.clone(), step.serial), (Check::Checking, *serial));
            let mut after = (**step.object().expect("read")).clone();
            change(&mut after, step);
            let problems = plan.repushed(step).iter().map(Repush::problem).collect();
            let reply = PlanReply::Checked(step.key.clone(), *serial, Some(Arc::new(after)), problems);
            self.hear(Message::Plan(reply));
        }
    }
}

/// One line as a terminal shows it: a wide character takes the cell after it, too.
fn line(buffer: &Buffer, y: u16) -> String {
    let (mut text, mut x) = (String::new(), 0);
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        text.push_str(symbol);
        x += u16::try_from(width(symbol)).unwrap_or(1).max(1);
    }
    text.trim_end().to_owned()
}

/// What a read of an app returns.
pub(crate) type Answer = Result<PlanRead, rolldeck_core::batch::Problem>;

fn change(object: &mut Value, step: &rolldeck_core::batch::Step) {
    use rolldeck_core::batch::Change;
    match step.change.as_ref().expect("complete") {
        Change::Bounds(bounds) => {
            object["spec"]["minReplicas"] = json!(bounds.min);
            object["spec"]["maxReplicas"] = json!(bounds.max);
        }
        Change::Paused(paused) => object["spec"]["paused"] = json!(paused),
        Change::Scale(replicas) => object["spec"]["replicas"] = json!(replicas),
        Change::Template { to, .. } => object["spec"]["template"] = (**to).clone(),
        Change::Restart(now) => object["spec"]["template"]["metadata"]["annotations"]["restartedAt"] = json!(now),
        Change::SetImages(images) => {
            for container in object["spec"]["template"]["spec"]["containers"].as_array_mut().expect("containers") {
                if let Some(image) = images.get(container["name"].as_str().expect("a name")) {
                    container["image"] = json!(&**image);
                }
            }
        }
    }
}

/// A template with these containers: name and image.
pub(crate) fn template(containers: &[(&str, &str)]) -> Value {
    let containers: Vec<_> = containers.iter().map(|(name, image)| json!({"name": name, "image": image})).collect();
    json!({"metadata": {"labels": {"app": "x"}}, "spec": {"containers": containers}})
}

/// A live Deployment with this template.
pub(crate) fn live(key: &AppKey, replicas: u32, template: Value) -> Arc<Value> {
    Arc::new(json!({
        "apiVersion": "apps/v1",
        "kind": key.kind.name(),
        "metadata": {"name": &*key.name, "namespace": &*key.namespace, "uid": "u-1", "generation": 3},
        "spec": {"replicas": replicas, "template": template},
        "status": {"observedGeneration": 3, "updatedReplicas": replicas},
    }))
}

/// A revision with this template.
pub(crate) fn revision(number: i64, days: i64, live: bool, cause: &str, template: Value) -> Revision {
    let containers = template["spec"]["containers"].as_array().expect("containers").iter();
    let images = containers.map(|container| Image {
        container: container["name"].as_str().expect("a name").into(),
        image: container["image"].as_str().expect("an image").into(),
        init: false,
    });
    Revision {
        number,
        name: format!("rs-{number}").into(),
        created: Some(at(-days * 86_400)),
        cause: cause.into(),
        images: images.collect(),
        live,
        replicas: None,
        template: Arc::new(template),
    }
}
