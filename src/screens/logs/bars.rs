//! Lines over time, as bars.

use ratatui::{buffer::Buffer as Cells, layout::Rect};
use rolldeck_core::logs::count::Bars;

use super::{room::Logs, times::moment};
use crate::{
    Ctx, Scope,
    widgets::text::{count, grouped, left, put},
};

const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The lines that are shown over the time of all of them, and errors: below them where there is room, else told by their colour and
/// their sum.
pub(super) fn draw(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let (counted, all) = (room.buffer.histogram.span(), room.buffer.ring().span());
    let Some((from, to)) = all.map(|(from, to)| counted.map_or((from, to + 1), |(a, b)| (a.min(from), b.max(to + 1))))
    else {
        put(cells, area, area.x + 1, area.y, "no line yet to be counted over time", ctx.theme.style(Scope::Dim));
        return;
    };
    let narrowed = if room.buffer.view.filter().is_empty() { "" } else { " that pass" };
    let columns = usize::from(area.width).saturating_sub(12 + 36 + narrowed.len()).max(8);
    let bars = room.buffer.histogram.bars(from, to, columns);
    let most = bars.bars.iter().map(|bar| bar.lines).max().unwrap_or(0);
    let faults: u64 = bars.bars.iter().map(|bar| bar.errors).sum();
    let number = |n: u64| grouped(usize::try_from(n).unwrap_or(usize::MAX));
    let rows: [(&str, String); 2] = [
        ("lines", format!(" {} · up to {}{narrowed} in {}", moment(to, ctx.clock), number(most), step(&bars))),
        ("errors", format!(" {}", count(usize::try_from(faults).unwrap_or(usize::MAX), "error"))),
    ];
    for ((n, (name, said)), y) in rows.iter().enumerate().zip(area.y..area.bottom()) {
        let head = if n == 0 { moment(bars.from, ctx.clock) } else { String::new() };
        let head = if head.len() > 9 { head[11..].to_owned() } else { head };
        let mut x =
            put(cells, area, area.x + 1, y, &left(if n == 0 { &head } else { name }, 9), ctx.theme.style(Scope::Dim));
        for bar in &bars.bars {
            let value = if n == 0 { bar.lines } else { bar.errors };
            let top = if n == 0 { most } else { bars.bars.iter().map(|bar| bar.errors).max().unwrap_or(0) };
            let scope = if bar.errors > 0 { Scope::Bad } else { Scope::Text };
            x = put(cells, area, x, y, BARS[height(value, top)], ctx.theme.style(scope));
        }
        let faults = match n == 0 && area.height == 1 && faults > 0 {
            true => format!(", {}", count(usize::try_from(faults).unwrap_or(usize::MAX), "error")),
            false => String::new(),
        };
        put(cells, area, x, y, &format!("{said}{faults}"), ctx.theme.style(Scope::Dim));
    }
}

fn height(value: u64, most: u64) -> usize {
    match (value, most) {
        (0, _) | (_, 0) => 0,
        _ => usize::try_from(u128::from(value) * 7 / u128::from(most)).unwrap_or(7) + 1,
    }
}

fn step(bars: &Bars) -> String {
    let seconds = bars.step / rolldeck_core::logs::SECOND;
    match seconds {
        0 => format!("{} ms", bars.step / 1_000_000),
        seconds if seconds % 86_400 == 0 => format!("{} d", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
