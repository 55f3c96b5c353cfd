//! One line whole: where it is from, its fields unfolded, its stack trace.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    logs::{Flags, Level, fold_of, read::pretty, rfc3339},
    text::Clean,
};

use super::{over::Done, panel, room::Logs, said::size as sized, tags};
use crate::{
    Command, Ctx, Scope,
    widgets::{
        Scroll,
        text::{grouped, wrap},
    },
};

/// So much of a line is shown here; all of it is in the view.
const MOST: usize = 16 << 10;
/// So many frames of a trace are shown.
const FRAMES: usize = 2_000;

/// A line under a glass.
pub(super) struct Detail {
    pub scroll: Scroll,
    title: String,
    about: String,
    rows: Vec<(Scope, String)>,
}

impl Detail {
    /// Of the line under the cursor.
    pub(super) fn new(room: &Logs) -> Option<Self> {
        let ring = room.buffer.ring();
        let number = room.window.cursor?;
        let line = ring.line(number)?;
        let source = room.buffer.sources.get(line.source);
        let place = source.map(|source| {
            format!("{}/{} · {} · {}", source.namespace, source.pod, source.container, tags::kind(&source.kind))
        });
        let level = if line.level == Level::Unknown { String::new() } else { format!(" · {}", line.level) };
        let size = u64::try_from(line.text.len()).unwrap_or(u64::MAX);
        let about = format!("{}{level} · {}", place.unwrap_or_default(), sized(size));
        let columns = usize::from(room.size.0).saturating_sub(4).max(10);
        let mut rows: Vec<(Scope, String)> = match pretty(line.text) {
            Some(lines) => {
                lines.iter().flat_map(|line| indented(line, columns)).map(|row| (Scope::Text, row)).collect()
            }
            None => broken(&line.text[..line.text.len().min(MOST)], columns),
        };
        if line.text.len() > MOST && rows.len() > 1 {
            rows.push((Scope::Dim, format!("… {} more: wrapped, the view has all of it", sized(size - MOST as u64))));
        }
        let fold = fold_of(ring, number).unwrap_or_default();
        if !fold.frames.is_empty() {
            let trace = std::iter::once(fold.head).chain(fold.frames.iter().copied());
            rows.push((Scope::Heading, format!("Trace of {} lines", grouped(fold.frames.len() + 1))));
            for frame in trace.take(FRAMES).filter_map(|number| ring.line(number)) {
                rows.extend(broken(&frame.text[..frame.text.len().min(MOST)], columns));
            }
        }
        let taken = if line.flags.has(Flags::ZONELESS) { ", its zone worked out from when lines come" } else { "" };
        let title = format!("Line of {}{taken}", rfc3339(line.time));
        Some(Self { scroll: Scroll::default(), title, about, rows })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn command(&mut self, room: &Logs, command: Command) -> Done {
        if command == Command::Open {
            return Done::Closed;
        }
        let len = self.len();
        panel::moved(&mut self.scroll, command, len, room.size.1);
        Done::Open
    }

    pub(super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let rows: Vec<Vec<panel::Piece>> =
            self.rows.iter().map(|(scope, text)| vec![(0, ctx.theme.style(*scope), text.clone())]).collect();
        panel::draw(ctx, frame, area, (&self.title, &self.about), &self.scroll, &rows);
    }
}

/// A line of unfolded JSON, its continuation indented as it is.
fn indented(line: &Clean, columns: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let indent = " ".repeat(indent.min(columns / 2));
    wrap(line.trim_start(), columns - indent.len()).into_iter().map(|row| format!("{indent}{row}")).collect()
}

/// Text as it stands, in rows.
fn broken(text: &[u8], columns: usize) -> Vec<(Scope, String)> {
    let text = rolldeck_core::logs::show::plain(text).replace('\t', "    ");
    let mut rows: Vec<(Scope, String)> = wrap(&text, columns).into_iter().map(|row| (Scope::Text, row)).collect();
    if rows.is_empty() {
        rows.push((Scope::Dim, "an empty line".to_owned()));
    }
    rows
}
