//! The machine against a small world that changes, forgets its history and fails in every way: what the store holds in the end
//! is what the world holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use proptest::prelude::*;
use rolldeck_core::{
    Time,
    fleet::{Freshness, Object, Resource, Source, SourceEvent},
};
use serde_json::json;

use crate::{
    watch::machine::{Ask, Input, Machine, Moment, Refusal},
    wire::{Seen, meta::ListMeta, pod_from_json},
};

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
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
enum Fault {
    Lost,
    Ended,
    LinkDown,
    LinkUp,
    Http(u16),
    Error(u16),
}

fn happening() -> impl Strategy<Value = Happening> {
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
struct World {
    machine: Machine,
    now: Moment,
    version: u64,
    objects: BTreeMap<u8, u64>,
    log: Vec<Change>,
    compacted: u64,
    open: Option<Ask>,
    /// What the open stream has still to deliver of its list.
    list: Vec<(u8, u64)>,
    list_version: u64,
    sent: u64,
    pages: BTreeMap<u64, Vec<(u8, u64)>>,
    store: BTreeMap<String, u64>,
    unnamed: Option<BTreeSet<String>>,
    listing: bool,
    fresh: Option<Freshness>,
}

fn name(id: u8) -> String {
    format!("pod-{id}")
}

impl World {
    fn new() -> Self {
        let now = Moment { mono: Duration::ZERO, wall: Time::UNIX_EPOCH };
        let source = Source { resource: Resource::Pods, scope: None };
        Self {
            machine: Machine::new(source, 1, now),
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

    fn change(&mut self, id: u8, exists: bool) {
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

    fn tell(&mut self, input: Input) {
        let mut said = Vec::new();
        self.machine.input(input, self.now, &mut said);
        for event in said {
            self.store_takes(event);
        }
    }

    fn store_takes(&mut self, event: SourceEvent) {
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
    fn open(&mut self, fault: Option<u16>) {
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

    fn object(id: u8, version: u64) -> Input {
        // The uid carries the version, so that a store that holds an older state is found out.
        let pod = pod_from_json(&json!({"metadata": {"name": name(id), "uid": version.to_string()}})).unwrap();
        Input::Object(Seen { object: Object::Pod(Box::new(pod)), version: Bytes::from(version.to_string()) })
    }

    /// Delivers up to `most` of what the open stream holds.
    fn deliver(&mut self, most: usize) {
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

    fn changes(&mut self, most: usize) {
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

    fn fail(&mut self, fault: &Fault) {
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

    fn happens(&mut self, happening: &Happening) {
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
    fn settle(&mut self) {
        for _ in 0..50 {
            self.deliver(1000);
        }
    }

    fn wanted(&self) -> BTreeMap<String, u64> {
        self.objects.iter().map(|(id, version)| (name(*id), *version)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rows_are_the_worlds_in_the_end(
        before in prop::collection::vec(0u8..90, 0..90),
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut world = World::new();
        before.iter().for_each(|id| world.change(*id, true));
        happenings.iter().for_each(|happening| world.happens(happening));
        world.settle();
        prop_assert_eq!(&world.store, &world.wanted());
        prop_assert_eq!(world.fresh, Some(Freshness::Live));
        prop_assert!(!world.listing, "a list that was begun has ended");
    }

    #[test]
    fn a_relist_after_410_never_empties_the_store(before in prop::collection::vec(0u8..90, 1..90), cut in 0usize..40) {
        let mut world = World::new();
        before.iter().for_each(|id| world.change(*id, true));
        world.settle();
        let known = world.store.clone();
        world.change(200, true);
        world.compacted = world.version;
        world.fail(&Fault::Error(410));
        world.deliver(cut);
        prop_assert!(known.keys().all(|key| world.store.contains_key(key)));
        prop_assert_eq!(&world.fresh, &Some(Freshness::Live));
        world.settle();
        prop_assert_eq!(&world.store, &world.wanted());
    }
}

#[test]
fn a_lost_watch_resumes_where_it_was_without_a_new_list() {
    let mut world = World::new();
    world.change(1, true);
    world.settle();
    world.now.mono += Duration::from_secs(60);
    world.fail(&Fault::Lost);
    let Ask::Watch { at } = world.machine.ask(world.now) else { panic!("a new list") };
    assert_eq!((at.as_str(), world.fresh), ("2", Some(Freshness::Live)));
}

#[test]
fn a_watch_that_cannot_be_opened_is_stale_since_the_cluster_was_last_heard() {
    let mut world = World::new();
    world.settle();
    let heard = Time::UNIX_EPOCH + Duration::from_secs(50);
    world.machine.heard(heard);
    world.now.mono += Duration::from_secs(60);
    world.fail(&Fault::Ended);
    assert_eq!(world.fresh, Some(Freshness::Live));
    let Ask::Watch { .. } = world.machine.ask(world.now) else { panic!("no watch") };
    world.tell(Input::Lost("connection refused".into()));
    assert_eq!(world.fresh, Some(Freshness::Stale { since: heard, why: "connection refused".into() }));
}

#[test]
fn a_server_without_watch_lists_is_read_by_pages_from_where_the_first_page_ended() {
    let mut world = World::new();
    (0..80).for_each(|id| world.change(id, true));
    world.deliver(1000);
    world.open(Some(422));
    let Ask::List { next, gzip, .. } = world.machine.ask(world.now) else { panic!("no page") };
    assert_eq!((next.as_str(), gzip, world.machine.watch_list()), ("81", true, false));
}

#[test]
fn what_is_forbidden_is_named_and_asked_again_in_a_minute() {
    let mut world = World::new();
    world.open(Some(403));
    assert_eq!(world.fresh, Some(Freshness::Forbidden("list pods in all namespaces".into())));
    let Ask::Wait(until) = world.machine.ask(world.now) else { panic!("no wait") };
    assert!((Duration::from_secs(50)..=Duration::from_secs(60)).contains(&(until - world.now.mono)));
}

#[test]
fn retry_after_is_kept() {
    let mut world = World::new();
    world.tell(Input::Refused(Refusal { code: 429, retry_after: Some(Duration::from_secs(7)), ..Refusal::default() }));
    let Ask::Wait(until) = world.machine.ask(world.now) else { panic!("no wait") };
    assert!(until >= Duration::from_secs(7));
}

#[test]
fn a_slow_link_is_read_by_packed_pages() {
    let mut world = World::new();
    let page = |took| Input::PageEnd {
        meta: ListMeta { resource_version: "9".into(), next: "9".into(), remaining_item_count: Some(20_000) },
        took,
    };
    let _ = world.machine.ask(world.now);
    world.tell(Input::Opened);
    (0..50).for_each(|id| world.tell(World::object(id, 9)));
    world.tell(page(Duration::from_millis(200)));
    assert!(matches!(world.machine.ask(world.now), Ask::List { gzip: true, .. }));
}
