//! The way to the cluster with its boundaries numbered, at one of which the process dies.

use std::{
    fs::File,
    io::Write,
    path::Path,
    pin::Pin,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use rolldeck_cluster::writer::Writer;
use rolldeck_core::{
    batch::{ConfigMap, Lease, NextUpdates, Port, PortError, Target, Updates},
    fleet::{SourceEvent, Update},
};
use serde_json::Value;
use tokio::sync::{OwnedMutexGuard, watch};

/// Turns that the driver gets to digest an answer before anything else happens.
const DIGEST: usize = 64;

/// A port that numbers what passes: before a request leaves, once it was carried out with the answer withheld, and when the
/// driver has digested the answer.
///
/// The schedule is always the same one, so that a number means the same place in every run: one request at a time, in the
/// order in which the driver asked; what streams say waits until no request is asked for, and one namespace is told of after
/// the other.
pub struct Edges {
    door: Arc<Writer>,
    row: Arc<Row>,
    turn: Arc<tokio::sync::Mutex<()>>,
    busy: watch::Sender<usize>,
    /// The streams that were opened, and how many of them have told all that there is.
    streams: Mutex<usize>,
    told: watch::Sender<usize>,
}

struct Row {
    passed: Mutex<(u64, File)>,
    dies_at: u64,
}

impl Row {
    /// One more boundary, told to the trace before anything else.
    fn pass(&self, call: &str, edge: &str) {
        let mut passed = self.passed.lock().expect("not poisoned");
        let (number, trace) = &mut *passed;
        *number += 1;
        writeln!(trace, "{number} {call}: {edge}").expect("the trace takes it");
        if *number == self.dies_at {
            die();
        }
    }
}

/// Ends this process as nothing can hinder: no destructor runs, nothing is said to anyone.
fn die() -> ! {
    let _ = Command::new("sh").args(["-c", "kill -KILL $PPID"]).status();
    unreachable!("SIGKILL cannot be survived")
}

impl Edges {
    /// Over the real door. Dies at this boundary, counted from 1; 0: never. Each is told to the file.
    pub fn new(door: Arc<Writer>, trace: &Path, dies_at: u64) -> Arc<Self> {
        let file = File::create(trace).expect("a trace");
        let row = Arc::new(Row { passed: Mutex::new((0, file)), dies_at });
        let (busy, told) = (watch::Sender::new(0), watch::Sender::new(0));
        Arc::new(Self { door, row, turn: Arc::default(), busy, streams: Mutex::default(), told })
    }

    async fn call<T>(&self, what: String, request: impl Future<Output = T>) -> T {
        let asked = Asked::new(&self.busy);
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.row.pass(&what, "about to leave");
        let answer = request.await;
        self.row.pass(&what, "carried out, its answer withheld");
        tokio::spawn(digested(Arc::clone(&self.row), asked, turn, what));
        answer
    }
}

async fn digested(row: Arc<Row>, asked: Asked, turn: OwnedMutexGuard<()>, what: String) {
    for _ in 0..DIGEST {
        tokio::task::yield_now().await;
    }
    row.pass(&what, "its answer digested");
    drop((turn, asked));
}

/// A request that is asked for, until its answer is digested or nobody waits for it any more.
struct Asked(watch::Sender<usize>);

impl Asked {
    fn new(busy: &watch::Sender<usize>) -> Self {
        busy.send_modify(|busy| *busy += 1);
        Self(busy.clone())
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.send_modify(|busy| *busy -= 1);
    }
}

impl Port for Edges {
    fn write_timeout(&self) -> Duration {
        self.door.write_timeout()
    }

    async fn read(&self, target: &Target) -> Result<Value, PortError> {
        self.call(format!("read {target}"), self.door.read(target)).await
    }

    async fn patch(&self, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        self.call(format!("patch {target}"), self.door.patch(target, patch, dry_run)).await
    }

    async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        let (app, _) = name.rsplit_once('-').unwrap_or((name, ""));
        self.call(format!("delete pod {namespace}/{app}"), self.door.delete_pod(namespace, name, uid)).await
    }

    async fn may(&self, verb: &str, group: &str, resource: &str, namespace: &str) -> Result<Option<String>, PortError> {
        self.call(format!("may {verb} {resource} {namespace}"), self.door.may(verb, group, resource, namespace)).await
    }

    async fn create_config_map(&self, map: &ConfigMap, dry_run: bool) -> Result<String, PortError> {
        self.call(format!("create {}", part(map)), self.door.create_config_map(map, dry_run)).await
    }

    async fn update_config_map(&self, map: &ConfigMap) -> Result<String, PortError> {
        self.call(format!("update {}", part(map)), self.door.update_config_map(map)).await
    }

    async fn config_maps(&self, namespace: Option<&str>, selector: &str) -> Result<Vec<ConfigMap>, PortError> {
        let place = namespace.unwrap_or("everywhere");
        self.call(format!("list configmaps {place}"), self.door.config_maps(namespace, selector)).await
    }

    async fn delete_config_map(&self, map: &ConfigMap) -> Result<(), PortError> {
        self.call(format!("delete {}", part(map)), self.door.delete_config_map(map)).await
    }

    async fn lease(&self, namespace: &str, name: &str) -> Result<Lease, PortError> {
        self.call(format!("read lease {namespace}"), self.door.lease(namespace, name)).await
    }

    async fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        let what = if lease.holder.is_empty() { "release" } else { "take" };
        self.call(format!("{what} lease {}", lease.namespace), self.door.put_lease(lease)).await
    }

    async fn delete_lease(&self, lease: &Lease) -> Result<(), PortError> {
        self.call(format!("delete lease {}", lease.namespace), self.door.delete_lease(lease)).await
    }

    fn watch(&self, namespace: &str) -> Updates {
        let mut streams = self.streams.lock().expect("not poisoned");
        let nth = *streams;
        *streams += 1;
        let (busy, told) = (self.busy.subscribe(), self.told.clone());
        Box::new(Patient { updates: self.door.watch(namespace), busy, nth, lists: 0, told })
    }
}

/// `steps shop` or `state shop`: a batch's own name differs from run to run.
fn part(map: &ConfigMap) -> String {
    let kind = if map.immutable { "steps" } else { "state" };
    format!("{kind} {}", map.namespace)
}

/// How many kinds of objects a stream lists.
const LISTS: usize = 4;

/// The streams of a namespace. They wait until no request is asked for, and until those that were opened before have told
/// all that there is.
struct Patient {
    updates: Updates,
    busy: watch::Receiver<usize>,
    nth: usize,
    lists: usize,
    told: watch::Sender<usize>,
}

impl Patient {
    fn has_told(&self) {
        self.told.send_if_modified(|told| {
            let more = *told <= self.nth;
            *told = (*told).max(self.nth + 1);
            more
        });
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        self.has_told();
    }
}

impl NextUpdates for Patient {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<Update>>> + Send + '_>> {
        Box::pin(async {
            if self.lists >= LISTS {
                self.has_told();
            }
            let next = self.updates.next().await;
            let _ = self.told.subscribe().wait_for(|told| *told >= self.nth).await;
            let _ = self.busy.wait_for(|busy| *busy == 0).await;
            let listed = |update: &&Update| matches!(update.event, SourceEvent::Listed);
            self.lists += next.iter().flatten().filter(listed).count();
            next
        })
    }
}
