//! What was seen of each repository.

use std::collections::BTreeMap;

use super::Digests;
use crate::{
    Time,
    batch::{past::Entry, reference::Reference, template},
    model::{AppKey, Image},
    text::{Clean, nearest::nearest},
};

/// A revision, cut down to its images.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenRevision {
    /// The app.
    pub key: AppKey,
    /// Its number.
    pub number: i64,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
    /// Its containers.
    pub images: Box<[Image]>,
    /// Pods that it is to have, and those available; `None` where not known (ControllerRevisions).
    pub pods: Option<(u32, u32)>,
}

/// Where an image is, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The app.
    pub app: AppKey,
    /// Whether the app's template has it now.
    pub live: bool,
    /// The revision that has it; `None` of one that is only known live.
    pub revision: Option<i64>,
    /// Since when, where known.
    pub since: Option<Time>,
}

/// One tag or digest of a repository.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The tag, the digest, or both, as a release takes them: `v1.2.0`, `sha256:…`.
    pub version: Clean,
    /// The whole reference.
    pub reference: Clean,
    /// Where, live ones first, then the youngest.
    pub places: Vec<Place>,
    /// When it was first seen, where known.
    pub first: Option<Time>,
    /// Apps whose rollout of it failed, with why.
    pub failed: Vec<(AppKey, Clean)>,
}

impl Sight {
    /// Whether an app runs it now.
    pub fn is_live(&self) -> bool {
        self.places.iter().any(|place| place.live)
    }
}

/// Every image that the cluster has seen, by repository.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    repositories: BTreeMap<String, Vec<Sight>>,
    lacks: Vec<Clean>,
    reach: Reach,
    digests: Digests,
}

/// How far it was looked for apps that run an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// In the namespaces of the plan and in those in view.
    #[default]
    InView,
    /// In all of the cluster.
    Everywhere,
    /// In the namespaces of the plan alone, and why in no others.
    Only(Clean),
}

impl Seen {
    /// Of apps as they are (key, images) and of their revisions.
    pub fn new<'a>(live: impl IntoIterator<Item = (&'a AppKey, &'a [Image])>, revisions: &[SeenRevision]) -> Self {
        let mut seen = Self::default();
        let mut current: BTreeMap<&AppKey, &[Image]> = BTreeMap::new();
        for (key, images) in live {
            current.insert(key, images);
        }
        for revision in revisions {
            for image in &revision.images {
                let runs = current.get(&revision.key).is_some_and(|images| images.contains(image));
                let (live, since) = (runs && is_newest(revision, revisions, image), revision.created);
                seen.add(image, Place { app: revision.key.clone(), live, revision: Some(revision.number), since });
            }
        }
        seen.add_live(current);
        seen
    }

    fn add_live<'a>(&mut self, live: impl IntoIterator<Item = (&'a AppKey, &'a [Image])>) {
        for (key, images) in live {
            for image in images {
                let known = |sight: &Sight| sight.places.iter().any(|place| place.live && place.app == *key);
                if !self.sight(&image.image).is_some_and(known) {
                    self.add(image, Place { app: key.clone(), live: true, revision: None, since: None });
                }
            }
        }
        self.sort();
    }

    /// The same with what is known of digests: those of the pods that run now.
    #[must_use]
    pub fn with_digests(mut self, digests: Digests) -> Self {
        self.digests = digests;
        self
    }

    /// The digests that ran of the images.
    pub fn digests(&self) -> &Digests {
        &self.digests
    }

    /// Adds what journals tell: images that no revision keeps any more, rollouts that failed, and the digests that ran.
    pub fn tell<'a>(&mut self, entries: impl IntoIterator<Item = (&'a AppKey, &'a Entry)>) {
        for (key, entry) in entries {
            self.digests.tell(key, entry);
            for image in
                [Some(&entry.before), entry.after.as_ref()].into_iter().flatten().flat_map(|of| template::images(of))
            {
                if self.sight(&image.image).is_none() {
                    let since = Some(entry.accepted);
                    self.add(&image, Place { app: key.clone(), live: false, revision: None, since });
                }
            }
            let Some(after) = entry.after.as_ref().filter(|_| entry.healthy == Some(false)) else { continue };
            let before = template::images(&entry.before);
            for image in template::images(after).iter().filter(|image| !before.contains(image)) {
                let why = format!("{} (batch {})", entry.why, entry.batch);
                self.fail(&image.image, key, why.into());
            }
        }
        self.sort();
    }

    /// Adds what other apps (key, images) of the cluster run, and how far these were looked for.
    pub fn look<'a>(&mut self, live: impl IntoIterator<Item = (&'a AppKey, &'a [Image])>, reach: Reach) {
        self.reach = reach;
        self.add_live(live);
    }

    /// How far it was looked for apps that run an image.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Something that would tell of images could not be read.
    pub fn lack(&mut self, why: Clean) {
        self.lacks.push(why);
    }

    /// What could not be read: where there is any, an image that is not here may have been seen all the same.
    pub fn lacks(&self) -> &[Clean] {
        &self.lacks
    }

    /// The rollout of this image failed there.
    pub fn fail(&mut self, image: &str, app: &AppKey, why: Clean) {
        let reference = Reference::split(image);
        let Some(sights) = self.repositories.get_mut(&reference.repository) else { return };
        for sight in sights.iter_mut().filter(|sight| *sight.reference == *image) {
            if !sight.failed.iter().any(|(known, _)| known == app) {
                sight.failed.push((app.clone(), why.clone()));
            }
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.repositories.is_empty()
    }

    /// What was seen of a repository (`host/shop/orders`), newest first.
    pub fn of(&self, repository: &str) -> &[Sight] {
        self.repositories.get(repository).map_or(&[], Vec::as_slice)
    }

    /// Whether this tag or digest of a repository was ever seen.
    pub fn has(&self, repository: &str, version: &str) -> bool {
        self.of(repository).iter().any(|sight| *sight.version == *version)
    }

    /// The tag that was seen last for the first time.
    pub fn newest(&self, repository: &str) -> Option<&Sight> {
        self.of(repository).first()
    }

    /// The tag of a repository that is most like this one, if any is much like it.
    pub fn nearest(&self, repository: &str, version: &str) -> Option<&Sight> {
        let sights = self.of(repository);
        let name = nearest(version, sights.iter().map(|sight| sight.version.as_str()))?;
        sights.iter().find(|sight| *sight.version == *name)
    }

    /// What was seen of a whole reference.
    pub fn sight(&self, image: &str) -> Option<&Sight> {
        self.of(&Reference::split(image).repository).iter().find(|sight| *sight.reference == *image)
    }

    fn add(&mut self, image: &Image, place: Place) {
        let reference = Reference::split(&image.image);
        let version = match (&reference.tag, &reference.digest) {
            (Some(tag), None) => tag.clone(),
            (None, Some(digest)) => digest.clone(),
            (Some(_), Some(_)) => image.image.to_string(),
            (None, None) => "latest".to_owned(),
        };
        let sights = self.repositories.entry(reference.repository).or_default();
        let nth = sights.iter().position(|sight| sight.reference == image.image).unwrap_or_else(|| {
            let (version, reference) = (version.into(), image.image.clone());
            sights.push(Sight { version, reference, places: Vec::new(), first: None, failed: Vec::new() });
            sights.len() - 1
        });
        let sight = &mut sights[nth];
        sight.first = match (sight.first, place.since) {
            (Some(known), Some(since)) => Some(known.min(since)),
            (known, since) => known.or(since),
        };
        if !sight.places.contains(&place) {
            sight.places.push(place);
        }
    }

    /// Sights: the newest first; where no time is known, last. Places: live ones first, then the youngest.
    fn sort(&mut self) {
        use std::cmp::Reverse;
        for sights in self.repositories.values_mut() {
            sights.sort_by(|a, b| (Reverse(a.first), &a.version).cmp(&(Reverse(b.first), &b.version)));
            for sight in sights {
                sight.places.sort_by_key(|place| (Reverse(place.live), Reverse(place.since), place.app.clone()));
            }
        }
    }
}

/// Whether no younger revision of the same app has this image too: only one is live.
fn is_newest(revision: &SeenRevision, all: &[SeenRevision], image: &Image) -> bool {
    !all.iter().any(|other| other.key == revision.key && other.number > revision.number && other.images.contains(image))
}
