//! A small world that changes, forgets its history and fails in every way; a machine that reads it; and a store that follows
//! what the machine says by the words of `SourceEvent`.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use proptest::prelude::*;
use rolldeck_core::{
    Time,
    fleet::{Freshness, Object, SourceEvent},
};
use serde_json::json;

use crate::{
    watch::machine::{Ask, Input, Machine, Manner, Moment, Refusal},
    wire::{Seen, meta::ListMeta, pod_from_json},
};

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    Apply(u8),
    Delete(u8),
    /// History up to now is gone: 410 to whoever resumes from before.
    Compact,
    /// The next request, or the stream under way, ends so.
    Fail(Fault),
    /// Everything that waits is delivered.
    Deliver,
    Pass(u16),
}

#[derive(Clone, Debug)]
pub(super) enum Fault {
    Lost,
    Ended,
    LinkDown,
    LinkUp,
    Http(u16),
    Error(u16),
}

pub(super) fn happening() -> impl Strategy<Value = Happening> {
    let fault = prop_oneof![
        Just(Fault::Lost),
        Just(Fault::Ended),
        Just(Fault::LinkDown),
        Just(Fault::LinkUp),
        prop::sample::select(vec![401, 403, 404, 410, 422, 429, 500, 503]).prop_map(Fault::Http),
        prop::sample::select(vec![0, 410, 422, 500]).prop_map(Fault::Error),
    ];
    prop_oneof![
        4 => any::<u8>().prop_map(|id| Happening::Apply(id % 90)),
        3 => any::<u8>().prop_map(|id| Happening::Delete(id % 90)),
        1 => Just(Happening::Compact),
        3 => fault.prop_map(Happening::Fail),
        4 => Just(Happening::Deliver),
        2 => any::<u16>().prop_map(Happening::Pass),
    ]
}

/// A change at a version: applied or deleted.
type Change = (u64, u8, bool);

/// The server, the machine, and a store that follows what the machine says by the words of `SourceEvent`.
pub(super) struct World {
    pub(super) machine: Machine,
    pub(super) now: Moment,
    pub(super) version: u64,
    objects: BTreeMap<u8, u64>,
    log: Vec<Change>,
    pub(super) compacted: u64,
    open: Option<Ask>,
    /// What the open stream has still to deliver of its list.
    list: Vec<(u8, u64)>,
    list_version: u64,
    sent: u64,
    pages: BTreeMap<u64, Vec<(u8, u64)>>,
    pub(super) store: BTreeMap<String, u64>,
    unnamed: Option<BTreeSet<String>>,
    pub(super) listing: bool,
    pub(super) fresh: Option<Freshness>,
}

pub(super) fn name(id: u8) -> String {
    format!("pod-{id}")
}

impl World {
    pub(super) fn new() -> Self {
        let now = Moment { mono: Duration::ZERO, wall: Time::UNIX_EPOCH };
        let manner =
            Manner { what: "pods in all namespaces".into(), first: 50, page: 1000, packed: false, watch_list: true };
        Self {
            machine: Machine::new(manner, 1, now),
            now,
            version: 1,
            objects: BTreeMap::new(),
            log: Vec::new(),
            compacted: 0,
            open: None,
            list: Vec::new(),
            list_version: 0,
            sent: 0,
            pages: BTreeMap::new(),
            store: BTreeMap::new(),
            unnamed: None,
            listing: false,
            fresh: None,
        }
    }

    pub(super) fn change(&mut self, id: u8, exists: bool) {
        if !exists && !self.objects.contains_key(&id) {
            return;
        }
        self.version += 1;
        self.log.push((self.version, id, exists));
        if exists {
            self.objects.insert(id, self.version);
        } else {
            self.objects.remove(&id);
        }
    }

    pub(super) fn tell(&mut self, input: Input) {
        let mut said = Vec::new();
        self.machine.input(input, self.now, &mut said);
        for event in said {
            self.store_takes(event);
        }
    }

    pub(super) fn store_takes(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Listing => {
                self.unnamed = Some(self.store.keys().cloned().collect());
                self.listing = true;
            }
            SourceEvent::Applied(Object::Pod(pod)) => {
                let key = pod.name.to_string();
                if let Some(unnamed) = &mut self.unnamed {
                    unnamed.remove(&key);
                }
                self.store.insert(key, pod.uid.parse().unwrap());
            }
            SourceEvent::Deleted { name, .. } => {
                self.store.remove(&*name);
            }
            SourceEvent::Listed => {
                assert!(self.listing, "Listed without Listing");
                for gone in self.unnamed.take().unwrap_or_default() {
                    self.store.remove(&gone);
                }
                self.listing = false;
            }
            SourceEvent::Fresh(fresh) => {
                assert!(!(fresh == Freshness::Live && self.listing), "live within a list");
                self.fresh = Some(fresh);
            }
            event => panic!("{event:?}"),
        }
    }

    /// Asks, waits where it must, and opens what is asked for; a fault of HTTP comes instead of the answer.
    pub(super) fn open(&mut self, fault: Option<u16>) {
        if self.open.is_some() {
            return;
        }
        let mut ask = self.machine.ask(self.now);
        while let Ask::Wait(until) = ask {
            assert!(until > self.now.mono, "a wait that is over");
            self.now.mono = until;
            ask = self.machine.ask(self.now);
        }
        if let Some(code) = fault {
            return self.tell(Input::Refused(Refusal { code, ..Refusal::default() }));
        }
        match &ask {
            Ask::Wait(_) => unreachable!(),
            Ask::List { next, .. } if next.is_empty() => {
                (self.list, self.list_version) = (self.objects.clone().into_iter().collect(), self.version);
            }
            Ask::List { next, .. } => {
                let version: u64 = next.parse().unwrap();
                if version < self.compacted {
                    return self.tell(Input::Refused(Refusal { code: 410, ..Refusal::default() }));
                }
                (self.list, self.list_version) = (self.pages[&version].clone(), version);
            }
            Ask::WatchList { .. } => {
                (self.list, self.list_version) = (self.objects.clone().into_iter().collect(), self.version);
                self.sent = self.version;
            }
            Ask::Watch { at } => {
                self.sent = at.parse().unwrap();
                if self.sent < self.compacted {
                    return self.tell(Input::Refused(Refusal { code: 410, ..Refusal::default() }));
                }
            }
        }
        self.tell(Input::Opened);
        self.open = Some(ask);
    }

    pub(super) fn object(id: u8, version: u64) -> Input {
        // The uid carries the version, so that a store that holds an older state is found out.
        let pod = pod_from_json(&json!({"metadata": {"name": name(id), "uid": version.to_string()}})).unwrap();
        Input::Object(Seen { object: Object::Pod(Box::new(pod)), version: Bytes::from(version.to_string()) })
    }

    /// Delivers up to `most` of what the open stream holds.
    pub(super) fn deliver(&mut self, most: usize) {
        self.open(None);
        match self.open.clone() {
            Some(Ask::List { limit, .. }) => {
                let page = (limit as usize).min(30).min(self.list.len());
                let rest = self.list.split_off(page);
                for (id, version) in std::mem::take(&mut self.list) {
                    self.tell(Self::object(id, version));
                }
                let next = if rest.is_empty() { String::new() } else { self.list_version.to_string() };
                let meta = ListMeta {
                    resource_version: self.list_version.to_string().into(),
                    next: next.into(),
                    remaining_item_count: i64::try_from(rest.len()).ok(),
                };
                self.pages.insert(self.list_version, rest);
                self.open = None;
                self.tell(Input::PageEnd { meta, took: Duration::ZERO });
            }
            Some(ask) => {
                let now = most.min(self.list.len());
                let whole = !self.list.is_empty() && now == self.list.len();
                for (id, version) in self.list.drain(..now).collect::<Vec<_>>() {
                    self.tell(Self::object(id, version));
                }
                let begins = matches!(ask, Ask::WatchList { .. });
                if begins && (whole || self.list.is_empty()) {
                    self.tell(Input::Bookmark { version: self.list_version.to_string().into(), end: true });
                    self.open = Some(Ask::Watch { at: String::new() });
                }
                if self.list.is_empty() {
                    self.changes(most);
                }
            }
            None => {}
        }
    }

    pub(super) fn changes(&mut self, most: usize) {
        let waiting: Vec<Change> = self.log.iter().filter(|change| change.0 > self.sent).take(most).copied().collect();
        for (version, id, exists) in waiting {
            self.sent = version;
            self.tell(if exists {
                Self::object(id, version)
            } else {
                Input::Gone { namespace: "".into(), name: name(id).into(), version: version.to_string().into() }
            });
        }
    }

    pub(super) fn fail(&mut self, fault: &Fault) {
        match fault {
            Fault::Http(code) if self.open.is_none() => return self.open(Some(*code)),
            Fault::Http(_) => return,
            Fault::LinkUp => {
                return if self.open.is_none() {
                    self.tell(Input::LinkUp)
                };
            }
            Fault::Error(code) if self.open.is_some() => {
                self.tell(Input::Error(Refusal { code: *code, ..Refusal::default() }));
            }
            Fault::Error(_) => return,
            Fault::Ended if self.open.is_some() => self.tell(Input::Ended),
            Fault::Ended => return,
            Fault::Lost => {
                self.open(None);
                self.tell(Input::Lost("cut".into()));
            }
            Fault::LinkDown => self.tell(Input::LinkDown("no answer".into())),
        }
        self.open = None;
        self.list.clear();
    }

    pub(super) fn happens(&mut self, happening: &Happening) {
        match happening {
            Happening::Apply(id) => self.change(*id, true),
            Happening::Delete(id) => self.change(*id, false),
            Happening::Compact => self.compacted = self.version,
            Happening::Fail(fault) => self.fail(fault),
            Happening::Deliver => self.deliver(20),
            Happening::Pass(milliseconds) => self.now.mono += Duration::from_millis(u64::from(*milliseconds)),
        }
        assert!(!self.listing || self.fresh != Some(Freshness::Live) || self.open.is_some() || self.list.is_empty());
    }

    /// Lets everything come to rest.
    pub(super) fn settle(&mut self) {
        for _ in 0..50 {
            self.deliver(1000);
        }
    }

    pub(super) fn wanted(&self) -> BTreeMap<String, u64> {
        self.objects.iter().map(|(id, version)| (name(*id), *version)).collect()
    }
}
