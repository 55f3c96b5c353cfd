//! What an autoscaler is given to look at.

use super::controllers::hpa::{self, Sample, Scaled};
use super::engine::World;
use super::json::{text, uid};
use super::kinds::{DEPLOYMENT, HPA, STATEFUL_SET};
use super::load;
use super::names::hash64;
use super::pods::Phase;
use serde_json::Value;

impl World {
    /// One look of an autoscaler; false when there is none any more.
    pub(super) fn autoscale(&mut self, namespace: &str, name: &str) -> bool {
        let Some(hpa) = self.store.get(&HPA, namespace, name) else { return false };
        let place = Self::at(namespace, name);
        let mut memory = self.scalers.remove(&place).unwrap_or_default();
        let out = self.with_target(&hpa, |scaled| hpa::reconcile(&hpa, scaled, &mut memory, self.now));
        self.scalers.insert(place, memory);
        for write in out.writes {
            self.write(write);
        }
        for note in out.notes {
            self.say(&note);
        }
        true
    }

    /// Autoscalers looked before the world was first seen: each tells what it measured, and nothing is scaled by it.
    pub(super) fn measure_scaled(&mut self) {
        for stored in self.store.listing(&HPA, None).objects {
            let hpa = stored.value();
            if hpa.pointer("/status/currentMetrics").is_some() {
                continue;
            }
            let write = self.with_target(&hpa, |scaled| scaled.and_then(|scaled| hpa::measured(&hpa, &scaled)));
            if let Some(write) = write {
                self.write(write);
            }
        }
    }

    /// Shows what an autoscaler scales, where that exists.
    fn with_target<T>(&self, hpa: &Value, act: impl FnOnce(Option<Scaled<'_>>) -> T) -> T {
        let kind = if text(hpa, "/spec/scaleTargetRef/kind") == "StatefulSet" { &STATEFUL_SET } else { &DEPLOYMENT };
        let namespace = text(hpa, "/metadata/namespace");
        let target_name = text(hpa, "/spec/scaleTargetRef/name");
        let external = |metric: &str| external(metric, namespace, target_name, self.now);
        let scaled = self.store.get(kind, namespace, target_name).map(|object| {
            let pods = self
                .index
                .pods_of_app(uid(&object))
                .into_iter()
                .filter(|pod| pod.active() && pod.phase != Phase::Ended)
                .map(|pod| Sample {
                    ready: pod.ready,
                    used: self.meter.total(&pod.uid, self.now).unwrap_or((0.0, 0.0)),
                    requested: pod.requests(),
                })
                .collect();
            Scaled { kind, object, pods, external: &external }
        });
        act(scaled)
    }
}

/// A queue's length, which follows the day as the app's work does.
fn external(metric: &str, namespace: &str, app: &str, now: chrono::DateTime<chrono::Utc>) -> f64 {
    let depth = 90.0 + (hash64(metric) % 60) as f64;
    (depth * load::level(namespace, hash64(app), now)).round()
}
