//! The cluster of one run: in this process, so that it outlives whoever is killed.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rolldeck_core::model::{AppKey, AppKind};
use rolldeck_demo::{
    Controls,
    clock::Clock,
    server::Server,
    store::{
        Kind, Store,
        kind::{DAEMON_SET, DEPLOYMENT, NAMESPACE, NODE, POD, STATEFUL_SET},
    },
    world::{self, World},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::http::send;

/// How many times as fast as ours its time runs: a rollout of half a minute takes some milliseconds.
const RATE: f64 = 600.0;
/// How long it may take, in our time, until something in it is so.
const LIMIT: Duration = Duration::from_secs(60);

/// A cluster with a few apps that run `v1`. It ends when this is dropped.
pub struct Stage {
    store: Store,
    address: SocketAddr,
    folder: TempDir,
    _stop: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Stage {
    /// Makes one, and waits until every app is healthy.
    pub async fn new(apps: &[AppKey]) -> Self {
        let clock = Clock::real();
        clock.set_rate(RATE);
        let store = Store::seeded(clock.clone(), 7);
        for number in 1..=2 {
            store.create(&NODE, node(number)).expect("a node");
        }
        for app in apps {
            let namespace = json!({"metadata": {"name": &*app.namespace}, "status": {"phase": "Active"}});
            // Of two apps in one, the second finds it there.
            let _ = store.create(&NAMESPACE, namespace);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let world = World::new(store.clone(), world::Options { seed: 7, ..world::Options::default() });
        let mut server = Server::new(store.clone());
        server.control = Some(Arc::new(Controls::of(&server)));
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(world.run(clock));
        tasks.spawn(server.run(listener, stopped));
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("kubeconfig"), kubeconfig(address)).expect("a kubeconfig");
        let stage = Self { store, address, folder, _stop: stop, _tasks: tasks };
        for app in apps {
            let path = format!("/apis/apps/v1/namespaces/{}/{}", app.namespace, app.kind.resource());
            send(address, "POST", &path, &manifest(app).to_string()).await;
        }
        for app in apps {
            stage.until(&format!("{app} is healthy"), || stage.rolled_out(app)).await;
        }
        send(address, "DELETE", "/demo/writes", "").await;
        stage
    }

    /// A file of this run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An app as it is now.
    pub fn app(&self, app: &AppKey) -> Value {
        let object = self.store.get(kind_of(app.kind), &app.namespace, &app.name);
        object.unwrap_or_else(|| panic!("{app} is lost"))
    }

    /// What clients have written, in the order in which it arrived.
    pub async fn writes(&self) -> Vec<Value> {
        let mut told = send(self.address, "GET", "/demo/writes", "").await;
        assert_eq!(told["dropped"], 0, "the record of writes is whole");
        match told["writes"].take() {
            Value::Array(writes) => writes,
            other => panic!("{other}"),
        }
    }

    /// Whether every pod of the app is ready and of its newest template.
    pub fn rolled_out(&self, app: &AppKey) -> bool {
        let object = self.app(app);
        let number = |pointer: &str| object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
        let observed = number("/status/observedGeneration") == number("/metadata/generation");
        let (wanted, fields) = match app.kind {
            AppKind::DaemonSet => {
                (number("/status/desiredNumberScheduled"), ["updatedNumberScheduled", "numberAvailable"].as_slice())
            }
            AppKind::StatefulSet => {
                (number("/spec/replicas"), ["replicas", "updatedReplicas", "readyReplicas"].as_slice())
            }
            AppKind::Deployment => {
                (number("/spec/replicas"), ["replicas", "updatedReplicas", "availableReplicas"].as_slice())
            }
        };
        observed && wanted > 0 && fields.iter().all(|field| number(&format!("/status/{field}")) == wanted)
    }

    /// The images that the pods of an app run, ending ones left out.
    pub fn running(&self, app: &AppKey) -> Vec<String> {
        let (pods, _) = self.store.list(&POD, Some(&app.namespace));
        let own = pods.iter().filter(|pod| pod["metadata"]["labels"]["app"] == *app.name);
        let stays = own.filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        let image = |pod: &Value| pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
        stays.map(image).collect()
    }

    /// Waits until something is so: looks again whenever anything was written.
    pub async fn until(&self, what: &str, so: impl Fn() -> bool) {
        let mut versions = self.store.versions();
        let wait = async {
            while !so() {
                if versions.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("not within {LIMIT:?}: {what}"));
    }
}

fn kind_of(kind: AppKind) -> &'static Kind {
    match kind {
        AppKind::Deployment => &DEPLOYMENT,
        AppKind::StatefulSet => &STATEFUL_SET,
        AppKind::DaemonSet => &DAEMON_SET,
    }
}

fn node(number: u32) -> Value {
    json!({
        "metadata": {"name": format!("n{number}"), "labels": {}},
        "spec": {"podCIDR": format!("10.42.{number}.0/24")},
        "status": {
            "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110"},
            "addresses": [{"type": "InternalIP", "address": format!("192.0.2.{number}")}],
        },
    })
}

fn manifest(app: &AppKey) -> Value {
    let (name, labels) = (&*app.name, json!({"app": &*app.name}));
    let kind = format!("{:?}", app.kind);
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": kind,
        "metadata": {"name": name, "namespace": &*app.namespace},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [{
                    "name": name, "image": format!("registry.example/{name}:v1"),
                    "env": [{"name": "APP", "value": name}],
                    "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "initialDelaySeconds": 1, "periodSeconds": 1},
                }]},
            },
        },
    });
    if app.kind != AppKind::DaemonSet {
        object["spec"]["replicas"] = json!(2);
    }
    if app.kind == AppKind::StatefulSet {
        object["spec"]["serviceName"] = json!(name);
    }
    object
}

fn kubeconfig(address: SocketAddr) -> String {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "stage",
        "clusters": [{"name": "stage", "cluster": {"server": format!("http://{address}")}}],
        "users": [{"name": "ana", "user": {}}],
        "contexts": [{"name": "stage", "context": {"cluster": "stage", "user": "ana"}}],
    })
    .to_string()
}
