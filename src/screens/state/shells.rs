//! Shells, forwarded ports, downloads and commands: all but the last stay when their room is left.

use rolldeck_core::{kept::Name, logs::LogsOf, model::Pod, shell::ForwardWanted};

use super::State;
use crate::{
    Effect, Room,
    forwards::ForwardId,
    logs::DownloadEffect,
    run::{RunRoom, targets},
    shell::{ShellAction, ShellRoom},
};

impl State {
    /// Does what a room wants of the sessions; whoever opens one looks at it.
    pub(super) fn shell(&mut self, action: ShellAction) -> Vec<Effect> {
        let opens = matches!(action, ShellAction::Open(_));
        let mut effects = self.resize_shells();
        let now = self.shared.clock.now;
        effects.extend(self.shared.shells.act(action, now).into_iter().map(Effect::Shell));
        if opens && self.top().room() != Room::Shell {
            effects.extend(self.bound());
            effects.extend(self.open(Box::new(ShellRoom::default())));
        }
        self.dirty = true;
        effects
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

    /// Asks where to run a line: in the pods of the marked apps; else in the pod under the cursor, with those of the same app to be
    /// marked, too; else in those of the app under the cursor. Pods that are marked themselves go before apps that are.
    pub(super) fn run_line(&mut self, line: &str) -> Result<Vec<Effect>, String> {
        let ctx = self.shared.ctx();
        let marks = self.home.marks();
        let chosen: Vec<LogsOf> = self.top().logged(&ctx);
        let chosen: Vec<&Name> = chosen.iter().filter_map(LogsOf::pod).collect();
        let pods: Vec<(&Pod, bool)> = if marks.is_empty() || chosen.len() > 1 {
            let app = self.top().app(&ctx);
            let rows = app.iter().flat_map(|app| ctx.fleet.pods(app)).map(|row| row.pod);
            let own = |pod: &Pod| chosen.is_empty() || chosen.iter().any(|name| name.name == pod.name);
            rows.map(|pod| (pod, own(pod))).collect()
        } else {
            marks.iter().flat_map(|app| ctx.fleet.pods(app)).map(|row| (row.pod, true)).collect()
        };
        let room = RunRoom::new(&ctx, line, targets(pods.into_iter()))?;
        let mut effects = self.bound();
        effects.extend(self.open(Box::new(room)));
        Ok(effects)
    }
}
