//! What is to happen, and when: in the order of time, then in the order in which it was put down.

use super::kubelet::Step;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A controller's object that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A Deployment, by namespace and name.
    Deployment(String, String),
    /// A ReplicaSet.
    ReplicaSet(String, String),
    /// A StatefulSet.
    StatefulSet(String, String),
    /// A DaemonSet.
    DaemonSet(String, String),
    /// The EndpointSlice of a Service.
    Slice(String, String),
    /// A PodDisruptionBudget.
    Budget(String, String),
    /// The ResourceQuotas of a namespace.
    Quotas(String),
}

/// Something that happens at its time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// A controller looks again.
    Look(Key),
    /// A pod takes the next step of its life, if it is still the one of this uid.
    Pod {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its uid.
        uid: String,
        /// What happens to it.
        step: Step,
    },
    /// The scheduler tries the pods again that had no place.
    Reschedule,
    /// An autoscaler looks at its metrics, and will again in 15 seconds.
    Autoscale(String, String),
    /// A claim gets its volume.
    Bind(String, String),
    /// An event is forgotten, unless it repeated in the meantime.
    Forget(String, String),
    /// Something small happens to a pod of a fleet that is to be busy.
    Churn,
}

/// The list of actions to come.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(DateTime<Utc>, u64, Action)>>,
    count: u64,
}

impl Agenda {
    /// Puts an action down.
    pub fn at(&mut self, time: DateTime<Utc>, action: Action) {
        self.count += 1;
        self.heap.push(Reverse((time, self.count, action)));
    }

    /// When the next action is due.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.heap.peek().map(|Reverse((time, ..))| *time)
    }

    /// Takes the next action that is due by `time`.
    pub fn due(&mut self, time: DateTime<Utc>) -> Option<(DateTime<Utc>, Action)> {
        if self.next()? > time {
            return None;
        }
        self.heap.pop().map(|Reverse((time, _, action))| (time, action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_come_in_the_order_of_time_then_of_writing() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let mut agenda = Agenda::default();
        agenda.at(at(5), Action::Churn);
        agenda.at(at(2), Action::Reschedule);
        agenda.at(at(2), Action::Churn);
        assert_eq!(agenda.due(at(3)), Some((at(2), Action::Reschedule)));
        assert_eq!(agenda.due(at(3)), Some((at(2), Action::Churn)));
        assert_eq!(agenda.due(at(3)), None);
        assert_eq!(agenda.next(), Some(at(5)));
    }
}
