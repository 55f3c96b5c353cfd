//! Messages in, effects out.

use rolldeck_core::{
    Time,
    batch::{Found, Holder},
    fleet::Touched,
    text::Clean,
};

use super::{Note, State};
use crate::{Action, Clock, Effect, LogsReply, Message, Room, Screen};

/// A note that is no error goes after so many seconds, or at the next key.
const NOTE_SECONDS: i64 = 8;

/// So many kept filters are remembered.
const FILTERS: usize = 50;

/// Takes one message; returns what is to be done.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Key(_) | Message::Mouse(_) | Message::Paste(_) if state.is_late() => Vec::new(),
        Message::Key(key) => state.key(key),
        Message::Mouse(mouse) => state.mouse(mouse),
        Message::Paste(text) => state.paste(&text),
        Message::Resize(columns, rows) => {
            state.resize((columns, rows));
            state.resize_shells()
        }
        Message::Clock(clock) => state.tick(clock),
        Message::Restored => {
            state.restored = Some(state.shared.clock.now);
            state.dirty = true;
            Vec::new()
        }
        message => state.take(message),
    };
    if state.refresh_header() {
        state.dirty = true;
    }
    effects.extend(state.poll_metrics());
    effects
}

/// Whose actions are carried out: the fleet, or the nth room over it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Home,
    Above(usize),
}

impl State {
    /// Whether what is typed now was typed for someone else: the terminal came back within the last second.
    fn is_late(&self) -> bool {
        self.restored.is_some_and(|at| self.shared.clock.now - at < chrono::TimeDelta::seconds(1))
    }

    /// A message for the shared state, then for every room.
    fn take(&mut self, mut message: Message) -> Vec<Effect> {
        let mut effects = self.told_of_shell(&message);
        let touched = self.absorb(&mut message);
        if matches!(message, Message::Fleet(_) | Message::Usage(..)) && !touched.rows && !touched.freshness {
            return Vec::new();
        }
        let mut said = Vec::new();
        let ctx = self.shared.ctx();
        let on_top = self.above.len();
        let (changed, actions) = self.home.message(&ctx, &message);
        // Under a question that floats, the room that asked it is seen, too.
        let floating = usize::from(self.under().is_some());
        let mut dirty = changed && on_top <= floating;
        said.push((Speaker::Home, actions));
        for (n, room) in self.above.iter_mut().enumerate() {
            let (changed, actions) = room.message(&ctx, &message);
            dirty |= changed && n + 1 + floating >= on_top;
            said.push((Speaker::Above(n), actions));
        }
        self.dirty |= dirty;
        for (speaker, actions) in said {
            effects.extend(self.act(speaker, actions));
        }
        if matches!(message, Message::Found(_)) {
            effects.extend(self.name_unfinished());
        }
        effects
    }

    /// Takes out of a message what the shared state keeps of it.
    fn absorb(&mut self, message: &mut Message) -> Touched {
        let shared = &mut self.shared;
        match message {
            Message::Fleet(updates) => {
                let updates = std::mem::take(updates);
                let before = super::seen::before(&shared.fleet, &updates);
                let touched = shared.fleet.apply(updates);
                shared.seen.push(super::seen::after(before, &shared.fleet, shared.clock.now));
                return touched;
            }
            Message::Usage(scope, pods) => {
                let touched = shared.fleet.usage(scope, std::mem::take(pods));
                shared.fleet.sample(scope, shared.clock.now);
                return touched;
            }
            Message::Freshness(source, fresh) => {
                return shared.fleet.set_freshness(source, fresh.clone(), shared.clock.now);
            }
            Message::Run(run) => shared.run = Some(run.clone()),
            Message::Found(found) => shared.found.clone_from(found),
            Message::Labels(labels) => shared.session.labels.extend(std::mem::take(labels)),
            Message::Namespaces(names) => self.name_namespaces(std::mem::take(names)),
            Message::Contexts(Ok(contexts)) => {
                shared.contexts.clone_from(contexts);
                self.palette_knows();
            }
            Message::Parked(parked) => shared.parked = std::mem::take(parked),
            Message::Forward(id, reply) => {
                if let Some((error, text)) = shared.forwards.take(*id, reply) {
                    self.say(error, text);
                }
            }
            Message::Logs(id, LogsReply::Download(reply)) => {
                if let Some((error, text)) = shared.downloads.take(*id, reply) {
                    self.say(error, text);
                }
            }
            Message::Copy(id, reply) => {
                if let Some((error, text)) = shared.copies.take(*id, reply) {
                    self.say(error, text);
                }
            }
            Message::Note(error, text) => self.say(*error, text.clone()),
            Message::LoggedIn(user) => {
                shared.session.user.clone_from(user);
                self.say(false, format!("logged in as {user}").into());
            }
            Message::RunRefused(why) => self.say(true, why.clone()),
            _ => {}
        }
        Touched::default()
    }

    /// Names batches that nobody drives once, when nothing else is being done.
    fn name_unfinished(&mut self) -> Vec<Effect> {
        let left = |found: &Found| !matches!(found.holder, Holder::Alive(_));
        if self.named || !self.shared.found.iter().any(left) {
            return Vec::new();
        }
        self.named = true;
        if self.above.is_empty() && self.shared.run.is_none() && !self.home.typing() && self.palette.is_none() {
            return self.open(crate::batches::open());
        }
        Vec::new()
    }

    /// Metrics are polled while they are shown; the help over a room changes nothing.
    fn poll_metrics(&mut self) -> Option<Effect> {
        let shown = match self.top().room() {
            Room::Fleet | Room::Pods | Room::App | Room::Nodes | Room::Namespaces | Room::Trouble => true,
            Room::Help => self.metrics,
            _ => false,
        };
        let changed = shown != self.metrics;
        self.metrics = shown;
        changed.then_some(Effect::Metrics(shown))
    }

    fn tick(&mut self, clock: Clock) -> Vec<Effect> {
        let due = self.wake_at().is_some_and(|at| at <= clock.now);
        self.shared.clock = clock;
        if self.note.as_ref().and_then(|note| note.until).is_some_and(|until| until <= clock.now) {
            self.note = None;
        }
        let effects = self.take(Message::Clock(clock));
        self.dirty |= due;
        effects
    }

    /// Keeps a filter for the fields of all rooms.
    fn remember(&mut self, text: String) {
        let filters = &mut self.shared.filters;
        filters.retain(|known| *known != text);
        filters.push(text);
        if filters.len() > FILTERS {
            filters.remove(0);
        }
    }

    /// Says something at the bottom.
    pub(super) fn say(&mut self, error: bool, text: Clean) {
        let until: Option<Time> = (!error).then(|| self.shared.clock.now + chrono::TimeDelta::seconds(NOTE_SECONDS));
        self.note = Some(Note { error, text, until });
        self.dirty = true;
    }

    /// Carries out what a room asked for.
    pub(super) fn act(&mut self, speaker: Speaker, actions: Vec<Action>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for action in actions {
            match (action, speaker) {
                (Action::Effect(effect), _) => effects.push(effect),
                (Action::Open(room), _) | (Action::Replace(room), Speaker::Home) => effects.extend(self.open(room)),
                (Action::Replace(mut room), Speaker::Above(n)) => {
                    room.resize(&self.shared.ctx(), self.body());
                    effects.extend(room.entered(&self.shared.ctx()));
                    match self.above.get_mut(n) {
                        Some(place) => effects.extend(std::mem::replace(place, room).left()),
                        None => self.above.push(room),
                    }
                    self.dirty = true;
                }
                (Action::Back, speaker) => effects.extend(self.back(speaker)),
                (Action::Note(error, text), _) => self.say(error, text),
                (Action::Mark(apps), _) => {
                    self.home.mark(apps);
                    self.dirty = true;
                }
                (Action::Scope(namespaces), _) => effects.extend(self.set_scope(namespaces)),
                (Action::ClearMarks, _) => {
                    self.home.clear_marks();
                    self.dirty = true;
                }
                (Action::Filtered(text), _) => self.remember(text),
                (Action::Shell(action), _) => effects.extend(self.shell(action)),
                (Action::Forward(wanted), _) => effects.push(self.forward(wanted)),
                (Action::EndForward(id), _) => effects.push(self.end_forward(id)),
                (Action::Download(effect), _) => effects.extend(self.download(effect)),
                (Action::Copies(action), _) => effects.extend(self.copy_files(action)),
                (Action::Command(command), _) => effects.extend(self.command(command)),
            }
        }
        effects
    }
}
