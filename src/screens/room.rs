//! What every room (screen) is: a state of its own, keys in, actions out, and a drawing.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    batch::{Found, Run, guard::Guard},
    fleet::Fleet,
    logs::LogsOf,
    model::{AppKey, AppKind, KubeContext, ObjectRef, Parked},
    text::Clean,
};

use crate::{
    Clock, Command, CopyAction, Effect, Key, Keymap, List, Message, Mouse, Room, Session, Theme,
    copies::Copies,
    forwards::{ForwardId, Forwards},
    shell::{ShellAction, Shells},
    widgets::Columns,
};

/// What a room may look at beside its own state.
pub struct Ctx<'a> {
    /// Everything in view.
    pub fleet: &'a Fleet,
    /// Whom we are connected to.
    pub session: &'a Session,
    /// The keys.
    pub keymap: &'a Keymap,
    /// The colours.
    pub theme: &'a Theme,
    /// The time.
    pub clock: Clock,
    /// The batch that this console drives or follows, if any.
    pub run: Option<&'a Run>,
    /// Unfinished batches in the cluster.
    pub found: &'a [Found],
    /// The changes that were seen since the console started.
    pub seen: &'a rolldeck_core::changes::Log,
    /// The namespaces in view now; empty: all.
    pub scope: &'a BTreeSet<Clean>,
    /// Every context of the kubeconfigs that is known, in their order.
    pub contexts: &'a [KubeContext],
    /// The contexts that were left for another, and what waits there.
    pub parked: &'a [Parked],
    /// Tables show every column in full, as far as they go, instead of those that fit.
    pub wide: bool,
    /// Filters that were kept in any room, the newest last.
    pub filters: &'a [String],
    /// The columns that the user chose.
    pub columns: &'a Columns,
    /// The shells of this console.
    pub shells: &'a Shells,
    /// The forwarded ports of this console.
    pub forwards: &'a Forwards,
    /// The downloads of logs of this console.
    pub downloads: &'a crate::logs::Downloads,
    /// The copies of files of this console.
    pub copies: &'a Copies,
}

impl Ctx<'_> {
    /// [`Session::guard`] of these namespaces.
    pub fn guard<'n>(&self, namespaces: impl IntoIterator<Item = &'n Clean>) -> (Guard, Clean) {
        self.session.guard(namespaces)
    }
}

/// What a room wants to happen.
pub enum Action {
    /// Something outside.
    Effect(Effect),
    /// Open this room on top; `Back` returns here.
    Open(Box<dyn Screen>),
    /// Put this room in the place of the one that speaks.
    Replace(Box<dyn Screen>),
    /// Leave this room.
    Back,
    /// Say something at the bottom until the next key: whether it is an error, and the text.
    Note(bool, Clean),
    /// Mark these apps in the fleet.
    Mark(Vec<rolldeck_core::model::AppKey>),
    /// Go to these namespaces: the fleet shows them alone, and every room over it is left.
    Scope(BTreeSet<Clean>),
    /// Unmark these apps' marks in the fleet (a batch was started on them).
    ClearMarks,
    /// A filter was kept: remember it for every room's field.
    Filtered(String),
    /// Something about the shells.
    Shell(ShellAction),
    /// Forward a port.
    Forward(rolldeck_core::shell::ForwardWanted),
    /// Something about a download of logs, which goes on when its room is left.
    Download(crate::logs::DownloadEffect),
    /// Close a forwarded port, and forget it.
    EndForward(ForwardId),
    /// Something about copies of files.
    Copies(CopyAction),
    /// What this command does on the screen.
    Command(Command),
}

/// A room.
pub trait Screen {
    /// Which rows of the keymap hold here.
    fn room(&self) -> Room;

    /// Whether the room takes keys as text now (a field or a dialog is open). Then [`Self::key`] gets every key, and the keymap none.
    fn typing(&self) -> bool {
        false
    }

    /// Whether even the keys that leave the console are the room's: what is typed goes to a container.
    fn raw(&self, _ctx: &Ctx) -> bool {
        false
    }

    /// What stands at the left of the header: `Fleet`, `Plan: release of 6 apps`.
    fn title(&self, ctx: &Ctx) -> String;

    /// What is to be done when the room opens: reads and streams that it needs.
    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// What is to be done when the room is left for good: the end of what [`Self::entered`] began. A room that another covers
    /// is not left.
    fn left(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    /// The object under the cursor, for what every room can do with one: YAML, describe, events.
    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        None
    }

    /// The app under the cursor, or the one that the room is about.
    fn app(&self, ctx: &Ctx) -> Option<AppKey> {
        let object = self.selected(ctx)?;
        let kind = AppKind::ALL.into_iter().find(|kind| *kind.name() == *object.api.kind)?;
        Some(AppKey { namespace: object.namespace, name: object.name, kind })
    }

    /// Of what logs are opened from here: what is marked, or what is under the cursor.
    fn logged(&self, ctx: &Ctx) -> Vec<LogsOf> {
        self.selected(ctx).as_ref().and_then(crate::logs::of_object).into_iter().collect()
    }

    /// What `copy` copies: the name of what is under the cursor.
    fn copied(&self, ctx: &Ctx) -> Option<String> {
        self.selected(ctx).map(|object| object.name.to_string())
    }

    /// Where the lines of the room's list stand, for the mouse: clicks and the wheel then work without more. `None` where there
    /// is no list, and while a question lies over it.
    fn list(&self, _ctx: &Ctx) -> Option<List> {
        None
    }

    /// Takes the mouse, at a place counted from the room's upper left corner: for what is no line of [`Self::list`], such as a
    /// button. `None` where it is nothing of the room's own. A click never confirms a write.
    fn mouse(&mut self, _ctx: &Ctx, _mouse: Mouse) -> Option<Vec<Action>> {
        None
    }

    /// A command of the keymap. Common ones (quit, help, back, palette) never come here, save `Back` where
    /// [`Self::takes_back`] says so. A question that takes every key as it is has none.
    fn command(&mut self, _ctx: &Ctx, _command: Command) -> Vec<Action> {
        Vec::new()
    }

    /// A key while [`Self::typing`].
    fn key(&mut self, _ctx: &Ctx, _key: Key) -> Vec<Action> {
        Vec::new()
    }

    /// Pasted text while [`Self::typing`].
    fn paste(&mut self, _ctx: &Ctx, _text: &str) -> Vec<Action> {
        Vec::new()
    }

    /// Any other message, after the shared state took it. Returns whether something in the room looks different now, and actions.
    fn message(&mut self, _ctx: &Ctx, _message: &Message) -> (bool, Vec<Action>) {
        (false, Vec::new())
    }

    /// The size of the room's area, whenever it changes and before the first drawing: columns, rows.
    fn resize(&mut self, _ctx: &Ctx, _size: (u16, u16)) {}

    /// Another session of the shells may be looked at: what is to be done about what stands beside it.
    fn session_shown(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Whether `Back` has something to undo in the room (a filter that is applied, say) before it leaves the room.
    fn takes_back(&self) -> bool {
        false
    }

    /// Whether the room is a question over the one that opened it, which then stays in sight.
    fn floats(&self) -> bool {
        false
    }

    /// When something that the room shows will read differently by the passing of time alone, if ever.
    fn wake_at(&self, _ctx: &Ctx) -> Option<Time> {
        None
    }

    /// Draws into `area`, below the header and above the footer.
    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect);

    /// Commands whose keys the footer hints at, most useful first.
    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        Vec::new()
    }
}
