//! Rows of lines, drawn: only what is in sight is ever decoded.

use std::ops::Range;

use ratatui::{
    buffer::Buffer as Cells,
    layout::Rect,
    style::{Color, Modifier, Style},
};
use rolldeck_core::logs::{
    Level, Line, Matcher, Sign,
    read::message,
    show::{Colour, Place, Style as Sgr, Wrapped, slice, spans},
};

use super::{columns::Columns, room::Logs, tags::Paints, times::moment};
use crate::{
    Clock, Ctx, Scope,
    widgets::text::{left, put, width, wrap},
};

/// So many hits are shown within a row.
const HITS: usize = 64;
/// So far around a row of a huge line hits are looked for.
const AROUND: usize = 512;

/// Columns before the text: the cursor, marks, time and tag.
pub(super) fn before(room: &Logs) -> usize {
    2 + room.look.times.width() + tag(room)
}

/// Columns of the tag with the blank behind it; in a narrow room it takes no more than a quarter.
fn tag(room: &Logs) -> usize {
    let widest = usize::from(room.size.0) / 4;
    match room.buffer.tags.width.min(widest) {
        _ if room.look.full => 0,
        0 => 0,
        columns => columns + 1,
    }
}

/// Draws the rows in sight into `area`.
pub(super) fn draw(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let (ring, view) = (room.buffer.ring(), &room.buffer.view);
    let rows = room.window.rows(ring, view);
    let columns = room.look.columns.then(|| Columns::of(room, &rows, area)).filter(Columns::any);
    let paints = Paints::of(ctx.theme);
    let sought = sought(room);
    let mut y = area.y;
    if let Some(columns) = &columns {
        columns.heading(ctx, cells, Rect { height: 1, ..area }, before(room));
        y += 1;
    }
    for place in rows {
        if y >= area.bottom() {
            break;
        }
        let Some(line) = ring.line(place.line) else { continue };
        let row = Row { room, ctx, paints, sought: &sought, line };
        row.draw(cells, Rect { y, height: 1, ..area }, place, columns.as_ref());
        y += 1;
    }
}

/// What is to be seen within lines: what is looked for, and what they are filtered by.
fn sought(room: &Logs) -> Vec<Matcher> {
    let terms = room.buffer.view.filter().terms.iter().filter(|term| term.sign == Sign::Include);
    let seek = room.buffer.seek.iter().map(|seek| &seek.matcher);
    terms.map(|term| &term.matcher).chain(seek).cloned().collect()
}

struct Row<'a> {
    room: &'a Logs,
    ctx: &'a Ctx<'a>,
    paints: Paints,
    sought: &'a [Matcher],
    line: Line<'a>,
}

impl Row<'_> {
    fn draw(&self, cells: &mut Cells, area: Rect, place: Place, columns: Option<&Columns>) {
        let (room, theme, number) = (self.room, self.ctx.theme, self.line.number);
        let under = room.window.cursor == Some(number);
        let selected = room.selected().is_some_and(|range| range.contains(&number));
        if under {
            cells.set_style(area, theme.style(Scope::Cursor));
        } else if selected {
            cells.set_style(area, theme.style(Scope::Marked).add_modifier(Modifier::REVERSED));
        }
        let sign = if under { "▸" } else { " " };
        let mut x = put(cells, area, area.x, area.y, sign, theme.style(Scope::Key));
        let mark = if room.marks.contains(&number) { "●" } else { " " };
        x = put(cells, area, x, area.y, mark, theme.style(Scope::Marked));
        if self.line.gap().is_some() {
            let columns = usize::from(area.right().saturating_sub(x));
            let rows = if room.window.wrap.is_some() { wrap(&self.gap(), columns) } else { vec![self.gap()] };
            let text = rows.get(place.row).map_or("", String::as_str);
            put(cells, area, x, area.y, text, theme.style(Scope::Warn));
            return;
        }
        if place.row > 0 {
            x += u16::try_from(before(room) - 2).unwrap_or(0);
        } else {
            x = self.head(cells, area, x);
        }
        let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
        match columns {
            Some(columns) if columns.draw(self.ctx, cells, rest, self.line.text) => {}
            _ => self.text(cells, rest, place),
        }
    }

    /// Time and tag.
    fn head(&self, cells: &mut Cells, area: Rect, x: u16) -> u16 {
        let (room, theme) = (self.room, self.ctx.theme);
        let times = room.look.times;
        let mut x = x;
        if times.width() > 0 {
            let text = left(&times.text(self.line.time, self.ctx.clock), times.width());
            x = put(cells, area, x, area.y, &text, theme.style(Scope::Dim));
        }
        let columns = tag(room);
        if columns > 0 {
            let style = self.paints.slot(room.buffer.sources.colour(self.line.source));
            let text = rolldeck_core::text::width::cut_middle(room.buffer.tags.of(self.line.source), columns - 1);
            x = put(cells, area, x, area.y, &left(&text, columns), style);
        }
        x
    }

    /// The part of the line that is in this row.
    fn window(&self, place: Place, columns: usize) -> Range<usize> {
        match self.room.window.wrap {
            Some(wrap) => Wrapped::new(self.line.text, wrap).row(place.row),
            None => slice(self.line.text, self.room.window.x, columns),
        }
    }

    fn text(&self, cells: &mut Cells, area: Rect, place: Place) {
        let window = self.window(place, area.width.into());
        let ground = self.ground();
        let mut x = area.x;
        for (piece, hit) in pieces(self.line.text, window.clone(), self.sought) {
            for span in spans(self.line.text, piece) {
                let style = ground.patch(sgr(span.style, self.paints));
                let style = if hit { style.patch(self.ctx.theme.style(Scope::Match)) } else { style };
                x = put(cells, area, x, area.y, &span.text, style);
            }
        }
        let more = self.room.window.wrap.is_none() && window.end < self.line.text.len();
        if more && area.width > 0 {
            put(cells, area, area.right() - 1, area.y, "…", self.ctx.theme.style(Scope::Dim));
        }
        let frames = self.room.frames(self.line.number);
        if frames > 0 && place.row == 0 {
            let text = format!(" ⋯ {frames} more");
            let at = area.right().saturating_sub(u16::try_from(width(&text)).unwrap_or(0)).min(x).max(area.x);
            put(cells, area, at, area.y, &text, self.ctx.theme.style(Scope::Key));
        }
    }

    /// How a line looks where the app says nothing about it: by its level, which its own words say too.
    fn ground(&self) -> Style {
        let theme = self.ctx.theme;
        match self.line.level {
            Level::Error | Level::Fatal => theme.style(Scope::Bad),
            Level::Warn => theme.style(Scope::Warn),
            Level::Trace | Level::Debug => theme.style(Scope::Dim),
            Level::Unknown | Level::Info => Style::new(),
        }
    }

    /// A mark where lines may be missing, as the operator's clock has it.
    fn gap(&self) -> String {
        let Some(gap) = self.line.gap() else { return String::new() };
        let clock: Clock = self.ctx.clock;
        let of = self.room.buffer.tags.of(self.line.source);
        let of = if of.is_empty() { String::new() } else { format!(" ({of})") };
        let what = match gap.count {
            Some(0) => "nothing is missing".to_owned(),
            Some(count) => {
                format!("{} missing", crate::widgets::text::count(usize::try_from(count).unwrap_or(usize::MAX), "line"))
            }
            None => "lines may be missing".to_owned(),
        };
        format!("┄ {what}, {} to {}{of}: {} ┄", moment(gap.from, clock), moment(gap.to, clock), gap.why.text())
    }
}

/// The pieces of a window of a line, those that hold a hit told from the rest.
fn pieces(line: &[u8], window: Range<usize>, sought: &[Matcher]) -> Vec<(Range<usize>, bool)> {
    let from = window.start.saturating_sub(AROUND);
    let near = &line[from.min(line.len())..window.end.saturating_add(AROUND).min(line.len())];
    let mut hits: Vec<Range<usize>> = sought
        .iter()
        .flat_map(|matcher| matcher.hits(near).take(HITS))
        .map(|hit| (hit.start + from).max(window.start)..(hit.end + from).min(window.end))
        .filter(|hit| !hit.is_empty())
        .collect();
    hits.sort_by_key(|hit| hit.start);
    let (mut pieces, mut at) = (Vec::new(), window.start);
    for hit in hits {
        if hit.start > at {
            pieces.push((at..hit.start, false));
        }
        if hit.end > at {
            pieces.push((hit.start.max(at)..hit.end, true));
            at = hit.end;
        }
    }
    if at < window.end {
        pieces.push((at..window.end, false));
    }
    pieces
}

/// A style of the app's, as far as the theme has colours.
fn sgr(style: Sgr, paints: Paints) -> Style {
    let colour = |colour: Colour| match colour {
        Colour::Indexed(n) => Color::Indexed(n),
        Colour::Rgb(r, g, b) => Color::Rgb(r, g, b),
    };
    let mut out = Style::new();
    if paints != Paints::None {
        out.fg = style.fg.map(colour);
        out.bg = style.bg.map(colour);
    }
    [
        (style.bold, Modifier::BOLD),
        (style.dim, Modifier::DIM),
        (style.italic, Modifier::ITALIC),
        (style.underline, Modifier::UNDERLINED),
        (style.reverse, Modifier::REVERSED),
        (style.struck, Modifier::CROSSED_OUT),
    ]
    .into_iter()
    .filter(|(on, _)| *on)
    .fold(out, |out, (_, modifier)| out.add_modifier(modifier))
}

/// What a line is about, for a column: its message, else the line itself.
pub(super) fn about(text: &[u8]) -> &[u8] {
    message(text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_told_from_the_rest_and_nothing_is_lost() {
        let matcher = Matcher::parse("ab").unwrap();
        let line = b"xxabxxab";
        assert_eq!(
            pieces(line, 0..8, std::slice::from_ref(&matcher)),
            [(0..2, false), (2..4, true), (4..6, false), (6..8, true)]
        );
        assert_eq!(pieces(line, 3..7, std::slice::from_ref(&matcher)), [(3..4, true), (4..6, false), (6..7, true)]);
        assert_eq!(pieces(line, 0..8, &[]), [(0..8, false)]);
        let over = Matcher::parse("bxx").unwrap();
        assert_eq!(pieces(line, 0..8, &[matcher, over]), [(0..2, false), (2..4, true), (4..6, true), (6..8, true)]);
    }
}
