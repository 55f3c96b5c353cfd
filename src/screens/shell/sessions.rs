//! The sessions of this console: those that are open, and those that ended and were not put away.

use std::sync::Arc;

use rolldeck_core::{
    Time,
    model::AppKey,
    shell::{Denied, End, Grid, Place, Refused, Size},
    text::Clean,
};

use super::{ShellAction, ShellEffect, ShellId, ShellReply, ShellSettings, Wanted, What, split::of_shells};

/// What is typed so soon after an end was typed for what has ended, in milliseconds.
const LATE: i64 = 1000;

/// Bytes that may be typed ahead: as many as a terminal's own line (`N_TTY_BUF_SIZE` of Linux).
pub(super) const AHEAD: usize = 4096;

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// On its way, and what is being done.
    Opening(Clean),
    /// Open.
    Live,
    /// It ended.
    Ended(End),
    /// The user may not.
    Denied(Denied),
    /// It was not opened.
    Refused(Refused),
}

/// A session.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Which.
    pub id: ShellId,
    /// As it was asked for.
    pub wanted: Wanted,
    /// Where it is: of a debug container, that one's place.
    pub place: Place,
    /// How it stands.
    pub phase: Phase,
    /// Since when.
    pub since: Time,
    /// What the container may use.
    pub limits: Clean,
    /// What it shows.
    pub grid: Arc<Grid>,
    /// The file that it is recorded to.
    pub recorded: Option<Clean>,
    /// The app of the pod, where that was known: it has others.
    pub app: Option<AppKey>,
    /// What was typed while it is on its way: at most 4096 bytes.
    pub ahead: Vec<u8>,
}

impl Tab {
    /// Whether it is open.
    pub fn live(&self) -> bool {
        self.phase == Phase::Live
    }

    /// Whether it is open, or on its way.
    pub fn open(&self) -> bool {
        matches!(self.phase, Phase::Live | Phase::Opening(_))
    }

    /// Whether what is typed goes to it: not to one that only looks on.
    pub fn takes_keys(&self) -> bool {
        self.open() && self.wanted.what != What::Attach { stdin: false }
    }

    /// Whether what is typed now was typed for what has just ended, or was just not opened.
    pub fn just_ended(&self, now: Time) -> bool {
        !self.open() && (now - self.since).num_milliseconds() < LATE
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Shells {
    /// In the order in which they were opened.
    pub tabs: Vec<Tab>,
    /// How they are opened and led.
    pub settings: ShellSettings,
    /// The one that is looked at.
    at: usize,
    last: ShellId,
    /// The size of the terminals.
    size: Option<Size>,
    /// Logs stand beside them.
    split: bool,
}

impl Shells {
    /// The one that is looked at.
    pub fn current(&self) -> Option<&Tab> {
        self.tabs.get(self.at)
    }

    /// The place of [`Self::current`] among the tabs.
    pub fn at(&self) -> usize {
        self.at
    }

    /// How many are open, or on their way.
    pub fn open(&self) -> usize {
        self.tabs.iter().filter(|tab| tab.open()).count()
    }

    /// Whether logs stand beside them.
    pub fn is_split(&self) -> bool {
        self.split
    }

    /// Columns of the line above the terminal.
    pub(crate) fn columns(&self) -> u16 {
        self.terminal().cols
    }

    /// The terminals' size in a room of so many columns and rows: a row is for the console.
    pub(crate) fn room(&self, room: (u16, u16)) -> Size {
        let (columns, rows) = if self.split { of_shells(room) } else { room };
        Size { cols: columns.max(1), rows: rows.saturating_sub(1).max(1) }
    }

    /// The room has another size: what to tell the sessions.
    pub(crate) fn resize(&mut self, room: (u16, u16)) -> Vec<ShellEffect> {
        let size = self.room(room);
        if self.size.replace(size).is_none_or(|before| before == size) {
            return Vec::new();
        }
        self.tabs.iter().filter(|tab| tab.open()).map(|tab| ShellEffect::Resize(tab.id, size)).collect()
    }

    /// The newest is in a pod of this app.
    pub(crate) fn belongs_to(&mut self, app: Option<AppKey>) {
        if let Some(tab) = self.tabs.last_mut() {
            tab.app = app;
        }
    }

    /// Does what a room wants; returns what is to be done outside.
    pub(crate) fn act(&mut self, action: ShellAction, now: Time) -> Vec<ShellEffect> {
        let find = |tabs: &[Tab], id| tabs.iter().position(|tab| tab.id == id);
        match action {
            ShellAction::Open(wanted) => {
                self.last += 1;
                let tab = self.tab(self.last, wanted, now);
                let opened = self.begin(&tab);
                self.tabs.push(tab);
                self.at = self.tabs.len() - 1;
                vec![opened]
            }
            ShellAction::Reopen(id) => {
                let Some(at) = find(&self.tabs, id).filter(|at| !self.tabs[*at].open()) else { return Vec::new() };
                self.last += 1;
                let tab = self.tab(self.last, self.tabs[at].wanted.clone(), now);
                let opened = self.begin(&tab);
                let app = self.tabs[at].app.take();
                self.tabs[at] = Tab { app, ..tab };
                vec![opened]
            }
            ShellAction::TypeAhead(id, bytes) => {
                let tab = self.tabs.iter_mut().find(|tab| tab.id == id && tab.takes_keys());
                if let Some(tab) = tab.filter(|tab| tab.ahead.len() + bytes.len() <= AHEAD) {
                    tab.ahead.extend(bytes);
                }
                Vec::new()
            }
            ShellAction::Split(split) => {
                self.split = split;
                Vec::new()
            }
            ShellAction::Show(id) => {
                self.at = find(&self.tabs, id).unwrap_or(self.at);
                Vec::new()
            }
            ShellAction::Close(id) => {
                let Some(at) = find(&self.tabs, id) else { return Vec::new() };
                let tab = self.tabs.remove(at);
                if self.at > at || self.at >= self.tabs.len() {
                    self.at = self.at.saturating_sub(1);
                }
                // Nobody asked for logs beside the next one.
                self.split &= !self.tabs.is_empty();
                tab.open().then_some(ShellEffect::Close(id)).into_iter().collect()
            }
        }
    }

    fn tab(&self, id: ShellId, wanted: Wanted, now: Time) -> Tab {
        let place = wanted.place.clone();
        let grid = Arc::new(Grid::empty(self.terminal()));
        let (phase, limits) = (Phase::Opening("asking whether you may".into()), Clean::default());
        Tab { id, wanted, place, phase, since: now, limits, grid, recorded: None, app: None, ahead: Vec::new() }
    }

    fn begin(&self, tab: &Tab) -> ShellEffect {
        ShellEffect::Open(tab.id, tab.wanted.clone(), self.terminal())
    }

    fn terminal(&self) -> Size {
        self.size.unwrap_or(Size { cols: 80, rows: 24 })
    }

    /// Takes what is told about a session; returns what is to be done outside: what was typed ahead goes to the one that opened.
    pub(crate) fn take(&mut self, id: ShellId, reply: &ShellReply, now: Time) -> Option<ShellEffect> {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id)?;
        let phase = match reply {
            ShellReply::Screen(grid, _) => {
                tab.grid = grid.clone();
                return None;
            }
            ShellReply::Stage(what) => Phase::Opening(what.clone()),
            ShellReply::Opened { place, limits, recorded } => {
                (tab.place, tab.limits, tab.recorded) = (place.clone(), limits.clone(), recorded.clone());
                Phase::Live
            }
            ShellReply::Ended(end) => Phase::Ended(end.clone()),
            ShellReply::Denied(denied) => Phase::Denied(denied.clone()),
            ShellReply::Refused(refused) => Phase::Refused(refused.clone()),
        };
        (tab.phase, tab.since) = (phase, now);
        if matches!(tab.phase, Phase::Opening(_)) {
            return None;
        }
        let ahead = std::mem::take(&mut tab.ahead);
        (tab.live() && !ahead.is_empty()).then_some(ShellEffect::Input(id, ahead))
    }
}
