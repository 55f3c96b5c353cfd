//! The room of the sessions: one is looked at, with a line above it.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    model::ObjectRef,
    shell::{End, Modes},
};

use super::{Look, Phase, ShellAction, ShellEffect, Tab, draw, encode, sessions::AHEAD, split::Beside, words};
use crate::{
    Action, Click, Command, Ctx, Effect, Key, Message, Mouse, Room, Screen,
    widgets::{Dialog, Prompt},
};

/// Lines that a notch of the wheel moves.
const NOTCH: i32 = 3;

/// Whose the keys are.
pub(super) enum Mode {
    /// The container's; of a session that ended, the few that the screen names.
    Keys,
    /// The next key is a command of the console.
    Prefix,
    /// Looking back.
    Back,
    /// What to search for.
    Search(Prompt),
    /// Whether to end a session that is open.
    Closing(Dialog),
}

/// The sessions, one of which is looked at.
pub struct ShellRoom {
    pub(super) mode: Mode,
    pub(super) size: (u16, u16),
    pub(super) beside: Option<Beside>,
    /// The command that comes was typed behind the prefix.
    pub(super) prefixed: bool,
}

impl Default for ShellRoom {
    fn default() -> Self {
        Self { mode: Mode::Keys, size: (0, 0), beside: None, prefixed: false }
    }
}

pub(super) fn effect(effect: ShellEffect) -> Vec<Action> {
    vec![Action::Effect(Effect::Shell(effect))]
}

impl ShellRoom {
    /// What the program of the session asked for, which is what is sent to it.
    pub(super) fn modes(tab: &Tab) -> Modes {
        tab.grid.modes
    }

    /// Sends bytes, where the session takes them; to one on its way, once it is open.
    pub(super) fn send(tab: &Tab, bytes: Vec<u8>) -> Vec<Action> {
        if !tab.takes_keys() {
            let said = || vec![Action::Note(false, "nothing that is typed reaches it: you only look on".into())];
            return if tab.grid.back > 0 { effect(ShellEffect::Look(tab.id, Look::Bottom)) } else { said() };
        }
        if bytes.is_empty() {
            return Vec::new();
        }
        if !tab.live() {
            return match tab.ahead.len() + bytes.len() > AHEAD {
                true => vec![Action::Note(true, words::too_much(tab, bytes.len()))],
                false => vec![Action::Shell(ShellAction::TypeAhead(tab.id, bytes))],
            };
        }
        let mut actions = if tab.grid.back > 0 { effect(ShellEffect::Look(tab.id, Look::Bottom)) } else { Vec::new() };
        actions.extend(effect(ShellEffect::Input(tab.id, bytes)));
        actions
    }
}

impl Screen for ShellRoom {
    /// That of the logs, while keys go to them.
    fn room(&self) -> Room {
        match (self.logs(), &self.mode) {
            (Some(logs), Mode::Keys) => logs.room(),
            _ => Room::Shell,
        }
    }

    fn typing(&self) -> bool {
        true
    }

    fn raw(&self, ctx: &Ctx) -> bool {
        matches!(self.mode, Mode::Keys)
            && self.logs().is_none()
            && ctx.shells.current().is_some_and(|tab| tab.open() || tab.just_ended(ctx.clock.now))
    }

    fn title(&self, ctx: &Ctx) -> String {
        if let Some(logs) = self.logs() {
            return logs.title(ctx);
        }
        match ctx.shells.current() {
            Some(tab) => format!("{} {}", words::title(tab.wanted.what), tab.place),
            None => "Shells: none is open".to_owned(),
        }
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.entered_beside(ctx)
    }

    fn left(&mut self) -> Vec<Effect> {
        self.left_beside()
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        let pod = &ctx.shells.current()?.place.pod;
        Some(ObjectRef::pod(&pod.namespace, &pod.name))
    }

    /// What is in sight; of one that was denied, the line for kubectl.
    fn copied(&self, ctx: &Ctx) -> Option<String> {
        if let Some(logs) = self.logs().filter(|_| !self.prefixed) {
            return logs.copied(ctx);
        }
        let tab = ctx.shells.current()?;
        match &tab.phase {
            Phase::Denied(denied) => Some(denied.kubectl.clone()),
            _ => Some(tab.grid.text()),
        }
    }

    fn mouse(&mut self, ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        if let Some(actions) = self.mouse_of_logs(ctx, mouse) {
            return Some(actions);
        }
        let tab = ctx.shells.current()?;
        let Some(row) = mouse.row.checked_sub(1) else {
            let hit =
                draw::tabs(ctx, ctx.shells.columns()).into_iter().find(|(_, place, _)| place.contains(&mouse.column));
            let id = hit.filter(|_| mouse.click == Click::Press).map(|(id, ..)| id);
            return Some(id.map(|id| Action::Shell(ShellAction::Show(id))).into_iter().collect());
        };
        let sent = encode::mouse(mouse.click, (mouse.column, row), Self::modes(tab));
        let free = !matches!(self.mode, Mode::Back | Mode::Search(_) | Mode::Closing(_));
        if let Some(bytes) = sent.filter(|_| free && tab.live() && tab.takes_keys()) {
            return Some(effect(ShellEffect::Input(tab.id, bytes)));
        }
        Some(match mouse.click {
            Click::WheelUp => effect(ShellEffect::Look(tab.id, Look::Up(NOTCH))),
            Click::WheelDown => effect(ShellEffect::Look(tab.id, Look::Up(-NOTCH))),
            _ => Vec::new(),
        })
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if self.logs().is_some() && !std::mem::take(&mut self.prefixed) {
            return self.command_of_logs(ctx, command);
        }
        self.ordered(ctx, command)
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        self.pressed(ctx, key)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        let Some(tab) = ctx.shells.current() else { return Vec::new() };
        if matches!(self.mode, Mode::Keys)
            && let Some(logs) = self.logs_mut()
        {
            return if logs.typing() { logs.paste(ctx, text) } else { Vec::new() };
        }
        match &mut self.mode {
            Mode::Keys => Self::send(tab, encode::paste(text, Self::modes(tab))),
            Mode::Search(prompt) => {
                prompt.paste(text);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let Message::Shell(id, _) = message else { return self.message_beside(ctx, message) };
        let current = ctx.shells.current().is_some_and(|tab| tab.id == *id);
        // What was asked about an open session is over with it.
        let ended = current && ctx.shells.current().is_some_and(|tab| !tab.open());
        if ended && matches!(self.mode, Mode::Closing(_) | Mode::Prefix) {
            self.mode = Mode::Keys;
        }
        (current || ctx.shells.tabs.len() > 1, Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.resize_beside(ctx);
    }

    fn session_shown(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.follow_session(ctx)
    }

    fn takes_back(&self) -> bool {
        self.logs().is_some() || matches!(self.mode, Mode::Back | Mode::Search(_) | Mode::Closing(_))
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.beside.as_ref().and_then(|beside| beside.wake_at(ctx))
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        draw::room(self, ctx, frame, area);
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let reopens = |tab: &Tab| matches!(&tab.phase, Phase::Ended(end) if matches!(end, End::NoShell(_)));
        if let (Some(logs), Mode::Keys) = (self.logs(), &self.mode) {
            return logs.hints(ctx);
        }
        let others: &[(Command, &str)] = match ctx.shells.tabs.len() {
            0 | 1 => &[],
            _ => &[(Command::Next, "next"), (Command::Prior, "before")],
        };
        match self.mode {
            Mode::Prefix => [(Command::Back, "leave")]
                .into_iter()
                .chain(others.iter().copied())
                .chain([
                    (Command::Close, "end it"),
                    (Command::ScrollBack, "look back"),
                    (Command::Filter, "search"),
                    (Command::Copy, "copy"),
                    (Command::Split, "logs beside"),
                    (Command::Download, "get files"),
                    (Command::Upload, "upload"),
                    (Command::Debug, "debug"),
                    (Command::Palette, "go to"),
                    (Command::Help, "help"),
                ])
                .collect(),
            Mode::Keys if ctx.shells.current().is_some_and(reopens) => vec![(Command::Debug, "debug container")],
            _ => Vec::new(),
        }
    }
}
