//! Releases that are told by a rule.

use std::collections::BTreeMap;

use super::Seen;
use crate::{
    batch::{Plan, Step, reference::Reference},
    model::{AppKey, AppKind, Image},
    text::Clean,
};

/// What runs elsewhere: in another namespace or another context.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Like {
    /// Where, in words: `namespace qa`, `qa of context staging`.
    pub from: Clean,
    /// The images of its apps, by kind and name.
    pub apps: BTreeMap<(AppKind, Clean), Vec<Image>>,
    /// The kinds whose apps there are not known, and why.
    pub unknown: BTreeMap<AppKind, Clean>,
}

impl Like {
    /// Of the apps of one place.
    pub fn new<'a>(from: impl Into<Clean>, apps: impl IntoIterator<Item = (&'a AppKey, &'a [Image])>) -> Self {
        let apps = apps.into_iter().map(|(key, images)| ((key.kind, key.name.clone()), images.to_vec()));
        Self { from: from.into(), apps: apps.collect(), unknown: BTreeMap::new() }
    }

    /// The images of the app's namesake: of its kind, or else the only one of its name.
    pub fn namesake(&self, app: &AppKey) -> Option<&[Image]> {
        if let Some(images) = self.apps.get(&(app.kind, app.name.clone())) {
            return Some(images);
        }
        let mut named = self.apps.iter().filter(|((_, name), _)| *name == app.name);
        let (_, images) = named.next()?;
        named.next().is_none().then_some(images)
    }
}

/// By what the images of a release are told.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// All to this tag, digest or reference.
    All(Clean),
    /// Each to the newest that the cluster has seen of its repository.
    Newest,
    /// Each to what its namesake runs elsewhere.
    Like(Like),
}

impl Rule {
    /// What to set of a step that has been read: container → tag, digest or whole reference, as `Plan::set_tag` takes them.
    ///
    /// # Errors
    /// The rule has nothing for this app; says why.
    pub fn tags(&self, seen: &Seen, step: &Step) -> Result<BTreeMap<Clean, Clean>, Clean> {
        let live = step.images_before();
        let own = step.own_images(&live);
        match self {
            Self::All(tag) => Ok(own.iter().map(|image| (image.container.clone(), tag.clone())).collect()),
            Self::Newest => newest(seen, step, &own),
            Self::Like(like) => like_there(like, step, &live),
        }
    }
}

fn newest(seen: &Seen, step: &Step, own: &[&Image]) -> Result<BTreeMap<Clean, Clean>, Clean> {
    let found = own.iter().filter_map(|image| {
        let repository = Reference::split(&image.image).repository;
        Some((image.container.clone(), seen.newest(&repository)?.version.clone()))
    });
    let found: BTreeMap<_, _> = found.collect();
    if found.is_empty() {
        return Err(format!("nothing was seen yet of the images of {}", step.key).into());
    }
    Ok(found)
}

fn like_there(like: &Like, step: &Step, live: &[Image]) -> Result<BTreeMap<Clean, Clean>, Clean> {
    let Some(there) = like.namesake(&step.key) else {
        if let Some(why) = like.unknown.get(&step.key.kind) {
            return Err(format!("whether {} has {} is not known: {why}", like.from, step.key.name).into());
        }
        return Err(format!("{} has no {} {}", like.from, step.key.kind.name(), step.key.name).into());
    };
    let found = live.iter().filter_map(|image| {
        let other = there.iter().find(|other| other.container == image.container && other.init == image.init)?;
        Some((image.container.clone(), version_of(image, other)?))
    });
    let found: BTreeMap<_, _> = found.collect();
    if found.is_empty() {
        return Err(format!("{} of {} has no container of the same name and image", step.key.name, like.from).into());
    }
    Ok(found)
}

/// The other's tag or digest where both are of one name, wherever their registries are: an image of another name is not taken over.
fn version_of(image: &Image, other: &Image) -> Option<Clean> {
    let (own, other) = (Reference::split(&image.image), Reference::split(&other.image));
    if own.last_part() != other.last_part() {
        return None;
    }
    let version = match (&other.tag, &other.digest) {
        (Some(tag), Some(digest)) => format!("{}:{tag}@{digest}", own.repository),
        (Some(tag), None) => tag.clone(),
        (None, Some(digest)) => digest.clone(),
        (None, None) => "latest".to_owned(),
    };
    Some(version.into())
}

impl Plan {
    /// Sets the images of every step of a release by the rule; the errors of those that have none by it, by step.
    pub fn apply_rule(&mut self, rule: &Rule, seen: &Seen) -> Vec<(usize, Clean)> {
        let mut errors = Vec::new();
        for nth in 0..self.steps.len() {
            errors.extend(self.apply_rule_to(nth, rule, seen).err().map(|why| (nth, why)));
        }
        errors
    }

    /// Sets the images of one step of a release by the rule.
    ///
    /// # Errors
    /// The rule has nothing for its app, or the step does not take it: it stays as it was.
    pub fn apply_rule_to(&mut self, step: usize, rule: &Rule, seen: &Seen) -> Result<(), Clean> {
        let tags = rule.tags(seen, &self.steps[step])?;
        tags.iter().try_for_each(|(container, tag)| self.set_tag(step, Some(container), tag))
    }
}
