//! Where lines come from.

use std::{collections::HashMap, fmt};

use super::{bits::Bits, stamp::Nanos};
use crate::text::Clean;

/// The number of a source in its [`Sources`]. Every line carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u16);

/// The number of a revision in its [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RevisionId(pub u16);

/// What of a container is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What it writes to stdout and stderr, through the API.
    #[default]
    Stdout,
    /// The same of its instance before the last restart.
    Previous,
    /// A file inside it, by its path.
    File(Clean),
    /// The message that its last instance left when it ended.
    Termination,
    /// Events about its pod.
    Events,
}

/// One rollout of an app, as far as its pods tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The app's name.
    pub app: Clean,
    /// The label `pod-template-hash` or `controller-revision-hash` of its pods; empty where there is none.
    pub hash: Clean,
    /// Its number among the app's revisions, where it is known: the higher, the newer.
    pub number: Option<u64>,
}

/// Why a source gives nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its container ended, with this exit code where the API tells one.
    Exited(Option<i32>),
    /// Its pod is gone.
    PodGone,
    /// The log may not be read, or cannot be: what was said about it.
    Refused(Clean),
    /// The whole of it was read, and nothing follows: a previous log, a file that is not followed.
    Complete,
    /// The operator ended it.
    Stopped,
    /// It stood for files that were to come: they have come, and each is a source of its own.
    Found,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(Some(code)) => write!(f, "exited with code {code}"),
            Self::Exited(None) => f.write_str("exited"),
            Self::PodGone => f.write_str("its pod is gone"),
            Self::Refused(why) => write!(f, "cannot be read: {why}"),
            Self::Complete => f.write_str("read to its end"),
            Self::Stopped => f.write_str("stopped"),
            Self::Found => f.write_str("files that match are there, each read by itself"),
        }
    }
}

/// One stream of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its namespace.
    pub namespace: Clean,
    /// Its pod's name.
    pub pod: Clean,
    /// Its pod's uid: a pod of a StatefulSet keeps its name when it is made anew.
    pub uid: Clean,
    /// Its container.
    pub container: Clean,
    /// Which rollout of which app its pod is of.
    pub revision: Revision,
    /// What of the container is read.
    pub kind: Kind,
    /// Whether it gives nothing more: since when, and why.
    pub ended: Option<(Nanos, Ended)>,
}

/// What makes a source the same one: uid of the pod, container, kind. (Pods that differ in their uid only are two.)
type Key = (Clean, Clean, Clean, Clean, Kind);

/// So many colours are dealt out before one repeats.
pub const COLOURS: u8 = 12;

/// There are more sources than lines can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this view has had {} sources, and no more fit: close it and open it for fewer pods", u16::MAX)]
pub struct TooMany;

/// All sources that a view has had. None is ever taken away: lines that are kept may name it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
    of: Vec<(RevisionId, u8)>,
    known: HashMap<Key, SourceId>,
    revisions: Vec<Revision>,
    /// The namespaces of the revisions: apps of one name in two of them are two.
    spaces: Vec<Clean>,
    colours: HashMap<(Clean, Clean, Clean), u8>,
}

impl Sources {
    /// The number of `source`, which is new, or known by its pod's uid, container and kind.
    pub fn add(&mut self, source: Source) -> Result<SourceId, TooMany> {
        let pod = (source.namespace.clone(), source.pod.clone(), source.uid.clone());
        let key = (pod.0.clone(), pod.1.clone(), pod.2.clone(), source.container.clone(), source.kind.clone());
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let id = SourceId(u16::try_from(self.list.len()).ok().filter(|id| *id < u16::MAX).ok_or(TooMany)?);
        let next = u8::try_from(self.colours.len() % usize::from(COLOURS)).unwrap_or_default();
        let colour = *self.colours.entry(pod).or_insert(next);
        let revision = self.revision_id(&source.namespace, &source.revision);
        self.known.insert(key, id);
        self.of.push((revision, colour));
        self.list.push(source);
        Ok(id)
    }

    fn revision_id(&mut self, namespace: &Clean, revision: &Revision) -> RevisionId {
        let same = |(known, space): (&Revision, &Clean)| {
            known.app == revision.app && known.hash == revision.hash && space == namespace
        };
        let at = self.revisions.iter().zip(&self.spaces).position(same).unwrap_or_else(|| {
            self.revisions.push(revision.clone());
            self.spaces.push(namespace.clone());
            self.revisions.len() - 1
        });
        if self.revisions[at].number.is_none() {
            self.revisions[at].number = revision.number;
        }
        RevisionId(u16::try_from(at).unwrap_or(u16::MAX))
    }

    /// The source of this number.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.list.get(usize::from(id.0))
    }

    /// Notes that a source gives nothing more. The first reason stays.
    pub fn end(&mut self, id: SourceId, at: Nanos, why: Ended) {
        if let Some(source) = self.list.get_mut(usize::from(id.0)) {
            source.ended.get_or_insert((at, why));
        }
    }

    /// Notes that a source which had ended goes on.
    pub fn resume(&mut self, id: SourceId) {
        if let Some(source) = self.list.get_mut(usize::from(id.0)) {
            source.ended = None;
        }
    }

    /// The slot of a source's colour, below [`COLOURS`]: one for each pod, as long as they last.
    pub fn colour(&self, id: SourceId) -> u8 {
        self.of.get(usize::from(id.0)).map_or(0, |(_, colour)| *colour)
    }

    /// The revision of a source.
    pub fn revision_of(&self, id: SourceId) -> Option<RevisionId> {
        self.of.get(usize::from(id.0)).map(|(revision, _)| *revision)
    }

    /// All revisions, in the order of their first pods.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The revision of this number.
    pub fn revision(&self, id: RevisionId) -> Option<&Revision> {
        self.revisions.get(usize::from(id.0))
    }

    /// Notes a revision's number, which may be learnt after its pods.
    pub fn set_number(&mut self, id: RevisionId, number: u64) {
        if let Some(revision) = self.revisions.get_mut(usize::from(id.0)) {
            revision.number = Some(number);
        }
    }

    /// The newest revision of an app: of the highest number; where none is known, the one that was met last.
    pub fn newest(&self, namespace: &str, app: &str) -> Option<RevisionId> {
        let all = self.revisions.iter().zip(&self.spaces).enumerate();
        let of_app = all.filter(|(_, (revision, space))| &*revision.app == app && space.as_str() == namespace);
        let newest = of_app.max_by_key(|(at, (revision, _))| (revision.number, *at));
        newest.map(|(at, _)| RevisionId(u16::try_from(at).unwrap_or(u16::MAX)))
    }

    /// Whether the source is of its app's newest revision, as far as this view has met them.
    pub fn is_newest(&self, id: SourceId) -> bool {
        let newest = |source: &Source| self.newest(&source.namespace, &source.revision.app);
        self.get(id).is_some_and(|source| newest(source) == self.revision_of(id))
    }

    /// Each source and its number.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0..).map(SourceId).zip(&self.list)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// A set of sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceSet(Bits);

impl SourceSet {
    /// Takes `id` in.
    pub fn insert(&mut self, id: SourceId) {
        let at = usize::from(id.0);
        self.0.grow(at + 1);
        self.0.set(at);
    }

    /// Whether `id` is in it.
    pub fn contains(&self, id: SourceId) -> bool {
        self.0.get(usize::from(id.0))
    }

    /// Whether all of it is in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|at| other.0.get(at))
    }
}

impl FromIterator<SourceId> for SourceSet {
    fn from_iter<I: IntoIterator<Item = SourceId>>(ids: I) -> Self {
        let mut set = Self::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(pod: &str, hash: &str, number: Option<u64>) -> Source {
        let revision = Revision { app: "web".into(), hash: hash.into(), number };
        Source { namespace: "qa".into(), pod: pod.into(), uid: pod.into(), revision, ..Source::default() }
    }

    #[test]
    fn a_source_that_comes_again_is_the_same_one() {
        let mut sources = Sources::default();
        let first = sources.add(source("web-1", "a", None)).unwrap();
        let made_anew = sources.add(Source { uid: "other".into(), ..source("web-1", "a", None) }).unwrap();
        assert_eq!(sources.add(source("web-1", "a", None)), Ok(first));
        assert_ne!(first, made_anew);
        assert_eq!(sources.len(), 2);
    }

    #[test]
    fn containers_of_one_pod_share_its_colour_and_pods_differ() {
        let mut sources = Sources::default();
        let mut add = |source| sources.add(source).unwrap();
        let app = add(source("web-1", "a", None));
        let proxy = add(Source { container: "proxy".into(), ..source("web-1", "a", None) });
        let other = add(source("web-2", "a", None));
        assert_eq!(sources.colour(app), sources.colour(proxy));
        assert_ne!(sources.colour(app), sources.colour(other));
    }

    #[test]
    fn the_newest_revision_is_of_the_highest_number_whenever_it_was_met() {
        let mut sources = Sources::default();
        let new = sources.add(source("web-1", "b", Some(8))).unwrap();
        let old = sources.add(source("web-2", "a", Some(7))).unwrap();
        assert!(sources.is_newest(new) && !sources.is_newest(old));
        sources.set_number(sources.revision_of(old).unwrap(), 9);
        assert!(sources.is_newest(old) && !sources.is_newest(new));
    }

    #[test]
    fn apps_of_one_name_in_two_namespaces_are_two() {
        let mut sources = Sources::default();
        let qa = sources.add(source("web-1", "a", Some(3))).unwrap();
        let prod = sources.add(Source { namespace: "prod".into(), ..source("web-2", "a", Some(8)) }).unwrap();
        assert!(sources.is_newest(qa) && sources.is_newest(prod));
        assert_eq!(sources.revisions().len(), 2);
    }

    #[test]
    fn a_source_that_ended_says_why_and_the_first_reason_stays() {
        let mut sources = Sources::default();
        let id = sources.add(source("web-1", "b", None)).unwrap();
        sources.end(id, 5, Ended::Exited(Some(137)));
        sources.end(id, 6, Ended::PodGone);
        let (at, why) = sources.get(id).unwrap().ended.clone().unwrap();
        assert_eq!((at, why.to_string().as_str()), (5, "exited with code 137"));
    }
}
