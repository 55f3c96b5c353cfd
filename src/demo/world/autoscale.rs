//! What an autoscaler is given to look at.

use super::controllers::hpa::{self, Sample, Scaled};
use super::engine::World;
use super::json::{text, uid};
use super::kinds::{DEPLOYMENT, HPA, STATEFUL_SET};
use super::load;
use super::names::hash64;
use super::pods::Phase;

impl World {
    /// One look of an autoscaler; false when there is none any more.
    pub(super) fn autoscale(&mut self, namespace: &str, name: &str) -> bool {
        let Some(hpa) = self.store.get(&HPA, namespace, name) else { return false };
        let kind = if text(&hpa, "/spec/scaleTargetRef/kind") == "StatefulSet" { &STATEFUL_SET } else { &DEPLOYMENT };
        let target_name = text(&hpa, "/spec/scaleTargetRef/name").to_owned();
        let now = self.now;
        let external = |metric: &str| external(metric, namespace, &target_name, now);
        let scaled = self.store.get(kind, namespace, &target_name).map(|object| {
            let pods = self
                .index
                .pods_of_app(uid(&object))
                .into_iter()
                .filter(|pod| pod.active() && pod.phase != Phase::Ended)
                .map(|pod| Sample {
                    ready: pod.ready,
                    used: self.meter.total(&pod.uid, now).unwrap_or((0.0, 0.0)),
                    requested: pod.requests(),
                })
                .collect();
            Scaled { kind, object, pods, external: &external }
        });
        let memory = self.scalers.entry(Self::at(namespace, name)).or_default();
        let out = hpa::reconcile(&hpa, scaled, memory, now);
        for write in out.writes {
            self.write(write);
        }
        for note in out.notes {
            self.say(&note);
        }
        true
    }
}

/// A queue's length, which follows the day as the app's work does.
fn external(metric: &str, namespace: &str, app: &str, now: chrono::DateTime<chrono::Utc>) -> f64 {
    let depth = 90.0 + (hash64(metric) % 60) as f64;
    (depth * load::level(namespace, hash64(app), now)).round()
}
