//! The store: updates in, rows out.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Freshness, NodeLoad, Object, PodRow, Resource, Row, Scope, Source, SourceEvent, Update,
    hpas::Hpas,
    join::row,
    pods::{Pods, Put},
    sources::{Mark, Sources},
    trend::{Trend, Trends},
};
use crate::{
    Time,
    model::{Added, App, AppKey, AppKind, Hpa, Pod, PodUsage},
    text::Clean,
};

/// What an application of updates changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Rows of apps or pods came, went or look different now.
    pub rows: bool,
    /// The freshness of a source, or a count of what could not be read.
    pub freshness: bool,
}

#[derive(Debug)]
struct KnownApp {
    row: Row,
    mark: Mark,
}

/// The columns that the user added to the tables of the fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedColumns {
    /// Of apps.
    pub apps: Arc<[Added]>,
    /// Of pods.
    pub pods: Arc<[Added]>,
}

/// Everything in view. Work per event: an update recomputes the rows that it touches and no other.
#[derive(Debug, Default)]
pub struct Fleet {
    sources: Sources,
    apps: BTreeMap<AppKey, KnownApp>,
    pods: Pods,
    hpas: Hpas,
    /// How many objects each namespace has.
    namespaces: BTreeMap<Clean, usize>,
    version: u64,
    added: AddedColumns,
    trends: Trends,
    /// Apps whose rows are out of date; empty between two calls.
    dirty: Vec<AppKey>,
}

/// Versions differ between fleets, too, so that a view can tell a new fleet from the one that it knew.
static VERSIONS: AtomicU64 = AtomicU64::new(1);

impl Fleet {
    /// An empty fleet that expects these sources, all loading.
    pub fn new(sources: Vec<Source>) -> Self {
        let version = VERSIONS.fetch_add(1, Ordering::Relaxed);
        Self { sources: Sources::new(sources), version, ..Self::default() }
    }

    /// The same with columns that the user added: filters and orders know their names.
    #[must_use]
    pub fn with_added(mut self, added: AddedColumns) -> Self {
        self.added = added;
        self
    }

    /// The columns that the user added.
    pub fn added(&self) -> &AddedColumns {
        &self.added
    }

    /// Takes what the sources said, in order. Updates of sources that are not expected are ignored.
    pub fn apply(&mut self, updates: Vec<Update>) -> Touched {
        let mut touched = Touched::default();
        for update in updates {
            if let Some(at) = self.sources.find(&update.source) {
                let one = self.take(at, update.event);
                touched.rows |= one.rows;
                touched.freshness |= one.freshness;
            }
        }
        self.settle(touched)
    }

    /// Takes a poll of metrics: the usage of all pods in `scope`, replacing what was known there.
    pub fn usage(&mut self, scope: &Scope, pods: Vec<PodUsage>) -> Touched {
        self.pods.meter(scope.as_ref(), pods, &mut self.dirty);
        let rows = !self.dirty.is_empty();
        self.settle(Touched { rows, freshness: false })
    }

    /// Samples what the apps of a scope use now, for [`Self::trend`]: after each poll of metrics.
    pub fn sample(&mut self, scope: &Scope, now: Time) {
        let rows = self.apps.values().map(|known| &known.row);
        self.trends.sample(scope, rows, now);
    }

    /// What an app used since it was first sampled.
    pub fn trend(&self, key: &AppKey) -> Option<Trend> {
        self.trends.of(key)
    }

    /// The row of one app.
    pub fn app(&self, key: &AppKey) -> Option<&Row> {
        self.apps.get(key).map(|known| &known.row)
    }

    /// All rows, ordered by key.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.apps.values().map(|known| &known.row)
    }

    /// How many apps are known.
    pub fn len(&self) -> usize {
        self.apps.len()
    }

    /// Whether no app is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many pods are known.
    pub fn pod_count(&self) -> usize {
        self.pods.len()
    }

    /// The pods of an app, by name.
    pub fn pods(&self, app: &AppKey) -> Vec<PodRow<'_>> {
        let mut rows: Vec<_> = self.pods.of(app).map(|(pod, usage)| PodRow { pod, usage }).collect();
        rows.sort_unstable_by(|a, b| a.pod.name.cmp(&b.pod.name));
        rows
    }

    /// One pod, by its namespace and name.
    pub fn pod(&self, namespace: &Clean, name: &Clean) -> Option<PodRow<'_>> {
        let (pod, usage) = self.pods.get(&(namespace.clone(), name.clone()))?;
        Some(PodRow { pod, usage })
    }

    /// The pods in view that belong to no app (bare ones, those of Jobs), in no order.
    pub fn stray_pods(&self) -> impl Iterator<Item = PodRow<'_>> {
        self.pods.stray().map(|(pod, usage)| PodRow { pod, usage })
    }

    /// The pods in view that are on a node, in no order.
    pub fn pods_on(&self, node: &Clean) -> impl Iterator<Item = PodRow<'_>> {
        self.pods.on(node).map(|(pod, usage)| PodRow { pod, usage })
    }

    /// What the pods in view set aside on a node.
    pub fn load(&self, node: &Clean) -> NodeLoad {
        self.pods.load(node)
    }

    /// How many pods a namespace has.
    pub fn pods_within(&self, namespace: &Clean) -> usize {
        self.pods.within(namespace)
    }

    /// The pods of an app, in no order.
    pub fn pods_of(&self, app: &AppKey) -> impl Iterator<Item = &Pod> {
        self.pods.of(app).map(|(pod, _)| pod)
    }

    /// The namespaces that objects were seen in, sorted.
    pub fn namespaces(&self) -> Vec<Clean> {
        self.namespaces.keys().cloned().collect()
    }

    /// The sources and how fresh each is, in a fixed order.
    pub fn sources(&self) -> impl Iterator<Item = (&Source, &Freshness)> {
        self.sources.0.iter().map(|state| (&state.source, &state.fresh))
    }

    /// How fresh a resource is over all scopes: the worst of them (Unauthorized, Stale with the oldest time, Loading with the
    /// sums, Forbidden, Absent, Live). Forbidden and Absent only where all its scopes are; `None` where it is not expected.
    pub fn freshness(&self, resource: Resource) -> Option<Freshness> {
        self.sources.freshness(resource)
    }

    /// Objects that came and could not be understood.
    pub fn unreadable(&self) -> usize {
        self.sources.unreadable()
    }

    /// Raised by each change of rows, so that a view knows when it is out of date. No two fleets share one, but for empty ones.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Marks a metrics source's freshness (metrics are polled, so they have no stream to say it).
    pub fn set_freshness(&mut self, source: &Source, fresh: Freshness, _now: Time) -> Touched {
        match self.sources.find(source) {
            Some(at) => {
                let touched = self.freshen(at, fresh);
                self.settle(touched)
            }
            None => Touched::default(),
        }
    }

    fn take(&mut self, at: usize, event: SourceEvent) -> Touched {
        let mark = self.sources.mark(at);
        let state = &mut self.sources.0[at];
        match event {
            SourceEvent::Listing => {
                state.begin();
                Touched::default()
            }
            SourceEvent::Applied(object) => {
                let (namespace, name) = named(&object);
                let freshness = state.readable(namespace, name);
                Touched { rows: self.put(object, mark), freshness }
            }
            SourceEvent::Deleted { namespace, name } => {
                let freshness = state.readable(&namespace, &name);
                let resource = state.source.resource;
                Touched { rows: self.remove(resource, namespace, name), freshness }
            }
            SourceEvent::Listed => {
                let first = !state.listed;
                let freshness = state.end();
                let resource = state.source.resource;
                if first && resource == Resource::Pods {
                    self.dirty_scope(at);
                }
                Touched { rows: self.sweep(resource, mark), freshness }
            }
            SourceEvent::Fresh(fresh) => self.freshen(at, fresh),
            SourceEvent::Unreadable(name) => Touched { rows: false, freshness: state.unreadable(name) },
        }
    }

    fn freshen(&mut self, at: usize, fresh: Freshness) -> Touched {
        let state = &mut self.sources.0[at];
        let was_closed = state.is_closed();
        let freshness = state.set(fresh);
        // Without a right to pods an app is judged by its counts, and no longer said to load.
        if state.source.resource == Resource::Pods && state.is_closed() != was_closed {
            self.dirty_scope(at);
        }
        Touched { rows: false, freshness }
    }

    fn dirty_scope(&mut self, at: usize) {
        let scope = &self.sources.0[at].source.scope;
        let within = |key: &&AppKey| scope.as_ref().is_none_or(|scope| *scope == key.namespace);
        self.dirty.extend(self.apps.keys().filter(within).cloned());
    }

    /// Takes an object as it is now; returns whether a row that is shown changed by that alone.
    fn put(&mut self, object: Object, mark: Mark) -> bool {
        match object {
            Object::App(app) => self.put_app(*app, mark),
            Object::Hpa(hpa) => self.put_hpa(hpa, mark),
            Object::Pod(pod) => self.put_pod(pod, mark),
        }
    }

    fn put_pod(&mut self, pod: Box<Pod>, mark: Mark) -> bool {
        let namespace = pod.namespace.clone();
        let put = self.pods.put(pod, mark, &mut self.dirty);
        if put == Put::New {
            self.enter(namespace);
        }
        put != Put::Same
    }

    fn put_app(&mut self, app: App, mark: Mark) -> bool {
        match self.apps.get_mut(&app.key) {
            Some(known) => {
                known.mark = mark;
                if known.row.app == app {
                    return false;
                }
                self.dirty.push(app.key.clone());
                known.row.app = app;
            }
            None => {
                self.dirty.push(app.key.clone());
                self.enter(app.key.namespace.clone());
                self.apps.insert(app.key.clone(), KnownApp { row: Row::bare(app), mark });
            }
        }
        true
    }

    fn put_hpa(&mut self, hpa: Box<Hpa>, mark: Mark) -> bool {
        let namespace = hpa.namespace.clone();
        if self.hpas.put(hpa, mark, &mut self.dirty) {
            self.enter(namespace);
        }
        false
    }

    fn remove(&mut self, resource: Resource, namespace: Clean, name: Clean) -> bool {
        let kind = match resource {
            Resource::Deployments => AppKind::Deployment,
            Resource::StatefulSets => AppKind::StatefulSet,
            Resource::DaemonSets => AppKind::DaemonSet,
            Resource::Pods => return self.remove_pod(&(namespace, name)),
            Resource::Hpas => {
                self.remove_hpa(&(namespace, name));
                return false;
            }
            Resource::PodMetrics => return false,
        };
        self.remove_app(&AppKey { namespace, name, kind })
    }

    fn remove_app(&mut self, key: &AppKey) -> bool {
        let known = self.apps.remove(key).is_some();
        if known {
            self.exit(&key.namespace);
        }
        known
    }

    fn remove_pod(&mut self, name: &(Clean, Clean)) -> bool {
        let known = self.pods.remove(name, &mut self.dirty);
        if known {
            self.exit(&name.0);
        }
        known
    }

    fn remove_hpa(&mut self, name: &(Clean, Clean)) {
        if self.hpas.remove(name, &mut self.dirty) {
            self.exit(&name.0);
        }
    }

    /// Forgets what a source's list, now complete, did not name.
    fn sweep(&mut self, resource: Resource, mark: Mark) -> bool {
        match resource {
            Resource::Pods => {
                let gone = self.pods.unnamed(mark);
                gone.iter().filter(|name| self.remove_pod(name)).count() > 0
            }
            Resource::Hpas => {
                let gone = self.hpas.unnamed(mark);
                gone.iter().for_each(|name| self.remove_hpa(name));
                false
            }
            _ => {
                let gone = self.apps.iter().filter(|(_, known)| known.mark.is_before(mark));
                let gone: Vec<_> = gone.map(|(key, _)| key.clone()).collect();
                gone.iter().filter(|key| self.remove_app(key)).count() > 0
            }
        }
    }

    fn enter(&mut self, namespace: Clean) {
        *self.namespaces.entry(namespace).or_default() += 1;
    }

    fn exit(&mut self, namespace: &Clean) {
        if let Some(count) = self.namespaces.get_mut(namespace) {
            *count -= 1;
            if *count == 0 {
                self.namespaces.remove(namespace);
            }
        }
    }

    /// Recomputes each row that is out of date, once.
    fn settle(&mut self, mut touched: Touched) -> Touched {
        let mut dirty = std::mem::take(&mut self.dirty);
        dirty.sort_unstable();
        dirty.dedup();
        for key in &dirty {
            touched.rows |= self.recompute(key);
        }
        dirty.clear();
        self.dirty = dirty;
        if touched.rows {
            self.version = VERSIONS.fetch_add(1, Ordering::Relaxed);
        }
        touched
    }

    fn recompute(&mut self, key: &AppKey) -> bool {
        let Some(known) = self.apps.get_mut(key) else { return false };
        let pods: Vec<_> = self.pods.of(key).collect();
        let source = self.sources.covering(Resource::Pods, &key.namespace);
        row(&mut known.row, self.hpas.of(key), &pods, source.into())
    }
}

/// All that is kept, for tests that build it anew.
#[cfg(test)]
impl Fleet {
    pub(super) fn all_pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.all().map(|(pod, _)| pod)
    }

    pub(super) fn all_usage(&self) -> impl Iterator<Item = &PodUsage> {
        self.pods.all().filter_map(|(_, usage)| usage)
    }

    pub(super) fn all_hpas(&self) -> impl Iterator<Item = &Hpa> {
        self.hpas.all()
    }
}

fn named(object: &Object) -> (&str, &str) {
    match object {
        Object::App(app) => (&app.key.namespace, &app.key.name),
        Object::Pod(pod) => (&pod.namespace, &pod.name),
        Object::Hpa(hpa) => (&hpa.namespace, &hpa.name),
    }
}
