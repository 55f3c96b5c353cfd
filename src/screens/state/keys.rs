//! Keys: to the question, the palette, the room that types, or through the keymap.

use rolldeck_core::{batch::Holder, logs::Reading, shell::Copying};

use super::{State, update::Speaker};
use crate::{
    Action, Command, Effect, Key, Room,
    help::Help,
    palette::{Goal, Palette, Place, Said},
    views::View,
    widgets::text::count,
};

/// The most that is copied at once, in bytes: terminals drop longer sequences silently.
const COPIED: usize = 48 * 1024;

impl State {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        self.dirty = true;
        self.note = None;
        if let Some(effects) = self.leaving_key(key) {
            return effects;
        }
        let everywhere = self.shared.keymap.command(Room::Everywhere, key);
        let raw = self.palette.is_none() && self.top().raw(&self.shared.ctx());
        if !raw && everywhere == Some(Command::Quit) && (key.ctrl || key.alt) {
            return self.quit();
        }
        if self.palette.is_some() {
            return self.palette(|palette, place| palette.key(place, key));
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
        if self.palette.is_some() {
            return self.palette(|palette, place| {
                palette.paste(place, text);
                Said::Open
            });
        }
        let room = Self::top_mut(&mut self.home, &mut self.above);
        if !room.typing() {
            return Vec::new();
        }
        let actions = room.paste(&self.shared.ctx(), text);
        self.act(speaker, actions)
    }

    pub(super) fn speaker(&self) -> Speaker {
        self.above.len().checked_sub(1).map_or(Speaker::Home, Speaker::Above)
    }

    /// A command: the common ones here, the rest by the room on top.
    pub(super) fn command(&mut self, command: Command) -> Vec<Effect> {
        let speaker = self.speaker();
        match command {
            Command::Quit => self.quit(),
            Command::Help if self.top().room() == Room::Help => self.act(speaker, vec![Action::Back]),
            Command::Help => {
                let help = Help::new(self.top().room());
                self.open(Box::new(help))
            }
            Command::Palette => {
                let names = self.known_namespaces();
                self.palette = Some(self.at(&names, Palette::new));
                vec![Effect::Namespaces]
            }
            Command::Back if !self.top().takes_back() => self.act(speaker, vec![Action::Back]),
            Command::AllNamespaces => self.set_scope(Default::default()),
            Command::Login => self.login(),
            Command::Batch => self.open_batch(),
            Command::Batches if self.top().room() == Room::Batches => Vec::new(),
            Command::Batches => self.open(crate::batches::open()),
            Command::LastView => self.last_view(),
            Command::Copy => self.copy(),
            Command::Events => self.open_events(),
            Command::Logs => self.open_logs(Reading::Stdout),
            Command::PreviousLog if self.top().room() != Room::Logs => self.open_logs(Reading::Previous),
            Command::Wide => self.widen(),
            Command::Yaml => self.open_object(command),
            Command::Describe if self.top().room() != Room::App => self.open_object(command),
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

    /// What is under the cursor as YAML, or described; an app has a page instead.
    fn open_object(&mut self, command: Command) -> Vec<Effect> {
        let room = self.top().room();
        if (room, command) == (Room::Yaml, Command::Yaml) || (room, command) == (Room::Describe, Command::Describe) {
            return Vec::new();
        }
        let Some(object) = self.top().selected(&self.shared.ctx()) else {
            self.say(false, "nothing is under the cursor".into());
            return Vec::new();
        };
        let app = object.app_key().filter(|_| room != Room::Yaml);
        self.open(match (command, app) {
            (Command::Yaml, _) => Box::new(crate::yaml::Yaml::new(object)),
            (_, Some(key)) => Box::new(crate::app::AppPage::new(key)),
            (_, None) => Box::new(crate::describe::Describe::new(object)),
        })
    }

    /// The batch that this console drives; else those that need someone; else the one that it drove last, or that others drive.
    fn open_batch(&mut self) -> Vec<Effect> {
        if matches!(self.top().room(), Room::Batch | Room::Batches) {
            return Vec::new();
        }
        let shared = &self.shared;
        let flies = shared.run.as_ref().is_some_and(|run| !run.phase.ended());
        let left = shared.found.iter().any(|found| !matches!(found.holder, Holder::Alive(_)));
        match (&shared.run, shared.found.is_empty()) {
            (Some(_), _) if flies || !left => self.open(crate::batch::open(None)),
            (_, false) => self.open(crate::batches::open()),
            _ => {
                let every = shared.keymap.key(Room::Everywhere, Command::Batches);
                let every = every.map(|key| format!("; {key} lists every batch")).unwrap_or_default();
                self.say(false, format!("no batch is in flight, and none is unfinished{every}").into());
                Vec::new()
            }
        }
    }

    /// Copies what is under the cursor to the terminal's clipboard.
    fn copy(&mut self) -> Vec<Effect> {
        let text = self.top().copied(&self.shared.ctx()).filter(|text| !text.is_empty());
        let Some(text) = text else {
            self.say(false, "nothing is under the cursor to be copied".into());
            return Vec::new();
        };
        if text.len() > COPIED {
            let said =
                format!("too long to be copied: {} KiB, and terminals take {}", text.len() / 1024, COPIED / 1024);
            self.say(true, said.into());
            return Vec::new();
        }
        let lines = text.lines().count();
        let said = match lines {
            0 | 1 => format!("copied {}", text.trim_end()),
            many => format!("copied {}", count(many, "line")),
        };
        self.say(false, said.into());
        vec![Effect::Copy(text)]
    }

    /// The logs of what is marked, or under the cursor.
    fn open_logs(&mut self, reading: Reading) -> Vec<Effect> {
        let of = self.top().logged(&self.shared.ctx());
        if of.is_empty() {
            self.say(false, "no app and no pod is under the cursor: logs are of those".into());
            return Vec::new();
        }
        self.open(Box::new(crate::logs::Logs::new(of, reading)))
    }

    /// The events about what is under the cursor; of all in view, where nothing is.
    fn open_events(&mut self) -> Vec<Effect> {
        let about = self.top().selected(&self.shared.ctx());
        let Some(object) = about else { return self.open(crate::events::open()) };
        self.open(crate::events::about(object))
    }

    /// Tables show every column in full from now on, or those that fit.
    fn widen(&mut self) -> Vec<Effect> {
        self.shared.wide = !self.shared.wide;
        self.resize(self.size);
        self.say(false, if self.shared.wide { "wide: every column in full" } else { "columns that fit" }.into());
        Vec::new()
    }

    /// What the palette looks at, from the room on top.
    fn at<T>(&self, namespaces: &[rolldeck_core::text::Clean], act: impl FnOnce(&Place) -> T) -> T {
        let ctx = self.shared.ctx();
        let (room, under) = (self.top().room(), self.top().app(&ctx));
        act(&Place { ctx: &ctx, namespaces, room, under, history: &self.history })
    }

    /// Lets the palette take something, and goes where it says.
    pub(super) fn palette(&mut self, act: impl FnOnce(&mut Palette, &Place) -> Said) -> Vec<Effect> {
        let Some(mut palette) = self.palette.take() else { return Vec::new() };
        let names = self.known_namespaces();
        match self.at(&names, |place| act(&mut palette, place)) {
            Said::Open => self.palette = Some(palette),
            Said::Closed => {}
            Said::Go(goal, line) => match self.go(goal) {
                Ok(mut effects) => {
                    if !effects.iter().any(|effect| matches!(effect, Effect::Quit)) {
                        self.history.add(&line);
                        effects.push(Effect::Remember(line));
                    }
                    return effects;
                }
                Err(why) => {
                    palette.refuse(why);
                    self.palette = Some(palette);
                }
            },
        }
        Vec::new()
    }

    /// What can be named changed while the palette is open.
    pub(super) fn palette_knows(&mut self) {
        let Some(mut palette) = self.palette.take() else { return };
        let names = self.known_namespaces();
        self.dirty |= self.at(&names, |place| palette.know(place));
        self.palette = Some(palette);
    }

    /// Goes where the palette said.
    fn go(&mut self, goal: Goal) -> Result<Vec<Effect>, String> {
        Ok(match goal {
            Goal::Fleet(filter) => {
                let effects = self.leave_from(0);
                if let Some(filter) = filter {
                    self.home.filter_by(&self.shared.ctx(), filter);
                }
                effects
            }
            Goal::View(view, args) => self.go_to(view, &args)?,
            Goal::Command(command) => self.command(command),
            Goal::Namespaces(scope) => self.set_scope(scope),
        })
    }

    fn go_to(&mut self, view: &View, args: &str) -> Result<Vec<Effect>, String> {
        match view.name {
            "run" => return self.run_line(args),
            "download" => return self.copy_line(Copying::Download, args),
            "upload" => return self.copy_line(Copying::Upload, args),
            _ => {}
        }
        let room = (view.open)(&self.shared.ctx(), args)?;
        let mut effects = self.bound();
        effects.extend(self.open(room));
        Ok(effects)
    }
}
