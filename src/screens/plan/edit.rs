//! A value of the plan under edit: a tag, a number of replicas or bounds, of one container, one app, or all.

use rolldeck_core::{
    batch::{Bounds, Change, Count, Intent, Plan},
    model::AppKey,
    text::Clean,
};

use super::{table::Stop, words};
use crate::{
    Code, Key,
    widgets::{Prompt, text::count},
};

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

/// What a commit made of the plan.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// Those of all steps that refused, and why.
    pub(super) refused: Vec<(AppKey, Clean)>,
    /// What to say of it.
    pub(super) said: Option<String>,
}

impl Edit {
    /// Edits the value at a stop of a step, beginning with what it is.
    pub(super) fn at(plan: &Plan, stop: Stop) -> Self {
        let text = current(plan, stop);
        Self { of: Some(stop), offered: !text.is_empty(), field: Prompt::new(&text), error: None }
    }

    /// Edits one value for all steps.
    pub(super) fn all() -> Self {
        Self { of: None, offered: false, field: Prompt::default(), error: None }
    }

    /// The step that is edited, if it is one.
    pub(super) fn step(&self) -> Option<usize> {
        self.of.and_then(Stop::step)
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

    /// Writes the value into the plan. The error is of the one step that was edited, or of the text.
    pub(super) fn commit(&self, plan: &mut Plan) -> Result<Committed, Clean> {
        let text = self.field.text().trim();
        if text.is_empty() {
            return Err(Clean::new("nothing was written: esc leaves it as it was"));
        }
        match plan.intent {
            Intent::Scale => {
                let count = Count::parse(text).map_err(|error| Clean::from(error.to_string()))?;
                self.scale(plan, count)
            }
            Intent::Bounds => {
                let bounds = Bounds::parse(text).map_err(|error| Clean::from(error.to_string()))?;
                self.each(plan, |plan, step| plan.set_bounds(step, bounds))
            }
            _ => self.retag(plan, text),
        }
    }

    fn retag(&self, plan: &mut Plan, text: &str) -> Result<Committed, Clean> {
        let Some(Stop::Container(step, at)) = self.of else {
            return self.each(plan, |plan, step| plan.set_tag(step, None, text));
        };
        let images = plan.steps[step].images_before();
        plan.set_tag(step, images.get(at).map(|image| image.container.as_str()), text).map(|()| Committed::default())
    }

    fn scale(&self, plan: &mut Plan, to: Count) -> Result<Committed, Clean> {
        let mut rounded = 0;
        let mut committed = self.each(plan, |plan, step| {
            rounded += usize::from(plan.set_count(step, to)?);
            Ok(())
        })?;
        if rounded > 0 {
            committed.said = Some(format!("{to} was rounded up for {}", count(rounded, "app")));
        }
        Ok(committed)
    }

    /// Sets the value of the one step, or of each: those that refuse are named.
    fn each(
        &self,
        plan: &mut Plan,
        mut set: impl FnMut(&mut Plan, usize) -> Result<(), Clean>,
    ) -> Result<Committed, Clean> {
        if let Some(step) = self.step() {
            return set(plan, step).map(|()| Committed::default());
        }
        let mut refused = Vec::new();
        for step in 0..plan.steps.len() {
            if let Err(why) = set(plan, step) {
                refused.push((plan.steps[step].key.clone(), why));
            }
        }
        Ok(Committed { refused, said: None })
    }
}

/// What the value at a stop is now, as one would type it.
fn current(plan: &Plan, stop: Stop) -> String {
    let Some(step) = stop.step().and_then(|step| plan.steps.get(step)) else { return String::new() };
    match (plan.intent, &step.change) {
        (Intent::Scale, Some(Change::Scale(number))) => return number.to_string(),
        (Intent::Scale, _) => return step.replicas_before().map(|number| number.to_string()).unwrap_or_default(),
        (Intent::Bounds, Some(Change::Bounds(bounds))) => return typed(*bounds),
        (Intent::Bounds, _) => return step.bounds_before().map(typed).unwrap_or_default(),
        _ => {}
    }
    let (before, after) = (step.images_before(), step.images_after());
    let image = match stop {
        Stop::Container(_, at) => after.get(at),
        _ => after
            .iter()
            .zip(&before)
            .find(|(after, before)| after != before)
            .map(|(after, _)| after)
            .or(before.iter().find(|image| !image.init)),
    };
    image.map(|image| words::tag(&image.image).to_owned()).unwrap_or_default()
}

fn typed(bounds: Bounds) -> String {
    format!("{}-{}", bounds.min, bounds.max)
}
