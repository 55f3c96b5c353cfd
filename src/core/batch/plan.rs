//! The batch before it runs: before → after for each app, edited and checked. Nothing has been written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{Bounds, Change, Intent, Options, Problem, ProblemKind, Step, rollback, seen::Seen};
use crate::{
    Time,
    batch::reference::retag,
    model::{AppKey, AppKind, Revision},
    text::Clean,
};

/// Seconds that an app may take to roll out unless its own `progressDeadlineSeconds` is larger.
pub const DEADLINE_SECONDS: u32 = 600;
/// Restarts of a new pod that make its rollout a failure.
pub const MAX_RESTARTS: u32 = 3;

/// How far a step's preflight is.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// The app (and its history, for a rollback) is being read.
    Reading,
    /// It needs something from the operator: a revision to pick, a tag, whether to resume a paused app.
    Incomplete(Clean),
    /// Permission, dry run and the rest are being asked.
    Checking,
    /// It can start. `after` is what the dry run returned (the whole object, raw).
    Passed {
        /// The object as admission leaves it.
        after: Arc<Value>,
    },
    /// It is already so: nothing will be written for it.
    NoChange,
    /// It cannot start: see the problems.
    Blocked,
}

/// A revision that the default of a rollback went past, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number.
    pub revision: i64,
    /// `same images (restart)`, …
    pub why: Clean,
}

/// A batch before it runs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the operator asked for.
    pub intent: Intent,
    /// The apps, in the order of the start.
    pub steps: Vec<Step>,
    /// How it is to run.
    pub options: Options,
    /// Why, in the operator's words; empty where none was given.
    pub reason: Clean,
    /// The kinds of warnings that the operator has acknowledged.
    pub acknowledged: BTreeSet<ProblemKind>,
    /// The apps that warned of a kind when it was acknowledged.
    pub known: BTreeMap<ProblemKind, BTreeSet<AppKey>>,
    /// The images that the cluster has seen, for the checks of new ones; `None` where nobody looked for them.
    pub seen: Option<Arc<Seen>>,
}

impl Plan {
    /// A plan for these apps, all still to be read.
    pub fn new(intent: Intent, apps: Vec<AppKey>) -> Self {
        let options = Options::new(intent, apps.len());
        let mut steps: Vec<Step> = Vec::with_capacity(apps.len());
        for key in apps {
            if !steps.iter().any(|step| step.key == key) {
                steps.push(Step::new(intent, key));
            }
        }
        Self {
            intent,
            steps,
            options,
            reason: Clean::default(),
            acknowledged: BTreeSet::new(),
            known: BTreeMap::new(),
            seen: None,
        }
    }

    /// The app was read, at `now`. Sets the defaults: a rollback goes to the newest earlier revision whose images differ,
    /// a restart is complete, a release and a scale wait for the operator.
    pub fn read(&mut self, app: &AppKey, live: Arc<Value>, revisions: Arc<[Revision]>, now: Time) {
        let Some(step) = self.steps.iter_mut().find(|step| step.key == *app) else { return };
        step.live = Some(live);
        step.revisions = revisions;
        match self.intent {
            Intent::Release | Intent::Scale | Intent::Bounds => {}
            Intent::Pause | Intent::Resume => step.change = Some(Change::Paused(self.intent == Intent::Pause)),
            Intent::Restart => {
                step.change = Some(Change::Restart(now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
            }
            Intent::Rollback => {
                let choice = rollback::default(step);
                (step.change, step.skipped, step.lack) = (choice.change, choice.skipped, choice.lack);
            }
        }
        step.grant();
        step.settle();
    }

    /// An autoscaler of this name sets the app's replicas: a scale of it would be undone.
    pub fn autoscaled(&mut self, app: &AppKey, hpa: &Clean) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.key == *app)
            && step.hpa != *hpa
        {
            step.hpa = hpa.clone();
            if step.live.is_some() {
                step.settle();
            }
        }
    }

    /// The app could not be read, or its preflight found something that blocks.
    pub fn refuse(&mut self, step: usize, problem: Problem) {
        let Some(step) = self.steps.get_mut(step) else { return };
        step.problems.push(problem);
        if step.problems.iter().any(|problem| problem.blocks()) {
            step.check = Check::Blocked;
        }
        self.renew_acknowledgements();
    }

    /// Sets the tag (`v1.2.0`), digest (`sha256:…`) or whole reference of every container of a step whose image
    /// is of the app's own repository; with `container`, of that one. Errors say what is wrong with the text.
    pub fn set_tag(&mut self, step: usize, container: Option<&str>, tag: &str) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Release], "set images")?;
        let live = step.images_before();
        let chosen: Vec<_> = match container {
            Some(name) => live.iter().filter(|image| &*image.container == name).collect(),
            None => step.own_images(&live),
        };
        if chosen.is_empty() {
            let names: Vec<_> = live.iter().map(|image| image.container.as_str()).collect();
            return Err(format!("{} has no such container: it has {}", step.key, names.join(", ")).into());
        }
        let mut images = match &step.change {
            Some(Change::SetImages(images)) => images.clone(),
            _ => BTreeMap::new(),
        };
        for image in chosen {
            let wanted = retag(&image.image, tag).map_err(|error| Clean::from(error.to_string()))?;
            if *image.image == *wanted {
                images.remove(&image.container);
            } else {
                images.insert(image.container.clone(), wanted.into());
            }
        }
        step.change = Some(Change::SetImages(images));
        step.settle();
        Ok(())
    }

    /// [`Self::set_tag`] of every step; the errors of those that refused, by step.
    pub fn set_tag_all(&mut self, tag: &str) -> Vec<(usize, Clean)> {
        (0..self.steps.len()).filter_map(|step| Some((step, self.set_tag(step, None, tag).err()?))).collect()
    }

    /// Rolls a step back to this revision.
    pub fn pick_revision(&mut self, step: usize, number: i64) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Rollback], "roll back")?;
        let Some(revision) = step.revisions.iter().find(|revision| revision.number == number) else {
            return Err(format!("{} has no revision {number}", step.key).into());
        };
        let change = rollback::to(revision);
        (step.change, step.skipped, step.lack) = (Some(change), Vec::new(), None);
        step.told.clear();
        step.settle();
        Ok(())
    }

    /// Rolls a step back to the very previous revision, whatever differs.
    pub fn pick_previous(&mut self, step: usize) -> Result<(), Clean> {
        let found = self.editable(step, &[Intent::Rollback], "roll back")?;
        let previous = rollback::earlier(&found.revisions).next().map(|revision| revision.number);
        let number = previous.ok_or_else(|| Clean::from(format!("{} has no earlier revision", found.key)))?;
        self.pick_revision(step, number)
    }

    /// Sets the replicas of a step.
    pub fn set_replicas(&mut self, step: usize, replicas: u32) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Scale], "scale")?;
        if step.key.kind == AppKind::DaemonSet {
            return Err(format!("{} is a DaemonSet: it runs one pod a node and has no replicas", step.key).into());
        }
        if replicas > i32::MAX as u32 {
            return Err(format!("{replicas} is too many: at most {}", i32::MAX).into());
        }
        step.change = Some(Change::Scale(replicas));
        step.settle();
        Ok(())
    }

    /// Sets the bounds of a step's autoscaler.
    pub fn set_bounds(&mut self, step: usize, bounds: Bounds) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Bounds], "set the bounds of autoscalers")?;
        if step.autoscaler.is_none() {
            return Err(format!("{} has no autoscaler whose bounds could be set", step.key).into());
        }
        if bounds.min > bounds.max || bounds.max == 0 {
            return Err(format!(
                "{}–{} are no bounds: the least comes first, and the most is 1 or more",
                bounds.min, bounds.max
            )
            .into());
        }
        step.change = Some(Change::Bounds(bounds));
        step.settle();
        Ok(())
    }

    /// Answers whether a paused app resumes in the same patch.
    pub fn set_resume(&mut self, step: usize, resume: bool) {
        if let Some(step) = self.steps.get_mut(step)
            && step.paused()
        {
            step.resume = Some(resume);
            step.settle();
        }
    }

    /// Takes a step out of the plan.
    pub fn remove(&mut self, step: usize) {
        if step < self.steps.len() {
            self.steps.remove(step);
        }
    }

    /// Steps whose preflight must be asked now (their check becomes `Checking`): index, serial and the change.
    pub fn to_check(&mut self) -> Vec<(usize, u64)> {
        let unasked = |step: &Step| step.check == Check::Checking && step.asked != Some(step.serial);
        let mut asked = Vec::new();
        for (nth, step) in self.steps.iter_mut().enumerate().filter(|(_, step)| unasked(step)) {
            step.asked = Some(step.serial);
            asked.push((nth, step.serial));
        }
        asked
    }

    /// The preflight of a step answered. Ignored where the step was edited since.
    pub fn checked(&mut self, app: &AppKey, serial: u64, after: Option<Arc<Value>>, problems: Vec<Problem>) {
        let Some(step) = self.steps.iter_mut().find(|step| step.key == *app) else { return };
        if step.serial != serial || step.check != Check::Checking {
            return;
        }
        step.problems.extend(problems);
        step.check = match after {
            Some(after) if !step.problems.iter().any(|problem| problem.blocks()) => Check::Passed { after },
            _ => Check::Blocked,
        };
        step.judge_admission();
        self.renew_acknowledgements();
    }

    /// The preflight of a step is so far: `done` of `of` checks are answered. Ignored where the step was edited since.
    pub fn progress(&mut self, app: &AppKey, serial: u64, done: u8, of: u8) {
        let step = self.steps.iter_mut().find(|step| step.key == *app && step.serial == serial);
        if let Some(step) = step.filter(|step| step.check == Check::Checking) {
            step.checks = (done, of);
        }
    }

    /// Whether the batch may start: every step passed or is a no-op, one at least would write, and every kind of warnings is acknowledged. The error says what is missing.
    pub fn ready(&self) -> Result<(), Clean> {
        for step in &self.steps {
            let missing = match &step.check {
                Check::Passed { .. } | Check::NoChange => continue,
                Check::Reading => "is still being read".to_owned(),
                Check::Checking => "is still being checked".to_owned(),
                Check::Incomplete(what) => what.to_string(),
                Check::Blocked => match step.problems.iter().find(|problem| problem.blocks()) {
                    Some(problem) => format!("{} (fix it, or take the app out of the plan)", problem.text),
                    None => "cannot start: take it out of the plan".to_owned(),
                },
            };
            return Err(format!("{}: {missing}", step.key).into());
        }
        match self.writes() {
            0 => Err("nothing would change: every app is already so".into()),
            _ => self.lacks_acknowledgement().map_or(Ok(()), Err),
        }
    }

    /// How many apps would be written.
    pub fn writes(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.check, Check::Passed { .. })).count()
    }

    /// The step, if it has been read and the intent is one of these.
    pub(super) fn editable(&mut self, step: usize, intents: &[Intent], what: &str) -> Result<&mut Step, Clean> {
        let intent = self.intent;
        let step = self.steps.get_mut(step).ok_or_else(|| Clean::new("the plan has no such step"))?;
        if !intents.contains(&intent) {
            return Err(format!("this plan does not {what}: close it and start another").into());
        }
        if step.live.is_none() {
            return Err(format!("{} is still being read", step.key).into());
        }
        Ok(step)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
