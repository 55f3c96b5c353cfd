//! Keys of the room: to the container, to the console after the prefix, and while one looks back.

use rolldeck_core::shell::{Copying, End};

use super::{
    Look, Phase, ShellAction, ShellEffect, Tab, Wanted, What, encode, of_app, open,
    room::{Mode, ShellRoom, effect},
};
use crate::{
    Action, Code, Command, Ctx, Key, copies,
    widgets::{Answer, Dialog, Edited, Prompt},
};

impl ShellRoom {
    /// A key.
    pub(super) fn pressed(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(tab) = ctx.shells.current() else { return vec![Action::Back] };
        self.prefixed = false;
        let on_logs = self.logs().is_some();
        if on_logs && matches!(self.mode, Mode::Keys) && key != ctx.shells.settings.prefix {
            return self.key_of_logs(ctx, key);
        }
        match &mut self.mode {
            Mode::Closing(dialog) => match dialog.key(key) {
                Answer::Open => Vec::new(),
                Answer::Chosen(1) => self.close(ctx, tab),
                Answer::Chosen(_) | Answer::Cancelled => {
                    self.mode = Mode::Keys;
                    Vec::new()
                }
            },
            Mode::Search(_) => self.searching(tab, key),
            Mode::Back => self.looking_back(ctx, tab, key),
            Mode::Prefix => self.after_prefix(ctx, tab, key),
            Mode::Keys if tab.just_ended(ctx.clock.now) && !on_logs => Vec::new(),
            Mode::Keys if key == ctx.shells.settings.prefix => {
                self.mode = Mode::Prefix;
                Vec::new()
            }
            Mode::Keys if tab.live() || tab.open() && !gives_up(key) => {
                Self::send(tab, encode::key(key, Self::modes(tab)))
            }
            Mode::Keys => self.of_one_that_is_not_open(ctx, tab, key),
        }
    }

    fn after_prefix(&mut self, ctx: &Ctx, tab: &Tab, key: Key) -> Vec<Action> {
        self.mode = Mode::Keys;
        if key == ctx.shells.settings.prefix {
            self.focus_shell();
            return Self::send(tab, encode::key(key, Self::modes(tab)));
        }
        match key.code {
            Code::Esc => return Vec::new(),
            Code::Char(c @ '1'..='9') if !key.ctrl && !key.alt => {
                let number = usize::from(c as u8 - b'1');
                return match ctx.shells.tabs.get(number) {
                    Some(tab) => vec![Action::Shell(ShellAction::Show(tab.id))],
                    None => vec![Action::Note(false, format!("there is no session {c}").into())],
                };
            }
            _ => {}
        }
        match ctx.keymap.command(crate::Room::Shell, key) {
            Some(command) => {
                self.prefixed = true;
                vec![Action::Command(command)]
            }
            None => {
                vec![Action::Note(false, format!("{key} means nothing after {}", ctx.shells.settings.prefix).into())]
            }
        }
    }

    /// A command of the keymap, mostly after the prefix.
    pub(super) fn ordered(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Some(tab) = ctx.shells.current() else { return Vec::new() };
        match command {
            Command::Split => return self.split(ctx, tab),
            Command::OtherPart => return self.other_part(),
            _ => self.focus_shell(),
        }
        match command {
            Command::Next | Command::Prior => {
                let (at, all) = (ctx.shells.at(), ctx.shells.tabs.len());
                let to = if command == Command::Next { at + 1 } else { at + all - 1 } % all;
                vec![Action::Shell(ShellAction::Show(ctx.shells.tabs[to].id))]
            }
            Command::Close if tab.open() => {
                let body = vec![format!("{} is open: what runs in it is hung up.", tab.place)];
                self.mode = Mode::Closing(Dialog::new("End this session?", body, &["Stay", "End it"]));
                Vec::new()
            }
            Command::Close => self.close(ctx, tab),
            Command::ScrollBack => {
                self.mode = Mode::Back;
                Vec::new()
            }
            Command::Filter => {
                self.mode = Mode::Search(Prompt::default());
                Vec::new()
            }
            Command::Debug => debug(ctx, tab),
            Command::Download => copies::of_place(ctx, Copying::Download, &tab.place),
            Command::Upload => copies::of_place(ctx, Copying::Upload, &tab.place),
            Command::Attach => open(ctx, Wanted { place: tab.place.clone(), what: What::Attach { stdin: true } }),
            Command::Back => {
                self.mode = Mode::Keys;
                effect(ShellEffect::Look(tab.id, Look::Bottom))
            }
            _ => Vec::new(),
        }
    }

    fn close(&mut self, ctx: &Ctx, tab: &Tab) -> Vec<Action> {
        self.mode = Mode::Keys;
        let closed = Action::Shell(ShellAction::Close(tab.id));
        // The last one takes the room with it.
        let back = (ctx.shells.tabs.len() == 1).then_some(Action::Back);
        std::iter::once(closed).chain(back).collect()
    }

    fn of_one_that_is_not_open(&mut self, ctx: &Ctx, tab: &Tab, key: Key) -> Vec<Action> {
        let again = match &tab.phase {
            Phase::Ended(end) => end.may_reopen(),
            Phase::Denied(_) | Phase::Refused(_) => true,
            Phase::Opening(_) | Phase::Live => false,
        };
        match key.code {
            _ if gives_up(key) && tab.open() => self.close(ctx, tab),
            _ if key.ctrl || key.alt => Vec::new(),
            Code::Esc => vec![Action::Back],
            Code::Enter if matches!(tab.phase, Phase::Ended(End::PodGone)) => another(ctx, tab),
            Code::Enter if again => vec![Action::Shell(ShellAction::Reopen(tab.id))],
            Code::Char('x') => self.close(ctx, tab),
            Code::Char('!') => debug(ctx, tab),
            Code::Char('c') if matches!(tab.phase, Phase::Denied(_)) => vec![Action::Command(Command::Copy)],
            _ => Vec::new(),
        }
    }

    fn looking_back(&mut self, ctx: &Ctx, tab: &Tab, key: Key) -> Vec<Action> {
        let page = i32::from(tab.grid.size.rows.saturating_sub(1).max(1));
        let look = |look| effect(ShellEffect::Look(tab.id, look));
        let ctrl = |c: char| key.ctrl && key.code == Code::Char(c);
        match key.code {
            _ if key == ctx.shells.settings.prefix => {
                self.mode = Mode::Prefix;
                Vec::new()
            }
            _ if ctrl('f') => look(Look::Up(-page)),
            _ if ctrl('b') => look(Look::Up(page)),
            _ if key.ctrl || key.alt => Vec::new(),
            Code::Esc | Code::Char('q') => {
                self.mode = Mode::Keys;
                let ended = effect(ShellEffect::Look(tab.id, Look::Search(String::new())));
                look(Look::Bottom).into_iter().chain(ended).collect()
            }
            Code::Up | Code::Char('k') => look(Look::Up(1)),
            Code::Down | Code::Char('j') => look(Look::Up(-1)),
            Code::PageUp => look(Look::Up(page)),
            Code::PageDown | Code::Char(' ') => look(Look::Up(-page)),
            Code::Home | Code::Char('g') => look(Look::Top),
            Code::End | Code::Char('G') => look(Look::Bottom),
            Code::Char('n') => look(Look::Older),
            Code::Char('N') => look(Look::Newer),
            Code::Char('y') => vec![Action::Command(Command::Copy)],
            Code::Char('/') => {
                self.mode = Mode::Search(Prompt::default());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn searching(&mut self, tab: &Tab, key: Key) -> Vec<Action> {
        let Mode::Search(prompt) = &mut self.mode else { return Vec::new() };
        let look = |text: String| effect(ShellEffect::Look(tab.id, Look::Search(text)));
        match key.code {
            Code::Enter => {
                self.mode = Mode::Back;
                Vec::new()
            }
            Code::Esc => {
                self.mode = Mode::Back;
                look(String::new())
            }
            _ => match prompt.key(key) {
                Edited::Changed => look(prompt.text().to_owned()),
                _ => Vec::new(),
            },
        }
    }
}

/// Whether a key gives up what is on its way: as in a terminal that does not connect.
fn gives_up(key: Key) -> bool {
    matches!(
        key,
        Key { code: Code::Esc, ctrl: false, alt: false } | Key { code: Code::Char('c'), ctrl: true, alt: false }
    )
}

/// Another pod of the same app, in the place of one that is gone.
fn another(ctx: &Ctx, tab: &Tab) -> Vec<Action> {
    match tab.app.as_ref().map(|app| of_app(ctx, app)) {
        Some(Ok(choose)) => vec![Action::Open(choose)],
        Some(Err(why)) => vec![Action::Note(true, why.into())],
        None => Vec::new(),
    }
}

/// A debug container beside this session's container.
fn debug(ctx: &Ctx, tab: &Tab) -> Vec<Action> {
    open(ctx, Wanted { place: tab.wanted.place.clone(), what: What::Debug })
}
