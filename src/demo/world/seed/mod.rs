//! The fleet that the world begins with: a freight company's, or a made-up one of a given size.

mod around;
mod batches;
mod bulk;
mod catalog;
mod cluster;
mod events;
mod journal;
mod pods;
mod template;
mod trouble;
mod workload;

use super::names::Dice;
use super::options::Options;
use crate::store::{Kind, Store};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

/// The registry that all images come from: a made-up name.
pub const REGISTRY: &str = "harbor.freight.example";

/// A node as pods are put on it.
#[derive(Debug, Clone)]
pub struct Berth {
    name: String,
    ip: String,
    network: String,
    pods: u32,
    open: bool,
}

/// What is needed to put a fleet into a store.
pub struct Seeder<'a> {
    store: &'a Store,
    dice: Dice,
    now: DateTime<Utc>,
    berths: Vec<Berth>,
    next: usize,
}

impl Seeder<'_> {
    /// Puts an object in. The fleet's names are all different, so nothing is refused.
    fn put(&mut self, kind: &'static Kind, mut object: Value) -> Value {
        if object.pointer("/metadata/uid").is_none() {
            object["metadata"]["uid"] = self.dice.uid().into();
        }
        self.store.create(kind, object).unwrap_or_default()
    }

    fn ago(&self, span: Duration) -> DateTime<Utc> {
        self.now - span
    }

    /// The next node with room, in turn.
    fn berth(&mut self) -> usize {
        for _ in 0..self.berths.len() {
            self.next = (self.next + 1) % self.berths.len();
            if self.berths[self.next].open && self.berths[self.next].pods < 100 {
                return self.next;
            }
        }
        self.next
    }

    /// Takes a place on a node: its name, its address and one for the pod.
    fn moor(&mut self, at: usize) -> (String, String, String) {
        let berth = &mut self.berths[at];
        berth.pods += 1;
        let ip = format!("{}.{}", berth.network, 1 + berth.pods % 254);
        (berth.name.clone(), berth.ip.clone(), ip)
    }
}

/// Puts the fleet into an empty store, as it is at the time of the store's clock.
pub fn seed(store: &Store, options: &Options) {
    let mut seeder =
        Seeder { store, dice: Dice::new(options.seed), now: store.clock().now(), berths: Vec::new(), next: 0 };
    if options.bulk() {
        bulk::fill(&mut seeder, options);
    } else {
        cluster::company(&mut seeder);
        for plan in catalog::plans() {
            workload::app(&mut seeder, &plan);
        }
        trouble::quota(&mut seeder);
        events::last_hour(&mut seeder);
        journal::write(&mut seeder);
    }
}
