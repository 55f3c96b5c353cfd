//! The store: one row of versions over all objects.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::history::{Change, History, KEPT, What};
use super::kind::Kind;
use super::notice::{Notices, Queue};
use super::object::Stored;
use super::refusal::{Cause, Refusal};
use super::shelves::Shelves;
use super::uid::Row;
use crate::clock::{Clock, rfc3339};

/// The version before the first write.
const START: u64 = 1000;

/// All objects of the cluster. Clones are the same store.
///
/// Writes are one after the other; reads never wait for one to be made up, only for it to be put in place.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    writing: Mutex<Row>,
    state: RwLock<State>,
    version: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    shelves: Shelves,
    history: History,
    version: u64,
    subscribers: Vec<Weak<Queue>>,
}

/// A consistent list: the objects and the version at which they were so.
#[derive(Debug, Clone)]
pub struct Listing {
    /// By namespace, then name.
    pub objects: Vec<Arc<Stored>>,
    /// The store's version.
    pub version: u64,
}

impl Store {
    /// An empty store whose uids and generated names come from seed 1.
    pub fn new(clock: Clock) -> Store {
        Store::seeded(clock, 1)
    }

    /// An empty store; the same seed and the same writes give the same uids and names.
    pub fn seeded(clock: Clock, seed: u64) -> Store {
        let state = State {
            shelves: Shelves::default(),
            history: History::new(START, KEPT),
            version: START,
            subscribers: Vec::new(),
        };
        let inner = Inner {
            clock,
            writing: Mutex::new(Row::new(seed)),
            state: RwLock::new(state),
            version: watch::Sender::new(START),
        };
        Store { inner: Arc::new(inner) }
    }

    /// The cluster's clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// An object as a tree; `ns` is empty for a cluster-wide kind.
    pub fn get(&self, kind: &'static Kind, ns: &str, name: &str) -> Option<Value> {
        self.stored(kind, ns, name).map(|stored| stored.value())
    }

    /// An object as it is kept, which copies nothing.
    pub fn stored(&self, kind: &'static Kind, ns: &str, name: &str) -> Option<Arc<Stored>> {
        self.read().shelves.get(kind, ns, name).cloned()
    }

    /// All objects of a kind, or those of one namespace, as trees, and the version. It parses each: for big kinds
    /// use [`listing`](Store::listing).
    pub fn list(&self, kind: &'static Kind, ns: Option<&str>) -> (Vec<Value>, u64) {
        let listing = self.listing(kind, ns);
        (listing.objects.iter().map(|stored| stored.value()).collect(), listing.version)
    }

    /// All objects of a kind, or those of one namespace, as they are kept.
    pub fn listing(&self, kind: &'static Kind, ns: Option<&str>) -> Listing {
        let state = self.read();
        Listing { objects: state.shelves.list(kind, ns), version: state.version }
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: &'static Kind) -> usize {
        self.read().shelves.count(kind)
    }

    /// The version of the newest write.
    pub fn version(&self) -> u64 {
        self.read().version
    }

    /// The newest version that watches can no longer start from.
    pub fn compacted(&self) -> u64 {
        self.read().history.compacted()
    }

    /// The version, and a word whenever it rises.
    pub fn versions(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    /// The writes after `version`, oldest first, at most `most`.
    ///
    /// # Errors
    /// 410 when some of them are no longer held.
    pub fn changes(&self, version: u64, most: usize) -> Result<Vec<Change>, Refusal> {
        let state = self.read();
        let compacted = state.history.compacted();
        state
            .history
            .after(version, most)
            .ok_or_else(|| Refusal::gone(format!("too old resource version: {version} ({compacted})")))
    }

    /// Forgets all writes so far, so that every older version is expired.
    pub fn compact(&self) {
        let mut state = self.write();
        let all = state.history.len();
        state.history.forget(all);
    }

    /// A word of every write from now on.
    pub fn subscribe(&self) -> Notices {
        self.subscriber(None)
    }

    /// A word of every write of these kinds from now on.
    pub fn subscribe_to(&self, kinds: &[&'static Kind]) -> Notices {
        self.subscriber(Some(kinds.to_vec()))
    }

    fn subscriber(&self, kinds: Option<Vec<&'static Kind>>) -> Notices {
        let queue = Arc::new(Queue::new(kinds));
        self.write().subscribers.push(Arc::downgrade(&queue));
        Notices { queue }
    }

    /// Puts a new object in. The name may come from `generateName`; uid, resourceVersion, creationTimestamp and
    /// generation are set (a uid, creationTimestamp or generation that is there is kept, for a fleet with a past).
    ///
    /// # Errors
    /// 422 without a name, 409 when it is taken.
    pub fn create(&self, kind: &'static Kind, value: Value) -> Result<Value, Refusal> {
        self.put(kind, value, true)
    }

    /// What [`create`](Store::create) would answer; nothing is written.
    ///
    /// # Errors
    /// As `create`'s.
    pub fn rehearse_create(&self, kind: &'static Kind, value: Value) -> Result<Value, Refusal> {
        self.put(kind, value, false)
    }

    fn put(&self, kind: &'static Kind, mut value: Value, write: bool) -> Result<Value, Refusal> {
        let mut row = self.writing();
        let Some(object) = value.as_object_mut() else {
            return Err(Refusal::bad_request(format!("a {} must be a JSON object", kind.kind)));
        };
        object.insert("apiVersion".into(), kind.api_version().into());
        object.insert("kind".into(), kind.kind.into());
        let metadata = map_at(object, "metadata");
        let name = name_for(kind, metadata, &mut row)?;
        if !kind.namespaced {
            metadata.remove("namespace");
        }
        let ns = metadata.get("namespace").and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.read().shelves.get(kind, &ns, &name).is_some() {
            return Err(Refusal::already_exists(kind, &name));
        }
        metadata.entry("uid").or_insert_with(|| row.uid().into());
        metadata.entry("creationTimestamp").or_insert_with(|| rfc3339(self.inner.clock.now()).into());
        if kind.generation {
            metadata.entry("generation").or_insert(json!(1));
        }
        if !write {
            metadata.remove("resourceVersion");
            return Ok(value);
        }
        let version = self.read().version + 1;
        metadata.insert("resourceVersion".into(), version.to_string().into());
        self.commit(What::Added, Stored::new(kind, &value, version), None);
        Ok(value)
    }

    /// Changes an object in place: `change` gets the current tree. A changed spec raises the generation; a change
    /// that changes nothing writes nothing. `change` may read this store, and must not write to it.
    ///
    /// # Errors
    /// 404, or what `change` answers.
    pub fn update(
        &self,
        kind: &'static Kind,
        ns: &str,
        name: &str,
        change: impl FnOnce(&mut Value) -> Result<(), Refusal>,
    ) -> Result<Value, Refusal> {
        let _row = self.writing();
        let prior = self.stored(kind, ns, name).ok_or_else(|| Refusal::not_found(kind, name))?;
        let before = prior.value();
        let mut value = before.clone();
        change(&mut value)?;
        settle(kind, &before, &mut value);
        if value == before {
            return Ok(value);
        }
        let version = self.read().version + 1;
        value["metadata"]["resourceVersion"] = version.to_string().into();
        let stored = Stored::new(kind, &value, version);
        self.commit(What::Modified, stored, Some(prior));
        Ok(value)
    }

    /// What [`update`](Store::update) would answer, with the version as it is; nothing is written.
    ///
    /// # Errors
    /// As `update`'s.
    pub fn rehearse(
        &self,
        kind: &'static Kind,
        ns: &str,
        name: &str,
        change: impl FnOnce(&mut Value) -> Result<(), Refusal>,
    ) -> Result<Value, Refusal> {
        let before = self.get(kind, ns, name).ok_or_else(|| Refusal::not_found(kind, name))?;
        let mut value = before.clone();
        change(&mut value)?;
        settle(kind, &before, &mut value);
        Ok(value)
    }

    /// Takes an object out at once, and answers its last state.
    ///
    /// # Errors
    /// 404.
    pub fn delete(&self, kind: &'static Kind, ns: &str, name: &str) -> Result<Value, Refusal> {
        let _row = self.writing();
        let prior = self.stored(kind, ns, name).ok_or_else(|| Refusal::not_found(kind, name))?;
        let mut value = prior.value();
        let version = self.read().version + 1;
        value["metadata"]["resourceVersion"] = version.to_string().into();
        self.commit(What::Deleted, Stored::new(kind, &value, version), Some(prior));
        Ok(value)
    }

    fn commit(&self, what: What, stored: Stored, prior: Option<Arc<Stored>>) {
        let object = Arc::new(stored);
        let version = object.version;
        let mut state = self.write();
        match what {
            What::Deleted => state.shelves.take(object.kind, &object.namespace, &object.name),
            What::Added | What::Modified => state.shelves.put(Arc::clone(&object)),
        }
        state.version = version;
        let change = Change { version, what, object, prior };
        state.subscribers.retain(|subscriber| match subscriber.upgrade() {
            Some(queue) => {
                queue.tell(&change);
                true
            }
            None => false,
        });
        state.history.push(change);
        drop(state);
        self.inner.version.send_replace(version);
    }

    fn writing(&self) -> MutexGuard<'_, Row> {
        self.inner.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.inner.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The object under `key`, put there when it is missing or null.
fn map_at<'a>(object: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    let slot = object.entry(key).or_insert_with(|| json!({}));
    if !slot.is_object() {
        *slot = json!({});
    }
    slot.as_object_mut().expect("it was just made an object")
}

fn name_for(kind: &Kind, metadata: &mut Map<String, Value>, row: &mut Row) -> Result<String, Refusal> {
    let text = |metadata: &Map<String, Value>, key: &str| metadata.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(name) = text(metadata, "name").filter(|name| !name.is_empty()) {
        return Ok(name);
    }
    let Some(prefix) = text(metadata, "generateName").filter(|prefix| !prefix.is_empty()) else {
        return Err(Refusal::invalid(
            kind,
            "",
            &[Cause::required("metadata.name", "name or generateName is required")],
        ));
    };
    let prefix: String = prefix.chars().take(58).collect();
    let name = format!("{prefix}{}", row.suffix());
    metadata.insert("name".into(), name.clone().into());
    Ok(name)
}

/// Keeps what no change may touch, and counts the generation.
fn settle(kind: &Kind, before: &Value, value: &mut Value) {
    let old = &before["metadata"];
    for key in ["name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation"] {
        match old.get(key) {
            Some(kept) => value["metadata"][key] = kept.clone(),
            None => {
                value["metadata"].as_object_mut().map(|metadata| metadata.remove(key));
            }
        }
    }
    let deleting = old.get("deletionTimestamp").is_none() && value["metadata"].get("deletionTimestamp").is_some();
    if kind.generation && (value.get("spec") != before.get("spec") || deleting) {
        value["metadata"]["generation"] = (old["generation"].as_u64().unwrap_or(0) + 1).into();
    }
}
