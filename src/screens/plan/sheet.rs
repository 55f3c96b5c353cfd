//! Lines and columns: the little typography that the plan, the batch and the list of batches share.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use rolldeck_core::Time;

use crate::{
    Ctx, Scope,
    widgets::text::{left, width, wrap},
};

/// Shares `room` columns among columns that would like `wanted`: the widest give first, none goes below `least`.
pub(crate) fn shares(wanted: &[usize], room: usize, least: usize) -> Vec<usize> {
    let mut widths = wanted.to_vec();
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > least => *widest -= 1,
            _ => break,
        }
    }
    widths
}

/// The widest of these texts, in columns.
pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(width).max().unwrap_or(0)
}

/// The first line to draw, so that line `cursor` of `total` stands in the middle of `height` lines where it can.
pub(crate) fn top(cursor: usize, total: usize, height: usize) -> usize {
    cursor.saturating_sub(height / 2).min(total.saturating_sub(height))
}

/// A span in the colour of a scope.
pub(crate) fn span(ctx: &Ctx, scope: Scope, text: impl Into<String>) -> Span<'static> {
    Span::styled(text.into(), ctx.theme.style(scope))
}

/// A line in the colour of a scope.
pub(crate) fn line(ctx: &Ctx, scope: Scope, text: impl Into<String>) -> Line<'static> {
    Line::from(span(ctx, scope, text))
}

/// `text` wrapped to `columns` behind `indent` blanks, in the colour of a scope.
pub(crate) fn note(ctx: &Ctx, scope: Scope, indent: usize, text: &str, columns: usize) -> Vec<Line<'static>> {
    let blank = " ".repeat(indent);
    let lines = wrap(text, columns.saturating_sub(indent));
    lines.into_iter().map(|part| line(ctx, scope, format!("{blank}{part}"))).collect()
}

/// Cells of one line: text, columns and scope of each, two blanks between them.
pub(crate) fn cells(ctx: &Ctx, cells: &[(&str, usize, Scope)]) -> Line<'static> {
    let spans = cells.iter().flat_map(|(text, columns, scope)| [span(ctx, *scope, left(text, *columns)), "  ".into()]);
    Line::from_iter(spans)
}

/// Draws lines from `top` on, one a row, the line at `cursor` in the cursor's colours over its whole width.
pub(crate) fn draw(ctx: &Ctx, frame: &mut Frame, area: Rect, lines: &[Line], top: usize, cursor: Option<usize>) {
    for (row, (n, line)) in (0..area.height).zip(lines.iter().enumerate().skip(top)) {
        let at = Rect { y: area.y + row, height: 1, ..area };
        frame.render_widget(line, at);
        if Some(n) == cursor {
            frame.buffer_mut().set_style(at, ctx.theme.style(Scope::Cursor));
        }
    }
}

/// How long, to the second: `9s`, `2m 05s`, `1h 02m`.
pub(crate) fn lasted(from: Time, to: Time) -> String {
    let seconds = (to - from).num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_column_gives_first() {
        assert_eq!(shares(&[10, 4, 30], 34, 4), [10, 4, 20]);
        assert_eq!(shares(&[3, 4], 34, 4), [3, 4]);
    }

    #[test]
    fn the_cursor_stays_in_view() {
        for total in 0..40 {
            for cursor in 0..total {
                let top = top(cursor, total, 7);
                assert!(top <= cursor && cursor < top + 7);
            }
        }
    }
}
