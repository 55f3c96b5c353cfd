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
    /// The machine's time, this much ahead.
    Real(TimeDelta),
    Manual(DateTime<Utc>),
}

impl Clock {
    /// The machine's time.
    pub fn real() -> Clock {
        Clock::from(Now::Real(TimeDelta::zero()))
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
        match &*self.inner.now.lock().unwrap_or_else(PoisonError::into_inner) {
            Now::Real(ahead) => Utc::now() + *ahead,
            Now::Manual(now) => *now,
        }
    }

    /// Whether it stands still unless it is advanced.
    pub fn is_manual(&self) -> bool {
        matches!(&*self.inner.now.lock().unwrap_or_else(PoisonError::into_inner), Now::Manual(_))
    }

    /// Moves the clock ahead and wakes whoever sleeps until a time that has come. A real clock runs on from there.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        match &mut *self.inner.now.lock().unwrap_or_else(PoisonError::into_inner) {
            Now::Real(ahead) => *ahead += by,
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
            if self.is_manual() {
                // The sender lives as long as this clock, so a closed channel cannot be met here.
                let _ = moved.changed().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep(left.to_std().unwrap_or_default()) => {}
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
    async fn a_real_clock_can_be_moved_ahead() {
        let clock = Clock::real();
        let until = clock.now() + TimeDelta::hours(1);
        clock.advance(Duration::from_secs(3600));
        clock.sleep_until(until).await;
        assert!(clock.now() >= until);
    }
}
