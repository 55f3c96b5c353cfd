//! The list of downloads.

use ratatui::{Frame, layout::Rect};

use super::{
    super::{DownloadEffect, LogsReply},
    known::{Chosen, Saving},
    words,
};
use crate::{
    Action, Command, Ctx, Key, List, Message, Mouse, Room, Scope, Screen,
    widgets::{Answer, Cell, Dialog, Listing, Scroll, nothing},
};

/// The columns: headings and widths; the last takes what is left.
const COLUMNS: [(&str, usize); 3] = [("OF", 34), ("TO", 20), ("STATE", 0)];

/// The downloads of this console.
#[derive(Default)]
pub struct DownloadsRoom {
    scroll: Scroll,
    asking: Option<(crate::logs::LogsId, Dialog)>,
    size: (u16, u16),
}

impl DownloadsRoom {
    fn under<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a Saving> {
        ctx.downloads.list.get(self.scroll.cursor)
    }

    /// The dialog as its download stands now.
    fn dialog(&self, ctx: &Ctx) -> Option<Dialog> {
        let (id, dialog) = self.asking.as_ref()?;
        Some(ctx.downloads.get(*id)?.refreshed(dialog, ctx.clock))
    }

    fn answered(&mut self, ctx: &Ctx, answer: Answer) -> Vec<Action> {
        let (Answer::Chosen(n), Some((id, dialog))) = (answer, &self.asking) else {
            if answer == Answer::Cancelled {
                self.asking = None;
            }
            return Vec::new();
        };
        let chosen = ctx.downloads.get(*id).map(|saving| saving.chosen(dialog, n));
        self.asking = None;
        match chosen {
            Some(Chosen::Do(effect)) => vec![Action::Download(effect)],
            _ => Vec::new(),
        }
    }
}

fn of(saving: &Saving) -> String {
    match saving.what.of.as_slice() {
        [one] => one.to_string(),
        many => format!("{} places", many.len()),
    }
}

impl Screen for DownloadsRoom {
    fn room(&self) -> Room {
        Room::Downloads
    }

    fn typing(&self) -> bool {
        self.asking.is_some()
    }

    fn title(&self, ctx: &Ctx) -> String {
        match ctx.downloads.running().count() {
            0 => format!("Downloads: {}", ctx.downloads.list.len()),
            going => format!("Downloads: {going} of {} go on", ctx.downloads.list.len()),
        }
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        self.asking.is_none().then(|| List::new(&self.scroll, ctx.downloads.list.len(), 1))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let under = self.under(ctx);
        match (command, under) {
            (Command::Open, Some(saving)) => {
                self.asking = Some((saving.id, saving.dialog(false)));
                Vec::new()
            }
            (Command::Close, Some(saving)) if saving.running() => {
                vec![Action::Download(DownloadEffect::Cancel(saving.id))]
            }
            (Command::Close, Some(saving)) => vec![Action::Download(DownloadEffect::Forget(saving.id))],
            (Command::Open | Command::Close, None) => {
                vec![Action::Note(false, "no download is under the cursor".into())]
            }
            (movement, _) => {
                self.scroll.command(movement, ctx.downloads.list.len());
                Vec::new()
            }
        }
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(mut now) = self.dialog(ctx) else {
            self.asking = None;
            return Vec::new();
        };
        let answer = now.key(key);
        if let Some((_, dialog)) = &mut self.asking {
            *dialog = now;
        }
        self.answered(ctx, answer)
    }

    fn mouse(&mut self, ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        let mut now = self.dialog(ctx)?;
        let answer = now.press(Rect::new(0, 0, self.size.0, self.size.1), mouse);
        if let Some((_, dialog)) = &mut self.asking {
            *dialog = now;
        }
        Some(self.answered(ctx, answer))
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        self.scroll.clamp(ctx.downloads.list.len());
        (matches!(message, Message::Logs(_, LogsReply::Download(_))), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.scroll.height = size.1.saturating_sub(1).into();
        self.scroll.clamp(ctx.downloads.list.len());
    }

    fn takes_back(&self) -> bool {
        self.asking.is_some()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let list = &ctx.downloads.list;
        if list.is_empty() {
            let how = "l shows logs, and ctrl-s there downloads them whole.";
            return nothing(ctx.theme, buffer, area, "Nothing was downloaded yet.", how);
        }
        let listing = Listing { theme: ctx.theme, columns: &COLUMNS, scroll: &self.scroll };
        listing.draw(buffer, area, list.len(), |n| {
            let (scope, state) = words::line(&list[n]);
            let state = state.strip_prefix("download ").unwrap_or(&state);
            let to = Cell::new(Scope::Dim, &*list[n].what.to);
            [Cell::new(Scope::Text, of(&list[n])), to, Cell::new(scope, state)]
        });
        if let Some(dialog) = self.dialog(ctx) {
            dialog.draw(ctx.theme, frame, area);
        }
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let close = if self.under(ctx).is_some_and(Saving::running) { "stop it" } else { "forget it" };
        vec![(Command::Back, "back"), (Command::Open, "all about it"), (Command::Close, close), (Command::Help, "help")]
    }
}
