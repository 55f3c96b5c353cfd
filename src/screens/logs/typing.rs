//! What is typed into the field above the lines.

use rolldeck_core::logs::{Begin, Direction, Reading};

use super::{
    field::{Field, For, Typed},
    keys::note,
    room::Logs,
    times::typed,
};
use crate::{Action, Ctx, Key};

impl Logs {
    pub(super) fn ask(&mut self, what: For) {
        self.field = Some(Field::new(what));
    }

    /// A key for the field.
    pub(super) fn field_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(field) = &mut self.field else { return Vec::new() };
        match field.key(key) {
            Typed::Changed => self.field_typed(ctx),
            Typed::Kept => self.field_kept(ctx),
            Typed::Dropped => {
                self.field = None;
                self.buffer.seek(None);
                self.refilter(None)
            }
            Typed::Same => Vec::new(),
        }
    }

    /// Follows what stands in the field.
    pub(super) fn field_typed(&mut self, ctx: &Ctx) -> Vec<Action> {
        let Some(field) = &mut self.field else { return Vec::new() };
        let sought = field.sought();
        let term = if field.what == For::Search || field.what == For::Time { None } else { field.term() };
        let time = (field.what == For::Time).then(|| typed(field.prompt.text(), ctx.clock).err()).flatten();
        let wrong = [
            &sought.as_ref().and_then(|sought| sought.as_ref().err()),
            &term.as_ref().and_then(|term| term.as_ref().err()),
        ]
        .into_iter()
        .find_map(|error| error.map(ToString::to_string));
        let failed = wrong.is_some();
        field.error = wrong.or(time.filter(|_| !field.prompt.text().is_empty()));
        if failed {
            return Vec::new();
        }
        let searching = field.what == For::Search;
        if searching {
            self.buffer.seek(sought.and_then(Result::ok));
        } else {
            self.buffer.seek(None);
        }
        self.refilter(term.and_then(Result::ok))
    }

    fn field_kept(&mut self, ctx: &Ctx) -> Vec<Action> {
        let Some(field) = self.field.take_if(|field| field.error.is_none()) else { return Vec::new() };
        match field.what {
            For::Include | For::Exclude => {
                self.filter.terms.extend(field.term().and_then(Result::ok));
                self.refilter(None)
            }
            For::Search if self.buffer.seek.is_some() => {
                // The newest hit first, the line under the cursor among them.
                let from = self.window.cursor.map_or(0, |line| line + 1);
                self.buffer.scan(from, Direction::Backward);
                self.work().1
            }
            For::Search => Vec::new(),
            For::Time => match typed(field.prompt.text(), ctx.clock) {
                Ok(at) => self.go_to_time(ctx, at),
                Err(_) => Vec::new(),
            },
        }
    }

    /// Goes to the first line of a moment; reads again from there where that is older than what is read.
    fn go_to_time(&mut self, ctx: &Ctx, at: i64) -> Vec<Action> {
        let ring = self.buffer.ring();
        let oldest = ring.span().map(|(oldest, _)| oldest);
        let follows = matches!(self.reading, Reading::Stdout | Reading::Previous | Reading::Rotated);
        if follows && oldest.is_none_or(|oldest| at < oldest) && self.begin != Some(Begin::At(at)) {
            self.begin = Some(Begin::At(at));
            let mut actions = self.reopen(ctx);
            self.window.follow = false;
            actions.extend(note("that is before the lines that were read: reading again from there"));
            return actions;
        }
        let line = ring.at_time(at);
        match self.buffer.view.at_or_behind(line) {
            Some(line) => {
                self.window.go(line, self.buffer.ring(), &self.buffer.view);
                Vec::new()
            }
            None => note("no line that is shown is so young"),
        }
    }
}
