//! The whole of what is shown, and the two functions over it.

mod draw;
mod freshness;
mod header;
mod keys;
mod last;
mod leave;
mod mouse;
#[cfg(test)]
mod moving_tests;
mod park;
mod scope;
mod seen;
mod shells;
#[cfg(test)]
mod tests;
mod update;

use std::{collections::BTreeSet, sync::Arc};

pub use draw::draw;
pub(crate) use freshness::loading;
use header::Header;
pub(crate) use header::standing;
pub(crate) use leave::intent;
use rolldeck_core::{
    Time,
    batch::{Found, Run},
    fleet::Fleet,
    model::{KubeContext, Parked},
    text::Clean,
};
pub use scope::sources;
pub use update::update;

use crate::{
    BatchEffect, Clock, ContextsEffect, Ctx, Effect, Keymap, Screen, Session, Theme,
    copies::Copies,
    fleet::FleetRoom,
    forwards::Forwards,
    palette::{History, Palette},
    shell::{ShellSettings, Shells},
    widgets::{Columns, Dialog},
};

/// What all rooms look at.
struct Shared {
    fleet: Fleet,
    session: Session,
    keymap: Keymap,
    theme: Theme,
    clock: Clock,
    run: Option<Arc<Run>>,
    found: Vec<Found>,
    scope: BTreeSet<Clean>,
    /// Every namespace seen so far, those out of view included.
    namespaces: BTreeSet<Clean>,
    /// Every context of the kubeconfigs that is known.
    contexts: Vec<KubeContext>,
    /// The contexts that were left for another.
    parked: Vec<Parked>,
    /// Tables show their columns in full.
    wide: bool,
    /// Filters that were kept, the newest last.
    filters: Vec<String>,
    columns: Columns,
    shells: Shells,
    forwards: Forwards,
    downloads: crate::logs::Downloads,
    copies: Copies,
    /// The changes that were seen since the start.
    seen: rolldeck_core::changes::Log,
}

impl Shared {
    /// An empty fleet of the namespaces in view.
    fn new_fleet(&self) -> Fleet {
        Fleet::new(sources(&self.scope)).with_added(self.columns.of_fleet())
    }

    fn ctx(&self) -> Ctx<'_> {
        Ctx {
            fleet: &self.fleet,
            session: &self.session,
            keymap: &self.keymap,
            theme: &self.theme,
            clock: self.clock,
            run: self.run.as_deref(),
            found: &self.found,
            scope: &self.scope,
            seen: &self.seen,
            contexts: &self.contexts,
            parked: &self.parked,
            wide: self.wide,
            filters: &self.filters,
            columns: &self.columns,
            shells: &self.shells,
            forwards: &self.forwards,
            downloads: &self.downloads,
            copies: &self.copies,
        }
    }
}

/// Something said at the bottom.
struct Note {
    error: bool,
    text: Clean,
    until: Option<Time>,
}

/// Everything that a frame is drawn from.
pub struct State {
    shared: Shared,
    home: FleetRoom,
    /// Rooms over the fleet, the last on top.
    above: Vec<Box<dyn Screen>>,
    /// The place before this one.
    other: Option<last::Other>,
    palette: Option<Palette>,
    /// What was entered into the palette.
    history: History,
    /// The last press of the mouse that may become a double click.
    pressed: Option<mouse::Pressed>,
    /// The question before leaving with a batch in flight.
    leaving: Option<Dialog>,
    note: Option<Note>,
    size: (u16, u16),
    header: Header,
    /// Unfinished batches were named once.
    named: bool,
    /// When the terminal came back that was lent: what was typed for whoever had it comes late.
    restored: Option<Time>,
    /// Metrics are polled.
    metrics: bool,
    dirty: bool,
}

impl State {
    /// The state at the start: the fleet screen, loading. `size` is columns and rows.
    pub fn new(session: Session, keymap: Keymap, theme: Theme, clock: Clock, size: (u16, u16)) -> Self {
        let scope: BTreeSet<Clean> = session.namespaces.iter().cloned().collect();
        let shared = Shared {
            fleet: Fleet::new(sources(&scope)),
            session,
            keymap,
            theme,
            clock,
            run: None,
            found: Vec::new(),
            namespaces: scope.clone(),
            scope,
            contexts: Vec::new(),
            parked: Vec::new(),
            wide: false,
            seen: Default::default(),
            filters: Vec::new(),
            columns: Columns::default(),
            shells: Shells::default(),
            forwards: Forwards::default(),
            downloads: Default::default(),
            copies: Copies::default(),
        };
        let mut state = Self {
            shared,
            home: FleetRoom::default(),
            above: Vec::new(),
            other: None,
            palette: None,
            history: History::default(),
            pressed: None,
            leaving: None,
            note: None,
            size,
            header: Header::default(),
            named: false,
            restored: None,
            metrics: true,
            dirty: true,
        };
        state.resize(size);
        state.refresh_header();
        state
    }

    /// Takes what was entered into the palette in earlier runs, oldest first.
    pub fn recall(&mut self, lines: Vec<String>) {
        self.history = History::new(lines);
    }

    /// The same with the columns that the user chose.
    #[must_use]
    pub fn with_columns(mut self, columns: Columns) -> Self {
        self.shared.columns = columns;
        self.shared.fleet = self.shared.new_fleet();
        self.resize(self.size);
        self
    }

    /// The same with shells that are opened and led like this.
    #[must_use]
    pub fn with_shells(mut self, settings: ShellSettings) -> Self {
        self.shared.shells.settings = settings;
        self
    }

    /// Takes other colours.
    pub fn recolour(&mut self, theme: Theme) {
        self.shared.theme = theme;
        self.dirty = true;
    }

    /// What to do first.
    pub fn start(&mut self) -> Vec<Effect> {
        vec![
            Effect::Scope(self.shared.scope.clone()),
            Effect::Metrics(true),
            Effect::Batch(BatchEffect::Find),
            Effect::Contexts(ContextsEffect::Read),
        ]
    }

    /// Whether the last updates changed anything that is on the screen. Cleared by the runtime through [`Self::drawn`].
    pub fn dirty(&self) -> bool {
        self.dirty
    }

    /// A frame of this state was written.
    pub fn drawn(&mut self) {
        self.dirty = false;
    }

    /// When something on the screen will change by the passing of time alone (an age, a note that goes), if ever.
    pub fn wake_at(&self) -> Option<Time> {
        let note = self.note.as_ref().and_then(|note| note.until);
        let room = self.top().wake_at(&self.shared.ctx());
        note.into_iter().chain(room).min()
    }

    fn top(&self) -> &dyn Screen {
        self.above.last().map_or(&self.home as &dyn Screen, |room| room.as_ref())
    }

    /// The room that is seen under the one on top, where that one floats.
    fn under(&self) -> Option<&dyn Screen> {
        let (top, below) = self.above.split_last()?;
        top.floats().then(|| below.last().map_or(&self.home as &dyn Screen, |room| room.as_ref()))
    }

    fn top_mut<'a>(home: &'a mut FleetRoom, above: &'a mut [Box<dyn Screen>]) -> &'a mut dyn Screen {
        match above.last_mut() {
            Some(room) => room.as_mut(),
            None => home,
        }
    }

    fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        let body = self.body();
        let ctx = self.shared.ctx();
        self.home.resize(&ctx, body);
        for room in &mut self.above {
            room.resize(&ctx, body);
        }
        self.dirty = true;
    }

    /// The size of a room: all but the header and the footer.
    fn body(&self) -> (u16, u16) {
        (self.size.0, self.size.1.saturating_sub(draw::HEADER + draw::FOOTER))
    }

    /// Makes the header anew; returns whether it reads differently.
    fn refresh_header(&mut self) -> bool {
        let header = Header::new(&self.shared.ctx(), self.top(), self.home.marks());
        let changed = header != self.header;
        self.header = header;
        changed
    }
}
