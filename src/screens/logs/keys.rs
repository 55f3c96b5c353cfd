//! What keys do in a room of logs.

use rolldeck_core::logs::{Begin, Direction, Level, Reading, RevisionId, count::Patterns};

use super::{
    LogsEffect,
    counted::Counted,
    detail::Detail,
    field::{Field, For, Typed},
    files::Files,
    legend::Legend,
    over::{Done, Over},
    room::Logs,
    saving::Form,
    times::typed,
};
use crate::{
    Action, Command, Ctx, Effect, Key, Mouse,
    widgets::{Answer, Dialog},
};

/// So many lines are marked at once.
const MARKED: usize = 10_000;

fn note(text: impl Into<String>) -> Vec<Action> {
    vec![Action::Note(false, text.into().into())]
}

impl Logs {
    /// Carries a command out.
    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(mut over) = self.over.take() {
            let done = over.command(self, ctx, command);
            return self.done(ctx, over, done);
        }
        if self.window.command(command, self.buffer.ring(), &self.buffer.view) {
            return Vec::new();
        }
        if let Some(begin) = preset(command) {
            self.begin = Some(begin);
            return self.reopen(ctx);
        }
        match command {
            Command::Back => return self.back(),
            Command::Filter => self.ask(For::Include),
            Command::FilterOut => self.ask(For::Exclude),
            Command::Search => self.ask(For::Search),
            Command::PointInTime => self.ask(For::Time),
            Command::Remove => return self.drop_term(),
            Command::Level => return self.level(),
            Command::OnlyRevision => return self.only_revision(),
            Command::Next => return self.find(Direction::Forward),
            Command::Prior => return self.find(Direction::Backward),
            Command::Autoscroll => return self.autoscroll(),
            Command::PauseView => return self.pause(),
            Command::Wrap => {
                self.look.wrap = !self.look.wrap;
                self.window.x = 0;
            }
            Command::Timestamps => {
                self.look.times = self.look.times.next();
                return note(self.look.times.words());
            }
            Command::FullScreen => self.look.full = !self.look.full,
            Command::Histogram => self.look.histogram = !self.look.histogram,
            Command::Fields => {
                self.look.columns = !self.look.columns;
                return note(if self.look.columns { "fields are columns" } else { "lines as they are" });
            }
            Command::FoldAll => {
                let folded = !self.buffer.view.is_folded();
                self.buffer.view.set_folded(folded);
                let said = if folded { "stack traces are folded" } else { "stack traces are unfolded" };
                return self.work().1.into_iter().chain(note(said)).collect();
            }
            Command::Mark => self.mark(),
            Command::MarkAll => return self.mark_all(),
            Command::MarkRange => self.anchor = if self.anchor.is_some() { None } else { self.window.cursor },
            Command::ClearMarks => {
                self.marks.clear();
                self.anchor = None;
            }
            Command::NextMark | Command::PriorMark => return self.go_to_mark(command == Command::NextMark),
            Command::ClearBuffer => {
                self.buffer.clear();
                return note("the lines that were kept are forgotten; what comes is shown");
            }
            Command::KeepAll => return self.keep(),
            other => return self.open_over(ctx, other),
        }
        Vec::new()
    }

    /// What opens something over the lines.
    fn open_over(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match command {
            Command::Open => self.over = Detail::new(self).map(Over::Detail),
            Command::Legend => self.over = Some(Over::Legend(Legend::default())),
            Command::Patterns | Command::Compare => {
                let of_all = command == Command::Compare;
                let filter = if of_all { Default::default() } else { self.buffer.view.filter().clone() };
                self.buffer.patterns = Some(Patterns::new(filter));
                match Counted::new(self, of_all) {
                    Ok(counted) => self.over = Some(Over::Counted(counted)),
                    Err(why) => return note(why),
                }
                return self.work().1;
            }
            Command::NextSource => return self.next_source(ctx),
            Command::PreviousLog => {
                self.reading = if self.reading == Reading::Previous { Reading::Stdout } else { Reading::Previous };
                return self.reopen(ctx);
            }
            Command::Download => {
                self.over = Some(match &self.saving {
                    Some(saving) => Over::Saving(saving.dialog()),
                    None => Over::Form(Form::new(self, ctx)),
                });
            }
            _ => {}
        }
        Vec::new()
    }

    /// Undoes one thing: the selection, the search, the filters; at last it asks about a download that goes on.
    fn back(&mut self) -> Vec<Action> {
        match () {
            () if self.anchor.is_some() => self.anchor = None,
            () if self.buffer.seek.is_some() => self.buffer.seek(None),
            () if self.filter != Default::default() => {
                self.filter = Default::default();
                return self.refilter(None);
            }
            () => {
                let body = vec!["The download would be stopped; what was saved stays.".to_owned()];
                let dialog = Dialog::new("A download goes on", body, &["Stay", "Stop it and leave"]);
                self.over = Some(Over::Leave(dialog));
            }
        }
        Vec::new()
    }

    fn ask(&mut self, what: For) {
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

    fn drop_term(&mut self) -> Vec<Action> {
        if self.filter.terms.pop().is_none() {
            return note("no filter is set");
        }
        self.refilter(None)
    }

    /// All levels, from info up, warnings up, errors alone; around.
    fn level(&mut self) -> Vec<Action> {
        self.filter.least = match self.filter.least {
            None => Some(Level::Info),
            Some(Level::Info) => Some(Level::Warn),
            Some(Level::Warn) => Some(Level::Error),
            Some(_) => None,
        };
        let said = match self.filter.least {
            None => "lines of every level".to_owned(),
            Some(Level::Info) => "no trace, no debug".to_owned(),
            Some(least) => format!("{least} and worse; a line that says no level counts as info"),
        };
        self.refilter(None).into_iter().chain(note(said)).collect()
    }

    /// Every revision, then each alone, the newest first.
    fn only_revision(&mut self) -> Vec<Action> {
        let all = self.buffer.sources.revisions();
        if all.len() < 2 {
            return note("there is one revision here");
        }
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse((all[*at].number, *at)));
        let id = |at: usize| u16::try_from(at).map(RevisionId).ok();
        let next = match self.filter.revision {
            None => order.first().copied(),
            Some(now) => {
                let place = order.iter().position(|at| id(*at) == Some(now));
                place.and_then(|place| order.get(place + 1).copied())
            }
        };
        let said = match next.map(|at| &all[at]) {
            None => "lines of every revision".to_owned(),
            Some(only) => format!("only {} of {}", revision(only), only.app),
        };
        self.filter.revision = next.and_then(id);
        self.refilter(None).into_iter().chain(note(said)).collect()
    }

    fn autoscroll(&mut self) -> Vec<Action> {
        self.window.follow = !self.window.follow;
        note(if self.window.follow {
            "the newest line stays in sight"
        } else {
            "the view stands still; lines go on coming"
        })
    }

    fn pause(&mut self) -> Vec<Action> {
        let pause = self.buffer.paused().is_none();
        self.buffer.pause(pause);
        self.work().1
    }

    fn mark(&mut self) {
        if let Some(line) = self.window.cursor
            && !self.marks.remove(&line)
        {
            self.marks.insert(line);
        }
    }

    /// Marks every line that is shown; the newest, where they are very many.
    fn mark_all(&mut self) -> Vec<Action> {
        self.marks.extend(self.buffer.view.back_from(u64::MAX).take(MARKED));
        match self.buffer.view.len() > MARKED as u64 {
            true => note(format!("only the newest {MARKED} lines are marked: filter before")),
            false => Vec::new(),
        }
    }

    fn go_to_mark(&mut self, next: bool) -> Vec<Action> {
        let at = self.window.cursor.unwrap_or_default();
        let first = self.buffer.ring().first();
        self.marks.retain(|line| *line >= first);
        let shown = self.marks.iter().copied().filter(|line| self.buffer.view.shows(*line));
        let to = match next {
            true => shown.clone().find(|line| *line > at).or(shown.min()),
            false => shown.clone().rfind(|line| *line < at).or(shown.max()),
        };
        let Some(line) = to else { return note("no line that is shown is marked") };
        self.window.go(line, self.buffer.ring(), &self.buffer.view);
        Vec::new()
    }

    fn keep(&mut self) -> Vec<Action> {
        let keep = self.kept.is_none();
        self.kept = keep.then_some(None);
        let said = if keep { "everything that comes is kept in a file" } else { "no more is kept in a file" };
        let effect = Action::Effect(Effect::Logs(LogsEffect::Keep(self.id, keep)));
        std::iter::once(effect).chain(note(said)).collect()
    }

    /// stdout, previous, files, why it does not start, rotated, archive; around.
    pub(super) fn next_source(&mut self, ctx: &Ctx) -> Vec<Action> {
        let archive = ctx.session.logs.archive.clone();
        self.reading = match (&self.reading, archive) {
            (Reading::Stdout, _) => Reading::Previous,
            (Reading::Previous, _) => {
                let files = Files::new(self.picked.clone());
                let list = files.list(self, ctx, false);
                self.over = Some(Over::Files(files));
                return vec![list];
            }
            (Reading::Files(_), _) => Reading::WhyNot,
            (Reading::WhyNot, _) => Reading::Rotated,
            (Reading::Rotated, Some(template)) => Reading::Archive(template),
            (Reading::Rotated | Reading::Archive(_), _) => Reading::Stdout,
        };
        self.reopen(ctx)
    }

    /// A key for what lies over the lines.
    pub(super) fn over_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(mut over) = self.over.take() else { return Vec::new() };
        let done = over.key(self, ctx, key);
        self.done(ctx, over, done)
    }

    /// A press of the mouse for a question: the harmless answer closes it, another one takes the focus alone.
    pub(super) fn press(&mut self, mouse: Mouse) {
        let area = ratatui::layout::Rect::new(0, 0, self.size.0, self.size.1);
        let Some(dialog) = self.over.as_mut().and_then(Over::dialog) else { return };
        if mouse.click == crate::Click::Press && dialog.press(area, mouse) != Answer::Open {
            self.over = None;
        }
    }

    /// Puts what lies over the lines back, or follows what came of it.
    fn done(&mut self, ctx: &Ctx, over: Over, done: Done) -> Vec<Action> {
        match done {
            Done::Open => {
                self.over = Some(over);
                Vec::new()
            }
            Done::Act(actions) => {
                self.over = Some(over);
                actions
            }
            Done::Closed => {
                if let Over::Counted(_) = over {
                    self.buffer.patterns = None;
                }
                Vec::new()
            }
            Done::Line(line) => {
                self.buffer.patterns = None;
                match self.buffer.view.at_or_behind(line) {
                    Some(at) if self.buffer.ring().line(line).is_some() => {
                        self.window.go(at, self.buffer.ring(), &self.buffer.view);
                        Vec::new()
                    }
                    _ => note("that line has left the buffer, or is not shown"),
                }
            }
            Done::Only(sources) => {
                self.filter.sources = sources;
                self.refilter(None)
            }
            Done::Files(picked) => {
                self.picked.clone_from(&picked);
                self.reading = Reading::Files(picked);
                self.reopen(ctx)
            }
            Done::NextSource => {
                self.reading = Reading::WhyNot;
                self.reopen(ctx)
            }
            Done::Start(saving) => {
                let start = saving.start();
                self.saving = Some(*saving);
                vec![Action::Effect(start)]
            }
            Done::Form => {
                self.saving = None;
                self.over = Some(Over::Form(Form::new(self, ctx)));
                Vec::new()
            }
            Done::Leave => vec![Action::Back],
        }
    }
}

/// A revision as people call it.
pub(super) fn revision(of: &rolldeck_core::logs::Revision) -> String {
    match (of.number, of.hash.is_empty()) {
        (Some(number), true) => format!("revision {number}"),
        (Some(number), false) => format!("revision {number} ({})", of.hash),
        (None, false) => format!("revision {}", of.hash),
        (None, true) => "the pods without a revision".to_owned(),
    }
}

/// From where a key of k9s's reads.
fn preset(command: Command) -> Option<Begin> {
    Some(match command {
        Command::LogTail => Begin::Tail(1_000),
        Command::LogHead => Begin::Head,
        Command::LastMinute => Begin::Ago(60),
        Command::LastFiveMinutes => Begin::Ago(300),
        Command::LastQuarterHour => Begin::Ago(900),
        Command::LastHalfHour => Begin::Ago(1_800),
        Command::LastHour => Begin::Ago(3_600),
        _ => return None,
    })
}
