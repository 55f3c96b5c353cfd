//! How a batch is told on standard error: a line for each app that comes to somewhere, or a bar on a terminal.

use std::{
    env,
    io::{self, IsTerminal, Write},
};

use chrono::Utc;
use rolldeck_core::batch::{BatchId, Phase, Run, StepState};

use super::{document, text};

/// How wide the bar is.
const BAR: usize = 24;

/// What was told so far.
pub struct Progress {
    id: BatchId,
    bar: bool,
    colour: bool,
    /// The bar stands in the line of the cursor.
    open: bool,
    told: Vec<&'static str>,
    phase: Option<String>,
    notes: usize,
}

impl Progress {
    /// Nothing told yet.
    pub fn new(id: &BatchId) -> Self {
        let bar = io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb");
        let colour = bar && env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        Self { id: id.clone(), bar, colour, open: false, told: Vec::new(), phase: None, notes: 0 }
    }

    /// Tells what changed.
    pub fn show(&mut self, run: &Run) {
        self.told.resize(run.steps.len(), "waiting");
        for (nth, step) in run.steps.iter().enumerate() {
            let name = step.state.name();
            // On a terminal the bar tells of what is on its way.
            if self.told[nth] != name && !(self.bar && is_on_its_way(&step.state)) {
                let line = format!("{}  {}", text::app(&step.key), step.state.words());
                self.say(&self.paint(&step.state, &line));
            }
            self.told[nth] = name;
        }
        for note in run.notes.iter().skip(self.notes) {
            self.say(note);
        }
        self.notes = run.notes.len();
        let phase = match &run.phase {
            Phase::Held(why) => format!("held: {why}"),
            phase => document::phase(phase).replace('-', " "),
        };
        if self.phase.as_ref() != Some(&phase) {
            if !run.phase.ended() {
                self.say(&format!("batch {}: {phase}", self.id));
            }
            self.phase = Some(phase);
        }
        self.tick(run);
    }

    /// Draws the bar anew.
    pub fn tick(&mut self, run: &Run) {
        if !self.bar || run.phase.ended() {
            return;
        }
        let all = run.steps.len().max(1);
        let ended = run.steps.iter().filter(|step| !is_on_its_way(&step.state)).count();
        let rolling = run.steps.iter().filter(|step| {
            matches!(step.state, StepState::Applying | StepState::RollingOut(..) | StepState::RollingBack(..))
        });
        let full = BAR * ended / all;
        let seconds = (Utc::now() - run.started).num_seconds().max(0);
        let line = format!(
            "[{}{}] {ended}/{all}  {} rolling  {}  {}m{:02}s",
            "#".repeat(full),
            "-".repeat(BAR - full),
            rolling.count(),
            document::phase(&run.phase),
            seconds / 60,
            seconds % 60
        );
        eprint!("\r\x1b[K{line}");
        let _ = io::stderr().flush();
        self.open = true;
    }

    /// Says a line.
    pub fn say(&mut self, line: &str) {
        if std::mem::take(&mut self.open) {
            eprint!("\r\x1b[K");
        }
        eprintln!("{line}");
    }

    /// Tells how it ended.
    pub fn end(&mut self, run: &Run) {
        let seconds = (run.ended.unwrap_or_else(Utc::now) - run.started).num_seconds().max(0);
        let phase = document::phase(&run.phase).replace('-', " ");
        self.say(&format!("batch {}: {phase} after {seconds} s", self.id));
    }

    fn paint(&self, state: &StepState, line: &str) -> String {
        let colour = match state {
            StepState::Healthy | StepState::Reverted => "32",
            StepState::Failed(_) | StepState::Refused(_) | StepState::RevertFailed(_) => "31",
            StepState::Drifted(_) | StepState::NothingRan(_) => "33",
            _ => return line.to_owned(),
        };
        if self.colour { format!("\x1b[{colour}m{line}\x1b[0m") } else { line.to_owned() }
    }
}

fn is_on_its_way(state: &StepState) -> bool {
    matches!(
        state,
        StepState::Waiting
            | StepState::Applying
            | StepState::RollingOut(..)
            | StepState::Reverting
            | StepState::RollingBack(..)
    )
}
