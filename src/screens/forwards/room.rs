//! The list of forwarded ports.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{model::ObjectRef, text::quantity};

use super::known::{Forwarded, Phase};
use crate::{
    Action, Command, Ctx, List, Message, Room, Scope, Screen,
    widgets::{
        Cell, Listing, Scroll, nothing,
        text::{count, put, wrap},
    },
};

/// The columns: headings and widths; the last takes what is left.
const COLUMNS: [(&str, usize); 6] =
    [("LISTENS ON", 16), ("POD", 34), ("PORT", 6), ("OPEN", 6), ("SENT/RECEIVED", 14), ("STATE", 0)];

/// Rows below the list for all that is said of the port under the cursor.
const WORDS: u16 = 4;

/// The forwarded ports.
#[derive(Default)]
pub struct ForwardsRoom {
    scroll: Scroll,
}

impl ForwardsRoom {
    fn under<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a Forwarded> {
        ctx.forwards.list.get(self.scroll.cursor)
    }
}

fn cells(forwarded: &Forwarded) -> [Cell; 6] {
    let stats = &forwarded.stats;
    let state = match (&forwarded.phase, &stats.last_error) {
        (Phase::Opening, _) => Cell::new(Scope::Busy, "on its way"),
        (Phase::Failed(why), _) => Cell::new(Scope::Bad, format!("✗ {why}")),
        (Phase::Open(_), Some(why)) => Cell::new(Scope::Warn, format!("! {why}")),
        (Phase::Open(_), None) => Cell::new(
            Scope::Good,
            format!("✓ open, {} so far", count(usize::try_from(stats.connections).unwrap_or(0), "connection")),
        ),
    };
    [
        Cell::new(Scope::Text, forwarded.address().unwrap_or_default()),
        Cell::new(Scope::Text, forwarded.wanted.place.pod.to_string()),
        Cell::new(Scope::Text, forwarded.wanted.remote.to_string()),
        Cell::new(Scope::Text, stats.open.to_string()),
        Cell::new(Scope::Dim, format!("{}/{}", quantity::memory(stats.sent), quantity::memory(stats.received))),
        state,
    ]
}

impl Screen for ForwardsRoom {
    fn room(&self) -> Room {
        Room::Forwards
    }

    fn title(&self, ctx: &Ctx) -> String {
        format!("Forwarded ports: {}", ctx.forwards.list.len())
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        let pod = &self.under(ctx)?.wanted.place.pod;
        Some(ObjectRef::pod(&pod.namespace, &pod.name))
    }

    /// Where it listens.
    fn copied(&self, ctx: &Ctx) -> Option<String> {
        self.under(ctx)?.address()
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        Some(List::new(&self.scroll, ctx.forwards.list.len(), 1))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match command {
            Command::Close => match self.under(ctx) {
                Some(forwarded) => vec![Action::EndForward(forwarded.id)],
                None => vec![Action::Note(false, "no forwarded port is under the cursor".into())],
            },
            movement => {
                self.scroll.command(movement, ctx.forwards.list.len());
                Vec::new()
            }
        }
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        self.scroll.clamp(ctx.forwards.list.len());
        (matches!(message, Message::Forward(..)), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.scroll.height = size.1.saturating_sub(1 + WORDS).into();
        self.scroll.clamp(ctx.forwards.list.len());
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let list = &ctx.forwards.list;
        if list.is_empty() {
            let how = "shift-f on a pod forwards one of its ports.";
            return nothing(ctx.theme, buffer, area, "No port is forwarded.", how);
        }
        let rows = Rect { height: area.height.saturating_sub(WORDS), ..area };
        let listing = Listing { theme: ctx.theme, columns: &COLUMNS, scroll: &self.scroll };
        listing.draw(buffer, rows, list.len(), |n| cells(&list[n]));
        let said = self.under(ctx).map(|forwarded| cells(forwarded)[5].clone());
        let lines = said.iter().flat_map(|cell| wrap(&cell.text, usize::from(area.width).saturating_sub(2).max(1)));
        for (line, y) in lines.zip(area.bottom().saturating_sub(WORDS - 1).max(area.y)..area.bottom()) {
            put(
                buffer,
                area,
                area.x + 1,
                y,
                &line,
                ctx.theme.style(said.as_ref().map_or(Scope::Text, |cell| cell.scope)),
            );
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, "back"),
            (Command::Close, "close it"),
            (Command::Copy, "copy the address"),
            (Command::Help, "help"),
        ]
    }
}
