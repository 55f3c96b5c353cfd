//! The cluster's time: the machine's, or one that a test moves by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// A clock that all parts of one cluster share. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    now: Mutex<Now>,
    moved: watch::Sender<u64>,
}

#[derive(Debug)]
enum Now {
    /// It was `at` when the machine's time was `since`, and runs so many times as fast as that.
    Running {
        since: DateTime<Utc>,
        at: DateTime<Utc>,
        rate: f64,
    },
    Manual(DateTime<Utc>),
}

impl Now {
    fn get(&self) -> DateTime<Utc> {
        match self {
            Now::Running { since, at, rate } => {
                let passed = (Utc::now() - *since).num_microseconds().unwrap_or(0).max(0);
                *at + TimeDelta::microseconds((passed as f64 * rate) as i64)
            }
            Now::Manual(now) => *now,
        }
    }
}

impl Clock {
    /// The machine's time.
    pub fn real() -> Clock {
        let now = Utc::now();
        Clock::from(Now::Running { since: now, at: now, rate: 1.0 })
    }

    /// A clock that stands still at `start` until it is [advanced](Clock::advance).
    pub fn manual(start: DateTime<Utc>) -> Clock {
        Clock::from(Now::Manual(start))
    }

    fn from(now: Now) -> Clock {
        Clock { inner: Arc::new(Inner { now: Mutex::new(now), moved: watch::Sender::new(0) }) }
    }

    /// What time it is in the cluster.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.now.lock().unwrap_or_else(PoisonError::into_inner).get()
    }

    /// How many times as fast as the machine's time it runs; 0 where it stands still.
    pub fn rate(&self) -> f64 {
        match &*self.inner.now.lock().unwrap_or_else(PoisonError::into_inner) {
            Now::Running { rate, .. } => *rate,
            Now::Manual(_) => 0.0,
        }
    }

    /// From now on it runs so many times as fast as the machine's time, from what it shows now; at 0 it stands still.
    pub fn set_rate(&self, rate: f64) {
        let mut now = self.inner.now.lock().unwrap_or_else(PoisonError::into_inner);
        let at = now.get();
        *now = if rate > 0.0 { Now::Running { since: Utc::now(), at, rate } } else { Now::Manual(at) };
        drop(now);
        self.inner.moved.send_modify(|moves| *moves += 1);
    }

    /// Whether it stands still unless it is advanced.
    pub fn is_manual(&self) -> bool {
        matches!(&*self.inner.now.lock().unwrap_or_else(PoisonError::into_inner), Now::Manual(_))
    }

    /// Moves the clock ahead and wakes whoever sleeps until a time that has come. A real clock runs on from there.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        match &mut *self.inner.now.lock().unwrap_or_else(PoisonError::into_inner) {
            Now::Running { at, .. } => *at += by,
            Now::Manual(now) => *now += by,
        }
        self.inner.moved.send_modify(|moves| *moves += 1);
    }

    /// Returns once `now()` is `at` or later.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        let mut moved = self.inner.moved.subscribe();
        loop {
            moved.borrow_and_update();
            let left = at - self.now();
            if left <= TimeDelta::zero() {
                return;
            }
            let rate = self.rate();
            if rate <= 0.0 {
                // The sender lives as long as this clock, so a closed channel cannot be met here.
                let _ = moved.changed().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep(left.to_std().unwrap_or_default().div_f64(rate)) => {}
                    _ = moved.changed() => {}
                }
            }
        }
    }

    /// Returns after `span` of the cluster's time.
    pub async fn sleep(&self, span: Duration) {
        self.sleep_until(self.now() + TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)).await;
    }
}

/// A time as Kubernetes writes it: `2026-11-23T01:20:00Z`.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
    }

    #[tokio::test]
    async fn a_sleeper_wakes_only_when_its_time_has_come() {
        let clock = Clock::manual(start());
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move {
                clock.sleep_until(start() + TimeDelta::seconds(10)).await;
                clock.now()
            })
        };
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        assert_eq!(sleeper.await.expect("the sleeper"), start() + TimeDelta::seconds(10));
    }

    #[tokio::test]
    async fn a_clock_can_be_stopped_and_made_to_run_fast() {
        let clock = Clock::real();
        clock.set_rate(0.0);
        assert!(clock.is_manual());
        let stopped = clock.now();
        assert_eq!(clock.now(), stopped);
        clock.set_rate(100_000.0);
        clock.sleep_until(stopped + TimeDelta::hours(1)).await;
        assert!(clock.now() >= stopped + TimeDelta::hours(1));
    }

    #[tokio::test]
    async fn a_real_clock_can_be_moved_ahead() {
        let clock = Clock::real();
        let until = clock.now() + TimeDelta::hours(1);
        clock.advance(Duration::from_secs(3600));
        clock.sleep_until(until).await;
        assert!(clock.now() >= until);
    }
}
