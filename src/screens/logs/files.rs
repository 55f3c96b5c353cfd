//! The log files inside containers: listed, picked, read.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    kept::Name,
    logs::{LogsOf, Nanos, Picked, PickedFile, time},
    text::Clean,
};

use super::{
    FilesOf, LogFile, LogsEffect, NoFiles,
    over::Done,
    panel::{self, Piece},
    room::Logs,
};
use crate::{
    Action, Command, Ctx, Effect, Key, Room, Scope,
    widgets::{
        Answer, Dialog, Scroll,
        text::{age, bytes, count},
    },
};

/// The files that can be read, by container.
#[derive(Default)]
pub(super) struct Files {
    pub scroll: Scroll,
    found: Vec<FilesOf>,
    complete: bool,
    picked: BTreeSet<PickedFile>,
    /// The question whether a debug container may be started, and where.
    pub asking: Option<(Dialog, LogsOf)>,
}

/// A row of the list.
enum Row<'a> {
    /// A container; with why its files are not known.
    Container(&'a FilesOf),
    /// A file of one.
    File(&'a FilesOf, &'a LogFile),
}

fn picked(of: &FilesOf, file: &LogFile) -> PickedFile {
    PickedFile { pod: of.pod.clone(), container: of.container.clone(), path: file.path.clone() }
}

/// All files of a container, those that come later, too.
fn all(of: &FilesOf) -> Vec<PickedFile> {
    let path = |place: &String| match place.contains(['*', '?']) || place.ends_with('/') {
        true => place.as_str().into(),
        false => format!("{place}/").into(),
    };
    let pick = |place| PickedFile { pod: of.pod.clone(), container: of.container.clone(), path: path(place) };
    of.places.iter().map(pick).collect()
}

impl Files {
    /// A list that loads, with these picked already.
    pub(super) fn new(picked: Vec<PickedFile>) -> Self {
        Self { picked: picked.into_iter().collect(), ..Self::default() }
    }

    /// Asks which files there are.
    pub(super) fn list(&self, room: &Logs, ctx: &Ctx, debug: bool) -> Action {
        let (id, of, places) = (room.id, room.of.clone(), ctx.session.logs.directories.clone());
        Action::Effect(Effect::Logs(LogsEffect::List { id, of, places, debug }))
    }

    /// Takes files of containers.
    pub(super) fn take(&mut self, of: &[FilesOf], complete: bool) {
        for new in of {
            let same = |known: &FilesOf| known.pod == new.pod && known.container == new.container;
            match self.found.iter_mut().find(|known| same(known)) {
                Some(known) => *known = new.clone(),
                None => self.found.push(new.clone()),
            }
        }
        self.found.sort_by(|a, b| (&a.pod, &a.container).cmp(&(&b.pod, &b.container)));
        self.complete |= complete;
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let files = |of: &FilesOf| of.files.as_ref().map_or(0, Vec::len);
        let mut rows = Vec::with_capacity(self.found.iter().map(|of| files(of) + 1).sum());
        for of in &self.found {
            rows.push(Row::Container(of));
            rows.extend(of.files.iter().flatten().map(|file| Row::File(of, file)));
        }
        rows
    }

    pub(super) fn len(&self) -> usize {
        self.rows().len()
    }

    fn under(&self) -> Option<Row<'_>> {
        self.rows().into_iter().nth(self.scroll.cursor)
    }

    pub(super) fn command(&mut self, room: &Logs, ctx: &Ctx, command: Command) -> Done {
        match command {
            Command::Open => return self.open(),
            Command::Mark => {
                self.toggle();
                let len = self.len();
                panel::moved(&mut self.scroll, Command::Down, len, room.size.1);
            }
            Command::MarkAll => {
                let all = || self.found.iter().flat_map(|of| of.files.iter().flatten().map(|file| picked(of, file)));
                let every: BTreeSet<PickedFile> = all().collect();
                self.picked = if self.picked == every { BTreeSet::new() } else { every };
            }
            Command::NextSource => return Done::NextSource,
            Command::Reread => {
                (self.found, self.complete) = (Vec::new(), false);
                return Done::Act(vec![self.list(room, ctx, false), Action::Note(false, "looking once more".into())]);
            }
            movement => {
                let len = self.len();
                panel::moved(&mut self.scroll, movement, len, room.size.1);
            }
        }
        Done::Open
    }

    /// Picks the file under the cursor, or all that the container has and will have.
    fn toggle(&mut self) {
        let files: Vec<PickedFile> = match self.under() {
            Some(Row::File(of, file)) => vec![picked(of, file)],
            Some(Row::Container(of)) if of.files.is_ok() => all(of),
            Some(Row::Container(_)) | None => Vec::new(),
        };
        let all = files.iter().all(|file| self.picked.contains(file));
        for file in files {
            if all {
                self.picked.remove(&file);
            } else {
                self.picked.insert(file);
            }
        }
    }

    /// Reads what is picked, else what is under the cursor; asks about a container that does not run.
    fn open(&mut self) -> Done {
        match self.under() {
            _ if !self.picked.is_empty() => self.these(self.picked.iter().cloned().collect()),
            Some(Row::Container(of)) if of.files == Err(NoFiles::NotRunning) => {
                let place = LogsOf::Container(of.pod.clone(), of.container.clone());
                let body = vec![
                    format!("{place} does not run, so that its files cannot be read from within."),
                    "A debug container with the same mounts, read-only, can list them. It is an act: it is added to the pod \
                     and stays in its spec until the pod goes."
                        .to_owned(),
                ];
                let dialog = Dialog::new("Start a debug container?", body, &["Cancel", "Start it"]);
                self.asking = Some((dialog, place));
                Done::Open
            }
            Some(Row::Container(of)) if of.files.is_ok() => self.these(all(of)),
            Some(Row::File(of, file)) => self.these(vec![picked(of, file)]),
            _ => Done::Open,
        }
    }

    /// Reads these. Pods that are listed here, and of which they are none, were passed over.
    fn these(&self, files: Vec<PickedFile>) -> Done {
        let pods: BTreeSet<&Name> = self.found.iter().map(|of| &of.pod).collect();
        let passed = pods.into_iter().filter(|pod| files.iter().all(|file| file.pod != **pod)).cloned().collect();
        Done::Files(Picked { files, passed })
    }

    /// A key for the question.
    pub(super) fn key(&mut self, room: &Logs, ctx: &Ctx, key: Key) -> Done {
        let Some((mut dialog, place)) = self.asking.take() else { return Done::Open };
        match dialog.key(key) {
            Answer::Open => self.asking = Some((dialog, place)),
            Answer::Chosen(1) => {
                let (id, places) = (room.id, ctx.session.logs.directories.clone());
                let list = LogsEffect::List { id, of: vec![place], places, debug: true };
                return Done::Act(vec![Action::Effect(Effect::Logs(list))]);
            }
            Answer::Chosen(_) | Answer::Cancelled => {}
        }
        Done::Open
    }

    pub(super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let rows: Vec<Vec<Piece>> = match self.rows() {
            none if none.is_empty() => vec![vec![(0, ctx.theme.style(Scope::Dim), self.empty().to_owned())]],
            rows => rows.iter().map(|row| self.row(ctx, row)).collect(),
        };
        let places = ctx.session.logs.directories.join(", ");
        let busy = if self.complete { "" } else { ", looking …" };
        let all: usize = self.found.iter().map(|of| of.files.as_ref().map_or(0, Vec::len)).sum();
        let title = format!("{} under {places}, {} picked{busy}", count(all, "file"), self.picked.len());
        panel::draw(ctx, frame, area, (&title, "      SIZE    WRITTEN  FILE"), &self.scroll, &rows);
        if let Some((dialog, _)) = &self.asking {
            dialog.draw(ctx.theme, frame, area);
        }
    }

    fn is_picked(&self, files: &[PickedFile]) -> bool {
        !files.is_empty() && files.iter().all(|file| self.picked.contains(file))
    }

    fn empty(&self) -> &'static str {
        if self.complete { "There is no container to look in." } else { "Looking for files …" }
    }

    fn row(&self, ctx: &Ctx, row: &Row) -> Vec<Piece> {
        let style = |scope| ctx.theme.style(scope);
        match row {
            Row::Container(of) => {
                let sign = if self.is_picked(&all(of)) { "●" } else { " " };
                let name = format!("{}/{} · {}", of.pod.namespace, of.pod.name, of.container);
                let columns = name.chars().count() + 3;
                let mut row = vec![(2, style(Scope::Marked), sign.to_owned()), (columns, style(Scope::Heading), name)];
                let key = ctx.keymap.key(Room::Logs, Command::Open).map(|key| key.to_string()).unwrap_or_default();
                let why = match &of.files {
                    Ok(files) if files.is_empty() => {
                        Some((Scope::Dim, format!("no file is there; {key} reads those that come")))
                    }
                    Ok(_) => Some((Scope::Dim, format!("{key} reads all, and those that come"))),
                    Err(NoFiles::Through(debugger)) => {
                        Some((Scope::Dim, format!("its volumes are read through {debugger}")))
                    }
                    Err(NoFiles::Forbidden(what)) => Some((Scope::Bad, format!("you may not {what}"))),
                    Err(NoFiles::ReadOnly) => Some((
                        Scope::Warn,
                        "read-only: listing files runs a command in the container; files-when-read-only allows it"
                            .to_owned(),
                    )),
                    Err(NoFiles::NotRunning) => {
                        Some((Scope::Warn, format!("does not run: {key} asks about a debug container")))
                    }
                    Err(NoFiles::Failed(why)) => Some((Scope::Bad, why.to_string())),
                };
                row.extend(why.map(|(scope, text)| (0, style(scope), text)));
                row
            }
            Row::File(of, file) => {
                let is_picked = self.picked.contains(&picked(of, file)) || self.is_picked(&all(of));
                let sign = if is_picked { "●" } else { " " };
                let written = file.written.map(|at: Nanos| age(time(at), ctx.clock.now)).unwrap_or_default();
                vec![
                    (2, style(Scope::Marked), sign.to_owned()),
                    (9, style(Scope::Text), format!("{:>7}", bytes(file.bytes))),
                    (9, style(Scope::Dim), format!("{written:>7}")),
                    (0, style(Scope::Text), Clean::new(&file.path).to_string()),
                ]
            }
        }
    }
}
