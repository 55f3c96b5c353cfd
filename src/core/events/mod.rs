//! Events: whom they are about, those that repeat as one, and as many as are kept.

mod family;
mod fold;

pub use family::Family;
pub use fold::{Folded, fold};

use crate::{
    Time,
    kept::{Kept, KeptEvent},
    model::{Api, ObjectRef},
    text::Clean,
};

/// Whom an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct About {
    /// `v1`, `apps/v1`, …; may be empty.
    pub api_version: Clean,
    /// `Pod`, `Deployment`, …
    pub kind: Clean,
    /// Its namespace; empty for what lives in none.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
}

impl About {
    /// The object, by the plural that its kind has by custom (`Ingress` → `ingresses`, `NetworkPolicy` → `networkpolicies`).
    pub fn object(&self) -> ObjectRef {
        let (group, version) = self.api_version.split_once('/').unwrap_or(("", &self.api_version));
        let version = if version.is_empty() { "v1" } else { version };
        let api = Api::new(group, version, &plural(&self.kind), &self.kind, !self.namespace.is_empty());
        ObjectRef { api, namespace: self.namespace.clone(), name: self.name.clone() }
    }
}

fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.strip_suffix('y') {
        _ if lower == "endpoints" => lower,
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") || lower.ends_with("sh") => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}

/// An event, as the core API has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Happened {
    /// Whom it is about.
    pub about: About,
    /// Its type is `Warning`.
    pub warning: bool,
    /// One word: `BackOff`.
    pub reason: Clean,
    /// A sentence.
    pub message: Clean,
    /// How often it was seen.
    pub count: u32,
    /// When first.
    pub first: Option<Time>,
    /// When last.
    pub last: Option<Time>,
    /// Who says it: `kubelet`, `deployment-controller`.
    pub source: Clean,
}

/// Events that are kept of one stream at most.
pub const MOST: usize = 5_000;

/// The newest events of one stream. What is older than [`MOST`] others is dropped, and counted.
#[derive(Clone, Debug, Default)]
pub struct Events {
    kept: Kept<Happened>,
    dropped: usize,
}

impl Events {
    /// Takes what the stream says. Returns whether anything is different now.
    pub fn take_all(&mut self, events: impl IntoIterator<Item = KeptEvent<Happened>>) -> bool {
        let before = self.kept.version();
        for event in events {
            if matches!(event, KeptEvent::Listing) {
                self.dropped = 0;
            }
            self.kept.take(event);
            // A tenth at once, so that the search for the oldest is rare.
            if self.kept.len() > MOST + MOST / 10 {
                self.drop_oldest();
            }
        }
        self.kept.version() != before
    }

    fn drop_oldest(&mut self) {
        let mut times: Vec<_> = self.kept.iter().map(|(_, event)| event.last).collect();
        let over = times.len().saturating_sub(MOST);
        let (_, newest_dropped, _) = times.select_nth_unstable(over.saturating_sub(1));
        let bound = *newest_dropped;
        let mut left = over;
        self.kept.retain(|event| {
            let goes = left > 0 && event.last <= bound;
            left -= usize::from(goes);
            !goes
        });
        self.dropped += over;
    }

    /// What is kept.
    pub fn kept(&self) -> &Kept<Happened> {
        &self.kept
    }

    /// How many older ones were dropped since the last list.
    pub fn dropped(&self) -> usize {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kept::{Item, Name},
        model::samples::at,
    };

    #[test]
    fn the_newest_are_kept_and_the_others_counted() {
        let mut events = Events::default();
        let one = |n: usize| {
            let value = Happened { last: Some(at(i64::try_from(n * 7 % 6_007).unwrap())), ..Happened::default() };
            KeptEvent::Applied(Item { name: Name { namespace: "qa".into(), name: n.to_string().into() }, value })
        };
        events.take_all([KeptEvent::Listing].into_iter().chain((0..6_000).map(one)));
        let shown = events.kept().len();
        assert!((MOST..=MOST + MOST / 10).contains(&shown));
        assert_eq!(shown + events.dropped(), 6_000);
        assert!(events.kept().iter().all(|(_, event)| event.last >= Some(at(400))), "an old one is kept");
        events.take_all([KeptEvent::Listing]);
        assert_eq!(events.dropped(), 0);
    }

    #[test]
    fn an_event_names_an_object_that_can_be_read() {
        let about = |api_version: &str, kind: &str, namespace: &str| About {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: namespace.into(),
            name: "x".into(),
        };
        assert_eq!(about("v1", "Pod", "qa").object(), ObjectRef::pod(&"qa".into(), &"x".into()));
        assert_eq!(about("v1", "Node", "").object(), ObjectRef::node(&"x".into()));
        let paths = [("networking.k8s.io/v1", "Ingress"), ("networking.k8s.io/v1", "NetworkPolicy"), ("", "Endpoints")];
        let paths = paths.map(|(version, kind)| about(version, kind, "qa").object().path());
        assert_eq!(
            paths,
            [
                "/apis/networking.k8s.io/v1/namespaces/qa/ingresses/x",
                "/apis/networking.k8s.io/v1/namespaces/qa/networkpolicies/x",
                "/api/v1/namespaces/qa/endpoints/x",
            ]
        );
    }
}
