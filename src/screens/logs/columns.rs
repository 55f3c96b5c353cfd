//! Fields of structured lines, side by side.

use std::collections::HashMap;

use ratatui::{buffer::Buffer as Cells, layout::Rect};
use rolldeck_core::{
    logs::{read::fields, show::Place},
    text::Clean,
};

use super::{lines::about, room::Logs};
use crate::{
    Ctx, Scope,
    widgets::text::{left, put, width},
};

/// So far into a line fields are looked for: a column has no room for more.
const FAR: usize = 16 << 10;
/// The widest that a column gets.
const WIDEST: usize = 24;
/// Columns that the message keeps.
const MESSAGE: usize = 30;
/// Fields that stand elsewhere: in the message, or before the line.
const KNOWN: [&str; 14] = [
    "msg",
    "message",
    "Message",
    "MESSAGE",
    "@m",
    "@mt",
    "short_message",
    "log",
    "event",
    "body",
    "time",
    "ts",
    "timestamp",
    "@timestamp",
];

/// The columns of the lines in sight: the commonest fields, as many as fit; those that say the same in every line come last.
pub(super) struct Columns {
    names: Vec<(Clean, usize)>,
    /// Columns out of sight on the left.
    from: usize,
}

/// A field, and what the lines in sight have of it.
struct Found {
    name: Clean,
    count: usize,
    columns: usize,
    first: Clean,
    varies: bool,
}

impl Columns {
    pub(super) fn of(room: &Logs, rows: &[Place], area: Rect) -> Self {
        let mut found: Vec<Found> = Vec::new();
        let mut places: HashMap<Clean, usize> = HashMap::new();
        for line in rows.iter().filter_map(|place| room.buffer.ring().line(place.line)) {
            for (name, value) in fields(&line.text[..line.text.len().min(FAR)]) {
                if KNOWN.contains(&name.as_str()) {
                    continue;
                }
                let at = *places.entry(name.clone()).or_insert_with(|| {
                    let columns = width(&name).min(WIDEST);
                    found.push(Found { name, count: 0, columns, first: value.clone(), varies: false });
                    found.len() - 1
                });
                let field = &mut found[at];
                field.count += 1;
                field.columns = field.columns.max(width(&value)).min(WIDEST);
                field.varies |= field.first != value;
            }
        }
        let all = found.iter().map(|field| field.count).max().unwrap_or(0);
        let dull = |field: &Found| all > 1 && field.count == all && !field.varies;
        found.sort_by_key(|field| (dull(field), std::cmp::Reverse(field.count)));
        let room_for = usize::from(area.width).saturating_sub(super::lines::before(room) + MESSAGE);
        let from = (room.window.x / 20).min(found.len().saturating_sub(1));
        let mut taken = 0;
        let names = found.into_iter().skip(from).filter(|field| {
            let fits = taken + field.columns + 2 <= room_for;
            taken += if fits { field.columns + 2 } else { 0 };
            fits
        });
        Self { names: names.map(|field| (field.name, field.columns)).collect(), from }
    }

    /// Whether any line in sight has a field.
    pub(super) fn any(&self) -> bool {
        !self.names.is_empty()
    }

    pub(super) fn heading(&self, ctx: &Ctx, cells: &mut Cells, area: Rect, before: usize) {
        let style = ctx.theme.style(Scope::Heading);
        let mut x = area.x + u16::try_from(before).unwrap_or(0);
        for (name, columns) in &self.names {
            x = put(cells, area, x, area.y, &left(name, columns + 2), style);
        }
        let behind = if self.from > 0 { format!("message  (‹ {} more)", self.from) } else { "message".to_owned() };
        put(cells, area, x, area.y, &behind, style);
    }

    /// Draws a line; `false`: it has no fields, and is to be drawn as it is.
    pub(super) fn draw(&self, ctx: &Ctx, cells: &mut Cells, area: Rect, text: &[u8]) -> bool {
        let found = fields(&text[..text.len().min(FAR)]);
        if found.is_empty() {
            return false;
        }
        let mut x = area.x;
        for (name, columns) in &self.names {
            let value = found.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
            let scope = if name.as_str() == "level" { Scope::Text } else { Scope::Dim };
            x = put(cells, area, x, area.y, &left(value, columns + 2), ctx.theme.style(scope));
        }
        let message = about(text);
        let message = Clean::from_bytes(&message[..message.len().min(FAR)]);
        put(
            cells,
            area,
            x,
            area.y,
            &left(&message, area.right().saturating_sub(x).into()),
            ctx.theme.style(Scope::Text),
        );
        true
    }
}
