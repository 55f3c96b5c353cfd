//! A way to the cluster on which answers are lost, writes come late, and drivers die.

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rolldeck_core::{
    batch::{ConfigMap, Lease, NextUpdates, Port, PortError, Target, Token, Updates, journal::lease_name},
    fleet::Update,
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::cluster::Cluster;

/// What befalls a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The right lacks.
    Forbidden,
    None,
    /// It never arrives.
    LostBefore,
    /// It is done, and its answer is lost.
    LostAfter,
    /// No answer comes, and it is done later.
    Late,
    Busy,
    Unreached,
    /// The login has expired.
    Unauthorized,
}

/// One driver's way to the cluster.
pub struct Via {
    pub cluster: Cluster,
    /// Who writes: the lease must name it.
    pub identity: String,
    /// Faults of the writes to come, then none.
    pub faults: Mutex<Vec<Fault>>,
    /// Whether patches get lost, and nothing else does.
    pub deaf: AtomicBool,
    /// Namespaces whose ConfigMaps may not be listed.
    pub hidden: Mutex<Vec<String>>,
    /// The number of the write before which (even) or after which (odd, the next lower) the driver dies.
    pub dies_at: Option<usize>,
    writes: AtomicUsize,
    pub died: Arc<tokio::sync::Notify>,
}

impl Via {
    pub fn new(cluster: &Cluster, identity: &str, faults: Vec<Fault>, dies_at: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            cluster: cluster.clone(),
            identity: identity.to_owned(),
            faults: Mutex::new(faults.into_iter().rev().collect()),
            deaf: AtomicBool::new(false),
            hidden: Mutex::default(),
            dies_at,
            writes: AtomicUsize::new(0),
            died: Arc::default(),
        })
    }

    /// How many writes have left.
    pub fn written(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    async fn die(&self) {
        self.died.notify_one();
        pending::<()>().await;
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cluster) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let nth = self.writes.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        if self.dies_at.is_some_and(|at| nth >= at / 2 && at % 2 == 0) {
            self.die().await;
        }
        let fault = self.faults.lock().unwrap().pop().unwrap_or(Fault::None);
        let lost = || PortError::NoAnswer("nothing within 5 s".to_owned());
        let result = match fault {
            Fault::None => work(&self.cluster),
            Fault::Forbidden => Err(PortError::Forbidden("patch deployments in namespace shop".to_owned())),
            Fault::Busy => Err(PortError::Busy("too many requests".to_owned(), Some(Duration::from_secs(2)))),
            Fault::Unauthorized => Err(PortError::Unauthorized("401".to_owned())),
            Fault::Unreached => Err(PortError::Unreached("connection refused".to_owned())),
            Fault::LostBefore | Fault::LostAfter | Fault::Late => {
                if fault == Fault::LostAfter {
                    let _ = work(&self.cluster);
                } else if fault == Fault::Late {
                    let cluster = self.cluster.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_secs(9)).await;
                        let _ = work(&cluster);
                    });
                }
                tokio::time::sleep(self.write_timeout()).await;
                Err(lost())
            }
        };
        if self.dies_at.is_some_and(|at| nth >= at / 2 && at % 2 == 1) {
            self.die().await;
        }
        result
    }

    /// Whoever writes an app holds the lease of the batch at that moment, or did when it wrote last and nobody else has written
    /// since: one whose lease was taken by force does not know it at once, and whoever took it waits.
    fn judge_sender(&self, patch: &Value) {
        let token = patch.as_array().into_iter().flatten().filter(|op| op["op"] != "test").find_map(|op| {
            let annotation = op["path"].as_str()?.ends_with("rolldeck.dev~1batch");
            annotation.then(|| Token::parse(op["value"].as_str()?)).flatten()
        });
        let token = token.expect("every patch sets the token");
        let name = lease_name(&rolldeck_core::batch::BatchId(token.batch.clone()));
        let mut world = self.cluster.world();
        let lease = world.leases.values().find(|lease| lease.name == name).expect("the batch has a lease");
        let holds = lease.holder == self.identity;
        let last = world.drivers.insert(token.batch, self.identity.clone());
        assert!(
            holds || last.as_ref().is_none_or(|last| *last == self.identity),
            "two drivers write: {last:?} and {}",
            self.identity
        );
    }
}

impl Port for Via {
    fn write_timeout(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn read(&self, target: &Target) -> Result<Value, PortError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.cluster.read(target)
    }

    async fn patch(&self, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        if dry_run {
            return self.cluster.patch_target(target, patch, true);
        }
        self.judge_sender(patch);
        if self.deaf.load(Ordering::SeqCst) {
            tokio::time::sleep(self.write_timeout()).await;
            return Err(PortError::NoAnswer("nothing within 5 s".to_owned()));
        }
        let (target, patch) = (target.clone(), patch.clone());
        self.write(move |cluster| cluster.patch_target(&target, &patch, false)).await
    }

    async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        let (namespace, name, uid) = (namespace.to_owned(), name.to_owned(), uid.to_owned());
        self.write(move |cluster| cluster.delete_pod(&namespace, &name, &uid)).await
    }

    async fn may(&self, verb: &str, _: &str, resource: &str, namespace: &str) -> Result<Option<String>, PortError> {
        let asked = format!("{verb} {resource} {namespace}");
        Ok(self.cluster.world().forbidden.contains(&asked).then(|| "no role allows it".to_owned()))
    }

    async fn create_config_map(&self, map: &ConfigMap, dry_run: bool) -> Result<String, PortError> {
        if dry_run {
            return self.cluster.put_map(map, true, true);
        }
        let map = map.clone();
        self.write(move |cluster| cluster.put_map(&map, true, false)).await
    }

    async fn update_config_map(&self, map: &ConfigMap) -> Result<String, PortError> {
        let map = map.clone();
        self.write(move |cluster| cluster.put_map(&map, false, false)).await
    }

    async fn config_maps(&self, namespace: Option<&str>, selector: &str) -> Result<Vec<ConfigMap>, PortError> {
        if self.hidden.lock().unwrap().iter().any(|hidden| namespace.is_none_or(|namespace| namespace == hidden)) {
            return Err(PortError::Forbidden("configmaps is forbidden: User \"ana\" cannot list".to_owned()));
        }
        Ok(self.cluster.maps(namespace, selector))
    }

    async fn delete_config_map(&self, map: &ConfigMap) -> Result<(), PortError> {
        let map = map.clone();
        self.write(move |cluster| cluster.delete_map(&map)).await
    }

    async fn delete_lease(&self, lease: &Lease) -> Result<(), PortError> {
        let lease = lease.clone();
        self.write(move |cluster| cluster.delete_lease(&lease)).await
    }

    async fn lease(&self, namespace: &str, name: &str) -> Result<Lease, PortError> {
        let world = self.cluster.world();
        let lease = world.leases.get(&(namespace.to_owned(), name.to_owned())).cloned();
        lease.ok_or_else(|| PortError::NotFound(name.to_owned()))
    }

    async fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        let lease = lease.clone();
        self.write(move |cluster| cluster.put_lease(&lease)).await
    }

    fn watch(&self, namespace: &str) -> Updates {
        Box::new(Stream(self.cluster.watch(namespace)))
    }
}

struct Stream(mpsc::UnboundedReceiver<Vec<Update>>);

impl NextUpdates for Stream {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<Update>>> + Send + '_>> {
        Box::pin(self.0.recv())
    }
}
