//! Pods whose logs were read, remembered after they are gone: a URL may need what only they told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use rolldeck_core::{kept::Name, text::Clean};

use crate::logs::subject::Subject;

/// So many are remembered; then the first are forgotten.
const MOST: usize = 5_000;

/// Pods that readings have met. Cheap to clone; clones remember the same.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Pods>>);

#[derive(Default)]
struct Pods {
    by_uid: HashMap<Clean, (Name, Subject)>,
    order: VecDeque<Clean>,
}

impl Seen {
    /// Remembers a pod as it is now.
    pub(in crate::logs) fn note(&self, name: &Name, pod: &Subject) {
        let mut pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pod = pod.clone();
        if let Some((_, before)) = pods.by_uid.get(&pod.uid) {
            // The status of a pod that goes tells less than it did.
            for (now, before) in [(&mut pod.node, &before.node), (&mut pod.ip, &before.ip)] {
                if now.is_empty() {
                    now.clone_from(before);
                }
            }
        } else {
            pods.order.push_back(pod.uid.clone());
        }
        pods.by_uid.insert(pod.uid.clone(), (name.clone(), pod));
        if pods.order.len() > MOST
            && let Some(first) = pods.order.pop_front()
        {
            pods.by_uid.remove(&first);
        }
    }

    /// All of them, in the order in which they were met.
    pub(super) fn pods(&self) -> Vec<(Name, Subject)> {
        let pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pods.order.iter().filter_map(|uid| pods.by_uid.get(uid).cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(uid: &str, ip: &str) -> Subject {
        Subject {
            uid: uid.into(),
            app: None,
            hash: Clean::default(),
            node: "n1".into(),
            ip: ip.into(),
            containers: Vec::new(),
        }
    }

    #[test]
    fn an_address_stays_known_and_the_first_are_forgotten() {
        let (seen, name) = (Seen::default(), Name { namespace: "qa".into(), name: "web-1".into() });
        seen.note(&name, &pod("u", "10.0.0.7"));
        seen.note(&name, &pod("u", ""));
        assert_eq!(seen.pods(), [(name.clone(), pod("u", "10.0.0.7"))]);
        (0..MOST).for_each(|n| seen.note(&name, &pod(&format!("u{n}"), "")));
        let pods = seen.pods();
        assert_eq!((pods.len(), &*pods[0].1.uid), (MOST, "u0"));
    }
}
