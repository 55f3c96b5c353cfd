//! The room on the screen: what is said about the lines, lines over time, the lines, or why there are none.

use ratatui::{Frame, buffer::Buffer as Cells, layout::Rect};
use rolldeck_core::{
    fleet::Freshness,
    logs::{Begin, Reading, Sign, SourceId, SourceState, count::Bars, time},
};

use super::{lines, room::Logs, times::moment};
use crate::{
    Command, Ctx, Room, Scope,
    listing::waiting_for,
    widgets::text::{bytes, count, cut, grouped, left, put, time_of_day, width},
};

/// Rooms of so many rows have errors in a row of their own.
const TALL: u16 = 30;

/// Rows above the lines.
pub(super) fn above(room: &Logs) -> u16 {
    let field = u16::from(room.field.is_some());
    if room.look.full {
        return field;
    }
    2 + field + u16::from(filtered(room)) + histogram_rows(room)
}

fn filtered(room: &Logs) -> bool {
    !room.buffer.view.filter().is_empty() || room.buffer.seek.is_some()
}

fn histogram_rows(room: &Logs) -> u16 {
    match room.look.histogram && room.size.1 >= 10 {
        true if room.size.1 >= TALL => 2,
        true => 1,
        false => 0,
    }
}

/// From where on is read, in words.
pub(super) fn begin_words(begin: Begin) -> String {
    match begin {
        Begin::Tail(lines) => format!("the last {} lines", grouped(usize::try_from(lines).unwrap_or(usize::MAX))),
        Begin::Head => "the beginning".to_owned(),
        Begin::Ago(seconds) if seconds % 3_600 == 0 => format!("{}h ago", seconds / 3_600),
        Begin::Ago(seconds) if seconds % 60 == 0 => format!("{}m ago", seconds / 60),
        Begin::Ago(seconds) => format!("{seconds}s ago"),
        Begin::At(at) => format!("{}", time(at).format("%H:%M:%S UTC")),
    }
}

fn begins(begin: Begin) -> String {
    match begin {
        Begin::Tail(_) => begin_words(begin),
        begin => format!("from {}", begin_words(begin)),
    }
}

/// What is said about the lines: the first row about where they come from, the second about what is kept of them.
pub(super) fn said(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let mut said = sources(room, ctx);
    said.push((Scope::Text, "\n".to_owned()));
    said.extend(kept(room, ctx));
    said
}

/// Where lines come from, the worst first.
fn sources(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let mut said = vec![(Scope::Heading, reading(&room.reading))];
    match &room.pods {
        Some(Freshness::Stale { since, why }) => {
            let since = time_of_day(*since, ctx.clock);
            said.push((Scope::Stale, format!("STALE: no pod that started since {since} is known: {why}")));
        }
        Some(Freshness::Forbidden(what)) => said.push((Scope::Warn, format!("may not {what}"))),
        Some(Freshness::Unauthorized(_)) => said.push((Scope::Bad, "login expired".to_owned())),
        Some(Freshness::Live | Freshness::Absent | Freshness::Loading { .. }) | None => {}
    }
    let all = room.buffer.sources.len();
    let of = |hit: fn(&SourceState) -> bool| room.buffer.states.values().filter(|state| hit(state)).count();
    let lost = room.buffer.states.values().filter_map(|state| match state {
        SourceState::Reconnecting(since, why) => Some((*since, why)),
        _ => None,
    });
    let (lost, first) = (lost.clone().count(), lost.min_by_key(|(since, _)| *since));
    let live = of(|state| matches!(state, SourceState::Live));
    if let Some((since, why)) = first {
        let stale = if live == 0 { "STALE, " } else { "" };
        let since = moment(since, ctx.clock);
        said.push((Scope::Stale, format!("{stale}{lost} of {all} connecting again since {since}: {why}")));
    }
    let mut some = |scope, n: usize, words: &str| {
        if n > 0 {
            said.push((scope, format!("{n} {words}")));
        }
    };
    some(Scope::Bad, of(|state| matches!(state, SourceState::Forbidden(_))), "forbidden");
    some(Scope::Good, live, &format!("of {all} live"));
    let waiting = of(|state| matches!(state, SourceState::Waiting(_)));
    let ended = of(|state| matches!(state, SourceState::Ended(..)));
    let known = room.buffer.states.len();
    some(Scope::Busy, of(|state| matches!(state, SourceState::Connecting)) + all.saturating_sub(known), "connecting");
    some(Scope::Busy, waiting, "waiting");
    some(Scope::Dim, ended, "ended");
    if !room.buffer.rotated.is_empty() {
        let first = room.buffer.rotated.values().filter_map(|rotated| rotated.first).max();
        let text = match first {
            Some(first) => format!("older than {} is rotated away", moment(first, ctx.clock)),
            None => "just rotated: the kubelet has no line".to_owned(),
        };
        said.push((Scope::Warn, text));
    }
    said.extend(room.failed.as_ref().map(|why| (Scope::Bad, why.to_string())));
    said
}

fn reading(of: &Reading) -> String {
    match of {
        Reading::Stdout => "stdout".to_owned(),
        Reading::Previous => "previous".to_owned(),
        Reading::Files(files) => count(files.len(), "file"),
        Reading::WhyNot => "last words, previous, events".to_owned(),
        Reading::Rotated => "rotated files".to_owned(),
        Reading::Archive(_) => "archive".to_owned(),
    }
}

/// What is kept of the lines, the most urgent first.
fn kept(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let number = |n: u64| grouped(usize::try_from(n).unwrap_or(usize::MAX));
    let ring = room.buffer.live();
    let mut said = Vec::new();
    if let Some(new) = room.buffer.paused() {
        said.push((Scope::Warn, format!("PAUSED, {} new", number(new))));
    }
    if let Some(range) = room.selected() {
        let lines = room.buffer.view.rank(*range.end() + 1) - room.buffer.view.rank(*range.start());
        said.push((Scope::Marked, format!("{} selected", lines_of(lines))));
    }
    if !room.marks.is_empty() {
        said.push((Scope::Marked, format!("{} marked", room.marks.len())));
    }
    said.extend(room.saving.as_ref().map(super::saving::Saving::line));
    match room.buffer.gaps {
        (0, _) => {}
        (1, 0) => said.push((Scope::Warn, "1 gap".to_owned())),
        (gaps, 0) => said.push((Scope::Warn, format!("{} gaps", number(gaps)))),
        (_, missing) => said.push((Scope::Warn, format!("{} missing", lines_of(missing)))),
    }
    said.push((Scope::Text, format!("{} lines/s", number(room.buffer.rate(ctx.clock.now)))));
    said.push((Scope::Text, format!("{}, {}", lines_of(ring.len()), size(ring.bytes() as u64))));
    let gone = ring.left();
    if gone.lines > 0 {
        said.push((Scope::Warn, format!("{} older ({}) left the buffer", number(gone.lines), size(gone.bytes))));
    }
    match &room.kept {
        Some(Some(kept)) => said.push((Scope::Good, format!("kept in {} ({})", kept.path, size(kept.bytes)))),
        Some(None) => said.push((Scope::Busy, "keeping".to_owned())),
        None => {}
    }
    said.push((Scope::Dim, begins_of(room, ctx)));
    said
}

/// `860 B`, `5Mi`.
pub(super) fn size(n: u64) -> String {
    let text = bytes(n);
    if text.ends_with('i') { text } else { format!("{text} B") }
}

fn lines_of(lines: u64) -> String {
    count(usize::try_from(lines).unwrap_or(usize::MAX), "line")
}

/// How the lines are shown: at the right of the first row, whatever else is said there.
fn shown(room: &Logs) -> String {
    let follow = if room.window.follow { "autoscroll" } else { "standing still" };
    let wrap = if room.look.wrap { "wrapped, " } else { "" };
    let times = if room.look.times == super::TimeStyle::Utc { "UTC, " } else { "" };
    let aside = if room.window.x > 0 { format!("from column {}, ", room.window.x + 1) } else { String::new() };
    format!(" {aside}{times}{wrap}{follow} ")
}

fn begins_of(room: &Logs, ctx: &Ctx) -> String {
    begins(room.begin.unwrap_or(ctx.session.logs.begin))
}

/// The filters and the search.
fn filters(room: &Logs) -> Vec<(Scope, String)> {
    let filter = room.buffer.view.filter();
    let mut said = Vec::new();
    for term in &filter.terms {
        let sign = if term.sign == Sign::Include { "/" } else { "!" };
        said.push((Scope::Key, format!("{sign}{}", rolldeck_core::text::Clean::new(term.matcher.written()))));
    }
    said.extend(filter.least.map(|least| (Scope::Key, format!("{least} and worse"))));
    if filter.sources.is_some() {
        said.push((Scope::Key, "one source".to_owned()));
    }
    if let Some(only) = filter.revision.and_then(|id| room.buffer.sources.revision(id)) {
        said.push((Scope::Key, format!("only {}", super::keys::revision(only))));
    }
    let number = |n: u64| grouped(usize::try_from(n).unwrap_or(usize::MAX));
    let busy = if room.buffer.busy() { " so far" } else { "" };
    if !filter.is_empty() {
        let all = number(room.buffer.ring().len());
        said.push((Scope::Dim, format!("{} of {all} lines pass{busy}", number(room.buffer.view.len()))));
    }
    if let Some(seek) = &room.buffer.seek {
        let at = room.window.cursor.filter(|line| seek.hits.shows(*line)).map(|line| seek.hits.rank(line) + 1);
        let at = at.map(|at| format!("{} of ", number(at))).unwrap_or_default();
        let what = rolldeck_core::text::Clean::new(seek.matcher.written());
        said.push((Scope::Match, format!("search {what}: {at}{} hits{busy}", number(seek.hits.len()))));
    }
    said
}

/// Draws the room.
pub(super) fn draw(room: &Logs, ctx: &Ctx, frame: &mut Frame, area: Rect) {
    let mut rest = area;
    let mut row = |rows: u16| {
        let row = Rect { height: rest.height.min(rows), ..rest };
        rest = Rect { y: rest.y + row.height, height: rest.height - row.height, ..rest };
        row
    };
    let cells = frame.buffer_mut();
    if !room.look.full {
        let said = said(room, ctx);
        let mode = shown(room);
        let columns = u16::try_from(width(&mode)).unwrap_or(0);
        for (n, part) in said.split(|(_, text)| text == "\n").enumerate() {
            let area = row(1);
            let end = if n == 0 { columns.min(area.width) } else { 0 };
            pieces(ctx, cells, Rect { width: area.width - end, ..area }, part);
            if n == 0 {
                put(cells, area, area.right() - end, area.y, &mode, ctx.theme.style(Scope::Key));
            }
        }
        if filtered(room) {
            pieces(ctx, cells, row(1), &filters(room));
        }
        let rows = histogram_rows(room);
        if rows > 0 {
            histogram(room, ctx, cells, row(rows));
        }
    }
    if room.field.is_some() {
        field(room, ctx, cells, row(1));
    }
    if room.buffer.view.is_empty() {
        empty(room, ctx, cells, rest);
    } else {
        lines::draw(room, ctx, cells, rest);
    }
    if let Some(over) = &room.over {
        over.draw(room, ctx, frame, area);
    }
}

/// Pieces side by side; the last that does not fit is cut.
fn pieces(ctx: &Ctx, cells: &mut Cells, area: Rect, pieces: &[(Scope, String)]) {
    let mut x = area.x + 1;
    for (n, (scope, text)) in pieces.iter().enumerate() {
        if n > 0 {
            x = put(cells, area, x, area.y, " · ", ctx.theme.style(Scope::Dim));
        }
        x = put(cells, area, x, area.y, text, ctx.theme.style(*scope));
    }
}

fn field(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let Some(field) = &room.field else { return };
    let x = put(cells, area, area.x, area.y, field.what.label(), ctx.theme.style(Scope::Key));
    let said = field.error.clone().unwrap_or_else(|| match field.what {
        super::field::For::Time => "14:05, 10m, 2026-11-22 14:05".to_owned(),
        _ => "tab: with · without · search; /…/ is an expression".to_owned(),
    });
    let said = cut(&said, usize::from(area.width) / 2);
    let end = area.right().saturating_sub(u16::try_from(width(&said) + 1).unwrap_or(0)).max(x);
    field.prompt.draw(ctx.theme, cells, Rect { x, width: end.saturating_sub(x + 1), ..area });
    let scope = if field.error.is_some() { Scope::Bad } else { Scope::Dim };
    put(cells, area, end, area.y, &said, ctx.theme.style(scope));
}

const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The lines that are shown over the time of all of them, and errors: below them where there is room, else told by their colour and
/// their sum.
fn histogram(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
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

/// Why there is no line.
fn empty(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
    let mut y = area.y + 1;
    for (scope, text) in why_empty(room, ctx) {
        for line in crate::widgets::text::wrap(&text, inside.width.into()) {
            if y < area.bottom() {
                put(cells, inside, inside.x, y, &line, ctx.theme.style(scope));
            }
            y += 1;
        }
    }
}

fn why_empty(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    if let Some(why) = &room.failed {
        return vec![(Scope::Bad, why.to_string())];
    }
    if !room.buffer.ring().is_empty() {
        return match room.buffer.busy() {
            true => vec![(Scope::Busy, "Looking through the lines …".to_owned())],
            false => vec![
                (Scope::Heading, "No line passes the filters.".to_owned()),
                (Scope::Dim, format!("{} clears them.", key(ctx, Command::Back))),
            ],
        };
    }
    let sources = &room.buffer.sources;
    if sources.is_empty() {
        return no_source(room, ctx);
    }
    let mut said: Vec<(Scope, String)> = Vec::new();
    let states = || sources.iter().map(|(id, source)| (id, source, room.buffer.states.get(&id)));
    if states().all(|(_, _, state)| matches!(state, None | Some(SourceState::Connecting))) {
        return vec![(Scope::Busy, format!("Connecting to {} …", count(sources.len(), "stream")))];
    }
    if states().any(|(_, _, state)| matches!(state, Some(SourceState::Live))) {
        said.push((Scope::Heading, "No line has come yet.".to_owned()));
        let begin = begins_of(room, ctx);
        let (head, hour) = (key(ctx, Command::LogHead), key(ctx, Command::LastHour));
        said.push((Scope::Dim, format!("Asked for: {begin}. {head} reads from the beginning, {hour} the last hour.")));
    }
    for (id, source, state) in states().filter(|(_, _, state)| !matches!(state, Some(SourceState::Live))).take(12) {
        let (scope, words) = super::legend::state(room, id, ctx.clock);
        said.push((scope, format!("{}/{} {}: {words}", source.namespace, source.pod, source.container)));
        if matches!(state, Some(SourceState::Waiting(_))) && room.reading == Reading::Stdout {
            let why = format!("  {} goes on to why it does not start", key(ctx, Command::NextSource));
            said.push((Scope::Dim, why));
        }
    }
    let rotated = |id: SourceId| room.buffer.rotated.get(&id).is_some_and(|rotated| rotated.first.is_none());
    if sources.iter().any(|(id, _)| rotated(id)) {
        let text = "The kubelet rotated the log a moment ago, and hands out nothing of what was before.";
        said.push((Scope::Warn, text.to_owned()));
    }
    said
}

fn no_source(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let Some(fresh) = &room.pods else { return vec![(Scope::Busy, "Looking for pods …".to_owned())] };
    if let Some(cells) = waiting_for(ctx, fresh, true, "pods") {
        return cells.into_iter().map(|cell| (cell.scope, cell.text.to_string())).collect();
    }
    let what = match &room.reading {
        Reading::Previous => "No container has run before: there is no previous log.",
        Reading::WhyNot => "Every container has started.",
        Reading::Files(_) => "None of these files is there.",
        Reading::Stdout | Reading::Rotated | Reading::Archive(_) => "There is no pod.",
    };
    let way = match &room.reading {
        Reading::Stdout => "Pods that start join by themselves.".to_owned(),
        _ => format!("{} goes on to the next source.", key(ctx, Command::NextSource)),
    };
    vec![(Scope::Heading, what.to_owned()), (Scope::Dim, way)]
}

fn key(ctx: &Ctx, command: Command) -> String {
    ctx.keymap.key(Room::Logs, command).map(|key| key.to_string()).unwrap_or_default()
}
