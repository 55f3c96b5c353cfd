//! What keys do in a room of logs.

use std::sync::Arc;

use rolldeck_core::logs::{Begin, Direction, Reading, count::Patterns};

use super::{
    DownloadEffect, LogsEffect, LogsId,
    counted::Counted,
    detail::Detail,
    field::For,
    files::Files,
    legend::Legend,
    over::{Done, Over},
    room::Logs,
    saving::Form,
};
use crate::{Action, Command, Ctx, Effect, Key};

/// Says something at the bottom of the screen.
pub(super) fn note(text: impl Into<String>) -> Vec<Action> {
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
        let done = self.narrow(command).or_else(|| self.look_otherwise(command)).or_else(|| self.choose(command));
        match (done, command) {
            (Some(done), _) => done,
            (None, Command::Back) => self.back(),
            (None, Command::ClearBuffer) => {
                self.buffer.clear();
                note("the lines that were kept are forgotten; what comes is shown")
            }
            (None, Command::KeepAll) => self.keep(),
            (None, other) => self.open_over(ctx, other),
        }
    }

    /// What says which lines are shown and which of them is looked for.
    fn narrow(&mut self, command: Command) -> Option<Vec<Action>> {
        match command {
            Command::Filter => self.ask(For::Include),
            Command::FilterOut => self.ask(For::Exclude),
            Command::Search => self.ask(For::Search),
            Command::PointInTime => self.ask(For::Time),
            Command::Remove => return Some(self.drop_term()),
            Command::Level => return Some(self.level()),
            Command::OnlyRevision => return Some(self.only_revision()),
            Command::Next => return Some(self.find(Direction::Forward)),
            Command::Prior => return Some(self.find(Direction::Backward)),
            _ => return None,
        }
        Some(Vec::new())
    }

    /// What changes how lines are shown.
    fn look_otherwise(&mut self, command: Command) -> Option<Vec<Action>> {
        match command {
            Command::Autoscroll => return Some(self.autoscroll()),
            Command::PauseView => return Some(self.pause()),
            Command::Wrap => {
                self.look.wrap = !self.look.wrap;
                self.window.x = 0;
            }
            Command::Timestamps => {
                self.look.times = self.look.times.next();
                return Some(note(self.look.times.words()));
            }
            Command::FullScreen => self.look.full = !self.look.full,
            Command::Histogram => self.look.histogram = !self.look.histogram,
            Command::Fields => {
                self.look.columns = !self.look.columns;
                return Some(note(if self.look.columns { "fields are columns" } else { "lines as they are" }));
            }
            Command::FoldAll => {
                let folded = !self.buffer.view.is_folded();
                self.buffer.view.set_folded(folded);
                let said = if folded { "stack traces are folded" } else { "stack traces are unfolded" };
                return Some(self.work().1.into_iter().chain(note(said)).collect());
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// What chooses lines: marks and the selection.
    fn choose(&mut self, command: Command) -> Option<Vec<Action>> {
        match command {
            Command::Mark => self.mark(),
            Command::MarkAll => return Some(self.mark_all()),
            Command::MarkRange => self.anchor = if self.anchor.is_some() { None } else { self.window.cursor },
            Command::SelectUp => self.select_on(Command::Up),
            Command::SelectDown => self.select_on(Command::Down),
            Command::ClearMarks => {
                self.marks.clear();
                self.anchor = None;
            }
            Command::NextMark | Command::PriorMark => return Some(self.go_to_mark(command == Command::NextMark)),
            _ => return None,
        }
        Some(Vec::new())
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
                self.over = Some(match self.saving.and_then(|id| ctx.downloads.get(id)) {
                    Some(saving) => Over::Saving(saving.refreshed(&saving.dialog(true), ctx.clock)),
                    None => Over::Form(Form::new(self, ctx)),
                });
            }
            _ => {}
        }
        Vec::new()
    }

    /// Undoes one thing: the selection, the search, the filters.
    fn back(&mut self) -> Vec<Action> {
        match () {
            () if self.anchor.is_some() => self.anchor = None,
            () if self.buffer.seek.is_some() => self.buffer.seek(None),
            () if self.filter != Default::default() => {
                self.filter = Default::default();
                return self.refilter(None);
            }
            () => {}
        }
        Vec::new()
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

    fn keep(&mut self) -> Vec<Action> {
        let keep = self.kept.is_none();
        (self.kept, self.unkept) = (keep.then_some(None), None);
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
                let files = Files::new(self.picked.files.clone());
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
            Done::Start(what) => {
                let id = LogsId::new();
                self.saving = Some(id);
                vec![Action::Download(DownloadEffect::Start(id, Arc::new(*what)))]
            }
            Done::Form => {
                self.saving = None;
                self.over = Some(Over::Form(Form::new(self, ctx)));
                Vec::new()
            }
        }
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
