//! The world under a clock that is moved by hand.

mod rollouts;
mod seeded;
mod sets;
mod troubles;

use super::json::{int, text};
use super::kinds::{DAEMON_SET, DEPLOYMENT, NODE, POD, REPLICA_SET};
use super::{Options, World};
use crate::clock::Clock;
use crate::store::{Kind, Store};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::Duration;

/// A cluster of three nodes, its world, and its clock.
struct Stage {
    store: Store,
    clock: Clock,
    world: World,
}

fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-23T02:00:00Z").expect("a time").to_utc()
}

impl Stage {
    fn new(seed: u64) -> Self {
        let clock = Clock::manual(start());
        let store = Store::seeded(clock.clone(), seed);
        for number in 1..=3 {
            let node = json!({
                "metadata": {"name": format!("n{number}"), "labels": {}},
                "spec": {"podCIDR": format!("10.42.{number}.0/24")},
                "status": {
                    "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110"},
                    "addresses": [{"type": "InternalIP", "address": format!("192.0.2.{number}")}],
                },
            });
            store.create(&NODE, node).expect("a node");
        }
        let world = World::new(store.clone(), Options { seed, ..Options::default() });
        Self { store, clock, world }
    }

    /// Lets time pass in steps of half a second.
    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds * 2 {
            self.clock.advance(Duration::from_millis(500));
            self.world.turn(self.clock.now());
        }
    }

    /// Lets time pass in one jump.
    fn jump(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.world.turn(self.clock.now());
    }

    fn deploy(&mut self, app: &str, replicas: i64, tag: &str, strategy: Value) {
        let labels = json!({"app": app});
        let object = json!({
            "metadata": {"name": app, "namespace": "test"},
            "spec": {
                "replicas": replicas, "selector": {"matchLabels": labels}, "strategy": strategy,
                "progressDeadlineSeconds": 60, "revisionHistoryLimit": 2, "template": template(app, tag),
            },
        });
        self.store.create(&DEPLOYMENT, object).expect("a new Deployment");
        self.world.turn(self.clock.now());
    }

    fn edit(&mut self, kind: &'static Kind, name: &str, change: impl FnOnce(&mut Value)) {
        self.store
            .update(kind, "test", name, |object| {
                change(object);
                Ok(())
            })
            .expect("the object is there");
        self.world.turn(self.clock.now());
    }

    /// Releases a tag of a Deployment.
    fn release(&mut self, app: &str, tag: &str) {
        let image = image(app, tag);
        self.edit(&DEPLOYMENT, app, |object| {
            object["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        });
    }

    fn get(&self, kind: &'static Kind, name: &str) -> Value {
        self.store.get(kind, "test", name).unwrap_or_else(|| panic!("no {} {name}", kind.kind))
    }

    fn pods(&self) -> Vec<Value> {
        self.store.list(&POD, Some("test")).0
    }

    fn sets(&self) -> Vec<Value> {
        self.store.list(&REPLICA_SET, Some("test")).0
    }

    fn complete(&self, app: &str) -> bool {
        let object = self.get(&DEPLOYMENT, app);
        let status = |field: &str| int(&object, &format!("/status/{field}")).unwrap_or(0);
        let wanted = int(&object, "/spec/replicas");
        ["replicas", "updatedReplicas", "availableReplicas"].iter().all(|field| Some(status(field)) == wanted)
            && Some(status("observedGeneration")) == int(&object, "/metadata/generation")
    }

    fn condition(&self, app: &str, kind: &str) -> (String, String) {
        let object = self.get(&DEPLOYMENT, app);
        let condition = super::json::condition(&object["status"], kind).cloned().unwrap_or_default();
        (text(&condition, "/status").to_owned(), text(&condition, "/reason").to_owned())
    }

    fn reasons(&self) -> Vec<String> {
        let (events, _) = self.store.list(&super::kinds::EVENT, None);
        events.iter().map(|event| text(event, "/reason").to_owned()).collect()
    }

    fn daemon(&self, name: &str) -> Value {
        self.get(&DAEMON_SET, name)
    }
}

fn image(app: &str, tag: &str) -> String {
    format!("harbor.freight.example/test/{app}:{tag}")
}

fn template(app: &str, tag: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{
            "name": app, "image": image(app, tag),
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "initialDelaySeconds": 1, "periodSeconds": 2},
        }]},
    })
}

fn rolling(surge: Value, unavailable: Value) -> Value {
    json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}})
}

/// All objects of a store as text: kind, then the object.
fn everything(store: &Store) -> Vec<String> {
    let kinds = crate::store::kind::KINDS.iter();
    kinds.flat_map(|kind| store.listing(kind, None).objects).map(|stored| stored.value().to_string()).collect()
}
