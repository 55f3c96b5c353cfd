//! The digests that ran of the tags that apps have.

use std::collections::BTreeMap;

use crate::{
    Time,
    batch::{past::Entry, reference::Reference, template},
    model::{AppKey, Pod},
    text::Clean,
};

/// A digest that ran of an image, and where it was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `sha256:…`.
    pub digest: Clean,
    /// Who ran it: `pod shop/gateway-x2x4`, `shop/deploy/gateway (batch …)`.
    pub by: Clean,
    /// When; `None`: it runs now.
    pub at: Option<Time>,
}

/// A digest that an app itself ran of an image.
#[derive(Clone, Debug)]
struct Own {
    digest: Clean,
    /// When; `None`: it runs now.
    at: Option<Time>,
    /// The fingerprint of the template that it ran in, where a journal tells it.
    template: Option<String>,
}

/// The digests that ran, by image as templates have it.
#[derive(Clone, Debug, Default)]
pub struct Digests {
    images: BTreeMap<Clean, Vec<Seen>>,
    own: BTreeMap<(AppKey, Clean), Vec<Own>>,
    lacks: Vec<Clean>,
}

impl Digests {
    /// Of the pods that run now, and of what the journals tell.
    pub fn new<'a>(
        pods: impl IntoIterator<Item = &'a Pod>,
        entries: impl IntoIterator<Item = (&'a AppKey, &'a Entry)>,
    ) -> Self {
        let mut known = Self::default();
        pods.into_iter().for_each(|pod| known.runs(pod));
        entries.into_iter().for_each(|(key, entry)| known.tell(key, entry));
        known
    }

    /// Adds what a pod runs now.
    fn runs(&mut self, pod: &Pod) {
        for container in pod.containers.iter() {
            let (image, digest) = (&container.image, &container.digest);
            if !tells(image, digest) {
                continue;
            }
            self.add(image, digest, None, || format!("pod {}/{}", pod.namespace, pod.name));
            if let Some((kind, name)) = &pod.app {
                let app = AppKey { namespace: pod.namespace.clone(), name: name.clone(), kind: *kind };
                let own = self.own.entry((app, image.clone())).or_default();
                if !own.iter().any(|own| own.at.is_none() && own.digest == *digest) {
                    own.push(Own { digest: digest.clone(), at: None, template: None });
                }
            }
        }
    }

    /// Adds what the journal of a batch tells of an app.
    pub fn tell(&mut self, app: &AppKey, entry: &Entry) {
        let Some(after) = entry.after.as_ref().filter(|_| !entry.digests.is_empty()) else { return };
        let fingerprint = template::fingerprint(after);
        for image in template::images(after) {
            let Some(digest) = entry.digests.get(&image.container).filter(|digest| tells(&image.image, digest)) else {
                continue;
            };
            self.add(&image.image, digest, Some(entry.accepted), || format!("{app} (batch {})", entry.batch));
            let (digest, template) = (digest.clone(), Some(fingerprint.clone()));
            let own = self.own.entry((app.clone(), image.image)).or_default();
            own.push(Own { digest, at: Some(entry.accepted), template });
        }
    }

    /// Something that would tell of digests could not be read.
    pub fn lack(&mut self, why: Clean) {
        self.lacks.push(why);
    }

    /// What could not be read: where there is any, a tag may have been pushed again though nothing here tells.
    pub fn lacks(&self) -> &[Clean] {
        &self.lacks
    }

    fn add(&mut self, image: &Clean, digest: &Clean, at: Option<Time>, by: impl FnOnce() -> String) {
        let known = self.images.entry(image.clone()).or_default();
        match known.iter_mut().find(|known| known.digest == *digest) {
            Some(same) if same.at.is_some_and(|before| at.is_none_or(|newer| newer > before)) => {
                (same.by, same.at) = (by().into(), at);
            }
            Some(_) => {}
            None => known.push(Seen { digest: digest.clone(), by: by().into(), at }),
        }
    }

    /// The digests that ran of an image, the latest first.
    pub fn of(&self, image: &str) -> Vec<&Seen> {
        let mut known: Vec<&Seen> = self.images.get(image).into_iter().flatten().collect();
        known.sort_by_key(|seen| std::cmp::Reverse((seen.at.is_none(), seen.at)));
        known
    }

    /// The digest that this app itself ran of an image: what ran of the template that it goes to (its fingerprint), where a journal
    /// tells; else what it runs now; else what a journal tells last. `None` where it runs several now, or nothing is known.
    pub(super) fn own(&self, app: &AppKey, image: &Clean, target: Option<&str>) -> Option<Clean> {
        let own = self.own.get(&(app.clone(), image.clone()))?;
        let last = |own: &mut dyn Iterator<Item = &Own>| own.max_by_key(|own| own.at).map(|own| own.digest.clone());
        if let Some(digest) =
            target.and_then(|target| last(&mut own.iter().filter(|own| own.template.as_deref() == Some(target))))
        {
            return Some(digest);
        }
        let mut now = own.iter().filter(|own| own.at.is_none());
        match (now.next(), now.next()) {
            (Some(one), None) => Some(one.digest.clone()),
            (Some(_), Some(_)) => None,
            (None, _) => last(&mut own.iter()),
        }
    }
}

/// Whether a digest says what a tag meant: an image that is pinned means one thing alone.
fn tells(image: &str, digest: &str) -> bool {
    !image.is_empty() && !digest.is_empty() && Reference::split(image).digest.is_none()
}
