//! What lies over the lines.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::logs::{Picked, SourceSet, download::Download};

use super::{
    counted::Counted,
    detail::Detail,
    files::Files,
    legend::Legend,
    room::Logs,
    saving::{Chosen, Form},
};
use crate::{
    Action, Command, Ctx, Key, List,
    widgets::{Answer, Dialog},
};

/// What lies over the lines.
pub(super) enum Over {
    /// Where lines come from.
    Legend(Legend),
    /// What lines have in common.
    Counted(Counted),
    /// One line.
    Detail(Detail),
    /// Files that can be read.
    Files(Files),
    /// What is to be downloaded.
    Form(Form),
    /// The download that goes on, or has ended.
    Saving(Dialog),
}

/// What came of a key.
pub(super) enum Done {
    /// It stays open.
    Open,
    /// It stays open, and these are to be done.
    Act(Vec<Action>),
    /// It closes.
    Closed,
    /// It closes, and the cursor goes to this line.
    Line(u64),
    /// It closes, and only these sources are shown; none: all.
    Only(Option<SourceSet>),
    /// It closes, and these files are read.
    Files(Picked),
    /// It closes, and the source behind files is read.
    NextSource,
    /// It closes, and this download begins.
    Start(Box<Download>),
    /// Another download is asked for.
    Form,
}

impl Over {
    /// Whether it takes every key itself.
    pub(super) fn typing(&self) -> bool {
        match self {
            Self::Form(_) | Self::Saving(_) => true,
            Self::Files(files) => files.asking.is_some(),
            Self::Legend(_) | Self::Counted(_) | Self::Detail(_) => false,
        }
    }

    /// The question that it is, if it is one.
    pub(super) fn dialog(&mut self) -> Option<&mut Dialog> {
        match self {
            Self::Saving(dialog) => Some(dialog),
            Self::Files(files) => files.asking.as_mut().map(|(dialog, _)| dialog),
            _ => None,
        }
    }

    /// Takes a command.
    pub(super) fn command(&mut self, room: &mut Logs, ctx: &Ctx, command: Command) -> Done {
        match (self, command) {
            (_, Command::Back) => Done::Closed,
            (Self::Legend(legend), command) => legend.command(room, command),
            (Self::Counted(counted), command) => counted.command(room, command),
            (Self::Detail(detail), command) => detail.command(room, command),
            (Self::Files(files), command) => files.command(room, ctx, command),
            (Self::Form(_) | Self::Saving(_), _) => Done::Open,
        }
    }

    /// Takes a key, where it takes every key itself.
    pub(super) fn key(&mut self, room: &mut Logs, ctx: &Ctx, key: Key) -> Done {
        match self {
            Self::Form(form) => form.key(room, ctx, key),
            Self::Files(files) => files.key(room, ctx, key),
            Self::Saving(dialog) => {
                let Some(saving) = room.saving.and_then(|id| ctx.downloads.get(id)) else { return Done::Closed };
                *dialog = saving.refreshed(dialog, ctx.clock);
                match dialog.key(key) {
                    Answer::Open => Done::Open,
                    Answer::Cancelled => Done::Closed,
                    Answer::Chosen(n) => match saving.chosen(dialog, n) {
                        Chosen::Close => Done::Closed,
                        Chosen::Do(effect) => Done::Act(vec![Action::Download(effect)]),
                        Chosen::Another => Done::Form,
                    },
                }
            }
            Self::Legend(_) | Self::Counted(_) | Self::Detail(_) => Done::Open,
        }
    }

    /// Takes pasted text.
    pub(super) fn paste(&mut self, text: &str) {
        if let Self::Form(form) = self {
            form.paste(text);
        }
    }

    /// Where its lines stand, for the mouse.
    pub(super) fn list(&self, room: &Logs) -> Option<List> {
        match self {
            Self::Legend(legend) => Some(List::new(&legend.scroll, legend.len(room), 2)),
            Self::Counted(counted) => Some(List::new(&counted.scroll, counted.len(room), 2)),
            Self::Files(files) if files.asking.is_none() => Some(List::new(&files.scroll, files.len(), 2)),
            Self::Detail(detail) => Some(List::new(&detail.scroll, detail.len(), 2)),
            Self::Files(_) | Self::Form(_) | Self::Saving(_) => None,
        }
    }

    /// Draws it over the lines.
    pub(super) fn draw(&self, room: &Logs, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        match self {
            Self::Legend(legend) => legend.draw(room, ctx, frame, area),
            Self::Counted(counted) => counted.draw(room, ctx, frame, area),
            Self::Detail(detail) => detail.draw(ctx, frame, area),
            Self::Files(files) => files.draw(ctx, frame, area),
            Self::Form(form) => form.draw(ctx, frame, area),
            Self::Saving(dialog) => {
                if let Some(saving) = room.saving.and_then(|id| ctx.downloads.get(id)) {
                    saving.refreshed(dialog, ctx.clock).draw(ctx.theme, frame, area);
                }
            }
        }
    }

    /// Commands whose keys the footer hints at.
    pub(super) fn hints(&self) -> Vec<(Command, &'static str)> {
        match self {
            Self::Legend(_) => vec![(Command::Back, "back"), (Command::Open, "only this source")],
            Self::Counted(_) => {
                vec![
                    (Command::Back, "back"),
                    (Command::Open, "to its last line"),
                    (Command::NextSource, "another order"),
                ]
            }
            Self::Detail(_) => vec![(Command::Back, "back"), (Command::Copy, "copy the line")],
            Self::Files(_) => vec![
                (Command::Back, "back"),
                (Command::Mark, "pick"),
                (Command::MarkAll, "pick all"),
                (Command::Open, "read"),
                (Command::Reread, "look again"),
                (Command::NextSource, "the next source"),
            ],
            Self::Form(_) | Self::Saving(_) => Vec::new(),
        }
    }
}
