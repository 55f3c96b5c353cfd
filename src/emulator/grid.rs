//! From the terminal's cells to a grid.

use alacritty_terminal::{
    Term,
    grid::Dimensions,
    index::{Column, Line},
    term::{
        TermMode,
        cell::{Cell, Flags},
    },
    vte::ansi::{Color, CursorShape, NamedColor},
};
use rolldeck_core::{
    shell::{Colour, Grid, Modes, MouseMode, Paint, Size, Span},
    text::Clean,
};

/// Cells that stand for the other half of a wide character, or for nothing before one.
const HALVES: Flags = Flags::WIDE_CHAR_SPACER.union(Flags::LEADING_WIDE_CHAR_SPACER);

/// What is in sight.
pub(crate) fn of<T>(term: &Term<T>) -> Grid {
    let grid = term.grid();
    let back = grid.display_offset();
    let (rows, columns) = (term.screen_lines(), term.columns());
    let of = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let first = -i32::try_from(back).unwrap_or(0);
    let lines = (first..).take(rows).map(|line| spans(term, Line(line)));
    Grid {
        rows: lines.collect(),
        size: Size { cols: of(columns), rows: of(rows) },
        cursor: cursor(term, back),
        modes: modes(*term.mode()),
        above: grid.history_size(),
        back,
        hits: None,
    }
}

fn cursor<T>(term: &Term<T>, back: usize) -> Option<(u16, u16)> {
    let point = term.grid().cursor.point;
    let hidden = !term.mode().contains(TermMode::SHOW_CURSOR) || term.cursor_style().shape == CursorShape::Hidden;
    let row = usize::try_from(point.line.0).ok()? + back;
    let seen = !hidden && row < term.screen_lines();
    seen.then_some((u16::try_from(point.column.0).ok()?, u16::try_from(row).ok()?))
}

fn modes(mode: TermMode) -> Modes {
    let has = |flag| mode.contains(flag);
    Modes {
        app_cursor: has(TermMode::APP_CURSOR),
        bracketed_paste: has(TermMode::BRACKETED_PASTE),
        mouse: match () {
            () if mode.intersects(TermMode::MOUSE_DRAG.union(TermMode::MOUSE_MOTION)) => MouseMode::Drags,
            () if has(TermMode::MOUSE_REPORT_CLICK) => MouseMode::Clicks,
            () => MouseMode::None,
        },
        sgr_mouse: has(TermMode::SGR_MOUSE),
        alternate: has(TermMode::ALT_SCREEN),
        wheel_as_arrows: has(TermMode::ALTERNATE_SCROLL),
    }
}

/// A row, without plain blanks at its end.
fn spans<T>(term: &Term<T>, line: Line) -> Vec<Span> {
    let row = &term.grid()[line];
    let mut spans: Vec<(u16, String, Paint)> = Vec::new();
    for column in 0..term.columns() {
        let cell = &row[Column(column)];
        if cell.flags.intersects(HALVES) {
            continue;
        }
        let (symbol, paint) = (symbol(cell), paint(cell));
        let at = u16::try_from(column).unwrap_or(u16::MAX);
        match spans.last_mut() {
            Some((_, text, before)) if *before == paint && text.is_ascii() && symbol.is_ascii() => {
                text.push_str(&symbol)
            }
            _ => spans.push((at, symbol, paint)),
        }
    }
    while let Some((_, text, _)) = spans.last_mut().filter(|(.., paint)| *paint == Paint::default()) {
        text.truncate(text.trim_end_matches(' ').len());
        if !text.is_empty() {
            break;
        }
        spans.pop();
    }
    spans.into_iter().map(|(column, text, paint)| Span { column, text: Clean::new(&text), paint }).collect()
}

/// What stands in a cell.
fn symbol(cell: &Cell) -> String {
    let base = if cell.c.is_control() || cell.flags.contains(Flags::HIDDEN) { ' ' } else { cell.c };
    let marks = cell.zerowidth().unwrap_or_default();
    std::iter::once(base).chain(marks.iter().copied()).collect()
}

fn paint(cell: &Cell) -> Paint {
    let has = |flag| cell.flags.contains(flag);
    Paint {
        fg: colour(cell.fg),
        bg: colour(cell.bg),
        bold: has(Flags::BOLD),
        dim: has(Flags::DIM),
        italic: has(Flags::ITALIC),
        underline: cell.flags.intersects(Flags::ALL_UNDERLINES),
        struck: has(Flags::STRIKEOUT),
        reverse: has(Flags::INVERSE),
    }
}

fn colour(colour: Color) -> Colour {
    match colour {
        Color::Spec(rgb) => Colour::Rgb(rgb.r, rgb.g, rgb.b),
        Color::Indexed(index) => Colour::Indexed(index),
        // The sixteen come first; what follows are the terminal's own, and their dim and bright kinds.
        Color::Named(name) if name as usize <= NamedColor::BrightWhite as usize => Colour::Indexed(name as u8),
        Color::Named(_) => Colour::Default,
    }
}

/// A line as text, and the column of each of its characters; without blanks at its end.
pub(crate) fn text<T>(term: &Term<T>, line: Line) -> (String, Vec<u16>) {
    let row = &term.grid()[line];
    let (mut text, mut columns) = (String::new(), Vec::new());
    for column in 0..term.columns() {
        let cell = &row[Column(column)];
        if !cell.flags.intersects(HALVES) {
            let symbol = symbol(cell);
            columns.extend(symbol.chars().map(|_| u16::try_from(column).unwrap_or(u16::MAX)));
            text.push_str(&symbol);
        }
    }
    text.truncate(text.trim_end().len());
    (text, columns)
}
