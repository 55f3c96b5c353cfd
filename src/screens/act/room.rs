//! The question over the room that asked it.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    act::{Act, Facts, How, Outcome, PodId, Target},
    batch::guard::{Guard, name_to_type},
    text::Clean,
};

use super::words;
use crate::{
    ActEffect, ActReply, Action, Ctx, Effect, Key, Message, Room, Screen,
    widgets::{Answer, Dialog},
};

/// The question about some pods: what is known of them, what may be done, and then what became of it.
pub(super) struct ActRoom {
    pods: Vec<Target>,
    facts: Option<Facts>,
    dialog: Dialog,
    /// What the buttons after the first stand for.
    choices: Vec<How>,
    sent: Option<Act>,
    ended: Vec<(PodId, Outcome)>,
}

impl ActRoom {
    pub(super) fn new(ctx: &Ctx, pods: Vec<Target>) -> Self {
        let dialog = Dialog::new("", Vec::new(), &["Cancel"]);
        let mut room = Self { pods, facts: None, dialog, choices: Vec::new(), sent: None, ended: Vec::new() };
        room.lay_out(ctx);
        room
    }

    /// What may be done now: nothing before the facts are known. What is stuck can only be forced, what is ending needs nothing.
    fn possible(&self, ctx: &Ctx) -> Vec<How> {
        let Some(facts) = self.facts.as_ref().filter(|_| self.guard(ctx).0 != Guard::ReadOnly) else {
            return Vec::new();
        };
        if facts.all_stuck(ctx.clock.now) {
            return if facts.no_deletion.is_empty() { vec![How::Force] } else { Vec::new() };
        }
        if self.pods.iter().all(|pod| pod.ending) {
            return Vec::new();
        }
        let may = [(How::Evict, &facts.no_eviction), (How::Delete, &facts.no_deletion)];
        may.into_iter().filter(|(_, refusals)| refusals.is_empty()).map(|(how, _)| how).collect()
    }

    /// What guards the pods' namespaces, and the rule. The labels of a namespace may become known while the question stands.
    fn guard(&self, ctx: &Ctx) -> (Guard, Clean) {
        ctx.guard(self.pods.iter().map(|pod| &pod.id.namespace))
    }

    /// What has to be typed: what the guard asks for, and the number of more than one.
    fn wanted(&self, ctx: &Ctx) -> Option<String> {
        let namespaces = self.pods.iter().map(|pod| pod.id.namespace.clone()).collect();
        match self.guard(ctx).0 {
            _ if self.choices.is_empty() => None,
            Guard::Type => Some(name_to_type(&ctx.session.context, &namespaces).to_string()),
            Guard::Confirm => Some(self.pods.len().to_string()),
            Guard::None | Guard::ReadOnly => (self.pods.len() > 1).then(|| self.pods.len().to_string()),
        }
    }

    /// Words the dialog anew. The focus, and what was typed, stay; the focus of a button that is gone goes to Cancel.
    fn lay_out(&mut self, ctx: &Ctx) {
        let held = self.dialog.focus.checked_sub(1).and_then(|at| self.choices.get(at).copied());
        let typed = self.dialog.expected.take();
        let whom = words::whom(&self.pods);
        let (title, body, labels) = match &self.sent {
            Some(act) => {
                let title = format!("{} {whom}", capital(act.how.verb()));
                self.choices.clear();
                let label = if self.ended.len() < act.pods.len() { "Waiting for the answer" } else { "Close" };
                (title, words::outcomes(act, &self.ended), vec![label.to_owned()])
            }
            None => {
                self.choices = self.possible(ctx);
                let mut body = words::about(ctx, &self.pods);
                body.extend(words::guarded(&self.guard(ctx)));
                body.push(String::new());
                body.extend(words::facts(ctx, &self.pods, self.facts.as_ref()));
                let labels = std::iter::once("Cancel".to_owned()).chain(self.choices.iter().map(|how| label(*how)));
                (format!("Evict or delete {whom}?"), body, labels.collect())
            }
        };
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let mut dialog = Dialog::new(&title, body, &labels);
        if let Some(wanted) = self.wanted(ctx) {
            dialog = dialog.expecting(&wanted);
            dialog.expected = typed.filter(|(known, _)| *known == wanted).or(dialog.expected);
        }
        dialog.focus =
            held.and_then(|how| self.choices.iter().position(|choice| *choice == how)).map_or(0, |at| at + 1);
        self.dialog = dialog;
    }

    fn go(&mut self, ctx: &Ctx, how: How) -> Vec<Action> {
        let act = Act { how, pods: self.pods.iter().map(|pod| pod.id.clone()).collect() };
        self.sent = Some(act.clone());
        self.lay_out(ctx);
        vec![Action::Effect(Effect::Act(ActEffect::Do(act)))]
    }

    /// Whether the act has left and some pod's answer has not come.
    fn waits(&self) -> bool {
        self.sent.as_ref().is_some_and(|act| self.ended.len() < act.pods.len())
    }

    fn take(&mut self, ctx: &Ctx, reply: &ActReply) -> Vec<Action> {
        match (reply, &self.sent) {
            (ActReply::Facts(facts), None) => self.facts = Some(facts.clone()),
            (ActReply::Ended(pod, outcome), Some(act)) if act.pods.contains(pod) => {
                self.ended.push((pod.clone(), outcome.clone()));
                let well = self.ended.iter().all(|(_, outcome)| *outcome == Outcome::Done);
                if well && self.ended.len() == act.pods.len() {
                    return vec![Action::Back, Action::Note(false, words::well(act).into())];
                }
            }
            _ => return Vec::new(),
        }
        self.lay_out(ctx);
        Vec::new()
    }
}

fn label(how: How) -> String {
    match how {
        How::Evict => "Evict (respects budgets)",
        How::Delete => "Delete (grace period)",
        How::Force => "Delete by force",
    }
    .to_owned()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Screen for ActRoom {
    fn room(&self) -> Room {
        Room::Pods
    }

    fn typing(&self) -> bool {
        true
    }

    fn floats(&self) -> bool {
        true
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("Evict or delete {}", words::whom(&self.pods))
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        if key.ctrl || key.alt {
            return Vec::new();
        }
        match self.dialog.key(key) {
            Answer::Open => Vec::new(),
            // The answers come within seconds, and must be heard.
            Answer::Chosen(0) | Answer::Cancelled if self.waits() => Vec::new(),
            Answer::Chosen(0) | Answer::Cancelled => vec![Action::Back],
            Answer::Chosen(n) => match self.choices.get(n - 1).copied() {
                Some(how) => self.go(ctx, how),
                None => Vec::new(),
            },
        }
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Act(reply) => (true, self.take(ctx, reply)),
            Message::Fleet(_) | Message::Clock(_) | Message::Labels(_) if self.sent.is_none() => {
                let before = (self.dialog.body.clone(), self.dialog.buttons.clone());
                self.lay_out(ctx);
                (before != (self.dialog.body.clone(), self.dialog.buttons.clone()), Vec::new())
            }
            _ => (false, Vec::new()),
        }
    }

    /// A pod that is ending becomes stuck at a known moment.
    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let ends = self.facts.iter().flat_map(|facts| facts.ends.iter().flatten());
        ends.map(|end| *end + chrono::TimeDelta::seconds(10)).filter(|at| *at > ctx.clock.now).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.dialog.draw(ctx.theme, frame, area);
    }
}
