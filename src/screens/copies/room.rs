//! The list of copies, and all that is known of the one under the cursor.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    model::ObjectRef,
    shell::{CopyError, Copying},
};

use super::{Copy, CopyAction, CopyId, Stand, form, words};
use crate::{
    Action, Code, Command, Ctx, Key, List, Message, Room, Scope, Screen,
    widgets::{
        Answer, Cell, Dialog, Listing, Scroll, nothing,
        text::{name, put, wrap},
    },
};

/// The columns: headings and widths; the last takes what is left.
const COLUMNS: [(&str, usize); 3] = [("COPY", 30), ("POD", 28), ("STATE", 0)];
/// The same where there is little room.
const NARROW: [(&str, usize); 3] = [("COPY", 20), ("POD", 16), ("STATE", 0)];
/// Rows below the list for all that is said of the copy under the cursor.
const WORDS: u16 = 11;

/// What is asked.
enum Question {
    /// Whether to stop this one.
    Stop(CopyId),
    /// Whether to begin it again, with what is there replaced.
    Replace(CopyId),
}

/// The copies.
pub struct CopiesRoom {
    scroll: Scroll,
    question: Option<(Question, Dialog)>,
    columns: u16,
}

impl CopiesRoom {
    /// With the cursor on the newest.
    pub fn new(ctx: &Ctx) -> Self {
        let cursor = ctx.copies.list.len().saturating_sub(1);
        Self { scroll: Scroll { cursor, ..Scroll::default() }, question: None, columns: 80 }
    }

    fn under<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a Copy> {
        ctx.copies.list.get(self.scroll.cursor)
    }

    fn stop(&mut self, ctx: &Ctx) -> Vec<Action> {
        match self.under(ctx) {
            None => vec![Action::Note(false, "no copy is under the cursor".into())],
            Some(copy) if copy.running() => {
                let stays = match copy.wanted.way {
                    Copying::Download => "What came until then stays, and can be gone on with.",
                    Copying::Upload => "Files that are whole by then stay in the container.",
                };
                let body = vec![words::way(&copy.wanted), stays.to_owned()];
                let dialog = Dialog::new("Stop this copy?", body, &["Go on", "Stop it"]);
                self.question = Some((Question::Stop(copy.id), dialog));
                Vec::new()
            }
            Some(copy) => vec![Action::Copies(CopyAction::Stop(copy.id))],
        }
    }

    fn again(&mut self, ctx: &Ctx) -> Vec<Action> {
        let Some(copy) = self.under(ctx).filter(|copy| copy.may_again()) else { return Vec::new() };
        let exists = matches!(copy.stand, Stand::Failed(CopyError::Exists(_)));
        let again = Action::Copies(CopyAction::Again { id: copy.id, overwrite: false });
        if !exists && (copy.wanted.way == Copying::Download) {
            return vec![again];
        }
        match form::question(ctx, std::slice::from_ref(&copy.wanted), exists || copy.wanted.options.overwrite) {
            Ok(dialog) => {
                self.question = Some((Question::Replace(copy.id), dialog));
                Vec::new()
            }
            Err(why) => vec![Action::Note(true, why.into())],
        }
    }
}

impl Screen for CopiesRoom {
    fn room(&self) -> Room {
        Room::Copies
    }

    fn typing(&self) -> bool {
        self.question.is_some()
    }

    fn title(&self, ctx: &Ctx) -> String {
        format!("Copies: {}", ctx.copies.list.len())
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        let pod = &self.under(ctx)?.wanted.place.pod;
        Some(ObjectRef::pod(&pod.namespace, &pod.name))
    }

    /// What is said of it; of one that was denied, the line for kubectl.
    fn copied(&self, ctx: &Ctx) -> Option<String> {
        let copy = self.under(ctx)?;
        Some(match &copy.stand {
            Stand::Denied(denied) => denied.kubectl.clone(),
            Stand::Done(copied) => {
                copied.files.iter().map(|file| format!("{}  {}", file.sha256, file.path)).collect::<Vec<_>>().join("\n")
            }
            _ => words::about(copy).into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n"),
        })
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        self.question.is_none().then(|| List::new(&self.scroll, ctx.copies.list.len(), 1))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match command {
            Command::Close => self.stop(ctx),
            Command::Open => self.again(ctx),
            movement => {
                self.scroll.command(movement, ctx.copies.list.len());
                Vec::new()
            }
        }
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some((question, dialog)) = &mut self.question else { return Vec::new() };
        if (key.ctrl || key.alt) && key.code != Code::Backspace {
            return Vec::new();
        }
        let action = match (dialog.key(key), question) {
            (Answer::Open, _) => return Vec::new(),
            (Answer::Chosen(1), Question::Stop(id)) => {
                let running = ctx.copies.list.iter().any(|copy| copy.id == *id && copy.running());
                running.then_some(CopyAction::Stop(*id))
            }
            (Answer::Chosen(1), Question::Replace(id)) => {
                let exists = |copy: &&Copy| copy.id == *id && matches!(copy.stand, Stand::Failed(CopyError::Exists(_)));
                let overwrite = ctx.copies.list.iter().any(|copy| exists(&copy));
                Some(CopyAction::Again { id: *id, overwrite })
            }
            (Answer::Chosen(_) | Answer::Cancelled, _) => None,
        };
        self.question = None;
        action.map(Action::Copies).into_iter().collect()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        self.scroll.clamp(ctx.copies.list.len());
        // What was asked about one that runs is over with it.
        if let Some((Question::Stop(id), _)) = &self.question
            && !ctx.copies.list.iter().any(|copy| copy.id == *id && copy.running())
        {
            self.question = None;
        }
        (matches!(message, Message::Copy(..)), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.columns = size.0;
        self.scroll.resize(size.1.saturating_sub(1 + WORDS).max(1).into(), ctx.copies.list.len());
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let list = &ctx.copies.list;
        if list.is_empty() {
            let how = "\":download\" and \":upload\" copy files of the pod under the cursor, or of the marked apps.";
            return nothing(ctx.theme, buffer, area, "Nothing was copied.", how);
        }
        let columns = if area.width < 120 { NARROW } else { COLUMNS };
        let listing = Listing { theme: ctx.theme, columns: &columns, scroll: &self.scroll };
        listing.draw(buffer, area, list.len(), |n| {
            let (scope, state) = words::state(&list[n]);
            let pod = name(&list[n].wanted.place.pod.name, columns[1].1);
            [Cell::new(Scope::Text, words::way(&list[n].wanted)), Cell::new(Scope::Text, pod), Cell::new(scope, state)]
        });
        let top = area.y + 2 + u16::try_from(self.scroll.visible(list.len()).len()).unwrap_or(0);
        let width = usize::from(area.width).saturating_sub(2).max(1);
        let said = self.under(ctx).map(words::about).unwrap_or_default();
        let lines = said.into_iter().flat_map(|(scope, text)| {
            wrap(&text, width).into_iter().map(move |line| (scope, line)).collect::<Vec<_>>()
        });
        for ((scope, line), y) in lines.zip(top..area.bottom()) {
            put(buffer, area, area.x + 1, y, &line, ctx.theme.style(scope));
        }
        if let Some((_, dialog)) = &self.question {
            dialog.draw(ctx.theme, frame, area);
        }
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let under = self.under(ctx);
        let again = under.is_some_and(Copy::may_again).then_some((Command::Open, "again"));
        let stop = if under.is_some_and(Copy::running) { "stop it" } else { "put it away" };
        [(Command::Back, "back")]
            .into_iter()
            .chain(again)
            .chain([(Command::Close, stop), (Command::Copy, "copy"), (Command::Help, "help")])
            .collect()
    }
}
