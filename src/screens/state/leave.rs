//! Leaving, and the question before it while a batch is in flight.

use rolldeck_core::batch::Intent;

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

/// What ends with the console.
fn ends_with_it(shells: usize, copies: usize, downloads: Option<String>) -> Vec<String> {
    let hung_up = (shells > 0).then(|| match shells {
        1 => "1 shell is open: what runs in it is hung up.".to_owned(),
        many => format!("{many} shells are open: what runs in them is hung up."),
    });
    let stopped = (copies > 0).then(|| match copies {
        1 => "1 copy of files runs: it stops where it is.".to_owned(),
        many => format!("{many} copies of files run: they stop where they are."),
    });
    hung_up.into_iter().chain(stopped).chain(downloads).collect()
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
        let parked = self.shared.parked.iter().map(|parked| parked.shells).sum::<usize>();
        let shells = self.shared.shells.open() + parked;
        let parked = self.shared.parked.iter().map(|parked| parked.copies).sum::<usize>();
        let copies = self.shared.copies.running() + parked;
        let ends = ends_with_it(shells, copies, crate::logs::going(&self.shared.downloads));
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
