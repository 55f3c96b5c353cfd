//! A value of the plan under edit: a tag or a number of replicas, of one container, one app, or all.

use rolldeck_core::{
    batch::{Change, Intent, Plan},
    model::AppKey,
    text::Clean,
};

use super::{rows::Stop, words};
use crate::{Code, Key, widgets::Prompt};

/// An edit that is not committed.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// What is edited; `None`: all steps.
    pub(super) of: Option<Stop>,
    /// The field.
    pub(super) field: Prompt,
    /// Why the last commit was refused.
    pub(super) error: Option<Clean>,
    /// The offered text is untouched: the first character replaces it.
    offered: bool,
}

/// What a key did to an edit.
pub(super) enum Edited {
    Going,
    Cancelled,
    Commit,
}

impl Edit {
    /// Edits the value at a stop, beginning with what it is.
    pub(super) fn at(plan: &Plan, stop: Stop) -> Self {
        let text = current(plan, stop);
        Self { of: Some(stop), offered: !text.is_empty(), field: Prompt::new(&text), error: None }
    }

    /// Edits one value for all steps.
    pub(super) fn all() -> Self {
        Self { of: None, offered: false, field: Prompt::default(), error: None }
    }

    pub(super) fn key(&mut self, key: Key) -> Edited {
        match key.code {
            Code::Esc => return Edited::Cancelled,
            Code::Enter => return Edited::Commit,
            Code::Char(_) if self.offered && !key.ctrl && !key.alt => self.field.set(""),
            _ => {}
        }
        self.offered = false;
        self.error = None;
        self.field.key(key);
        Edited::Going
    }

    pub(super) fn paste(&mut self, text: &str) {
        if std::mem::take(&mut self.offered) {
            self.field.set("");
        }
        self.error = None;
        self.field.paste(text);
    }

    /// Writes the value into the plan. The error is of the one step that was edited; those of all steps are by app.
    pub(super) fn commit(&self, plan: &mut Plan) -> Result<Vec<(AppKey, Clean)>, Clean> {
        let text = self.field.text().trim();
        if text.is_empty() {
            return Err(Clean::new("nothing was written: esc leaves it as it was"));
        }
        if plan.intent == Intent::Scale {
            let number = text.parse().map_err(|_| format!("\"{text}\" is no number of replicas: write 0, 1, 2, …"))?;
            return self.scale(plan, number);
        }
        let Some(Stop { step, container }) = self.of else {
            let refused = plan.set_tag_all(text);
            return Ok(refused.into_iter().map(|(step, why)| (plan.steps[step].key.clone(), why)).collect());
        };
        let images = plan.steps[step].images_before();
        let container = container.and_then(|at| images.get(at)).map(|image| image.container.as_str());
        plan.set_tag(step, container, text).map(|()| Vec::new())
    }

    fn scale(&self, plan: &mut Plan, number: u32) -> Result<Vec<(AppKey, Clean)>, Clean> {
        if let Some(stop) = self.of {
            return plan.set_replicas(stop.step, number).map(|()| Vec::new());
        }
        let mut refused = Vec::new();
        for step in 0..plan.steps.len() {
            if let Err(why) = plan.set_replicas(step, number) {
                refused.push((plan.steps[step].key.clone(), why));
            }
        }
        Ok(refused)
    }
}

/// What the value at a stop is now, as one would type it.
fn current(plan: &Plan, stop: Stop) -> String {
    let step = &plan.steps[stop.step];
    if plan.intent == Intent::Scale {
        return match &step.change {
            Some(Change::Scale(number)) => number.to_string(),
            _ => step.replicas_before().map(|number| number.to_string()).unwrap_or_default(),
        };
    }
    let (before, after) = (step.images_before(), step.images_after());
    let image = match stop.container {
        Some(at) => after.get(at),
        None => after
            .iter()
            .zip(&before)
            .find(|(after, before)| after != before)
            .map(|(after, _)| after)
            .or(before.iter().find(|image| !image.init)),
    };
    image.map(|image| words::tag(&image.image).to_owned()).unwrap_or_default()
}
