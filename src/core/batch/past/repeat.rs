//! A batch once more.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{
    batch::{Bounds, Change, Intent, Options, Plan, Problem, ProblemKind, Step, journal::StepRecord, template},
    model::{AppKey, Revision},
    text::Clean,
};

/// What a step is to become as soon as its app has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Container → image, the whole reference.
    Images(BTreeMap<Clean, Clean>),
    /// This template, and its change-cause.
    Template(Arc<Value>, Clean),
    /// So many replicas.
    Replicas(u32),
    /// These bounds of its autoscaler.
    Bounds(Bounds),
}

/// One app of a batch that is to be repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Again {
    /// The app.
    pub key: AppKey,
    /// Its autoscaler, of a change of bounds.
    pub hpa: Clean,
    /// What it is to become; `None` where the intent alone says it, or the journal does not.
    pub wish: Option<Wish>,
}

/// A batch that is to be repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// What was asked for.
    pub intent: Intent,
    /// How it ran.
    pub options: Options,
    /// Why.
    pub reason: Clean,
    /// Its apps, in their order.
    pub apps: Vec<Again>,
}

impl Plan {
    /// A plan that does the same again. Its apps are still to be read; what each is to become stands as soon as it is.
    pub fn repeat(of: &Repeat) -> Self {
        let mut plan = Self::new(of.intent, of.apps.iter().map(|app| app.key.clone()).collect());
        plan.options = of.options.clone();
        plan.reason = of.reason.clone();
        for step in &mut plan.steps {
            if let Some(app) = of.apps.iter().find(|app| app.key == step.key) {
                step.wish = app.wish.clone();
                step.hpa = app.hpa.clone();
            }
        }
        plan
    }
}

/// What a step's record says that it was to become.
pub(super) fn wish(intent: Intent, step: Option<&StepRecord>) -> Option<Wish> {
    let step = step?;
    let after = &step.after;
    match intent {
        Intent::Release => {
            let images = |template: &Option<Value>| template.as_ref().map(template::images).unwrap_or_default();
            let before = images(&step.before.template);
            let changed = images(&after.template).into_iter().filter(|image| !before.contains(image));
            Some(Wish::Images(changed.map(|image| (image.container, image.image)).collect()))
        }
        Intent::Rollback => {
            let cause = after.cause.as_deref().unwrap_or_default().into();
            Some(Wish::Template(Arc::new(after.template.clone()?), cause))
        }
        Intent::Scale => after.replicas.map(Wish::Replicas),
        Intent::Bounds => after.bounds.map(Wish::Bounds),
        Intent::Restart | Intent::Pause | Intent::Resume => None,
    }
}

impl Step {
    /// Gives the step what was wished for it, now that it has been read.
    pub(in crate::batch) fn grant(&mut self) {
        let Some(wish) = self.wish.take() else { return };
        match wish {
            Wish::Images(images) => self.grant_images(images),
            Wish::Template(to, cause) => {
                let same = |revision: &&Revision| template::same(&revision.template, &to);
                let revision = self.revisions.iter().find(same).map_or(0, |revision| revision.number);
                (self.skipped, self.lack) = (Vec::new(), None);
                self.change = Some(Change::Template { to, revision, cause });
            }
            Wish::Replicas(replicas) => self.change = Some(Change::Scale(replicas)),
            Wish::Bounds(bounds) => self.change = Some(Change::Bounds(bounds)),
        }
    }

    fn grant_images(&mut self, images: BTreeMap<Clean, Clean>) {
        let live = self.images_before();
        let (there, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            images.into_iter().partition(|(name, _)| live.iter().any(|image| image.container == *name));
        for name in gone.keys() {
            let text = format!("it has no container {name} any more, which the batch that is repeated set");
            self.told.push(Problem::warning(ProblemKind::Target, text));
        }
        let differs =
            |name: &Clean, wanted: &Clean| live.iter().any(|image| image.container == *name && image.image != *wanted);
        let images = there.into_iter().filter(|(name, image)| differs(name, image)).collect();
        self.change = Some(Change::SetImages(images));
    }
}
