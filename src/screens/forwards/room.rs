//! The list of forwarded ports.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{model::ObjectRef, text::quantity};

use super::known::{Forwarded, Phase};
use crate::{
    Action, Command, Ctx, List, Message, Room, Scope, Screen,
    widgets::{
        Cell, Listing, Scroll, nothing,
        text::{count, name, put, wrap},
    },
};

/// The columns in a room of so many: headings and widths; the last takes what is left.
fn columns(room: u16) -> [(&'static str, usize); 5] {
    let pod = if room < 120 { 29 } else { 60 };
    [("LISTENS ON", 15), ("POD", pod), ("PORT", 5), ("SENT/RECEIVED", 13), ("STATE", 0)]
}

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

fn cells(forwarded: &Forwarded, pod: usize) -> [Cell; 5] {
    let stats = &forwarded.stats;
    let state = match (&forwarded.phase, &stats.last_error) {
        (Phase::Opening, _) => Cell::new(Scope::Busy, "on its way"),
        (Phase::Failed(why), _) => Cell::new(Scope::Bad, format!("✗ {why}")),
        (Phase::Open(_), Some(why)) => Cell::new(Scope::Warn, format!("! {why}")),
        (Phase::Open(_), None) => Cell::new(
            Scope::Good,
            format!(
                "✓ {} open of {}",
                stats.open,
                count(usize::try_from(stats.connections).unwrap_or(0), "connection")
            ),
        ),
    };
    [
        Cell::new(Scope::Text, forwarded.address().unwrap_or_default()),
        Cell::new(Scope::Text, name(&forwarded.wanted.place.pod.to_string(), pod)),
        Cell::new(Scope::Text, forwarded.wanted.remote.to_string()),
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
        let columns = columns(area.width);
        let pod = columns[1].1;
        let listing = Listing { theme: ctx.theme, columns: &columns, scroll: &self.scroll };
        listing.draw(buffer, rows, list.len(), |n| cells(&list[n], pod));
        let said = self.under(ctx).map(|forwarded| cells(forwarded, pod)[4].clone());
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
