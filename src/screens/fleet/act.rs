//! From the fleet to a plan: for the marked apps, or the one under the cursor. What is not shown is never acted on.

use ratatui::layout::Rect;
use rolldeck_core::{batch::Intent, model::AppKey};

use super::FleetRoom;
use crate::{
    Action, Command, Key, Mouse,
    widgets::{Answer, Dialog, text::count},
};

/// The question about marks that are not shown.
pub(super) struct Asking {
    pub dialog: Dialog,
    intent: Intent,
    shown: Vec<AppKey>,
}

/// What a command asks for, if it is a change.
pub(crate) fn intent(command: Command) -> Option<Intent> {
    Some(match command {
        Command::Release => Intent::Release,
        Command::Rollback => Intent::Rollback,
        Command::Scale => Intent::Scale,
        Command::Restart => Intent::Restart,
        Command::Bounds => Intent::Bounds,
        Command::PauseRollout => Intent::Pause,
        Command::ResumeRollout => Intent::Resume,
        _ => return None,
    })
}

/// Opens a plan.
pub(crate) fn plan(intent: Intent, apps: Vec<AppKey>) -> Vec<Action> {
    crate::plan::planned(intent, apps)
}

impl FleetRoom {
    /// Plans a change of the marked apps, or of the one under the cursor; asks first where some of them are not shown.
    pub(super) fn change(&mut self, intent: Intent) -> Vec<Action> {
        let (shown, hidden) = self.split_marks();
        if !hidden.is_empty() {
            self.asking = Some(Asking { dialog: self.question(intent, &shown, &hidden), intent, shown });
            return Vec::new();
        }
        let apps = if shown.is_empty() { self.current().cloned().into_iter().collect() } else { shown };
        match apps.is_empty() {
            true => vec![Action::Note(false, "no app is under the cursor".into())],
            false => plan(intent, apps),
        }
    }

    fn question(&self, intent: Intent, shown: &[AppKey], hidden: &[AppKey]) -> Dialog {
        let all = shown.len() + hidden.len();
        let title = format!("{} of {} marked apps are not shown", hidden.len(), all);
        let why = match self.filter().is_empty() {
            true => "Not loaded:".to_owned(),
            false => format!("Hidden by the filter \"{}\":", self.filter()),
        };
        let mut names: Vec<String> = hidden.iter().take(8).map(|key| format!("  {key}")).collect();
        if hidden.len() > names.len() {
            names.push(format!("  and {} more", hidden.len() - names.len()));
        }
        let mut body = vec![why];
        body.append(&mut names);
        let noun = crate::state::intent(intent);
        match shown.len() {
            0 => {
                body.push("None of the marked apps is shown: clear the filter, or the marks.".to_owned());
                Dialog::new(&title, body, &["Cancel"])
            }
            n => {
                let go = format!("Plan a {noun} of the {} shown only", count(n, "app"));
                Dialog::new(&title, body, &["Cancel", &go])
            }
        }
    }

    /// A press of the mouse for the question.
    pub(super) fn asking_press(&mut self, mouse: Mouse) {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        if self.asking.as_mut().is_some_and(|asking| asking.dialog.press(area, mouse) != Answer::Open) {
            self.asking = None;
        }
    }

    /// A key for the question.
    pub(super) fn asking_key(&mut self, key: Key) -> Vec<Action> {
        let Some(mut asking) = self.asking.take() else { return Vec::new() };
        match asking.dialog.key(key) {
            Answer::Open => self.asking = Some(asking),
            Answer::Chosen(1) => return plan(asking.intent, asking.shown),
            Answer::Chosen(_) | Answer::Cancelled => {}
        }
        Vec::new()
    }
}
