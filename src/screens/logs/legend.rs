//! Where lines come from: every source with its tag, its revision and how it stands.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::logs::{SourceId, SourceSet, SourceState};

use super::{
    narrow::revision,
    over::Done,
    panel::{self, Piece},
    room::Logs,
    tags::{self, Paints},
    times::moment,
};
use crate::{
    Clock, Command, Ctx, Scope,
    widgets::{
        Scroll,
        text::{count, name, width},
    },
};

/// The list of sources. Its first row stands for all of them.
#[derive(Default)]
pub(super) struct Legend {
    pub scroll: Scroll,
}

impl Legend {
    pub(super) fn len(&self, room: &Logs) -> usize {
        room.buffer.sources.len() + 1
    }

    pub(super) fn command(&mut self, room: &Logs, command: Command) -> Done {
        if command == Command::Open {
            let chosen = self.scroll.cursor.checked_sub(1).and_then(|at| u16::try_from(at).ok());
            return Done::Only(chosen.map(|at| SourceSet::from_iter([SourceId(at)])));
        }
        if command == Command::Legend {
            return Done::Closed;
        }
        let len = self.len(room);
        panel::moved(&mut self.scroll, command, len, room.size.1);
        Done::Open
    }

    pub(super) fn draw(&self, room: &Logs, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let (theme, paints) = (ctx.theme, Paints::of(ctx.theme));
        let sources = &room.buffer.sources;
        let wide = area.width >= 110;
        let tag = room.buffer.tags.width.clamp(4, 20) + 1;
        // What is said at the end has all the columns that places leave.
        let widest = |texts: &mut dyn Iterator<Item = usize>, most: usize| texts.max().unwrap_or(0).min(most - 1) + 1;
        let places = &mut sources.iter().map(|(_, source)| width(&source.namespace) + 1 + width(&source.pod));
        let columns = widest(places, if wide { 44 } else { 30 });
        let containers = widest(&mut sources.iter().map(|(_, source)| width(&source.container)), 14);
        let mut rows: Vec<Vec<Piece>> = vec![vec![(0, theme.style(Scope::Text), "all sources".to_owned())]];
        for (id, source) in sources.iter() {
            let (scope, words) = state(room, id, ctx.clock);
            let sign = match (room.buffer.tags.revisions, sources.is_newest(id)) {
                (false, _) => String::new(),
                (true, true) => format!("new: {}", revision(&source.revision)),
                (true, false) => format!("old: {}", revision(&source.revision)),
            };
            let place = format!("{}/{}", source.namespace, source.pod);
            let slot = paints.slot(sources.colour(id));
            let mut row = vec![(tag, slot, room.buffer.tags.of(id).to_owned())];
            row.push((columns, theme.style(Scope::Text), name(&place, columns - 1)));
            row.push((containers, theme.style(Scope::Text), source.container.to_string()));
            if wide {
                row.push((12, theme.style(Scope::Dim), tags::kind(&source.kind)));
                row.push((26, theme.style(Scope::Dim), sign));
            }
            row.push((0, theme.style(scope), words));
            rows.push(row);
        }
        let title = format!("Sources: {}", count(sources.len(), "stream"));
        let heading = if room.buffer.tags.revisions { "▲ of the newest revision, ▽ of an older one" } else { "" };
        panel::draw(ctx, frame, area, (&title, heading), &self.scroll, &rows);
    }
}

/// How a source stands, in words.
pub(super) fn state(room: &Logs, id: SourceId, clock: Clock) -> (Scope, String) {
    let (scope, mut words) = match room.buffer.states.get(&id) {
        None | Some(SourceState::Connecting) => (Scope::Busy, "connecting".to_owned()),
        Some(SourceState::Waiting(why)) => (Scope::Busy, format!("waits: {why}")),
        Some(SourceState::Live) => (Scope::Good, "live".to_owned()),
        Some(SourceState::Reconnecting(since, why)) => {
            (Scope::Stale, format!("STALE since {}, connecting again: {why}", moment(*since, clock)))
        }
        Some(SourceState::Forbidden(what)) => (Scope::Bad, format!("you may not {what}")),
        Some(SourceState::Ended(at, why)) => (Scope::Dim, format!("ended {}: {why}", moment(*at, clock))),
    };
    if let Some(rotated) = room.buffer.rotated.get(&id) {
        let since = rotated.started.map(|at| format!(", it runs since {}", moment(at, clock))).unwrap_or_default();
        words += &match rotated.first {
            Some(first) => format!("; the kubelet has it from {} on{since}", moment(first, clock)),
            None => format!("; it was empty: nothing was written, or the kubelet had just rotated it{since}"),
        };
    }
    if room.buffer.zoneless.contains(&id) {
        words += "; its times name no zone: worked out from when lines come";
    }
    (scope, words)
}
