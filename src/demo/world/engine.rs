//! The world that moves: a queue of what is to happen, and what happened, each in its turn.

use super::agenda::{Action, Agenda, Key};
use super::controllers::hpa::Memory;
use super::index::{Index, Item, Place};
use super::kinds;
use super::meter::Meter;
use super::names::Dice;
use super::options::Options;
use super::recorder::Recorder;
use crate::clock::Clock;
use crate::store::{Kind, Notices, Store};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// The kinds that the controllers act on.
pub(super) static WATCHED: &[&Kind] = &[
    &kinds::NODE,
    &kinds::NAMESPACE,
    &kinds::RESOURCE_QUOTA,
    &kinds::DEPLOYMENT,
    &kinds::REPLICA_SET,
    &kinds::STATEFUL_SET,
    &kinds::DAEMON_SET,
    &kinds::CONTROLLER_REVISION,
    &kinds::SERVICE,
    &kinds::ENDPOINT_SLICE,
    &kinds::PDB,
    &kinds::HPA,
    &kinds::PVC,
    &kinds::EVENT,
    &kinds::POD,
];

/// The controllers, the scheduler and the kubelets of one cluster.
///
/// Everything happens in [`World::turn`], in the order of its own time: what is due is done at the moment it was due for,
/// however far the clock has jumped. Two worlds of the same seed, whose clocks and writes are the same, are the same.
pub struct World {
    pub(super) store: Store,
    pub(super) notices: Notices,
    pub(super) options: Options,
    pub(super) now: DateTime<Utc>,
    pub(super) dice: Dice,
    pub(super) agenda: Agenda,
    pub(super) index: Index,
    pub(super) recorder: Recorder,
    pub(super) meter: Meter,
    pub(super) scalers: BTreeMap<Place, Memory>,
    pub(super) doomed: HashMap<String, (&'static Kind, Place)>,
    pub(super) unplaced: BTreeSet<Place>,
    pub(super) reschedule_at: Option<DateTime<Utc>>,
    pub(super) churned: u64,
    pub(super) on_debug: OnDebug,
    dirty: VecDeque<Key>,
    waiting: HashSet<Key>,
}

/// What is told when debug containers of a pod have been started, by namespace and name.
pub type OnDebug = Box<dyn Fn(&str, &str) + Send + Sync>;

impl World {
    /// A world over a store, which may hold a fleet already.
    pub fn new(store: Store, options: Options) -> Self {
        let notices = store.subscribe_to(WATCHED);
        let now = store.clock().now();
        let mut world = Self {
            dice: Dice::new(options.seed ^ 0x0077_6f72_6c64),
            notices,
            options,
            now,
            agenda: Agenda::default(),
            index: Index::default(),
            recorder: Recorder::default(),
            meter: Meter::default(),
            scalers: BTreeMap::new(),
            doomed: HashMap::new(),
            unplaced: BTreeSet::new(),
            reschedule_at: None,
            churned: 0,
            on_debug: Box::new(|_, _| {}),
            dirty: VecDeque::new(),
            waiting: HashSet::new(),
            store,
        };
        world.load();
        world
    }

    /// Has this told of debug containers that were started.
    pub fn on_debug(&mut self, told: OnDebug) {
        self.on_debug = told;
    }

    /// What measures the pods: shared with whoever serves metrics.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Lets the world live by its store's clock until the task is dropped.
    pub async fn run(mut self, clock: Clock) {
        loop {
            let next = self.turn(clock.now());
            let far = clock.now() + Duration::days(1);
            tokio::select! {
                notice = self.notices.next() => {
                    let now = clock.now();
                    self.catch_up(now);
                    self.observe(&notice);
                }
                () = clock.sleep_until(next.unwrap_or(far)) => {}
            }
            // The clock may jump by hours, and each turn may be long: others get theirs in between.
            tokio::task::yield_now().await;
        }
    }

    /// Does all that is due by `now`, and all that follows from it. Answers when something is due next.
    pub fn turn(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.catch_up(now);
        self.now = self.now.max(now);
        self.settle();
        self.agenda.next()
    }

    fn catch_up(&mut self, now: DateTime<Utc>) {
        while let Some((time, action)) = self.agenda.due(now) {
            self.now = self.now.max(time);
            self.perform(action);
            self.settle();
        }
        self.now = self.now.max(now);
    }

    /// Hears what was written and looks at what it concerns, until nothing is left.
    fn settle(&mut self) {
        loop {
            while let Some(notice) = self.notices.try_next() {
                self.observe(&notice);
            }
            let Some(key) = self.dirty.pop_front() else { return };
            self.waiting.remove(&key);
            self.look(key);
        }
    }

    /// Has a controller look at an object soon.
    pub(super) fn dirty(&mut self, key: Key) {
        if self.waiting.insert(key.clone()) {
            self.dirty.push_back(key);
        }
    }

    /// Does something after a while.
    pub(super) fn later(&mut self, after: Duration, action: Action) {
        self.agenda.at(self.now + after, action);
    }

    /// The kind that an owned item is of.
    pub(super) fn kind_of(item: &Item) -> Option<&'static Kind> {
        WATCHED.iter().copied().find(|kind| kind.resource == item.resource)
    }

    /// The place of a name in a namespace.
    pub(super) fn at(namespace: &str, name: &str) -> Place {
        (Arc::from(namespace), Arc::from(name))
    }
}
