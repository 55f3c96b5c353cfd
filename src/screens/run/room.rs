//! The room: where to run, the question, and what came out.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    act::PodId,
    batch::guard::{Guard, name_to_type},
    model::{ContainerState, Pod},
    shell::{Place, RunOutput},
    text::Clean,
};

use super::{
    RunEffect,
    fold::{Group, fold},
};
use crate::{
    Action, Code, Command, Ctx, Effect, Key, Message, Room, Scope, Screen,
    widgets::{
        Answer, Dialog, Scroll,
        text::{count, cut, put},
    },
};

/// Columns that an output is given at least, where several stand side by side.
const SIDE: u16 = 44;

/// A place where the command may run.
struct Target {
    place: Place,
    marked: bool,
    outcome: Option<Result<RunOutput, Clean>>,
}

/// How far the run is.
enum Phase {
    /// Where to run is being chosen.
    Choosing,
    /// The question.
    Asking(Dialog),
    /// It runs, or has run.
    Run,
}

/// One command in many pods.
pub struct RunRoom {
    line: String,
    targets: Vec<Target>,
    phase: Phase,
    scroll: Scroll,
    size: (u16, u16),
}

/// The places of these pods: of each the first container that runs. Pods without one are left out.
pub fn targets<'a>(pods: impl Iterator<Item = (&'a Pod, bool)>) -> Vec<(Place, bool)> {
    let of = |(pod, marked): (&Pod, bool)| {
        let runs = |state: &ContainerState| matches!(state, ContainerState::Running(_));
        let container = pod.containers.iter().find(|container| !container.init && runs(&container.state))?;
        let id = PodId { namespace: pod.namespace.clone(), name: pod.name.clone(), uid: pod.uid.clone() };
        Some((Place { pod: id, container: container.name.clone() }, marked))
    };
    pods.filter_map(of).collect()
}

impl RunRoom {
    /// This line, in those of the places that are marked.
    ///
    /// # Errors
    /// Where nothing may be run, or there is nowhere to run it.
    pub fn new(ctx: &Ctx, line: &str, places: Vec<(Place, bool)>) -> Result<Self, String> {
        if ctx.session.readonly {
            return Err("this session is read-only: nothing is run from here".to_owned());
        }
        if line.is_empty() {
            return Err(
                "run what? \":run uptime\" runs uptime in the pods of the marked apps, or of the one under the cursor"
                    .to_owned(),
            );
        }
        if places.is_empty() {
            return Err("no container runs under the cursor or in what is marked".to_owned());
        }
        let targets = places.into_iter().map(|(place, marked)| Target { place, marked, outcome: None }).collect();
        Ok(Self { line: line.to_owned(), targets, phase: Phase::Choosing, scroll: Scroll::default(), size: (0, 0) })
    }

    fn chosen(&self) -> Vec<Place> {
        self.targets.iter().filter(|target| target.marked).map(|target| target.place.clone()).collect()
    }

    /// Goes on to the question, or runs where nothing needs to be asked: in one pod that nothing guards.
    fn go_on(&mut self, ctx: &Ctx) -> Vec<Action> {
        let chosen = self.chosen();
        let namespaces: BTreeSet<Clean> = chosen.iter().map(|place| place.pod.namespace.clone()).collect();
        let (guard, rule) = ctx.guard(&namespaces);
        let typed = match (guard, chosen.len()) {
            (_, 0) => return vec![Action::Note(false, "no pod is marked: space marks one".into())],
            (Guard::ReadOnly, _) => return vec![Action::Note(true, format!("Nothing is run here: {rule}.").into())],
            (Guard::None, 1) => return self.start(),
            (Guard::Type, _) => name_to_type(&ctx.session.context, &namespaces).to_string(),
            (_, many) => many.to_string(),
        };
        let mut body = vec![
            format!("$ {}", self.line),
            format!(
                "runs in {} of {}, in context {}.",
                count(chosen.len(), "pod"),
                count(namespaces.len(), "namespace"),
                ctx.session.context
            ),
            "What it does is not recorded in a journal, and cannot be taken back.".to_owned(),
        ];
        if !rule.is_empty() {
            body.push(format!("Guarded: {rule}."));
        }
        let title = format!("Run in {}?", count(chosen.len(), "pod"));
        self.phase = Phase::Asking(Dialog::new(&title, body, &["Cancel", "Run"]).expecting(&typed));
        Vec::new()
    }

    fn start(&mut self) -> Vec<Action> {
        self.targets.retain(|target| target.marked);
        self.phase = Phase::Run;
        self.scroll = Scroll { height: self.scroll.height, ..Scroll::default() };
        vec![Action::Effect(Effect::Run(RunEffect::Start(self.chosen(), self.line.clone())))]
    }

    fn groups(&self) -> Vec<Group> {
        fold(self.targets.iter().filter_map(|target| Some((&target.place, target.outcome.as_ref()?))))
    }

    fn waiting(&self) -> usize {
        self.targets.iter().filter(|target| target.outcome.is_none()).count()
    }

    /// The lines of the room.
    fn lines(&self) -> Vec<Vec<(Scope, String, u16)>> {
        match self.phase {
            Phase::Run => self.results(),
            _ => {
                let head = format!("where? space marks, * all, enter goes on · $ {}", self.line);
                let places = self.targets.iter().map(|target| {
                    let (sign, scope) = if target.marked { ("◆", Scope::Marked) } else { (" ", Scope::Text) };
                    vec![(scope, format!("  {sign} {}", target.place), 0)]
                });
                std::iter::once(vec![(Scope::Heading, head, 1)]).chain(places).collect()
            }
        }
    }

    /// What came out: groups side by side as far as the width allows.
    fn results(&self) -> Vec<Vec<(Scope, String, u16)>> {
        let groups = self.groups();
        let done = self.targets.len() - self.waiting();
        let alike = match groups.len() {
            _ if done < 2 => String::new(),
            1 => ", all the same".to_owned(),
            many => format!(", {many} different"),
        };
        // The line is long where anything is, and is known: it goes last.
        let head = format!("{done} of {} answered{alike} · $ {}", count(self.targets.len(), "pod"), self.line);
        let mut lines = vec![vec![(Scope::Heading, head, 1)], Vec::new()];
        let abreast = usize::from((self.size.0 / SIDE).max(1)).min(groups.len().max(1));
        let columns = self.size.0 / u16::try_from(abreast).unwrap_or(1);
        let room = usize::from(columns.saturating_sub(2));
        for row in groups.chunks(abreast) {
            let blocks: Vec<Vec<(Scope, String)>> = row.iter().map(|group| block(group, room)).collect();
            let height = blocks.iter().map(Vec::len).max().unwrap_or(0);
            for n in 0..height {
                let at = |k: usize| columns * u16::try_from(k).unwrap_or(0) + 1;
                let pieces = blocks.iter().enumerate().filter_map(|(k, block)| {
                    let (scope, text) = block.get(n)?;
                    Some((*scope, text.clone(), at(k)))
                });
                lines.push(pieces.collect());
            }
            lines.push(Vec::new());
        }
        lines
    }
}

/// A group: where, how it ended, what it said; each line cut to the columns.
fn block(group: &Group, columns: usize) -> Vec<(Scope, String)> {
    let (scope, end) = &group.end;
    let mut lines = vec![(*scope, format!("{end} · {}", count(group.places.len(), "pod")))];
    lines.extend(group.places.iter().map(|place| (Scope::Key, place.to_string())));
    match group.lines.is_empty() {
        true => lines.push((Scope::Dim, "(it said nothing)".to_owned())),
        false => lines.extend(group.lines.iter().map(|(scope, line)| (*scope, line.to_string()))),
    }
    lines.into_iter().map(|(scope, line)| (scope, cut(&line, columns))).collect()
}

impl Screen for RunRoom {
    fn room(&self) -> Room {
        Room::Run
    }

    fn typing(&self) -> bool {
        matches!(self.phase, Phase::Asking(_))
    }

    fn title(&self, _ctx: &Ctx) -> String {
        match self.phase {
            Phase::Run if self.waiting() > 0 => format!("Runs in {}", count(self.targets.len(), "pod")),
            Phase::Run => format!("Ran in {}", count(self.targets.len(), "pod")),
            _ => format!("Run in {}", count(self.chosen().len(), "pod")),
        }
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Run(RunEffect::Stop)]
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        let text = |line: &Vec<(Scope, String, u16)>| {
            line.iter().map(|(_, text, _)| text.as_str()).collect::<Vec<_>>().join("  ")
        };
        Some(self.lines().iter().map(text).collect::<Vec<_>>().join("\n"))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let choosing = matches!(self.phase, Phase::Choosing);
        match command {
            Command::Open if choosing => return self.go_on(ctx),
            Command::Mark if choosing => {
                if let Some(target) = self.targets.get_mut(self.scroll.cursor) {
                    target.marked = !target.marked;
                }
                self.scroll.command(Command::Down, self.targets.len());
            }
            Command::MarkAll if choosing => {
                let all = self.targets.iter().all(|target| target.marked);
                self.targets.iter_mut().for_each(|target| target.marked = !all);
            }
            movement if choosing => {
                self.scroll.command(movement, self.targets.len());
            }
            movement => {
                self.scroll.pan(movement, self.lines().len());
            }
        }
        Vec::new()
    }

    fn key(&mut self, _ctx: &Ctx, key: Key) -> Vec<Action> {
        let Phase::Asking(dialog) = &mut self.phase else { return Vec::new() };
        if (key.ctrl || key.alt) && key.code != Code::Backspace {
            return Vec::new();
        }
        match dialog.key(key) {
            Answer::Open => Vec::new(),
            Answer::Chosen(1) => self.start(),
            Answer::Chosen(_) | Answer::Cancelled => {
                self.phase = Phase::Choosing;
                Vec::new()
            }
        }
    }

    fn message(&mut self, _ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let Message::RunIn((place, outcome)) = message else { return (false, Vec::new()) };
        let target = self.targets.iter_mut().find(|target| target.place == *place && target.outcome.is_none());
        let Some(target) = target else { return (false, Vec::new()) };
        target.outcome = Some(outcome.clone());
        (true, Vec::new())
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.scroll.height = size.1.saturating_sub(1).into();
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let lines = self.lines();
        let running = matches!(self.phase, Phase::Run);
        let visible = match running {
            true => self.scroll.visible(lines.len()),
            false => 1 + self.scroll.top..lines.len(),
        };
        let head = if running { None } else { Some(0) };
        let buffer = frame.buffer_mut();
        for (n, y) in head.into_iter().chain(visible).zip(area.y..area.bottom()) {
            for (scope, text, column) in &lines[n] {
                let under = !running && n == self.scroll.cursor + 1;
                let scope = if under { Scope::Cursor } else { *scope };
                put(buffer, area, area.x + column, y, text, ctx.theme.style(scope));
                if under {
                    put(buffer, area, area.x, y, "▸", ctx.theme.style(Scope::Cursor));
                }
            }
        }
        if let Phase::Asking(dialog) = &self.phase {
            dialog.draw(ctx.theme, frame, area);
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        match self.phase {
            Phase::Run => vec![(Command::Back, "back"), (Command::Copy, "copy"), (Command::Help, "help")],
            _ => vec![
                (Command::Back, "back"),
                (Command::Mark, "mark"),
                (Command::MarkAll, "all"),
                (Command::Open, "go on"),
                (Command::Help, "help"),
            ],
        }
    }
}
