//! Keys: to the question, the palette, the room that types, or through the keymap.

use super::{State, update::Speaker};
use crate::{
    Action, Command, Effect, Key, Room,
    help::Help,
    palette::{Goal, Palette, Said},
};

impl State {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        self.dirty = true;
        self.note = None;
        if let Some(effects) = self.leaving_key(key) {
            return effects;
        }
        let everywhere = self.shared.keymap.command(Room::Everywhere, key);
        if everywhere == Some(Command::Quit) && (key.ctrl || key.alt) {
            return self.quit();
        }
        if let Some(palette) = &mut self.palette {
            return match palette.key(key) {
                Said::Open => Vec::new(),
                Said::Closed => {
                    self.palette = None;
                    Vec::new()
                }
                Said::Go(goal) => {
                    self.palette = None;
                    self.go(goal)
                }
            };
        }
        let speaker = self.speaker();
        let room = Self::top_mut(&mut self.home, &mut self.above);
        if room.typing() {
            let actions = room.key(&self.shared.ctx(), key);
            return self.act(speaker, actions);
        }
        match self.shared.keymap.command(self.top().room(), key) {
            Some(command) => self.command(command),
            None => Vec::new(),
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        let speaker = self.speaker();
        if self.leaving.is_some() {
            return Vec::new();
        }
        self.dirty = true;
        if let Some(palette) = &mut self.palette {
            palette.paste(text);
            return Vec::new();
        }
        let room = Self::top_mut(&mut self.home, &mut self.above);
        if !room.typing() {
            return Vec::new();
        }
        let actions = room.paste(&self.shared.ctx(), text);
        self.act(speaker, actions)
    }

    fn speaker(&self) -> Speaker {
        self.above.len().checked_sub(1).map_or(Speaker::Home, Speaker::Above)
    }

    /// A command: the common ones here, the rest by the room on top.
    fn command(&mut self, command: Command) -> Vec<Effect> {
        let speaker = self.speaker();
        match command {
            Command::Quit => self.quit(),
            Command::Help if self.top().room() == Room::Help => self.act(speaker, vec![Action::Back]),
            Command::Help => {
                let help = Help::new(self.top().room());
                self.open(Box::new(help))
            }
            Command::Palette => {
                self.palette = Some(Palette::new(self.known_namespaces()));
                vec![Effect::Namespaces]
            }
            Command::Back if !self.top().takes_back() => self.act(speaker, vec![Action::Back]),
            Command::AllNamespaces => self.set_scope(Default::default()),
            Command::Login => self.login(),
            Command::Batch => self.open_batch(),
            command => {
                let room = Self::top_mut(&mut self.home, &mut self.above);
                let actions = room.command(&self.shared.ctx(), command);
                self.act(speaker, actions)
            }
        }
    }

    fn login(&mut self) -> Vec<Effect> {
        let expired = |fresh: &_| matches!(fresh, rolldeck_core::fleet::Freshness::Unauthorized(_));
        if self.shared.fleet.sources().any(|(_, fresh)| expired(fresh)) {
            return vec![Effect::Login];
        }
        self.say(false, "the login still holds".into());
        Vec::new()
    }

    fn open_batch(&mut self) -> Vec<Effect> {
        if self.top().room() == Room::Batch || self.top().room() == Room::Unfinished {
            return Vec::new();
        }
        if self.shared.run.is_some() {
            return self.open(crate::batch::open(None));
        }
        if !self.shared.found.is_empty() {
            return self.open(crate::unfinished::open());
        }
        self.say(false, "no batch is in flight, and none is unfinished".into());
        Vec::new()
    }

    /// Goes where the palette said.
    fn go(&mut self, goal: Goal) -> Vec<Effect> {
        match goal {
            Goal::Fleet => self.close(0),
            Goal::Batch => self.open_batch(),
            Goal::Unfinished => {
                let mut effects = Vec::new();
                if self.top().room() != Room::Unfinished {
                    effects = self.open(crate::unfinished::open());
                }
                effects.push(Effect::Batch(crate::BatchEffect::Find));
                effects
            }
            Goal::Help => self.command(Command::Help),
            Goal::Quit => self.quit(),
            Goal::Pods => {
                let mut effects = self.close(0);
                effects.extend(self.command(Command::Open));
                effects
            }
            Goal::Namespaces(scope) => self.set_scope(scope),
        }
    }
}
