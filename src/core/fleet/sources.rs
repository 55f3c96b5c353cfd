//! Where the fleet comes from: how fresh each source is, its lists, and what of it cannot be read.

use std::collections::HashMap;

use super::{Freshness, Resource, Source};
use crate::text::Clean;

/// Which list of which source named an object last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    source: u16,
    list: u32,
}

impl Mark {
    /// Whether an object so marked was not named by the list that `newest` is the mark of.
    pub(super) fn is_before(self, newest: Mark) -> bool {
        self.source == newest.source && self.list != newest.list
    }
}

/// Names of unreadable objects that are kept a source; beyond it they are counted only.
const UNREADABLE_NAMES: usize = 4096;

#[derive(Debug)]
pub(super) struct SourceState {
    pub(super) source: Source,
    pub(super) fresh: Freshness,
    /// Whether a list was complete once.
    pub(super) listed: bool,
    list: u32,
    unreadable: HashMap<Clean, u32>,
    nameless: usize,
}

impl SourceState {
    /// A list begins.
    pub(super) fn begin(&mut self) {
        self.list = self.list.wrapping_add(1);
        self.nameless = 0;
    }

    /// A list is complete. Returns whether freshness or counts changed.
    pub(super) fn end(&mut self) -> bool {
        let (before, list) = (self.unreadable.len(), self.list);
        self.unreadable.retain(|_, named| *named == list);
        let loading = matches!(self.fresh, Freshness::Loading { .. });
        if loading {
            self.fresh = Freshness::Live;
        }
        let first = !std::mem::replace(&mut self.listed, true);
        loading || first || before != self.unreadable.len()
    }

    pub(super) fn set(&mut self, fresh: Freshness) -> bool {
        let changed = self.fresh != fresh;
        self.fresh = fresh;
        changed
    }

    pub(super) fn unreadable(&mut self, name: Clean) -> bool {
        if name.is_empty() || (self.unreadable.len() >= UNREADABLE_NAMES && !self.unreadable.contains_key(&name)) {
            self.nameless += 1;
            return true;
        }
        self.unreadable.insert(name, self.list).is_none()
    }

    /// An object came that can be read, or is gone. Returns whether it was among those that could not be read.
    pub(super) fn readable(&mut self, namespace: &str, name: &str) -> bool {
        !self.unreadable.is_empty()
            && (self.unreadable.remove(name).is_some()
                || self.unreadable.remove(format!("{namespace}/{name}").as_str()).is_some())
    }

    /// Whether the user may not read it, or the server does not have it: nothing will come.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.fresh, Freshness::Forbidden(_) | Freshness::Absent)
    }
}

/// The sources that a fleet expects, in a fixed order.
#[derive(Debug, Default)]
pub(super) struct Sources(pub(super) Vec<SourceState>);

impl Sources {
    pub(super) fn new(mut sources: Vec<Source>) -> Self {
        sources.sort();
        sources.dedup();
        let loading = |source| SourceState {
            source,
            fresh: Freshness::Loading { seen: 0, of: None },
            listed: false,
            list: 0,
            unreadable: HashMap::new(),
            nameless: 0,
        };
        Self(sources.into_iter().map(loading).collect())
    }

    pub(super) fn find(&self, source: &Source) -> Option<usize> {
        self.0.binary_search_by(|known| known.source.cmp(source)).ok()
    }

    /// The mark of what a source says now.
    pub(super) fn mark(&self, at: usize) -> Mark {
        Mark { source: at as u16, list: self.0[at].list }
    }

    pub(super) fn unreadable(&self) -> usize {
        self.0.iter().map(|source| source.unreadable.len() + source.nameless).sum()
    }

    /// The source of a resource that covers a namespace.
    pub(super) fn covering(&self, resource: Resource, namespace: &Clean) -> Option<&SourceState> {
        let covers = |scope: &Option<Clean>| scope.as_ref().is_none_or(|scope| scope == namespace);
        self.0.iter().find(|s| s.source.resource == resource && covers(&s.source.scope))
    }

    /// The worst of a resource's sources: see [`super::Fleet::freshness`].
    pub(super) fn freshness(&self, resource: Resource) -> Option<Freshness> {
        let all: Vec<_> = self.0.iter().filter(|s| s.source.resource == resource).map(|s| &s.fresh).collect();
        let refused = all.iter().find(|fresh| matches!(fresh, Freshness::Unauthorized(_)));
        let stale =
            all.iter().filter(|fresh| matches!(fresh, Freshness::Stale { .. })).min_by_key(|fresh| match fresh {
                Freshness::Stale { since, .. } => Some(*since),
                _ => None,
            });
        if let Some(fresh) = refused.or(stale) {
            return Some((*fresh).clone());
        }
        if let Some(loading) = all.iter().filter_map(|fresh| loading(fresh)).reduce(sum) {
            return Some(Freshness::Loading { seen: loading.0, of: loading.1 });
        }
        if all.iter().any(|fresh| **fresh == Freshness::Live) {
            return Some(Freshness::Live);
        }
        let forbidden = all.iter().find(|fresh| matches!(fresh, Freshness::Forbidden(_)));
        forbidden.or(all.first()).map(|fresh| (*fresh).clone())
    }
}

fn loading(fresh: &Freshness) -> Option<(usize, Option<usize>)> {
    if let Freshness::Loading { seen, of } = fresh { Some((*seen, *of)) } else { None }
}

fn sum(a: (usize, Option<usize>), b: (usize, Option<usize>)) -> (usize, Option<usize>) {
    (a.0 + b.0, a.1.zip(b.1).map(|(a, b)| a + b))
}
