//! The downloads of this console.

use std::sync::Arc;

use rolldeck_core::{
    logs::download::{Download, Progress, Saved},
    text::Clean,
};

use super::words;
use crate::{
    Clock, Effect, Scope,
    logs::{DownloadEffect, DownloadReply, LogsEffect, LogsId},
    widgets::{Dialog, text::count},
};

/// Downloads that have ended are named up to so many.
const ENDED: usize = 50;

/// Where a download stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stand {
    /// It goes on.
    Running(Progress),
    /// The operator ended it, and it has not said so yet.
    Stopping(Progress),
    /// It is complete.
    Done(Saved),
    /// The operator ended it.
    Cancelled(Saved),
    /// It could not go on: why.
    Cut(Clean, Saved),
    /// It could not begin: why.
    Failed(Clean),
}

/// A download that was begun.
#[derive(Clone, Debug)]
pub struct Saving {
    /// Which.
    pub id: LogsId,
    /// What was asked for.
    pub what: Arc<Download>,
    pub(super) stand: Stand,
}

/// A button under what is said of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Button {
    Close,
    Stop,
    GoOn,
    Another,
}

impl Button {
    fn label(self) -> &'static str {
        match self {
            Self::Close => "Close",
            Self::Stop => "Stop it",
            Self::GoOn => "Go on with it",
            Self::Another => "Another",
        }
    }
}

/// What a button asks for.
#[derive(Clone, Debug)]
pub(in super::super) enum Chosen {
    /// Nothing.
    Close,
    /// This, of the download.
    Do(DownloadEffect),
    /// Another download.
    Another,
}

impl Saving {
    /// Whether it goes on.
    pub fn running(&self) -> bool {
        matches!(self.stand, Stand::Running(_) | Stand::Stopping(_))
    }

    /// How far it is, in hundredths, where it goes on.
    pub fn percent(&self) -> Option<u64> {
        match &self.stand {
            Stand::Running(progress) | Stand::Stopping(progress) => Some(words::percent(progress)),
            _ => None,
        }
    }

    fn buttons(&self, another: bool) -> Vec<Button> {
        let mut buttons = vec![Button::Close];
        match &self.stand {
            Stand::Running(_) => buttons.push(Button::Stop),
            Stand::Stopping(_) | Stand::Done(_) | Stand::Failed(_) => {}
            Stand::Cancelled(_) | Stand::Cut(..) => buttons.push(Button::GoOn),
        }
        if another && !self.running() {
            buttons.push(Button::Another);
        }
        buttons
    }

    /// All that is known of it, and what can be done about it.
    pub(in super::super) fn dialog(&self, another: bool) -> Dialog {
        let labels: Vec<&str> = self.buttons(another).into_iter().map(Button::label).collect();
        Dialog::new("Download", Vec::new(), &labels)
    }

    /// What the nth button asks for.
    pub(in super::super) fn chosen(&self, dialog: &Dialog, n: usize) -> Chosen {
        let label = dialog.buttons.get(n).map(String::as_str);
        match (label, &self.stand) {
            (Some("Stop it"), Stand::Running(_)) => Chosen::Do(DownloadEffect::Cancel(self.id)),
            (Some("Go on with it"), Stand::Cancelled(_) | Stand::Cut(..)) => {
                Chosen::Do(DownloadEffect::Resume(self.id))
            }
            (Some("Another"), _) => Chosen::Another,
            _ => Chosen::Close,
        }
    }

    /// Its dialog as it stands now: what is said, and the buttons that there are for that.
    pub(in super::super) fn refreshed(&self, dialog: &Dialog, clock: Clock) -> Dialog {
        let another = dialog.buttons.iter().any(|label| label == Button::Another.label()) || !self.running();
        let now = self.dialog(another);
        let focus = if now.buttons == dialog.buttons { dialog.focus } else { 0 };
        Dialog { body: words::all(self, clock), focus, ..now }
    }

    /// How it stands, for a line of its own.
    pub(in super::super) fn line(&self) -> (Scope, String) {
        words::line(self)
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Downloads {
    /// In the order in which they were begun.
    pub list: Vec<Saving>,
}

impl Downloads {
    /// The one of this number.
    pub fn get(&self, id: LogsId) -> Option<&Saving> {
        self.list.iter().find(|saving| saving.id == id)
    }

    /// Those that go on.
    pub fn running(&self) -> impl Iterator<Item = &Saving> {
        self.list.iter().filter(|saving| saving.running())
    }

    /// Notes what is asked of one, and asks for it.
    pub(crate) fn act(&mut self, effect: DownloadEffect) -> Vec<Effect> {
        let mut effects = Vec::new();
        match &effect {
            DownloadEffect::Start(id, what) => {
                let stand = Stand::Running(Progress::default());
                self.list.push(Saving { id: *id, what: what.clone(), stand });
                while self.list.len() - self.running().count() > ENDED {
                    let Some(at) = self.list.iter().position(|saving| !saving.running()) else { break };
                    effects.push(DownloadEffect::Forget(self.list.remove(at).id));
                }
            }
            DownloadEffect::Cancel(id) => self.stand(*id, |stand| match stand {
                Stand::Running(progress) => Stand::Stopping(progress),
                other => other,
            }),
            DownloadEffect::Resume(id) => self.stand(*id, |_| Stand::Running(Progress::default())),
            DownloadEffect::Forget(id) => self.list.retain(|saving| saving.id != *id),
        }
        effects.push(effect);
        effects.into_iter().map(|effect| Effect::Logs(LogsEffect::Download(effect))).collect()
    }

    fn stand(&mut self, id: LogsId, becomes: impl Fn(Stand) -> Stand) {
        if let Some(saving) = self.list.iter_mut().find(|saving| saving.id == id) {
            saving.stand = becomes(saving.stand.clone());
        }
    }

    /// Takes what is told of one; returns what to say of it: whether that is an error, and the text.
    pub(crate) fn take(&mut self, id: LogsId, reply: &DownloadReply) -> Option<(bool, Clean)> {
        let saving = self.list.iter_mut().find(|saving| saving.id == id)?;
        let (stand, error, text) = match reply {
            DownloadReply::Progress(progress) => {
                saving.stand = match saving.stand {
                    Stand::Stopping(_) => Stand::Stopping(progress.clone()),
                    _ => Stand::Running(progress.clone()),
                };
                return None;
            }
            DownloadReply::Done(saved) => {
                let missing = match saved.problems.len() {
                    0 => String::new(),
                    problems => format!(", {} could not be saved whole", count(problems, "log")),
                };
                let text = format!("{} saved to {}{missing}", count(saved.files, "file"), saved.path);
                (Stand::Done(saved.clone()), !saved.problems.is_empty(), text)
            }
            DownloadReply::Cut(_, saved) if matches!(saving.stand, Stand::Stopping(_)) => {
                let text = format!("the download is cancelled: what was saved stays in {}", saved.path);
                (Stand::Cancelled(saved.clone()), false, text)
            }
            DownloadReply::Cut(why, saved) => {
                let text = format!("the download was cut: {why}: \":downloads\" goes on with it");
                (Stand::Cut(why.clone(), saved.clone()), true, text)
            }
            DownloadReply::Failed(why) => (Stand::Failed(why.clone()), true, format!("no download: {why}")),
        };
        saving.stand = stand;
        Some((error, text.into()))
    }
}
