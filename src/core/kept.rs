//! What a room keeps of a stream that it follows: a map by name, brought up to date event by event.

use std::collections::{BTreeMap, HashMap};

use crate::{
    fleet::{FeedEvent, Freshness},
    text::Clean,
};

/// What names an object within its kind. Ordered by namespace, then name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Its namespace; empty for what lives in none.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
}

impl Name {
    /// By both.
    pub fn new(namespace: &Clean, name: &Clean) -> Self {
        Self { namespace: namespace.clone(), name: name.clone() }
    }
}

/// An object as it comes: its name, and what is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item<T> {
    /// Its name.
    pub name: Name,
    /// What is kept of it.
    pub value: T,
}

/// What such a stream says.
pub type KeptEvent<T> = FeedEvent<Item<T>>;

/// Names of unreadable objects that are kept; beyond it they are counted only.
const UNREADABLE_NAMES: usize = 1024;

/// The objects of one stream. Each event costs O(log n); the end of a list sweeps once over all.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    held: BTreeMap<Name, Held<T>>,
    /// Counts lists, so that what the newest did not name is known.
    list: u32,
    listed: bool,
    fresh: Freshness,
    unreadable: HashMap<Clean, u32>,
    nameless: usize,
    version: u64,
}

#[derive(Clone, Debug)]
struct Held<T> {
    list: u32,
    value: T,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            held: BTreeMap::new(),
            list: 0,
            listed: false,
            fresh: Freshness::Loading { seen: 0, of: None },
            unreadable: HashMap::new(),
            nameless: 0,
            version: 0,
        }
    }
}

impl<T> Kept<T> {
    /// Takes what the stream says, in order. Returns whether anything is different now.
    pub fn take_all(&mut self, events: impl IntoIterator<Item = KeptEvent<T>>) -> bool {
        let before = self.version;
        events.into_iter().for_each(|event| self.take(event));
        self.version != before
    }

    /// Takes one event.
    pub fn take(&mut self, event: KeptEvent<T>) {
        match event {
            FeedEvent::Listing => {
                self.list = self.list.wrapping_add(1);
                self.nameless = 0;
            }
            FeedEvent::Applied(Item { name, value }) => {
                self.readable(&name);
                self.held.insert(name, Held { list: self.list, value });
                self.version += 1;
            }
            FeedEvent::Deleted { namespace, name } => {
                let name = Name { namespace, name };
                self.readable(&name);
                self.version += u64::from(self.held.remove(&name).is_some());
            }
            FeedEvent::Listed => self.sweep(),
            FeedEvent::Fresh(fresh) => {
                self.version += u64::from(self.fresh != fresh);
                self.fresh = fresh;
            }
            FeedEvent::Unreadable(name) => self.unreadable(name),
        }
    }

    fn sweep(&mut self) {
        let list = self.list;
        self.held.retain(|_, held| held.list == list);
        self.unreadable.retain(|_, named| *named == list);
        self.listed = true;
        if matches!(self.fresh, Freshness::Loading { .. }) {
            self.fresh = Freshness::Live;
        }
        self.version += 1;
    }

    /// What was known of it is not so any more.
    fn unreadable(&mut self, name: Clean) {
        let (namespace, short) = name.split_once('/').unwrap_or(("", &name));
        self.held.remove(&Name { namespace: namespace.into(), name: short.into() });
        if name.is_empty() || (self.unreadable.len() >= UNREADABLE_NAMES && !self.unreadable.contains_key(&name)) {
            self.nameless += 1;
        } else {
            self.unreadable.insert(name, self.list);
        }
        self.version += 1;
    }

    /// Forgets what `keeps` says no to: for rooms that keep the newest only.
    pub fn retain(&mut self, mut keeps: impl FnMut(&T) -> bool) {
        self.held.retain(|_, held| keeps(&held.value));
        self.version += 1;
    }

    fn readable(&mut self, name: &Name) {
        if !self.unreadable.is_empty() {
            let whole = format!("{}/{}", name.namespace, name.name);
            self.version += u64::from(self.unreadable.remove(whole.as_str()).is_some());
        }
    }

    /// One object.
    pub fn get(&self, name: &Name) -> Option<&T> {
        self.held.get(name).map(|held| &held.value)
    }

    /// All of them, ordered by namespace and name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Name, &T)> {
        self.held.iter().map(|(name, held)| (name, &held.value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none is known; see [`Self::listed`] for whether that means that there is none.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether a list was complete once: what is known is all there was.
    pub fn listed(&self) -> bool {
        self.listed
    }

    /// How far it can be believed.
    pub fn freshness(&self) -> &Freshness {
        &self.fresh
    }

    /// Objects that came and cannot be understood.
    pub fn unreadable_count(&self) -> usize {
        self.unreadable.len() + self.nameless
    }

    /// Rises with everything that changes: what was made of an older version must be made anew.
    pub fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Name {
        Name { namespace: "qa".into(), name: name.into() }
    }

    fn applied(of: &str, value: u32) -> KeptEvent<u32> {
        FeedEvent::Applied(Item { name: name(of), value })
    }

    fn listed(items: &[(&str, u32)]) -> Kept<u32> {
        let mut kept = Kept::default();
        kept.take(FeedEvent::Listing);
        kept.take_all(items.iter().map(|(name, value)| applied(name, *value)));
        kept.take(FeedEvent::Listed);
        kept
    }

    fn shown(kept: &Kept<u32>) -> Vec<(&str, u32)> {
        kept.iter().map(|(name, value)| (name.name.as_str(), *value)).collect()
    }

    #[test]
    fn what_a_new_list_does_not_name_goes_when_it_is_complete_and_not_before() {
        let mut kept = listed(&[("a", 1), ("b", 1)]);
        kept.take_all([FeedEvent::Listing, applied("b", 2)]);
        assert_eq!(shown(&kept), [("a", 1), ("b", 2)]);
        kept.take(FeedEvent::Listed);
        assert_eq!(shown(&kept), [("b", 2)]);
    }

    #[test]
    fn nothing_known_is_loading_until_a_list_is_complete() {
        let mut kept: Kept<u32> = Kept::default();
        assert_eq!((kept.listed(), kept.freshness()), (false, &Freshness::Loading { seen: 0, of: None }));
        kept.take_all([FeedEvent::Listing, FeedEvent::Listed]);
        assert_eq!((kept.listed(), kept.freshness(), kept.len()), (true, &Freshness::Live, 0));
    }

    #[test]
    fn the_version_rises_only_where_something_is_different() {
        let mut kept = listed(&[("a", 1)]);
        let version = kept.version();
        let gone = || FeedEvent::Deleted { namespace: "qa".into(), name: "b".into() };
        assert!(!kept.take_all([gone(), FeedEvent::Fresh(Freshness::Live)]));
        assert_eq!(kept.version(), version);
        assert!(kept.take_all([FeedEvent::Fresh(Freshness::Absent)]));
        assert!(kept.take_all([FeedEvent::Deleted { namespace: "qa".into(), name: "a".into() }]));
        assert!(kept.is_empty());
    }

    #[test]
    fn an_object_that_cannot_be_understood_is_counted_until_it_can_or_is_gone() {
        let mut kept = listed(&[("a", 1)]);
        kept.take_all([FeedEvent::Unreadable("qa/a".into()), FeedEvent::Unreadable("qa/b".into())]);
        assert_eq!((kept.unreadable_count(), kept.len()), (2, 0));
        kept.take(applied("a", 2));
        assert_eq!((kept.unreadable_count(), kept.get(&name("a"))), (1, Some(&2)));
        kept.take_all([FeedEvent::Listing, applied("a", 2), FeedEvent::Listed]);
        assert_eq!(kept.unreadable_count(), 0);
    }
}
