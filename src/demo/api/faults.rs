//! What goes wrong on request: a layer that every request passes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::store::Refusal;

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The answer begins this much later.
    Latency(Duration),
    /// The connection ends without an answer; a stream ends in the middle.
    Reset,
    /// The connection stays open and nothing more comes over it, until the fault is taken away.
    HalfOpen,
    /// 410 Expired.
    Gone,
    /// 429 with `Retry-After` in seconds.
    TooManyRequests(u32),
    /// 500.
    InternalError,
}

/// What goes wrong, for which requests, how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub wrong: Wrong,
    /// Only for this verb of Kubernetes (`get`, `list`, `watch`, `create`, `update`, `patch`, `delete`).
    pub verb: Option<String>,
    /// Only where the path contains this.
    pub path: Option<String>,
    /// How many requests it meets before it is over; `None` until it is taken away.
    pub times: Option<u32>,
}

impl Fault {
    /// A fault for every request, until it is taken away.
    pub fn everywhere(wrong: Wrong) -> Fault {
        Fault { wrong, verb: None, path: None, times: None }
    }

    fn meets(&self, verb: &str, path: &str) -> bool {
        self.verb.as_deref().is_none_or(|wanted| wanted == verb)
            && self.path.as_deref().is_none_or(|part| path.contains(part))
    }
}

/// The faults in force. Clones are the same.
#[derive(Debug, Clone)]
pub struct Faults {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    faults: Vec<Fault>,
    skew: TimeDelta,
}

impl Default for Faults {
    fn default() -> Faults {
        Faults { inner: Arc::new(Inner { state: Mutex::default(), changed: watch::Sender::new(0) }) }
    }
}

impl Faults {
    /// Adds a fault. It meets requests from now on, and streams that run.
    pub fn add(&self, fault: Fault) {
        self.state().faults.push(fault);
        self.tell();
    }

    /// Takes all faults away; what was held goes on. The skew stays.
    pub fn clear(&self) {
        self.state().faults.clear();
        self.tell();
    }

    /// The faults that are in force.
    pub fn list(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Sets how far the `Date` header is ahead of the cluster's time.
    pub fn set_skew(&self, skew: TimeDelta) {
        self.state().skew = skew;
    }

    /// How far the `Date` header is ahead of the cluster's time.
    pub fn skew(&self) -> TimeDelta {
        self.state().skew
    }

    /// What a new request meets, in the order in which the faults were added. Counted faults are used up by this.
    pub(super) fn meet(&self, verb: &str, path: &str) -> Vec<Wrong> {
        let mut state = self.state();
        let mut met = Vec::new();
        for fault in state.faults.iter_mut().filter(|fault| fault.meets(verb, path)) {
            met.push(fault.wrong);
            fault.times = fault.times.map(|left| left.saturating_sub(1));
        }
        state.faults.retain(|fault| fault.times != Some(0));
        met
    }

    /// What a running stream meets: it is cut, it is held, or nothing.
    fn streaming(&self, verb: &str, path: &str) -> Option<Wrong> {
        let state = self.state();
        let broken = |fault: &&Fault| {
            fault.times.is_none() && fault.meets(verb, path) && matches!(fault.wrong, Wrong::Reset | Wrong::HalfOpen)
        };
        state.faults.iter().find(broken).map(|fault| fault.wrong)
    }

    /// Waits while a stream is held; an error when it is cut.
    pub(super) async fn pass(&self, verb: &str, path: &str) -> std::io::Result<()> {
        let mut changed = self.inner.changed.subscribe();
        loop {
            changed.borrow_and_update();
            match self.streaming(verb, path) {
                Some(Wrong::Reset) => return Err(std::io::ErrorKind::ConnectionReset.into()),
                Some(Wrong::HalfOpen) => {
                    let _ = changed.changed().await;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Returns when a running stream is to be cut.
    pub(super) async fn cut(&self, verb: &str, path: &str) {
        let mut changed = self.inner.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if self.streaming(verb, path) == Some(Wrong::Reset) {
                return;
            }
            let _ = changed.changed().await;
        }
    }

    /// Never returns while everything of this kind is held open and silent.
    pub(super) async fn silence(&self, verb: &str, path: &str) {
        let mut changed = self.inner.changed.subscribe();
        while self.streaming(verb, path) == Some(Wrong::HalfOpen) {
            let _ = changed.changed().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.inner.changed.send_modify(|times| *times += 1);
    }
}

/// The refusal that a fault stands for, where it is one.
pub(super) fn refusal(wrong: Wrong) -> Option<Refusal> {
    match wrong {
        Wrong::Gone => {
            Some(Refusal::gone("The provided continue parameter is too old or the resourceVersion has expired"))
        }
        Wrong::TooManyRequests(after) => {
            let mut refusal = Refusal::new(
                429,
                "TooManyRequests",
                "The server has received too many requests and has asked us to try again later",
            );
            refusal.details = Some(serde_json::json!({ "retryAfterSeconds": after }));
            Some(refusal)
        }
        Wrong::InternalError => {
            Some(Refusal::new(500, "InternalError", "Internal error occurred: a fault that was asked for"))
        }
        Wrong::Latency(_) | Wrong::Reset | Wrong::HalfOpen => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_is_over_after_its_requests() {
        let faults = Faults::default();
        faults.add(Fault { path: Some("/pods".into()), times: Some(2), ..Fault::everywhere(Wrong::InternalError) });
        assert!(faults.meet("list", "/api/v1/nodes").is_empty());
        assert_eq!(faults.meet("list", "/api/v1/pods"), [Wrong::InternalError]);
        assert_eq!(faults.meet("watch", "/api/v1/pods"), [Wrong::InternalError]);
        assert!(faults.meet("list", "/api/v1/pods").is_empty() && faults.list().is_empty());
    }

    #[tokio::test]
    async fn a_held_stream_goes_on_when_the_fault_is_taken_away() {
        let faults = Faults::default();
        faults.add(Fault { verb: Some("watch".into()), ..Fault::everywhere(Wrong::HalfOpen) });
        faults.pass("list", "/api/v1/pods").await.expect("lists are not held");
        let held = {
            let faults = faults.clone();
            tokio::spawn(async move { faults.pass("watch", "/api/v1/pods").await })
        };
        tokio::task::yield_now().await;
        assert!(!held.is_finished());
        faults.clear();
        held.await.expect("the stream").expect("it goes on");
        faults.add(Fault::everywhere(Wrong::Reset));
        assert!(faults.pass("watch", "/api/v1/pods").await.is_err());
    }
}
