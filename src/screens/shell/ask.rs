//! From a pod or an app to a session in it, and what is asked before.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    act::PodId,
    batch::guard::{Guard, name_to_type},
    model::{AppKey, ContainerState, Pod},
    shell::Place,
    text::Clean,
};

use super::{
    ShellAction, Wanted, What,
    choose::{Choice, Choose},
    words,
};
use crate::{
    Action, Ctx, Key, Room, Screen,
    widgets::{Answer, Dialog},
};

/// Opens a session, where read-only mode and the guards let it: a guard asks first.
pub fn open(ctx: &Ctx, wanted: Wanted) -> Vec<Action> {
    let what = wanted.what.opening();
    if ctx.session.readonly {
        let said = format!("This session is read-only: no {what} is opened from here.");
        return vec![Action::Note(true, said.into())];
    }
    let namespace = wanted.place.pod.namespace.clone();
    match ctx.guard([&namespace]) {
        (Guard::ReadOnly, rule) => {
            let said = format!("Nothing is opened here: {rule}. No {what} in {}.", wanted.place);
            vec![Action::Note(true, said.into())]
        }
        // A debug container stays in its pod for good, and a key may end the process that is typed to.
        (Guard::None, _) if !matches!(wanted.what, What::Debug | What::Attach { stdin: true }) => {
            vec![Action::Shell(ShellAction::Open(wanted))]
        }
        (guard, rule) => vec![Action::Open(Box::new(Ask::new(ctx, wanted, guard, &rule)))],
    }
}

/// The containers of a pod that a session can be opened in: those that run first. An init container that ended is none.
fn containers(pod: &Pod) -> Vec<(Place, bool)> {
    let id = PodId { namespace: pod.namespace.clone(), name: pod.name.clone(), uid: pod.uid.clone() };
    let runs = |state: &ContainerState| matches!(state, ContainerState::Running(_));
    let mut found: Vec<_> = pod
        .containers
        .iter()
        .filter(|container| !container.init || container.sidecar || runs(&container.state))
        .map(|container| (Place { pod: id.clone(), container: container.name.clone() }, container))
        .collect();
    found.sort_by_key(|(_, container)| (!runs(&container.state), container.sidecar || container.init));
    found.into_iter().map(|(place, container)| (place, runs(&container.state))).collect()
}

/// A session in a pod: in its container, or in the one that is chosen of several.
pub fn of_pod(ctx: &Ctx, pod: &Pod, what: What) -> Vec<Action> {
    let containers = containers(pod);
    match containers.as_slice() {
        [] => vec![Action::Note(true, format!("{}/{} has no container yet", pod.namespace, pod.name).into())],
        [(place, _)] => open(ctx, Wanted { place: place.clone(), what }),
        several => {
            let choices = several.iter().map(|(place, runs)| Choice {
                label: place.container.clone(),
                about: if *runs { Clean::default() } else { "does not run".into() },
                wanted: Wanted { place: place.clone(), what },
            });
            let title = format!("{} in which container of {}?", words::title(what), pod.name);
            vec![Action::Open(Box::new(Choose::new(title, choices.collect())))]
        }
    }
}

/// The question of which pod of an app, the healthiest first.
///
/// # Errors
/// Where the app has no pod with a container, in words.
pub fn of_app(ctx: &Ctx, app: &AppKey) -> Result<Box<dyn Screen>, String> {
    let mut pods: Vec<&Pod> = ctx.fleet.pods(app).into_iter().map(|row| row.pod).collect();
    let restarts = |pod: &Pod| pod.containers.iter().map(|container| container.restarts).sum::<u32>();
    pods.sort_by_key(|pod| (pod.ending, !pod.ready, restarts(pod), pod.name.clone()));
    let of = |pod: &Pod| {
        let health = words::health(pod);
        let choice = |(place, runs): (Place, bool)| Choice {
            label: format!("{} [{}]", place.pod.name, place.container).into(),
            about: if runs { health.clone() } else { "does not run".into() },
            wanted: Wanted { place, what: What::Shell },
        };
        containers(pod).into_iter().map(choice).collect::<Vec<_>>()
    };
    let choices: Vec<Choice> = pods.into_iter().flat_map(of).collect();
    if choices.is_empty() {
        return Err(format!("{app} has no pod to open a shell in"));
    }
    Ok(Box::new(Choose::new(format!("Shell in which pod of {}?", app.name), choices)))
}

/// The question before a session.
pub(super) struct Ask {
    wanted: Wanted,
    dialog: Dialog,
}

impl Ask {
    fn new(ctx: &Ctx, wanted: Wanted, guard: Guard, rule: &str) -> Self {
        let mut body = words::before(ctx, &wanted);
        if !rule.is_empty() {
            body.extend([String::new(), format!("Guarded: {rule}.")]);
        }
        let title = format!("{} in {}?", words::title(wanted.what), wanted.place);
        let mut dialog = Dialog::new(&title, body, &["Cancel", words::button(wanted.what)]);
        if guard == Guard::Type {
            let namespaces = BTreeSet::from([wanted.place.pod.namespace.clone()]);
            dialog = dialog.expecting(&name_to_type(&ctx.session.context, &namespaces));
        }
        Self { wanted, dialog }
    }
}

impl Screen for Ask {
    fn room(&self) -> Room {
        Room::Shell
    }

    fn typing(&self) -> bool {
        true
    }

    fn floats(&self) -> bool {
        true
    }

    fn title(&self, _ctx: &Ctx) -> String {
        self.dialog.title.clone()
    }

    fn key(&mut self, _ctx: &Ctx, key: Key) -> Vec<Action> {
        if key.ctrl || key.alt {
            return Vec::new();
        }
        match self.dialog.key(key) {
            Answer::Open => Vec::new(),
            Answer::Chosen(0) | Answer::Cancelled => vec![Action::Back],
            Answer::Chosen(_) => vec![Action::Back, Action::Shell(ShellAction::Open(self.wanted.clone()))],
        }
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.dialog.draw(ctx.theme, frame, area);
    }
}
