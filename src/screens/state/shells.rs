//! Shells, forwarded ports, downloads, copies and commands: all but the last stay when their room is left.

use rolldeck_core::{
    kept::Name,
    logs::LogsOf,
    model::{AppKey, Pod},
    shell::{Copying, ForwardWanted, Place},
};

use super::State;
use crate::{
    CopyAction, Effect, Message, Room,
    copies::{self, CopiesRoom},
    forwards::ForwardId,
    logs::DownloadEffect,
    run::{RunRoom, targets},
    shell::{ShellAction, ShellRoom},
};

impl State {
    /// Does what a room wants of the sessions; whoever opens one looks at it.
    pub(super) fn shell(&mut self, action: ShellAction) -> Vec<Effect> {
        let app = match &action {
            ShellAction::Open(wanted) => self.app_of(&wanted.place),
            _ => None,
        };
        let opens = matches!(action, ShellAction::Open(_));
        let mut effects = self.resize_shells();
        let now = self.shared.clock.now;
        effects.extend(self.shared.shells.act(action, now).into_iter().map(Effect::Shell));
        if opens {
            self.shared.shells.belongs_to(app);
        }
        effects.extend(self.resize_shells());
        if opens && self.top().room() != Room::Shell {
            effects.extend(self.bound());
            effects.extend(self.open(Box::new(ShellRoom::default())));
        }
        let ctx = self.shared.ctx();
        effects.extend(self.above.iter_mut().flat_map(|room| room.session_shown(&ctx)));
        self.dirty = true;
        effects
    }

    /// Takes what is told about a session.
    pub(super) fn told_of_shell(&mut self, message: &Message) -> Vec<Effect> {
        let Message::Shell(id, reply) = message else { return Vec::new() };
        let now = self.shared.clock.now;
        self.shared.shells.take(*id, reply, now).map(Effect::Shell).into_iter().collect()
    }

    /// The app that a pod in view belongs to.
    fn app_of(&self, Place { pod, .. }: &Place) -> Option<AppKey> {
        let fleet = &self.shared.fleet;
        let has = |key: &AppKey| key.namespace == pod.namespace && fleet.pods_of(key).any(|one| one.name == pod.name);
        fleet.rows().map(|row| &row.app.key).find(|key| has(key)).cloned()
    }

    /// Tells the sessions how large their terminals are.
    pub(super) fn resize_shells(&mut self) -> Vec<Effect> {
        let body = self.body();
        self.shared.shells.resize(body).into_iter().map(Effect::Shell).collect()
    }

    /// Forwards a port.
    pub(super) fn forward(&mut self, wanted: ForwardWanted) -> Effect {
        self.dirty = true;
        Effect::Forward(self.shared.forwards.add(wanted))
    }

    /// Closes a forwarded port.
    pub(super) fn end_forward(&mut self, id: ForwardId) -> Effect {
        self.dirty = true;
        Effect::Forward(self.shared.forwards.remove(id))
    }

    /// Begins a download of logs, ends it, goes on with it, or forgets it.
    pub(super) fn download(&mut self, effect: DownloadEffect) -> Vec<Effect> {
        self.dirty = true;
        self.shared.downloads.act(effect)
    }

    /// Does what a room wants of the copies; whoever begins one looks at it.
    pub(super) fn copy_files(&mut self, action: CopyAction) -> Vec<Effect> {
        let begins = matches!(action, CopyAction::Start(_));
        let mut effects: Vec<Effect> = self.shared.copies.act(action).into_iter().map(Effect::Copies).collect();
        if begins && self.top().room() != Room::Copies {
            effects.extend(self.bound());
            effects.extend(self.open(Box::new(CopiesRoom::new(&self.shared.ctx()))));
        }
        self.dirty = true;
        effects
    }

    /// Asks for a copy: in the container of the shell that is looked at, else where [`Self::run_line`] would run a line.
    pub(super) fn copy_line(&mut self, way: Copying, line: &str) -> Result<Vec<Effect>, String> {
        let ctx = self.shared.ctx();
        let session = ctx.shells.current().filter(|_| self.top().room() == Room::Shell);
        let places = match session {
            Some(tab) => vec![(tab.place.clone(), true)],
            None => targets(self.pods_meant().into_iter()),
        };
        let form = copies::ask(&ctx, way, line, places)?;
        let mut effects = self.bound();
        effects.extend(self.open(form));
        Ok(effects)
    }

    /// Asks where to run a line: in the pods of the marked apps; else in the pod under the cursor, with those of the same app to be
    /// marked, too; else in those of the app under the cursor. Pods that are marked themselves go before apps that are.
    pub(super) fn run_line(&mut self, line: &str) -> Result<Vec<Effect>, String> {
        let ctx = self.shared.ctx();
        let room = RunRoom::new(&ctx, line, targets(self.pods_meant().into_iter()))?;
        let mut effects = self.bound();
        effects.extend(self.open(Box::new(room)));
        Ok(effects)
    }

    /// The pods that what is typed may be about, and whether it is without more.
    fn pods_meant(&self) -> Vec<(&Pod, bool)> {
        let (fleet, ctx) = (&self.shared.fleet, self.shared.ctx());
        let marks = self.home.marks();
        let chosen: Vec<LogsOf> = self.top().logged(&ctx);
        let chosen: Vec<&Name> = chosen.iter().filter_map(LogsOf::pod).collect();
        if marks.is_empty() || chosen.len() > 1 {
            let app = self.top().app(&ctx);
            let rows = app.iter().flat_map(|app| fleet.pods(app)).map(|row| row.pod);
            let own = |pod: &Pod| chosen.is_empty() || chosen.iter().any(|name| name.name == pod.name);
            rows.map(|pod| (pod, own(pod))).collect()
        } else {
            marks.iter().flat_map(|app| fleet.pods(app)).map(|row| (row.pod, true)).collect()
        }
    }
}
