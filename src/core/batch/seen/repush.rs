//! Tags that may have been pushed again, and the digests that they can be pinned to.

use serde_json::Value;

use super::{DigestSeen, Digests};
use crate::{
    batch::{Change, Check, Intent, Plan, Problem, ProblemKind, Step, patch, reference::Reference, template},
    model::{AppKey, Image},
    text::Clean,
};

/// Digests that a problem lists.
const LISTED: usize = 3;

/// An image of a template whose tag has meant several digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repush {
    /// The container.
    pub container: Clean,
    /// The image, as the template has it.
    pub image: Clean,
    /// The digest that this app itself ran of it: what may be pinned. `None` where that is not certain.
    pub pin: Option<Clean>,
    /// All digests that ran of it, the latest first.
    pub digests: Vec<DigestSeen>,
}

impl Repush {
    /// As the plan tells it.
    pub fn problem(&self) -> Problem {
        let each = self.digests.iter().take(LISTED).map(|seen| {
            let verb = if seen.at.is_none() { "runs" } else { "ran" };
            format!("{} {verb} in {}", digits(&seen.digest), seen.by)
        });
        let mut each: Vec<String> = each.collect();
        if self.digests.len() > LISTED {
            each.push(format!("and {} more", self.digests.len() - LISTED));
        }
        let pin = match &self.pin {
            Some(pin) => format!("here it ran {}: pin that digest to get the same again", digits(pin)),
            None => "which of them this app is to get is not certain: pin the one that is meant".to_owned(),
        };
        let text = format!("{} has meant {} digests: {}; {pin}", self.image, self.digests.len(), each.join(", "));
        Problem::warning(ProblemKind::Repushed, text)
    }
}

/// `@3f9a21c4d5e6` of `sha256:3f9a21c4d5e6…`.
pub fn short(digest: &str) -> String {
    Reference::split(&format!("x@{digest}")).version()
}

/// The same without the `@`, after which lines are broken.
fn digits(digest: &str) -> String {
    short(digest).trim_start_matches('@').to_owned()
}

/// The images of the template that a change goes to whose tags may have been pushed again since: several digests ran of one tag.
/// `target` is the fingerprint of that template, where it is one that was there before.
pub fn repushed(app: &AppKey, images: &[Image], target: Option<&str>, known: &Digests) -> Vec<Repush> {
    let several = images.iter().filter_map(|image| {
        let digests: Vec<DigestSeen> = known.of(&image.image).into_iter().cloned().collect();
        let (container, name) = (image.container.clone(), image.image.clone());
        (digests.len() > 1).then(|| Repush { pin: known.own(app, &name, target), container, image: name, digests })
    });
    several.collect()
}

impl Step {
    /// Those of these images, which its template will have after the change, whose tags may have been pushed again: of a release or
    /// a rollback.
    pub(in crate::batch) fn repushed(&self, images: &[Image], known: &Digests) -> Vec<Repush> {
        if !matches!(self.intent, Intent::Release | Intent::Rollback) {
            return Vec::new();
        }
        let target = match &self.change {
            Some(Change::Template { to, .. }) => Some(template::fingerprint(to)),
            _ => None,
        };
        repushed(&self.key, images, target.as_deref(), known)
    }
}

impl Plan {
    /// What can be pinned in a step, as far as the cluster has told what it has seen: the images that it starts whose tags may have
    /// been pushed again.
    pub fn repushed(&self, step: &Step) -> Vec<Repush> {
        let Some(seen) = &self.seen else { return Vec::new() };
        match (&step.check, &step.change) {
            (Check::Checking | Check::Passed { .. } | Check::Blocked, Some(_)) => {
                step.repushed(&step.images_after(), seen.digests())
            }
            _ => Vec::new(),
        }
    }

    /// Pins a container of a step to a digest: of a release or a rollback that is already chosen. The tag stays, for people.
    ///
    /// # Errors
    /// The step has no such container after its change, or no change of its template.
    pub fn pin(&mut self, step: usize, container: &str, digest: &str) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Release, Intent::Rollback], "set images")?;
        let (live, Some(change)) = (step.live.as_deref().unwrap_or(&Value::Null), &mut step.change) else {
            return Err(format!("{} has no change of images to pin", step.key).into());
        };
        // What admission makes of the image, or adds beside it, is not the change's to write.
        let after = patch::template_after(live, change).map(|after| template::images(&after)).unwrap_or_default();
        let Some(image) = after.iter().find(|image| *image.container == *container) else {
            return Err(format!("{} has no container {container} after the change", step.key).into());
        };
        let pinned = pinned(&image.image, digest);
        Reference::parse(&pinned).map_err(|error| Clean::from(error.to_string()))?;
        match change {
            Change::SetImages(images) => {
                images.insert(container.into(), pinned.into());
            }
            Change::Template { to, .. } => {
                let mut template = (**to).clone();
                template::set_image(&mut template, container, &pinned);
                *to = template.into();
            }
            _ => return Err(format!("{} has no change of images to pin", step.key).into()),
        }
        step.settle();
        Ok(())
    }

    /// Where `to` is the template of the step's own rollback but for digests that it pins, pins them once more; returns whether it is.
    pub fn pin_as(&mut self, step: usize, to: &Value) -> bool {
        let found = match self.steps.get(step).and_then(|step| step.change.as_ref()) {
            Some(Change::Template { to: plain, .. }) => pins(plain, to),
            _ => None,
        };
        found.is_some_and(|pins| pins.iter().all(|(container, digest)| self.pin(step, container, digest).is_ok()))
    }
}

/// The digests that a template pins over another, by container; `None` where anything else differs.
pub fn pins(plain: &Value, to: &Value) -> Option<Vec<(Clean, Clean)>> {
    let (mut same, mut found) = (plain.clone(), Vec::new());
    for (before, after) in template::images(plain).iter().zip(template::images(to)) {
        let digest =
            Reference::split(&after.image).digest.filter(|digest| *pinned(&before.image, digest) == *after.image);
        if let Some(digest) = digest.filter(|_| before.image != after.image) {
            template::set_image(&mut same, &before.container, &after.image);
            found.push((before.container.clone(), digest.into()));
        }
    }
    template::same(&same, to).then_some(found)
}

/// The image with this digest; its tag stays, for people.
fn pinned(image: &str, digest: &str) -> String {
    let reference = Reference::split(image);
    let tag = reference.tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    format!("{}{tag}@{digest}", reference.repository)
}
