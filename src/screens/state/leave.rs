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

fn shells_in_words(shells: usize) -> String {
    if shells == 1 { "1 shell is".to_owned() } else { format!("{shells} shells are") }
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
        let shells = self.shared.shells.open();
        let downloads = crate::logs::going(&self.shared.downloads);
        let it = match body.len() {
            0 if shells > 0 || downloads.is_some() => return self.ask_about_shells(shells, downloads),
            0 => return vec![Effect::Quit],
            1 => "it",
            _ => "each of them",
        };
        if shells > 0 {
            body.push(format!("{} open, too: what runs in them is hung up.", shells_in_words(shells)));
        }
        body.extend(downloads);
        body.push(format!(
            "Leaving pauses {it} in good order: nothing more starts, what is being written is recorded, and the journal says \
             interrupted. What has been written goes on rolling out, watched by nobody."
        ));
        body.push("The next start names it; from there it can be gone on with, or taken back.".to_owned());
        self.leaving = Some(Dialog::new("Pause and leave?", body, &["Stay", "Pause and leave"]));
        Vec::new()
    }

    /// Asks before sessions and downloads are ended.
    fn ask_about_shells(&mut self, shells: usize, downloads: Option<String>) -> Vec<Effect> {
        let words = || format!("{} open: what runs in them is hung up.", shells_in_words(shells));
        let body: Vec<String> = (shells > 0).then(words).into_iter().chain(downloads).collect();
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
