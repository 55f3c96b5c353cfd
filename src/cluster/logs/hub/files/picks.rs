//! What was picked, for the pods that were there and for those that come.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    kept::Name,
    logs::{LogsOf, Picked},
    model::AppKey,
    text::Clean,
};

use crate::logs::subject::Subject;

/// Paths and patterns, by container.
pub(super) type ByContainer = BTreeMap<Clean, BTreeSet<Arc<str>>>;

/// What is followed in which pod.
pub(super) struct Picks {
    by_pod: BTreeMap<Name, ByContainer>,
    passed: BTreeSet<Name>,
    apps: BTreeSet<AppKey>,
    /// What of any pod of an app was picked.
    by_app: BTreeMap<AppKey, ByContainer>,
}

impl Picks {
    /// These files of the pods of these.
    pub(super) fn new(of: &[LogsOf], picked: Picked) -> Self {
        let app = |of: &LogsOf| if let LogsOf::App(key) = of { Some(key.clone()) } else { None };
        let mut by_pod: BTreeMap<Name, ByContainer> = BTreeMap::new();
        for file in picked.files {
            by_pod.entry(file.pod).or_default().entry(file.container).or_default().insert(file.path);
        }
        let passed = picked.passed.into_iter().collect();
        Self { by_pod, passed, apps: of.iter().filter_map(app).collect(), by_app: BTreeMap::new() }
    }

    /// The pods of which something was picked.
    pub(super) fn pods(&self) -> impl Iterator<Item = (&Name, &ByContainer)> {
        self.by_pod.iter()
    }

    /// What was picked of this very pod, or, of one that is another under its name, what was picked of that.
    pub(super) fn of_pod(&self, name: &Name) -> Option<&ByContainer> {
        self.by_pod.get(name)
    }

    /// Whether it was seen, and nothing of it was picked.
    pub(super) fn is_passed(&self, name: &Name) -> bool {
        self.passed.contains(name)
    }

    /// Learns what app a pod is of of which something was picked. Of a pod that is gone the name has to tell.
    pub(super) fn learn(&mut self, name: &Name, pod: Option<&Subject>) {
        let Some(picks) = self.by_pod.get(name) else { return };
        let app = match pod {
            Some(pod) => app_of(name, pod).filter(|key| self.apps.contains(key)),
            None => {
                let is_of = |key: &&AppKey| {
                    let rest = name.name.strip_prefix(key.name.as_str());
                    key.namespace == name.namespace && rest.is_some_and(|rest| rest.starts_with('-'))
                };
                self.apps.iter().filter(is_of).max_by_key(|key| key.name.len()).cloned()
            }
        };
        let Some(app) = app else { return };
        let of_app = self.by_app.entry(app).or_default();
        for (container, paths) in picks {
            of_app.entry(container.clone()).or_default().extend(paths.iter().cloned());
        }
    }

    /// What is followed of a pod that nobody had seen when files were picked: what was picked of others of its app.
    pub(super) fn of_app(&self, name: &Name, pod: &Subject) -> Option<&ByContainer> {
        self.by_app.get(&app_of(name, pod)?)
    }
}

fn app_of(name: &Name, pod: &Subject) -> Option<AppKey> {
    let (kind, app) = pod.app.clone()?;
    Some(AppKey { namespace: name.namespace.clone(), name: app, kind })
}

#[cfg(test)]
mod tests {
    use rolldeck_core::{logs::PickedFile, model::AppKind};

    use super::*;

    fn name(pod: &str) -> Name {
        Name { namespace: "qa".into(), name: pod.into() }
    }

    fn of(app: &str) -> LogsOf {
        LogsOf::App(AppKey { namespace: "qa".into(), name: app.into(), kind: AppKind::Deployment })
    }

    fn pod(app: &str) -> Subject {
        Subject {
            uid: "u".into(),
            app: Some((AppKind::Deployment, app.into())),
            hash: "5d9f".into(),
            node: "n".into(),
            ip: Clean::default(),
            containers: Vec::new(),
        }
    }

    fn picks() -> Picks {
        let file = |pod: &str, path: &str| PickedFile { pod: name(pod), container: "main".into(), path: path.into() };
        let files = vec![file("web-1", "/l/a"), file("web-2", "/l/b"), file("web-api-1", "/l/api")];
        Picks::new(&[of("web"), of("web-api")], Picked { files, passed: vec![name("web-3")] })
    }

    fn paths(picks: Option<&ByContainer>) -> Vec<String> {
        picks.into_iter().flat_map(|picks| &picks["main"]).map(|path| path.to_string()).collect()
    }

    #[test]
    fn a_new_pod_has_what_was_picked_of_its_app_and_of_no_other() {
        let mut picks = picks();
        picks.learn(&name("web-1"), Some(&pod("web")));
        picks.learn(&name("web-2"), Some(&pod("web")));
        picks.learn(&name("web-api-1"), Some(&pod("web-api")));
        assert_eq!(paths(picks.of_app(&name("web-9"), &pod("web"))), ["/l/a", "/l/b"]);
        assert_eq!(paths(picks.of_app(&name("web-api-9"), &pod("web-api"))), ["/l/api"]);
        assert_eq!(picks.of_app(&name("db-1"), &pod("db")), None);
        assert!(picks.is_passed(&name("web-3")) && !picks.is_passed(&name("web-1")));
    }

    #[test]
    fn of_a_pod_that_is_gone_the_longest_name_of_an_app_tells_which() {
        let mut picks = picks();
        for pod in ["web-1", "web-api-1"] {
            picks.learn(&name(pod), None);
        }
        assert_eq!(paths(picks.of_app(&name("web-9"), &pod("web"))), ["/l/a"]);
        assert_eq!(paths(picks.of_app(&name("web-api-9"), &pod("web-api"))), ["/l/api"]);
    }
}
