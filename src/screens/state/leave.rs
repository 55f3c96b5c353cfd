//! Leaving, and the question before it while a batch is in flight.

use rolldeck_core::{batch::Intent, model::Parked};

use super::State;
use crate::{
    Effect, Key,
    widgets::{Answer, Dialog},
};

/// An intent as a noun.
pub(crate) fn intent(intent: Intent) -> &'static str {
    match intent {
        Intent::Release => "release",
        Intent::Rollback => "rollback",
        Intent::Scale => "scale",
        Intent::Restart => "restart",
        Intent::Bounds => "change of bounds",
        Intent::Pause => "pause",
        Intent::Resume => "resumption",
    }
}

/// What ends with the console, in one context after the other: how much, and where that is parked.
struct Ends {
    count: usize,
    parked: String,
}

impl Ends {
    fn new(here: usize, parked: &[Parked], of: impl Fn(&Parked) -> usize) -> Self {
        let there: Vec<_> = parked.iter().filter(|parked| of(parked) > 0).collect();
        let count = here + there.iter().map(|parked| of(parked)).sum::<usize>();
        let named = there.iter().map(|parked| format!("{} in {}", of(parked), parked.context)).collect::<Vec<_>>();
        let parked = if named.is_empty() { String::new() } else { format!(" (parked: {})", named.join(", ")) };
        Self { count, parked }
    }

    /// A sentence; none where there is nothing.
    fn says(&self, one: [&str; 2], many: [&str; 2]) -> Option<String> {
        let ([is, ends], count) = (if self.count == 1 { one } else { many }, self.count);
        (count > 0).then(|| format!("{count} {is}{}: {ends}.", self.parked))
    }
}

impl State {
    /// Leaves, or asks first. Asked for a second time (ctrl-c twice), it stays a question: only a button leaves.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        let here = self.shared.run.as_ref().filter(|run| !run.phase.ended());
        let elsewhere = self.shared.parked.iter().filter(|parked| parked.batch);
        let mut body: Vec<String> = here
            .map(|run| {
                let (what, stands) = (crate::batch::words::what(run), super::standing(run).1);
                format!("Batch {} is in flight: a {what}, {stands}.", run.id)
            })
            .into_iter()
            .chain(elsewhere.map(|parked| format!("A batch is in flight in the parked context {}.", parked.context)))
            .collect();
        let ends = self.ends_with_it();
        let it = match body.len() {
            0 if !ends.is_empty() => return self.ask_about_what_is_open(ends),
            0 => return vec![Effect::Quit],
            1 => "it",
            _ => "each of them",
        };
        body.extend(ends);
        body.push(format!(
            "Leaving pauses {it} in good order: nothing more starts, what is being written is recorded, and the journal says \
             interrupted. What has been written goes on rolling out, watched by nobody."
        ));
        body.push("The next start names it; from there it can be gone on with, or taken back.".to_owned());
        self.leaving = Some(Dialog::new("Pause and leave?", body, &["Stay", "Pause and leave"]));
        Vec::new()
    }

    /// What ends with the console, here and in parked contexts.
    fn ends_with_it(&self) -> Vec<String> {
        let (shared, parked) = (&self.shared, &self.shared.parked);
        let hung_up = Ends::new(shared.shells.open(), parked, |parked| parked.shells)
            .says(["shell is open", "what runs in it is hung up"], ["shells are open", "what runs in them is hung up"]);
        let stopped = Ends::new(shared.copies.running(), parked, |parked| parked.copies)
            .says(["copy of files runs", "it stops where it is"], ["copies of files run", "they stop where they are"]);
        let cut = Ends::new(shared.downloads.running().count(), parked, |parked| parked.downloads).says(
            ["download of logs goes on", "it is cut off where it is, and the same download goes on with it later"],
            [
                "downloads of logs go on",
                "they are cut off where they are, and the same downloads go on with them later",
            ],
        );
        [hung_up, stopped, cut].into_iter().flatten().collect()
    }

    /// Asks before sessions are ended, copies and downloads stopped.
    fn ask_about_what_is_open(&mut self, body: Vec<String>) -> Vec<Effect> {
        self.leaving = Some(Dialog::new("Leave?", body, &["Stay", "End them and leave"]));
        Vec::new()
    }

    /// A key for the question; `None` where none is asked.
    pub(super) fn leaving_key(&mut self, key: Key) -> Option<Vec<Effect>> {
        let answer = self.leaving.as_mut()?.key(key);
        Some(self.leaving_answer(answer))
    }

    /// An answer to the question.
    pub(super) fn leaving_answer(&mut self, answer: Answer) -> Vec<Effect> {
        if answer != Answer::Open {
            self.leaving = None;
        }
        if answer == Answer::Chosen(1) { vec![Effect::Quit] } else { Vec::new() }
    }
}
