//! One app of a plan.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Bounds, Change, Check, Intent, Problem, ProblemKind, Skipped, Target, findings, past::Wish, patch,
    reference::Reference, snapshot, template,
};
use crate::{
    model::{AppKey, AppKind, Image, Revision},
    text::Clean,
};

/// One app of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// The app.
    pub key: AppKey,
    /// What the plan is for.
    pub intent: Intent,
    /// Raised by each edit; an answer about an older serial is dropped.
    pub serial: u64,
    /// The serial that the preflight was last asked about.
    pub asked: Option<u64>,
    /// The object as the last GET returned it, raw; `None` until read.
    pub live: Option<Arc<Value>>,
    /// Its revisions, newest first (rollbacks only).
    pub revisions: Arc<[Revision]>,
    /// What it is to become; `None` while the operator has not said enough.
    pub change: Option<Change>,
    /// Revisions that the default went past.
    pub skipped: Vec<Skipped>,
    /// Why the default of a rollback found nothing: an error that blocks, or what the operator has to pick.
    pub lack: Option<Problem>,
    /// What it is to become as soon as it is read: of a batch that is repeated.
    pub wish: Option<Wish>,
    /// What there is to know of the change that was chosen: it stands until another is.
    pub told: Vec<Problem>,
    /// The autoscaler that sets its replicas, else empty.
    pub hpa: Clean,
    /// That autoscaler, raw, as the last GET returned it: of a change of bounds.
    pub autoscaler: Option<Arc<Value>>,
    /// Apps of the plan that have to be healthy before this one starts.
    pub after: Vec<AppKey>,
    /// Seconds that its earlier rollouts took, where that is known.
    pub expected: Option<u32>,
    /// Of a paused Deployment: resume in the same patch (`Some(true)`), stay paused (`Some(false)`), not answered yet (`None`).
    pub resume: Option<bool>,
    /// How far its preflight is.
    pub check: Check,
    /// How many of its checks are answered, of how many: while it is being checked. (0, 0) before the first is.
    pub checks: (u8, u8),
    /// Errors and warnings found.
    pub problems: Vec<Problem>,
}

impl Step {
    /// A step still to be read.
    pub fn new(intent: Intent, key: AppKey) -> Self {
        Self {
            key,
            intent,
            serial: 0,
            asked: None,
            live: None,
            revisions: Arc::from([]),
            change: None,
            skipped: Vec::new(),
            lack: None,
            wish: None,
            told: Vec::new(),
            hpa: Clean::default(),
            autoscaler: None,
            after: Vec::new(),
            expected: None,
            resume: None,
            check: Check::Reading,
            checks: (0, 0),
            problems: Vec::new(),
        }
    }

    /// The containers and images before, as the live object has them; empty until read.
    pub fn images_before(&self) -> Vec<Image> {
        self.live.as_deref().map(|live| template::images(&live["spec"]["template"])).unwrap_or_default()
    }

    /// The containers and images after; equal to those before where images do not change.
    pub fn images_after(&self) -> Vec<Image> {
        self.template_after().map_or_else(|| self.images_before(), |template| template::images(&template))
    }

    /// Before, in few words: `v1.0.0`, `3 replicas`, `rev 7 v1.1.0`.
    pub fn before(&self) -> Clean {
        let images = self.images_before();
        match self.intent {
            _ if self.live.is_none() => Clean::default(),
            Intent::Scale => self.replicas_before().map(replicas_in_words).unwrap_or_default().into(),
            Intent::Rollback => {
                let live = self.revisions.iter().find(|revision| revision.live);
                self.revision_in_words(live.map(|revision| revision.number), &images)
            }
            Intent::Bounds => self.bounds_before().map(bounds_in_words).unwrap_or_default().into(),
            Intent::Pause | Intent::Resume => paused_in_words(self.paused()).into(),
            Intent::Release | Intent::Restart => self.versions(&images).into(),
        }
    }

    /// After, in few words; empty while incomplete.
    pub fn after(&self) -> Clean {
        let images = self.images_after();
        match &self.change {
            None => Clean::default(),
            Some(Change::Scale(replicas)) => replicas_in_words(*replicas).into(),
            Some(Change::Template { revision, .. }) => {
                self.revision_in_words(Some(*revision).filter(|number| *number > 0), &images)
            }
            Some(Change::SetImages(_)) => self.versions(&images).into(),
            Some(Change::Bounds(bounds)) => bounds_in_words(*bounds).into(),
            Some(Change::Paused(paused)) => paused_in_words(*paused).into(),
            Some(Change::Restart(_)) => format!("{} restarted", self.versions(&images)).into(),
        }
    }

    /// `spec.replicas` of the live object (1 where absent), `None` until read and for a DaemonSet.
    pub fn replicas_before(&self) -> Option<u32> {
        let live = self.live.as_deref().filter(|_| self.key.kind != AppKind::DaemonSet)?;
        Some(snapshot::replicas(live))
    }

    /// The bounds of its autoscaler; `None` until that is read.
    pub fn bounds_before(&self) -> Option<Bounds> {
        self.autoscaler.as_deref().map(snapshot::bounds)
    }

    /// The object that its change writes.
    pub fn target(&self) -> Target {
        match self.intent {
            Intent::Bounds => Target::Autoscaler { namespace: self.key.namespace.clone(), name: self.hpa.clone() },
            _ => Target::App(self.key.clone()),
        }
    }

    /// That object as it was read, raw.
    pub fn object(&self) -> Option<&Arc<Value>> {
        if self.intent == Intent::Bounds { self.autoscaler.as_ref() } else { self.live.as_ref() }
    }

    /// The difference of the two templates as unified diff lines of YAML-like text, for reading.
    pub fn diff(&self) -> Vec<Clean> {
        let (Some(live), Some(after)) = (&self.live, self.template_after()) else { return Vec::new() };
        template::diff(&live["spec"]["template"], &after)
    }

    /// Whether the live object is paused.
    pub fn paused(&self) -> bool {
        self.live.as_deref().is_some_and(snapshot::paused)
    }

    /// The template after: as the dry run returned it, else as the change alone would make it.
    fn template_after(&self) -> Option<Value> {
        if let Check::Passed { after } = &self.check {
            return Some(after["spec"]["template"].clone());
        }
        patch::template_after(self.live.as_deref()?, self.change.as_ref()?)
    }

    /// The images of the app's own repository: those whose repository's last part is the app's name, or else
    /// all that share the repository of the first (main) container.
    pub fn own_images<'a>(&self, images: &'a [Image]) -> Vec<&'a Image> {
        let named = |image: &&Image| Reference::split(&image.image).last_part() == &*self.key.name;
        let own: Vec<_> = images.iter().filter(named).collect();
        if !own.is_empty() {
            return own;
        }
        let Some(main) = images.iter().find(|image| !image.init) else { return Vec::new() };
        let repository = Reference::split(&main.image).repository;
        images.iter().filter(|image| Reference::split(&image.image).repository == repository).collect()
    }

    /// The versions of the containers that the change is about: `v1.2.0`, or `main=v2 log=v1` where they differ.
    fn versions(&self, images: &[Image]) -> String {
        let changed: Vec<&Image> = match &self.change {
            Some(Change::SetImages(to)) if !to.is_empty() => {
                images.iter().filter(|image| to.contains_key(&image.container)).collect()
            }
            _ => self.own_images(images),
        };
        let version = |image: &Image| Reference::split(&image.image).version();
        match changed.first() {
            None => String::new(),
            Some(first) if changed.iter().all(|image| version(image) == version(first)) => version(first),
            Some(_) => {
                let each: Vec<_> = changed.iter().map(|i| format!("{}={}", i.container, version(i))).collect();
                each.join(" ")
            }
        }
    }

    fn revision_in_words(&self, number: Option<i64>, images: &[Image]) -> Clean {
        match number {
            Some(number) => format!("rev {number} {}", self.versions(images)).into(),
            None => self.versions(images).into(),
        }
    }

    /// Judges the step anew after an edit: its serial rises, what an older preflight found is forgotten.
    pub(super) fn settle(&mut self) {
        self.serial += 1;
        self.checks = (0, 0);
        self.problems = findings::find(self);
        self.problems.extend(self.told.iter().cloned());
        self.check = if self.problems.iter().any(|problem| problem.blocks()) {
            Check::Blocked
        } else if let Some(lack) = self.lack_of_words() {
            Check::Incomplete(lack)
        } else if self.is_no_change() {
            Check::NoChange
        } else {
            Check::Checking
        };
    }

    fn lack_of_words(&self) -> Option<Clean> {
        let pausable = self.intent.writes_template() && self.paused() && self.resume.is_none();
        match (&self.change, self.intent) {
            (None, Intent::Release) => Some("type a tag".into()),
            (None, Intent::Bounds) => Some("type the bounds, as in 2-10".into()),
            (None, Intent::Scale) => Some("type the number of replicas".into()),
            (None, _) => Some(self.lack.as_ref().map_or_else(|| "pick a revision".into(), |lack| lack.text.clone())),
            (Some(_), _) if pausable => Some("it is paused: resume it with this change, or leave it paused?".into()),
            (Some(_), _) => None,
        }
    }

    fn is_no_change(&self) -> bool {
        let (Some(live), Some(change)) = (self.live.as_deref(), &self.change) else { return false };
        if self.resume == Some(true) && self.paused() {
            return false;
        }
        match change {
            Change::Scale(replicas) => self.replicas_before() == Some(*replicas),
            Change::Bounds(bounds) => self.bounds_before() == Some(*bounds),
            Change::Paused(paused) => self.paused() == *paused,
            change => patch::template_after(live, change)
                .is_some_and(|after| template::same(&after, &live["spec"]["template"])),
        }
    }

    /// Blocks a change that the cluster's admission takes back at once: it would be written and mean nothing.
    pub(super) fn judge_admission(&mut self) {
        let (Check::Passed { after }, Some(live)) = (&self.check, self.object()) else { return };
        let resumes = snapshot::paused(live) != snapshot::paused(after);
        let (was, is) = (snapshot::Snapshot::take(live, self.intent), snapshot::Snapshot::take(after, self.intent));
        if was.same_spec(&is) && !resumes {
            self.problems.push(Problem::error(
                ProblemKind::DryRun,
                "the cluster's admission takes this change back, so that nothing would change: ask who runs its webhooks",
            ));
            self.check = Check::Blocked;
        }
    }
}

fn replicas_in_words(replicas: u32) -> String {
    if replicas == 1 { "1 replica".to_owned() } else { format!("{replicas} replicas") }
}

fn bounds_in_words(bounds: Bounds) -> String {
    format!("{}–{} replicas", bounds.min, bounds.max)
}

fn paused_in_words(paused: bool) -> &'static str {
    if paused { "paused" } else { "rolling" }
}
