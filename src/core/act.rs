//! Acts: what cannot be reverted. They are asked for, guarded and audited, and not journalled.

use std::fmt;

use crate::{
    Time,
    batch::PortError,
    model::{AppKey, Pod},
    text::Clean,
};

/// What names one pod for ever: a namesake that is created later has another uid, and is never hit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PodId {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// `metadata.uid`.
    pub uid: Clean,
}

/// `qa/gateway-7d9f-x2x4`.
impl fmt::Display for PodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A pod that an act is about, with what the question says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The pod.
    pub id: PodId,
    /// The app that it belongs to.
    pub app: Option<AppKey>,
    /// Whether it is ready: what is lost with it.
    pub ready: bool,
    /// Whether it is being deleted already.
    pub ending: bool,
}

impl Target {
    /// This pod.
    pub fn of(pod: &Pod) -> Self {
        let (namespace, name, uid) = (pod.namespace.clone(), pod.name.clone(), pod.uid.clone());
        let app =
            pod.app.as_ref().map(|(kind, app)| AppKey { namespace: namespace.clone(), name: app.clone(), kind: *kind });
        Self { id: PodId { namespace, name, uid }, app, ready: pod.ready, ending: pod.ending }
    }
}

/// How a pod is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By an eviction: the server refuses where a PodDisruptionBudget would be broken.
    Evict,
    /// By a deletion: the pod's own grace period, no budget is asked.
    Delete,
    /// By a deletion without a grace period: the server forgets the pod, whether its node has ended it or not.
    Force,
}

impl How {
    /// For the log, and buttons: `evict`.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Evict => "evict",
            Self::Delete => "delete",
            Self::Force => "force the deletion of",
        }
    }

    /// Once it is done: `evicted`.
    pub fn done(self) -> &'static str {
        match self {
            Self::Evict => "evicted",
            Self::Delete => "deleted",
            Self::Force => "deleted by force",
        }
    }
}

/// An act, as the operator confirmed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// How.
    pub how: How,
    /// Which pods, in the order of the question.
    pub pods: Vec<PodId>,
}

/// A PodDisruptionBudget that covers a pod of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// `status.disruptionsAllowed`: so many more pods may be evicted now.
    pub allowed: u32,
    /// `status.currentHealthy`.
    pub healthy: u32,
    /// `status.desiredHealthy`.
    pub desired: u32,
    /// How many pods of the question it covers.
    pub covers: usize,
}

/// What is known before an act, asked of the server while the question stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Why the user may not evict, in words that name verb, resource and place; empty where they may.
    pub no_eviction: Vec<Clean>,
    /// The same of a deletion.
    pub no_deletion: Vec<Clean>,
    /// The budgets that cover these pods, or why they are not known.
    pub budgets: Result<Vec<Budget>, Clean>,
    /// By when each pod should have ended (`metadata.deletionTimestamp`), in the order of the question; `None` where it is not ending
    /// or could not be read.
    pub ends: Vec<Option<Time>>,
}

/// So many seconds after its due end a pod counts as stuck.
const STUCK_SECONDS: i64 = 10;

impl Facts {
    /// Whether every pod should have ended by now and has not.
    pub fn all_stuck(&self, now: Time) -> bool {
        let stuck = |end: &Option<Time>| end.is_some_and(|end| (now - end).num_seconds() >= STUCK_SECONDS);
        !self.ends.is_empty() && self.ends.iter().all(stuck)
    }
}

/// What became of one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Done,
    /// It is gone already, or another pod of that name stands there now: nothing was touched.
    Gone(Clean),
    /// Nothing was done, and why.
    Refused(Clean),
    /// It may or may not have been done.
    Doubt(Clean),
}

impl Outcome {
    /// What an answer means. A 429 to an eviction names the budget that refuses.
    pub fn of(how: How, answer: Result<(), PortError>) -> Self {
        let Err(error) = answer else { return Self::Done };
        match error {
            PortError::NotFound(_) => Self::Gone("it is gone already".into()),
            PortError::Conflict(_) => Self::Gone("another pod has its name now; that one was not touched".into()),
            PortError::Busy(said, _) if how == How::Evict => Self::Refused(budget(&said)),
            PortError::NoAnswer(why) => Self::Doubt(format!("no answer came, it may or may not be done: {why}").into()),
            other => Self::Refused(Clean::from(other.to_string())),
        }
    }
}

/// The server's words about a budget, and what they mean.
fn budget(said: &str) -> Clean {
    match said.contains("disruption budget") {
        true => {
            format!("a PodDisruptionBudget holds it back: {said}. Nothing was done; a deletion would not ask it").into()
        }
        false => format!("the server is busy: {said}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_by_a_budget_is_told_from_a_busy_server() {
        let said = "Cannot evict pod as it would violate the pod's disruption budget. (web needs 3 healthy pods)";
        let Outcome::Refused(why) = Outcome::of(How::Evict, Err(PortError::Busy(said.into(), None))) else { panic!() };
        assert!(why.contains("PodDisruptionBudget") && why.contains("web needs 3"), "{why}");
        let Outcome::Refused(why) = Outcome::of(How::Evict, Err(PortError::Busy("slow down".into(), None))) else {
            panic!()
        };
        assert!(why.contains("busy") && !why.contains("Budget"), "{why}");
    }

    #[test]
    fn what_left_and_was_not_answered_is_in_doubt_and_a_namesake_is_not_touched() {
        assert!(matches!(Outcome::of(How::Delete, Err(PortError::NoAnswer("cut".into()))), Outcome::Doubt(_)));
        assert!(matches!(Outcome::of(How::Delete, Err(PortError::Conflict("pod".into()))), Outcome::Gone(_)));
        assert_eq!(Outcome::of(How::Force, Ok(())), Outcome::Done);
    }

    #[test]
    fn only_pods_that_should_have_ended_are_stuck() {
        let now: Time = "2026-11-22T14:05:02Z".parse().unwrap();
        let facts = |ends| Facts { no_eviction: vec![], no_deletion: vec![], budgets: Ok(vec![]), ends };
        let ago = |seconds| Some(now - chrono::TimeDelta::seconds(seconds));
        assert!(facts(vec![ago(10), ago(600)]).all_stuck(now));
        assert!(!facts(vec![ago(600), ago(9)]).all_stuck(now));
        assert!(!facts(vec![ago(600), None]).all_stuck(now));
        assert!(!facts(vec![ago(-30)]).all_stuck(now));
        assert!(!facts(vec![]).all_stuck(now));
    }
}
