//! Lines counted by what they have in common, and two revisions compared by that.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::logs::{
    Level, RevisionId,
    count::{Difference, PatternOrder, Patterns, compare},
};

use super::{
    narrow::revision,
    over::Done,
    panel::{self, Piece},
    room::Logs,
    times::moment,
};
use crate::{
    Command, Ctx, Scope,
    widgets::{Scroll, text::grouped},
};

/// The patterns of the lines that are shown; or of two revisions, side by side.
pub(super) struct Counted {
    pub scroll: Scroll,
    order: PatternOrder,
    /// The old revision and the new one.
    compared: Option<(RevisionId, RevisionId)>,
}

impl Counted {
    /// Of all lines, or of the two newest revisions of the app under the cursor.
    ///
    /// # Errors
    /// There is one revision only.
    pub(super) fn new(room: &Logs, comparing: bool) -> Result<Self, &'static str> {
        let compared = if comparing {
            Some(newest_two(room).ok_or("there is one revision here, and nothing to compare it with")?)
        } else {
            None
        };
        Ok(Self { scroll: Scroll::default(), order: PatternOrder::default(), compared })
    }

    pub(super) fn len(&self, room: &Logs) -> usize {
        let Some(patterns) = &room.buffer.patterns else { return 0 };
        match self.compared {
            Some((old, new)) => compare(patterns, old, new).rows.len(),
            None => patterns.list(self.order).len(),
        }
    }

    pub(super) fn command(&mut self, room: &Logs, command: Command) -> Done {
        let Some(patterns) = &room.buffer.patterns else { return Done::Closed };
        match command {
            Command::Open => {
                let at = self.scroll.cursor;
                let line = match self.compared {
                    Some((old, new)) => compare(patterns, old, new).rows.get(at).map(|row| row.pattern.line),
                    None => patterns.list(self.order).get(at).map(|pattern| pattern.line),
                };
                return line.map_or(Done::Open, Done::Line);
            }
            Command::NextSource => {
                self.order = match self.order {
                    PatternOrder::Rarest => PatternOrder::Newest,
                    PatternOrder::Newest => PatternOrder::Commonest,
                    PatternOrder::Commonest => PatternOrder::Rarest,
                };
                self.scroll = Scroll::default();
            }
            Command::Patterns | Command::Compare => return Done::Closed,
            movement => {
                let len = self.len(room);
                panel::moved(&mut self.scroll, movement, len, room.size.1);
            }
        }
        Done::Open
    }

    pub(super) fn draw(&self, room: &Logs, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let Some(patterns) = &room.buffer.patterns else { return };
        let busy = if room.buffer.busy() { ", counting …" } else { "" };
        let (title, heading, rows) = match self.compared {
            Some((old, new)) => self.comparison(room, ctx, patterns, (old, new), busy),
            None => self.patterns(ctx, patterns, busy),
        };
        panel::draw(ctx, frame, area, (&title, &heading), &self.scroll, &rows);
    }

    fn patterns(&self, ctx: &Ctx, patterns: &Patterns, busy: &str) -> (String, String, Vec<Vec<Piece>>) {
        let order = match self.order {
            PatternOrder::Rarest => "the rarest first",
            PatternOrder::Newest => "the newest first",
            PatternOrder::Commonest => "the commonest first",
        };
        let list = patterns.list(self.order);
        let lost = match patterns.missed() + patterns.forgotten() {
            0 => String::new(),
            lost => format!(", {} lines not kept apart", number(lost)),
        };
        let title =
            format!("Patterns: {} in {} lines, {order}{lost}{busy}", grouped(list.len()), number(patterns.counted()));
        let heading = format!("{:<10}{:<9}{:<10}{}", "LINES", "LEVEL", "LAST", "PATTERN (# is a number or an id)");
        let dim = ctx.theme.style(Scope::Dim);
        let row = |pattern: &&rolldeck_core::logs::count::Pattern| {
            vec![
                (10, ctx.theme.style(Scope::Text), number(pattern.count)),
                (9, ctx.theme.style(scope(pattern.level)), level(pattern.level).to_owned()),
                (10, dim, moment(pattern.last, ctx.clock)),
                (0, ctx.theme.style(Scope::Text), pattern.text.to_string()),
            ]
        };
        (title, heading, list.iter().map(row).collect())
    }

    fn comparison(
        &self,
        room: &Logs,
        ctx: &Ctx,
        patterns: &Patterns,
        (old, new): (RevisionId, RevisionId),
        busy: &str,
    ) -> (String, String, Vec<Vec<Piece>>) {
        let compared = compare(patterns, old, new);
        let name = |id| room.buffer.sources.revision(id).map(revision).unwrap_or_default();
        let faults = |of: fn(&(Level, u64, u64)) -> u64| -> u64 {
            compared.levels.iter().filter(|row| row.0.is_error()).map(of).sum()
        };
        let title = format!(
            "Old {}: {} lines, {} errors · new {}: {} lines, {} errors{busy}",
            name(old),
            number(compared.lines.0),
            number(faults(|row| row.1)),
            name(new),
            number(compared.lines.1),
            number(faults(|row| row.2)),
        );
        let heading = format!("{:<12}{:<10}{:<10}{:<9}{}", "", "OLD", "NEW", "LEVEL", "PATTERN");
        let row = |row: &rolldeck_core::logs::count::Row| {
            let (of, words) = difference(row.difference);
            vec![
                (12, ctx.theme.style(of), words.to_owned()),
                (10, ctx.theme.style(Scope::Text), number(row.old)),
                (10, ctx.theme.style(Scope::Text), number(row.new)),
                (9, ctx.theme.style(scope(row.pattern.level)), level(row.pattern.level).to_owned()),
                (0, ctx.theme.style(Scope::Text), row.pattern.text.to_string()),
            ]
        };
        (title, heading, compared.rows.iter().map(row).collect())
    }
}

/// The two newest revisions of the app of the line under the cursor, or of the first app that has two: the old one, the new one.
fn newest_two(room: &Logs) -> Option<(RevisionId, RevisionId)> {
    let all = room.buffer.sources.revisions();
    let of = |app: &str| {
        let mut found: Vec<_> = all.iter().enumerate().filter(|(_, revision)| &*revision.app == app).collect();
        found.sort_by_key(|(at, revision)| (revision.number, *at));
        let id = |at: usize| u16::try_from(at).ok().map(RevisionId);
        match found.as_slice() {
            [.., (old, _), (new, _)] => Some((id(*old)?, id(*new)?)),
            _ => None,
        }
    };
    let here = room.under().and_then(|source| of(&source.revision.app));
    here.or_else(|| all.iter().find_map(|revision| of(&revision.app)))
}

fn difference(of: Difference) -> (Scope, &'static str) {
    match of {
        Difference::OnlyNew => (Scope::Added, "only new"),
        Difference::More => (Scope::Added, "more often"),
        Difference::OnlyOld => (Scope::Removed, "only old"),
        Difference::Less => (Scope::Removed, "less often"),
        Difference::Same => (Scope::Dim, "as often"),
    }
}

fn number(n: u64) -> String {
    grouped(usize::try_from(n).unwrap_or(usize::MAX))
}

fn level(level: Level) -> &'static str {
    if level == Level::Unknown { "" } else { level.name() }
}

fn scope(level: Level) -> Scope {
    match level {
        Level::Error | Level::Fatal => Scope::Bad,
        Level::Warn => Scope::Warn,
        _ => Scope::Dim,
    }
}
