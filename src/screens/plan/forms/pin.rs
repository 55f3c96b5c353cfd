//! Which digest of a tag that has meant several is meant: those that ran, by whom and when.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    batch::seen::{Repush, short},
    model::AppKey,
    text::Clean,
};

use crate::{
    Command, Ctx, Scope,
    plan::sheet,
    widgets::{ENTRIES, moved, text::age},
};

/// What a command did to the list.
pub(in crate::plan) enum Said {
    Open,
    Cancelled,
    /// This digest was picked for the container.
    Picked(Clean, Clean),
}

/// The list: one container after the other.
#[derive(Clone, Debug)]
pub(in crate::plan) struct PinForm {
    /// The app of the step that is pinned.
    pub(in crate::plan) app: AppKey,
    /// The containers that are asked about, this one first.
    asks: Vec<Repush>,
    cursor: usize,
}

impl PinForm {
    /// Asks of these containers; `None` where there are none.
    pub(in crate::plan) fn new(app: AppKey, asks: Vec<Repush>) -> Option<Self> {
        (!asks.is_empty()).then_some(Self { app, asks, cursor: 0 })
    }

    /// The same of the containers after this one.
    pub(in crate::plan) fn next(&self) -> Option<Self> {
        Self::new(self.app.clone(), self.asks[1..].to_vec())
    }

    /// Takes a command of the keymap.
    pub(in crate::plan) fn run(&mut self, command: Command) -> Said {
        let ask = &self.asks[0];
        match command {
            Command::Back | Command::Pin => return Said::Cancelled,
            Command::Edit | Command::Open => {
                return match ask.digests.get(self.cursor) {
                    Some(seen) => Said::Picked(ask.container.clone(), seen.digest.clone()),
                    None => Said::Cancelled,
                };
            }
            _ => self.cursor = moved(self.cursor, command, ENTRIES, ask.digests.len()).unwrap_or(self.cursor),
        }
        Said::Open
    }

    /// Draws the list in the place of the table.
    pub(in crate::plan) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let ask = &self.asks[0];
        let title = format!("Which digest is {} of {} to have?", ask.container, self.app);
        let told = format!(
            "{} has meant each of these, and which of them ran here is not certain. Esc leaves the tag: then each node runs what the \
             registry has of it, or what it keeps.",
            ask.image
        );
        let mut head = sheet::note(ctx, Scope::Heading, 0, &title, columns);
        head.extend(sheet::note(ctx, Scope::Text, 0, &told, columns));
        let rows: Vec<[String; 3]> = ask.digests.iter().enumerate().map(|(n, seen)| self.texts(ctx, n, seen)).collect();
        let titles = ["  DIGEST", "SEEN", "BY"];
        let wide = |n: usize| sheet::widest(rows.iter().map(|row| row[n].as_str()).chain([titles[n]]));
        let first = [wide(0), wide(1)];
        let widths = [first[0], first[1], columns.saturating_sub(first[0] + first[1] + 6)];
        let line = |texts: [&str; 3], scope: Scope| {
            let cells: Vec<_> = texts.iter().zip(widths).map(|(text, width)| (*text, width, scope)).collect();
            sheet::cells(ctx, &cells)
        };
        head.push(line(titles, Scope::Heading));
        sheet::draw(ctx, frame, area, &head, 0, None);
        let used = (head.len() as u16).min(area.height);
        let place = Rect { y: area.y + used, height: area.height - used, ..area };
        let lines: Vec<_> = rows.iter().map(|[a, b, c]| line([a, b, c], Scope::Text)).collect();
        let top = sheet::top(self.cursor, lines.len(), place.height.into());
        sheet::draw(ctx, frame, place, &lines, top, Some(self.cursor - top));
    }

    fn texts(&self, ctx: &Ctx, n: usize, seen: &rolldeck_core::batch::seen::DigestSeen) -> [String; 3] {
        let mark = if n == self.cursor { "▸" } else { " " };
        let when = seen.at.map_or_else(|| "runs now".to_owned(), |at| format!("{} ago", age(at, ctx.clock.now)));
        [format!("{mark} {}", short(&seen.digest)), when, seen.by.to_string()]
    }
}
