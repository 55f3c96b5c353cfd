//! What pods use: pure functions of the pod, its peers and the time, so that nothing is written as time goes by.

use super::behaviour::{Behaviour, behaviour};
use super::names::{fraction, hash64};
use super::pods::Shape;
use chrono::{DateTime, Duration, Timelike, Utc};

/// How long a leaking container lives before the kernel kills it.
pub const LEAK: Duration = Duration::minutes(11);
/// Usage is sampled as a metrics server does: once in this many seconds.
const SAMPLE: i64 = 15;
/// The company works by the clock of Shanghai.
const HOURS_EAST: f64 = 8.0;

/// What is told of a pod to find what it uses.
#[derive(Debug, Clone, Copy)]
pub struct Running<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its app: the name that its Deployment, StatefulSet or DaemonSet has.
    pub app: &'a str,
    /// Its uid.
    pub uid: &'a str,
    /// When its container started.
    pub started: DateTime<Utc>,
    /// The part of its app's load that falls on it: 1 when the app has as many pods as the load is meant for.
    pub share: f64,
}

/// The CPU in nanocores and the working set in bytes that a container uses.
pub fn container(pod: Running<'_>, shape: &Shape, now: DateTime<Utc>) -> (u64, u64) {
    let now = DateTime::from_timestamp(now.timestamp().div_euclid(SAMPLE) * SAMPLE, 0).unwrap_or(now);
    let seed = hash64(pod.uid) ^ hash64(&shape.name);
    (cpu(pod, shape, seed, now), memory(pod, shape, seed, now))
}

fn cpu(pod: Running<'_>, shape: &Shape, seed: u64, now: DateTime<Utc>) -> u64 {
    let request = if shape.cpu > 0.0 { shape.cpu } else { 0.05 };
    let (app, busy, share) = (hash64(pod.app), busy(pod.app), pod.share);
    let uneven = 0.88 + 0.24 * fraction(seed);
    let noise = 0.94 + 0.12 * smooth(seed ^ 1, now, 45);
    let age = (now - pod.started).num_seconds();
    let starting = if (0..40).contains(&age) { 0.2 * (1.0 - age as f64 / 40.0) } else { 0.0 };
    let cores = request * (busy * level(pod.namespace, app, now) * share * uneven * noise + starting);
    let bounded = shape.cpu_limit.map_or(cores, |limit| cores.min(limit));
    (bounded.max(0.000_3) * 1e9) as u64
}

fn memory(pod: Running<'_>, shape: &Shape, seed: u64, now: DateTime<Utc>) -> u64 {
    let limit = shape.memory_limit.unwrap_or(shape.memory * 1.5).max(16e6);
    let age = (now - pod.started).num_seconds().max(0) as f64;
    if behaviour(&shape.image) == Behaviour::Leaks {
        let grown = (age / LEAK.num_seconds() as f64).min(1.0);
        return (limit * (0.22 + 0.775 * grown)) as u64;
    }
    let base = if shape.memory > 0.0 { shape.memory } else { limit * 0.6 };
    let usual = 0.55 + 0.33 * fraction(hash64(pod.app) ^ 0x3e);
    let warm = 1.0 - 0.45 * (-age / 400.0).exp();
    let drift = 0.97 + 0.06 * smooth(seed ^ 2, now, 1800) + 0.02 * smooth(seed ^ 3, now, 120);
    (base * usual * warm * drift).min(limit * 0.93) as u64
}

/// The part of its request that a pod of an app uses when the load is usual.
pub fn busy(app: &str) -> f64 {
    0.42 + 0.36 * fraction(hash64(app) ^ 0xc0)
}

/// How much work an app has at a time, 1 at about its peak: what the time of day makes of it, less outside of production.
pub fn level(namespace: &str, app: u64, now: DateTime<Utc>) -> f64 {
    let place = match namespace {
        "dev" => 0.4,
        "qa" => 0.95,
        _ => 1.0,
    };
    day(app, now) * place * (0.97 + 0.06 * smooth(app, now, 300))
}

/// What the time of day makes of an app's work: two peaks, earlier or later for each app.
pub fn day(app: u64, now: DateTime<Utc>) -> f64 {
    let hour =
        (f64::from(now.num_seconds_from_midnight()) / 3600.0 + HOURS_EAST + 2.4 * fraction(app ^ 7) - 1.2) % 24.0;
    let peak = |at: f64, width: f64| (-((hour - at) / width).powi(2) / 2.0).exp();
    0.38 + 0.78 * peak(10.2, 2.1) + 0.7 * peak(16.0, 2.4)
}

/// A number in `0.0..=1.0` that wanders from one value to the next in `seconds`.
fn smooth(seed: u64, now: DateTime<Utc>, seconds: i64) -> f64 {
    let (step, rest) = (now.timestamp().div_euclid(seconds), now.timestamp().rem_euclid(seconds));
    let value = |step: i64| fraction(seed ^ (step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let part = rest as f64 / seconds as f64;
    let eased = part * part * (3.0 - 2.0 * part);
    value(step) * (1.0 - eased) + value(step + 1) * eased
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(image: &str) -> Shape {
        Shape {
            name: "main".into(),
            image: image.into(),
            cpu: 0.5,
            memory: 256e6,
            cpu_limit: Some(2.0),
            memory_limit: Some(512e6),
        }
    }

    fn at(hour: u32, minute: u32) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-23T{hour:02}:{minute:02}:00Z")).expect("a time").to_utc()
    }

    fn pod(share: f64, started: DateTime<Utc>) -> Running<'static> {
        Running { namespace: "prod", app: "berth", uid: "a", started, share }
    }

    #[test]
    fn fewer_pods_work_harder() {
        let now = at(2, 0);
        let few = container(pod(2.0, at(0, 0)), &shape("berth:1"), now).0;
        let many = container(pod(0.5, at(0, 0)), &shape("berth:1"), now).0;
        assert!(few > 3 * many, "{few} {many}");
    }

    #[test]
    fn mornings_are_busier_than_nights() {
        let night = container(pod(1.0, at(0, 0)), &shape("berth:1"), at(20, 0)).0;
        let morning = container(pod(1.0, at(0, 0)), &shape("berth:1"), at(2, 15)).0;
        assert!(morning > night * 3 / 2, "{morning} {night}");
    }

    #[test]
    fn a_leak_climbs_to_its_limit() {
        let used = |minute| container(pod(1.0, at(3, 0)), &shape("berth:1-leak"), at(3, minute)).1;
        assert!(used(1) < used(5) && used(5) < used(10));
        assert!(used(11) > 500_000_000 && used(30) <= 512_000_000);
    }
}
