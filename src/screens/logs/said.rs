//! What is said about the lines: where they come from, what is kept of them, through which filters one looks.

use std::collections::BTreeSet;

use rolldeck_core::{
    fleet::Freshness,
    logs::{Begin, Kind, Picked, Reading, Sign, Source, SourceState, time},
    text::{Clean, width::cut_middle},
};

use super::{room::Logs, times::moment};
use crate::{
    Ctx, Scope,
    widgets::text::{bytes, count, grouped, time_of_day},
};

/// A pattern has so many columns at most: how its files stand is said behind it.
const PATTERN: usize = 28;

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
    let mut said = vec![(Scope::Heading, reading(room))];
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
        said.push(match first {
            Some(first) => (Scope::Warn, format!("older than {} is rotated away", moment(first, ctx.clock))),
            None => (Scope::Dim, "was empty: nothing written, or just rotated".to_owned()),
        });
    }
    said.extend(room.failed.as_ref().map(|why| (Scope::Bad, why.to_string())));
    said
}

fn reading(room: &Logs) -> String {
    match &room.reading {
        Reading::Stdout => "stdout".to_owned(),
        Reading::Previous => "previous".to_owned(),
        Reading::Files(picked) => files(room, picked),
        Reading::WhyNot => "last words, previous, events".to_owned(),
        Reading::Rotated => "rotated files".to_owned(),
        Reading::Archive(_) => "archive".to_owned(),
    }
}

/// What was picked, and how many files that is by now: `/srv/*.log (3 files)`.
fn files(room: &Logs, picked: &Picked) -> String {
    let patterns: BTreeSet<&str> =
        picked.files.iter().filter(|file| file.is_pattern()).map(|file| &*file.path).collect();
    let is_file = |source: &Source| match &source.kind {
        Kind::File(path) => !patterns.contains(path.as_str()),
        _ => false,
    };
    let there = room.buffer.sources.iter().filter(|(_, source)| is_file(source)).count();
    let plain = picked.files.iter().filter(|file| !file.is_pattern()).count();
    let number = count(there.max(plain), "file");
    let mut patterns = patterns.into_iter();
    match (patterns.next(), patterns.count()) {
        (None, _) => number,
        (Some(one), 0) if plain == 0 => format!("{} ({number})", cut_middle(&Clean::new(one), PATTERN)),
        (Some(_), more) => format!("{} ({number})", count(more + 1, "pattern")),
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
    said.extend(room.unkept.as_ref().map(|why| (Scope::Bad, format!("no longer kept: {why}"))));
    said.extend(room.saving.and_then(|id| ctx.downloads.get(id)).map(super::saving::Saving::line));
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
        Some(Some(kept)) => {
            // The name at its end is what it is found by.
            let path = cut_middle(&kept.path, usize::from(room.size.0).saturating_sub(58).max(16));
            said.push((Scope::Good, format!("kept in {path} ({})", size(kept.bytes))));
        }
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
pub(super) fn shown(room: &Logs) -> String {
    let follow = if room.window.follow { "autoscroll" } else { "standing still" };
    let wrap = if room.look.wrap { "wrapped, " } else { "" };
    let times = if room.look.times == super::TimeStyle::Utc { "UTC, " } else { "" };
    let aside = if room.window.x > 0 { format!("from column {}, ", room.window.x + 1) } else { String::new() };
    format!(" {aside}{times}{wrap}{follow} ")
}

pub(super) fn begins_of(room: &Logs, ctx: &Ctx) -> String {
    begins(room.begin.unwrap_or(ctx.session.logs.begin))
}

/// The filters and the search.
pub(super) fn filters(room: &Logs) -> Vec<(Scope, String)> {
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
        said.push((Scope::Key, format!("only {}", super::narrow::revision(only))));
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
