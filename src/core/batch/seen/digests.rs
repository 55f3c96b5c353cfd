//! Tags that may have been pushed again: the digests that ran of them.

use std::collections::BTreeMap;

use crate::{
    Time,
    batch::{Plan, Problem, ProblemKind, past::Entry, reference::Reference, template},
    model::{AppKey, Image, Pod},
    text::Clean,
};

/// A digest that ran of an image, and where it was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `sha256:…`.
    pub digest: Clean,
    /// Who ran it: `pod shop/gateway-x2x4`, `deployment shop/gateway (batch …)`.
    pub by: Clean,
    /// When; `None`: it runs now.
    pub at: Option<Time>,
}

/// The digests that ran, by image as templates have it.
#[derive(Clone, Debug, Default)]
pub struct Digests {
    images: BTreeMap<Clean, Vec<Seen>>,
}

impl Digests {
    /// Of the pods that run now, and of what the journals tell.
    pub fn new<'a>(
        pods: impl IntoIterator<Item = &'a Pod>,
        entries: impl IntoIterator<Item = (&'a AppKey, &'a Entry)>,
    ) -> Self {
        let mut known = Self::default();
        for pod in pods {
            for container in pod.containers.iter() {
                let by = format!("pod {}/{}", pod.namespace, pod.name);
                known.add(&container.image, Seen { digest: container.digest.clone(), by: by.into(), at: None });
            }
        }
        for (key, entry) in entries {
            let Some(after) = &entry.after else { continue };
            for image in template::images(after) {
                if let Some(digest) = entry.digests.get(&image.container) {
                    let by = format!("{key} (batch {})", entry.batch);
                    let seen = Seen { digest: digest.clone(), by: by.into(), at: Some(entry.accepted) };
                    known.add(&image.image, seen);
                }
            }
        }
        known
    }

    fn add(&mut self, image: &Clean, seen: Seen) {
        let pinned = Reference::split(image).digest.is_some();
        if image.is_empty() || seen.digest.is_empty() || pinned {
            return;
        }
        let known = self.images.entry(image.clone()).or_default();
        match known.iter_mut().find(|known| known.digest == seen.digest) {
            Some(same) if same.at.is_some_and(|at| seen.at.is_none_or(|newer| newer > at)) => *same = seen,
            Some(_) => {}
            None => known.push(seen),
        }
    }

    /// The digests that ran of an image, the latest first.
    pub fn of(&self, image: &str) -> Vec<&Seen> {
        let mut known: Vec<&Seen> = self.images.get(image).into_iter().flatten().collect();
        known.sort_by_key(|seen| std::cmp::Reverse((seen.at.is_none(), seen.at)));
        known
    }
}

/// An image of a template whose tag has meant several digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repush {
    /// The container.
    pub container: Clean,
    /// The image, as the template has it.
    pub image: Clean,
    /// The digest that this app itself ran of it the last time, as its journal tells: what may be pinned.
    pub pin: Option<Clean>,
    /// All digests that ran of it, the latest first.
    pub digests: Vec<Seen>,
}

impl Repush {
    /// As the plan tells it.
    pub fn problem(&self) -> Problem {
        let of = |digest: &Clean| Reference::split(&format!("x@{digest}")).version();
        let latest = self.digests.first().map(|seen| format!("{} by {}", of(&seen.digest), seen.by));
        let pin = match &self.pin {
            Some(pin) => format!("; here it ran {}: pin that digest to get the same again", of(pin)),
            None => String::new(),
        };
        let text = format!(
            "{} has meant {} digests, the latest {}{pin}",
            self.image,
            self.digests.len(),
            latest.unwrap_or_default()
        );
        Problem::warning(ProblemKind::Repushed, text)
    }
}

/// The images of the template that a change goes to whose tags may have been pushed again since: several digests ran of one tag.
/// `entries` are the journal's of this app.
pub fn repushed(images: &[Image], known: &Digests, entries: &[&Entry]) -> Vec<Repush> {
    let own = |image: &Image| {
        let wrote = entries
            .iter()
            .filter(|entry| entry.after.as_ref().is_some_and(|after| template::images(after).contains(image)));
        wrote.max_by_key(|entry| entry.accepted).and_then(|entry| entry.digests.get(&image.container).cloned())
    };
    let several = images.iter().filter_map(|image| {
        let digests: Vec<Seen> = known.of(&image.image).into_iter().cloned().collect();
        let (container, name) = (image.container.clone(), image.image.clone());
        (digests.len() > 1).then(|| Repush { container, image: name, pin: own(image), digests })
    });
    several.collect()
}

impl Plan {
    /// Pins a container of a step to a digest: of a release or a rollback that is already chosen. The tag stays, for people.
    ///
    /// # Errors
    /// The step has no such container after its change, or no change of its template.
    pub fn pin(&mut self, step: usize, container: &str, digest: &str) -> Result<(), Clean> {
        use crate::batch::{Change, Intent};
        let step = self.editable(step, &[Intent::Release, Intent::Rollback], "set images")?;
        let after = step.images_after();
        let Some(image) = after.iter().find(|image| &*image.container == container) else {
            return Err(format!("{} has no container {container} after the change", step.key).into());
        };
        let reference = Reference::split(&image.image);
        let tag = reference.tag.map(|tag| format!(":{tag}")).unwrap_or_default();
        let pinned = format!("{}{tag}@{digest}", reference.repository);
        Reference::parse(&pinned).map_err(|error| Clean::from(error.to_string()))?;
        match &mut step.change {
            Some(Change::SetImages(images)) => {
                images.insert(container.into(), pinned.into());
            }
            Some(Change::Template { to, .. }) => {
                let mut template = (**to).clone();
                template::set_image(&mut template, container, &pinned);
                *to = template.into();
            }
            _ => return Err(format!("{} has no change of images to pin", step.key).into()),
        }
        step.settle();
        Ok(())
    }
}
