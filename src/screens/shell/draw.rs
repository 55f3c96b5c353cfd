//! The line above the terminal, the terminal, and what is said where it has nothing to show.

use std::ops::Range;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};
use rolldeck_core::shell::{Colour, Grid, Paint};

use super::{
    Phase, ShellId, Tab,
    room::{Mode, ShellRoom},
    split, words,
};
use crate::{
    Ctx, SIXTEEN, Scope,
    widgets::text::{count, cut, left, name, put, width, wrap},
};

/// The room.
pub(super) fn room(room: &ShellRoom, ctx: &Ctx, frame: &mut Frame, whole: Rect) {
    let parts = split::parts(whole).filter(|_| room.beside.is_some());
    let area = parts.map_or(whole, |parts| parts.shell);
    shell(room, ctx, frame, area);
    if let Some(parts) = parts {
        room.draw_beside(ctx, frame, parts);
    }
    if let Mode::Closing(dialog) = &room.mode {
        dialog.draw(ctx.theme, frame, whole);
    }
}

/// The part of the shells.
fn shell(room: &ShellRoom, ctx: &Ctx, frame: &mut Frame, area: Rect) {
    let head = Rect { height: 1.min(area.height), ..area };
    let body = Rect { y: area.y + head.height, height: area.height - head.height, ..area };
    line(room, ctx, frame.buffer_mut(), head);
    let Some(tab) = ctx.shells.current() else {
        put(frame.buffer_mut(), body, body.x + 1, body.y, "No shell is open.", ctx.theme.style(Scope::Dim));
        return;
    };
    terminal(ctx, &tab.grid, frame.buffer_mut(), body);
    let keys = matches!(room.mode, Mode::Keys | Mode::Prefix) && room.logs().is_none();
    if let Some((column, row)) =
        tab.grid.cursor.filter(|(column, row)| tab.live() && keys && *column < body.width && *row < body.height)
    {
        frame.set_cursor_position((body.x + column, body.y + row));
    }
    if let Some((heading, lines)) = words::state(ctx, tab) {
        state(ctx, tab, frame.buffer_mut(), body, &heading, &lines);
    }
}

/// Where each tab stands in the line: which, its columns, and its words. Those around the one that is looked at, where not all fit.
pub(super) fn tabs(ctx: &Ctx, columns: u16) -> Vec<(ShellId, Range<u16>, String)> {
    let shells = ctx.shells;
    if shells.tabs.len() < 2 {
        return Vec::new();
    }
    let room = usize::from(columns).saturating_sub(18);
    let each = (room / shells.tabs.len()).max(12);
    let said = |(n, tab)| name(&words::tab(n, tab, &shells.tabs, each - 2), each - 2);
    let words: Vec<String> = (1..).zip(&shells.tabs).map(said).collect();
    // The first that is shown, so that the one looked at is.
    let fit = (room / each).max(1);
    let first = (shells.at() + 1).saturating_sub(fit);
    let mut x = 1;
    let mut out = Vec::new();
    for (tab, text) in shells.tabs.iter().zip(words).skip(first) {
        let end = x + u16::try_from(width(&text)).unwrap_or(u16::MAX);
        if usize::from(end) > room {
            break;
        }
        out.push((tab.id, x..end, text));
        x = end + 2;
    }
    out
}

/// The line above the terminal: tabs, or the container's limits; what the keys do now.
fn line(room: &ShellRoom, ctx: &Ctx, buffer: &mut Buffer, area: Rect) {
    let style = |scope| ctx.theme.style(scope);
    let Some(tab) = ctx.shells.current() else { return };
    let (scope, right) = match &room.mode {
        Mode::Prefix => (Scope::Key, "a command of the console: ".to_owned()),
        Mode::Back if tab.grid.hits.is_none() => {
            (Scope::Warn, back(&tab.grid, " · / searches · y copies · q follows what comes"))
        }
        Mode::Back => (Scope::Warn, back(&tab.grid, " · q follows what comes")),
        Mode::Search(prompt) => (Scope::Key, format!("search: {}▏ {}", prompt.text(), hits(&tab.grid))),
        Mode::Keys | Mode::Closing(_) if tab.grid.back > 0 => {
            (Scope::Warn, back(&tab.grid, if tab.live() { " · any key follows what comes" } else { "" }))
        }
        Mode::Keys | Mode::Closing(_) if tab.live() && !tab.takes_keys() => (Scope::Dim, words::types(ctx)),
        Mode::Keys | Mode::Closing(_) if tab.open() => {
            (Scope::Dim, format!("{}: commands", ctx.shells.settings.prefix))
        }
        Mode::Keys | Mode::Closing(_) => (Scope::Dim, String::new()),
    };
    let recording = if tab.recorded.is_some() && tab.live() { "● REC " } else { "" };
    let from = usize::from(area.width).saturating_sub(width(&right) + width(recording) + 1);
    let from = area.x + u16::try_from(from).unwrap_or(0);
    let x = put(buffer, area, from, area.y, recording, style(Scope::Bad));
    put(buffer, area, x, area.y, &right, style(scope));
    let place = Rect { width: from.saturating_sub(area.x + 1), ..area };
    let tabs = tabs(ctx, place.width + 18);
    let mut x = area.x + 1;
    for (id, at, text) in &tabs {
        let scope = if *id == tab.id { Scope::Cursor } else { Scope::Dim };
        x = put(buffer, place, area.x + at.start, area.y, text, style(scope)) + 2;
    }
    let room = usize::from(place.right().saturating_sub(x));
    // What is said once in full is understood in short.
    let short = tab.limits.strip_prefix("this container's own ").filter(|_| width(&tab.limits) > room);
    // A word of them would say nothing.
    let limits = if room < 20 { String::new() } else { cut(short.unwrap_or(&tab.limits), room) };
    put(buffer, place, x, area.y, &limits, style(Scope::Dim));
}

fn back(grid: &Grid, keys: &str) -> String {
    let hits = found(grid);
    match (grid.back, grid.above) {
        (0, 0) => format!("{hits}looking back: nothing above{keys}"),
        (0, above) => format!("{hits}looking back: {} above{keys}", count(above, "line")),
        (lines, above) => format!("{hits}{lines} of {} back{keys}", count(above, "line")),
    }
}

/// How many lines have what is searched for.
fn hits(grid: &Grid) -> String {
    match &grid.hits {
        None => String::new(),
        Some(hits) if hits.lines == 0 => "no line has it".to_owned(),
        Some(hits) => format!("line {} of {}", hits.at, hits.lines),
    }
}

fn found(grid: &Grid) -> String {
    match &grid.hits {
        Some(found) if found.lines > 0 => format!("{} · n older · N newer · ", hits(grid)),
        Some(_) => format!("{} · ", hits(grid)),
        None => String::new(),
    }
}

/// The grid, as far as it fits.
fn terminal(ctx: &Ctx, grid: &Grid, buffer: &mut Buffer, area: Rect) {
    let plain = ctx.theme.style(Scope::Text);
    for (row, y) in grid.rows.iter().zip(area.y..area.bottom()) {
        for span in row.iter().filter(|span| span.column < area.width) {
            put(buffer, area, area.x + span.column, y, &span.text, plain.patch(style(ctx, span.paint)));
        }
    }
    for (row, columns) in grid.hits.iter().flat_map(|hits| &hits.shown) {
        let y = area.y + row;
        let place = Rect { x: area.x + columns.start, y, width: columns.end.saturating_sub(columns.start), height: 1 };
        buffer.set_style(place.intersection(area), ctx.theme.style(Scope::Match).add_modifier(Modifier::REVERSED));
    }
}

fn style(ctx: &Ctx, paint: Paint) -> Style {
    let mut style = Style::new();
    if ctx.theme.coloured() {
        style.fg = colour(paint.fg);
        style.bg = colour(paint.bg);
    }
    let modifiers = [
        (paint.bold, Modifier::BOLD),
        (paint.dim, Modifier::DIM),
        (paint.italic, Modifier::ITALIC),
        (paint.underline, Modifier::UNDERLINED),
        (paint.struck, Modifier::CROSSED_OUT),
        (paint.reverse, Modifier::REVERSED),
    ];
    modifiers.into_iter().filter(|(on, _)| *on).fold(style, |style, (_, modifier)| style.add_modifier(modifier))
}

/// The sixteen are the terminal's own, by name: so they work where there are no more.
fn colour(colour: Colour) -> Option<Color> {
    match colour {
        Colour::Default => None,
        Colour::Indexed(index) => Some(SIXTEEN.get(usize::from(index)).copied().unwrap_or(Color::Indexed(index))),
        Colour::Rgb(r, g, b) => Some(Color::Rgb(r, g, b)),
    }
}

/// What is said of a session that is not open: below what it showed last, or in its place.
fn state(ctx: &Ctx, tab: &Tab, buffer: &mut Buffer, area: Rect, heading: &str, lines: &[String]) {
    let scope = match &tab.phase {
        Phase::Opening(_) => Scope::Busy,
        Phase::Ended(rolldeck_core::shell::End::Exit(0) | rolldeck_core::shell::End::Closed) => Scope::Heading,
        _ => Scope::Bad,
    };
    let columns = usize::from(area.width).saturating_sub(2).max(1);
    let said = |scope, text: &str| wrap(text, columns).into_iter().map(|line| (scope, line)).collect::<Vec<_>>();
    let mut all = said(scope, heading);
    all.extend(lines.iter().flat_map(|line| said(Scope::Text, line)));
    let used = tab.grid.rows.iter().rposition(|row| !row.is_empty()).map_or(0, |row| row + 2);
    let top = used.min(usize::from(area.height).saturating_sub(all.len() + 1));
    let rows = (area.y + u16::try_from(top).unwrap_or(0))..area.bottom();
    let blank = " ".repeat(area.width.into());
    for ((scope, text), y) in all.into_iter().zip(rows) {
        put(buffer, area, area.x, y, &blank, ctx.theme.style(Scope::Text));
        put(buffer, area, area.x + 1, y, &left(&text, columns), ctx.theme.style(scope));
    }
}
