//! The questions before something is done with a batch that was found: what someone else has changed since is asked of the
//! cluster first, and a driver that lives takes a second, typed answer.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    batch::{BatchId, Found, Holder, Order, StepState},
    model::AppKey,
    text::Clean,
};

use super::words;
use crate::{
    Action, BatchEffect, BatchReply, Click, Command, Ctx, Effect, Key, Message, Mouse, Scope, batch,
    batch::{guarded::Guarded, revert, words as steps},
    plan,
    plan::confirm::{Answer, Confirm},
    widgets::{self, Dialog, text::count},
};

/// Apps that someone else has changed since, and how; or why that is not known.
type Drift = Result<Vec<(AppKey, Clean)>, Clean>;

/// What has to be typed before a batch is taken from a driver that lives.
const TYPED: &str = "take over";

/// How far the asking is.
#[derive(Default)]
enum Stage {
    /// Nothing is asked.
    #[default]
    Idle,
    /// What has changed since is being read; then the question about a revert comes.
    Reading(Box<Found>),
    /// The question stands.
    Asked { found: Box<Found>, order: Order, drift: Drift, confirm: Box<Confirm> },
    /// The batch has a driver that lives: once more, typed.
    Again { id: BatchId, order: Order, dialog: Box<Dialog> },
}

/// Questions about batches that were found.
#[derive(Default)]
pub(super) struct Asking {
    stage: Stage,
    /// The batch that is to be planned once more, as soon as its journal is read.
    repeating: Option<BatchId>,
    size: (u16, u16),
}

impl Asking {
    /// Begins what a command asks of a batch; or says why it cannot be.
    pub(super) fn begin(&mut self, ctx: &Ctx, found: &Found, command: Command) -> Vec<Action> {
        let refuse = |why: &str| vec![Action::Note(true, why.into())];
        if let Err(why) = Guarded::of(ctx, found.steps.iter().map(|step| &step.key)) {
            return refuse(&why);
        }
        if ctx.session.readonly {
            return refuse(revert::READONLY);
        }
        if ctx.run.is_some_and(|run| run.id == found.id && !run.phase.ended()) {
            return refuse("This console drives it: enter goes to it, and the keys there tell it what to do.");
        }
        if matches!(found.holder, Holder::Watching(_)) && found.unfinished {
            return vec![Action::Note(true, format!("Not yet: {}.", holder(&found.holder)).into())];
        }
        if command == Command::TakeOver {
            if let Some(why) = words::nothing_left(found) {
                return refuse(why);
            }
            self.ask(ctx, Box::new(found.clone()), Order::Proceed, Ok(Vec::new()));
            return Vec::new();
        }
        if !words::has_something_to_take_back(found) {
            return refuse("It touched no app, or every app is back: there is nothing to take back.");
        }
        let id = found.id.clone();
        self.stage = Stage::Reading(Box::new(found.clone()));
        vec![
            Action::Note(false, "Looking which of its apps someone else has changed since …".into()),
            Action::Effect(Effect::Batch(BatchEffect::Drift(id))),
        ]
    }

    fn ask(&mut self, ctx: &Ctx, found: Box<Found>, order: Order, drift: Drift) {
        let question = match &order {
            Order::Revert { at_once, .. } => revert_question(ctx, &found, *at_once, &drift),
            _ => resume_question(ctx, &found),
        };
        self.stage = match question {
            Ok(mut confirm) => {
                confirm.resize(self.size);
                Stage::Asked { found, order, drift, confirm: Box::new(confirm) }
            }
            // The place was guarded meanwhile.
            Err(_) => Stage::Idle,
        };
    }

    /// Asks for what a plan of the same needs.
    pub(super) fn repeat(&mut self, ctx: &Ctx, id: Option<BatchId>) -> Vec<Action> {
        if ctx.session.readonly {
            return vec![Action::Note(true, "This session is read-only: nothing is planned from here.".into())];
        }
        self.repeating.clone_from(&id);
        super::room::asked(id, BatchEffect::Repeat, "its journal is being read …")
    }

    /// Whether keys go to a question.
    pub(super) fn typing(&self) -> bool {
        matches!(self.stage, Stage::Asked { .. } | Stage::Again { .. })
    }

    /// Takes a key.
    pub(super) fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        match std::mem::take(&mut self.stage) {
            Stage::Asked { found, order, drift, confirm } => self.asked_key(ctx, (found, order, drift, confirm), key),
            Stage::Again { id, order, mut dialog } => match dialog.key(key) {
                widgets::Answer::Open => {
                    self.stage = Stage::Again { id, order, dialog };
                    Vec::new()
                }
                widgets::Answer::Chosen(1) => go(id, order, true),
                _ => Vec::new(),
            },
            stage => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn asked_key(
        &mut self,
        ctx: &Ctx,
        (found, order, drift, mut confirm): (Box<Found>, Order, Drift, Box<Confirm>),
        key: Key,
    ) -> Vec<Action> {
        if let (Order::Revert { at_once, .. }, true) = (&order, revert::turns(key)) {
            let order = Order::Revert { at_once: !at_once, only: Vec::new() };
            self.ask(ctx, found, order, drift);
            return Vec::new();
        }
        match confirm.key(key) {
            Answer::Open => {
                self.stage = Stage::Asked { found, order, drift, confirm };
                Vec::new()
            }
            Answer::Cancel => Vec::new(),
            Answer::Go => match &found.holder {
                Holder::Alive(by) if found.unfinished => {
                    let dialog = Box::new(again(&found, by));
                    self.stage = Stage::Again { id: found.id, order, dialog };
                    Vec::new()
                }
                _ => go(found.id, order, false),
            },
        }
    }

    /// Takes what was read, and what is seen of the batch meanwhile. Returns whether something looks different.
    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match (message, std::mem::take(&mut self.stage)) {
            (Message::Batch(BatchReply::Drift(id, drift)), Stage::Reading(found)) if found.id == *id => {
                self.ask(ctx, found, Order::Revert { at_once: false, only: Vec::new() }, drift.clone());
                return (true, Vec::new());
            }
            (Message::Found(all), Stage::Asked { found, order, drift, confirm }) => {
                // The answer to a question holds for what was seen then.
                let same = |seen: &Found| seen.holder == found.holder && seen.phase == found.phase;
                let holds = match all.iter().find(|seen| seen.id == found.id) {
                    Some(seen) => same(seen),
                    None => !found.unfinished,
                };
                if holds {
                    self.stage = Stage::Asked { found, order, drift, confirm };
                }
                return (!holds, Vec::new());
            }
            (_, stage) => self.stage = stage,
        }
        match message {
            Message::Batch(BatchReply::Repeat(id, again)) if self.repeating.as_ref() == Some(id) => {
                self.repeating = None;
                (
                    false,
                    match again {
                        Ok(plan) => vec![Action::Open(plan::repeated((**plan).clone()))],
                        Err(why) => vec![Action::Note(true, why.clone())],
                    },
                )
            }
            _ => (false, Vec::new()),
        }
    }

    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        if let Stage::Asked { confirm, .. } = &mut self.stage {
            confirm.resize(size);
        }
    }

    /// Takes a press of the mouse, while a question stands; returns whether it was one.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> bool {
        if !self.typing() || mouse.click != Click::Press {
            return false;
        }
        let cancelled = match &mut self.stage {
            Stage::Asked { confirm, .. } => confirm.press(mouse) == Answer::Cancel,
            Stage::Again { dialog, .. } => {
                let area = Rect::new(0, 0, self.size.0, self.size.1);
                dialog.press(area, mouse) == widgets::Answer::Chosen(0)
            }
            _ => false,
        };
        if cancelled {
            self.stage = Stage::Idle;
        }
        true
    }

    pub(super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        match &self.stage {
            Stage::Asked { confirm, .. } => confirm.draw(ctx, frame, area),
            Stage::Again { dialog, .. } => dialog.draw(ctx.theme, frame, area),
            Stage::Idle | Stage::Reading(_) => {}
        }
    }
}

/// It was confirmed: the batch is taken over, and shown.
fn go(id: BatchId, order: Order, force: bool) -> Vec<Action> {
    let effect = BatchEffect::TakeOver { id: id.clone(), order, force };
    vec![Action::Effect(Effect::Batch(effect)), Action::Open(batch::open(Some(id)))]
}

fn about(ctx: &Ctx, found: &Found) -> Vec<(Scope, String)> {
    let session = ctx.session;
    let mut lines = vec![
        (
            Scope::Text,
            format!(
                "batch {}: {}, started {} by {}",
                found.id,
                words::what(found),
                words::day(found.started, ctx.clock),
                words::who(found)
            ),
        ),
        (Scope::Text, format!("context {} · {} · as {}", session.context, session.server, session.user)),
    ];
    if let (Holder::Alive(_), true) = (&found.holder, found.unfinished) {
        lines.push((Scope::Bad, format!("{}.", holder(&found.holder))));
    }
    lines
}

/// Whether a batch's driver lives.
fn holder(holder: &Holder) -> String {
    match holder {
        Holder::Left => "its driver left in good order".to_owned(),
        Holder::Gone => "its driver is gone".to_owned(),
        Holder::Alive(by) => format!("{by} drives it right now"),
        Holder::Watching(seconds) => {
            format!("its lease is watched for {seconds} more seconds, to know whether its driver lives")
        }
    }
}

fn revert_question(ctx: &Ctx, found: &Found, at_once: bool, drift: &Drift) -> Result<Confirm, String> {
    let touched: Vec<_> = found.steps.iter().filter(|step| step.state.is_touched()).collect();
    let mut body = about(ctx, found);
    if touched.is_empty() {
        body.push((Scope::Text, "It touched no app. Its record is closed.".to_owned()));
        return Ok(Confirm::new("Close this batch?".to_owned(), body, "Close the record", 0));
    }
    let drifted = match drift {
        Ok(drifted) => drifted.as_slice(),
        Err(why) => {
            body.push((Scope::Warn, format!("Which apps someone else has changed since is not known: {why}.")));
            &[]
        }
    };
    if !drifted.is_empty() {
        let text =
            format!("{} changed since by someone else; a revert finds drift there and stops at it:", were(drifted));
        body.push((Scope::Warn, text));
        body.extend(drifted.iter().map(|(key, how)| (Scope::Warn, format!("  {key}: {how}"))));
    }
    body.extend(revert::ways(touched.len(), at_once));
    body.push((Scope::Text, String::new()));
    body.push((Scope::Text, "Back to the exact templates (or replicas) from before this batch:".to_owned()));
    let clean = touched.iter().filter(|step| drifted.iter().all(|(key, _)| *key != step.key));
    body.extend(clean.map(|step| (Scope::Text, format!("  {}: {} → {}", step.key, step.after, step.before))));
    let rest = found.steps.len() - touched.len();
    if rest > 0 {
        body.push((Scope::Dim, format!("{} untouched, and left alone", count(rest, "app"))));
    }
    let guarded = Guarded::of(ctx, touched.iter().map(|step| &step.key))?;
    Ok(guarded.confirm(ctx, format!("Revert {}?", count(touched.len(), "app")), body, "Revert", touched.len()))
}

fn were(drifted: &[(AppKey, Clean)]) -> String {
    let verb = if drifted.len() == 1 { "was" } else { "were" };
    format!("{} {verb}", count(drifted.len(), "app"))
}

fn resume_question(ctx: &Ctx, found: &Found) -> Result<Confirm, String> {
    let open = |state: &StepState| {
        matches!(state, StepState::Waiting | StepState::Applying | StepState::RollingOut(..) | StepState::NotStarted)
    };
    let mut body = about(ctx, found);
    body.push((Scope::Text, String::new()));
    let left: Vec<_> = found.steps.iter().filter(|step| open(&step.state)).collect();
    body.push((Scope::Text, "It goes on from where its journal stands:".to_owned()));
    for step in &left {
        let state = steps::state(&step.state).1;
        body.push((Scope::Text, format!("  {}: {} → {} ({state})", step.key, step.before, step.after)));
    }
    let rest = found.steps.len() - left.len();
    if rest > 0 {
        body.push((Scope::Dim, format!("{} came to an end already", count(rest, "app"))));
    }
    let title = format!("Go on with the {}?", words::what(found));
    let guarded = Guarded::of(ctx, found.steps.iter().map(|step| &step.key))?;
    Ok(guarded.confirm(ctx, title, body, "Go on with", left.len()))
}

fn again(found: &Found, by: &Clean) -> Dialog {
    let body = vec![
        format!("{by} drives batch {} right now. Its lease has not expired.", found.id),
        "Taken over, their console writes nothing more and sees that it has lost the batch. It is recorded who took it.".to_owned(),
        "Talk to them first, if you can.".to_owned(),
    ];
    Dialog::new("Take it from a driver that lives?", body, &["Cancel", "Take over"]).expecting(TYPED)
}
