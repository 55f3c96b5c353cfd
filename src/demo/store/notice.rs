//! What the controllers are told of writes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::history::{Change, What};
use super::kind::Kind;

/// That an object was written. It says which, not how: whoever cares reads it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notice {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace; empty for a cluster-wide kind.
    pub namespace: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// The newest write: one that was added and then modified before it was taken is still `Added`.
    pub what: What,
}

type Key = (&'static Kind, Box<str>, Box<str>);

#[derive(Debug, Default)]
pub(super) struct Queue {
    kinds: Option<Vec<&'static Kind>>,
    waiting: Mutex<Waiting>,
    woken: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    order: VecDeque<Key>,
    what: HashMap<Key, What>,
}

impl Queue {
    pub(super) fn new(kinds: Option<Vec<&'static Kind>>) -> Queue {
        Queue { kinds, ..Queue::default() }
    }

    pub(super) fn tell(&self, change: &Change) {
        let object = &change.object;
        if self.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&object.kind)) {
            return;
        }
        let key = (object.kind, object.namespace.clone(), object.name.clone());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let what = match (waiting.what.get(&key), change.what) {
            (Some(What::Added), What::Modified) => What::Added,
            (None, what) => {
                waiting.order.push_back(key.clone());
                what
            }
            (Some(_), what) => what,
        };
        waiting.what.insert(key, what);
        drop(waiting);
        self.woken.notify_one();
    }
}

/// A subscriber's end. It misses nothing: writes of one object that wait here fold into one notice, so that it holds
/// one entry for an object at most.
#[derive(Debug)]
pub struct Notices {
    pub(super) queue: Arc<Queue>,
}

impl Notices {
    /// The oldest notice that waits.
    pub fn try_next(&mut self) -> Option<Notice> {
        let mut waiting = self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = waiting.order.pop_front()?;
        let what = waiting.what.remove(&key)?;
        let (kind, namespace, name) = key;
        Some(Notice { kind, namespace, name, what })
    }

    /// The next notice; it never ends while the store lives.
    pub async fn next(&mut self) -> Notice {
        loop {
            if let Some(notice) = self.try_next() {
                return notice;
            }
            self.queue.woken.notified().await;
        }
    }
}
