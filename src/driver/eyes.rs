//! What the driver sees of the apps: the fleet of its namespaces.

use std::collections::BTreeSet;

use rolldeck_core::{
    Time,
    batch::{
        Port,
        machine::{Action, Input, Machine},
    },
    fleet::{Fleet, Freshness, Object, Resource, Source, SourceEvent, Update},
    model::{AppKey, AppKind, Pod},
    text::Clean,
};
use tokio::{sync::mpsc, task::JoinSet};

/// Batches of updates that may wait.
const QUEUE: usize = 64;

/// Streams of the namespaces of a batch, and what they said. Dropping it ends them.
pub struct Eyes {
    fleet: Fleet,
    from: mpsc::Receiver<Vec<Update>>,
    _tasks: JoinSet<()>,
}

impl Eyes {
    /// Opens streams for these namespaces.
    pub fn open<P: Port>(port: &P, namespaces: impl Iterator<Item = String>) -> Self {
        let (to, from) = mpsc::channel(QUEUE);
        let mut tasks = JoinSet::new();
        let mut sources = Vec::new();
        for namespace in namespaces {
            let of = |resource| Source { resource, scope: Some(Clean::new(&namespace)) };
            sources
                .extend([Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets, Resource::Pods].map(of));
            let (to, mut updates) = (to.clone(), port.watch(&namespace));
            tasks.spawn(async move {
                while let Some(batch) = updates.next().await {
                    if to.send(batch).await.is_err() {
                        return;
                    }
                }
            });
        }
        Self { fleet: Fleet::new(sources), from, _tasks: tasks }
    }

    /// The next that was said; never, once all streams have ended.
    pub async fn next(&mut self) -> Vec<Update> {
        match self.from.recv().await {
            Some(updates) => updates,
            None => std::future::pending().await,
        }
    }

    /// Takes what was said; shows the machine each app that it touches.
    pub fn take(&mut self, updates: Vec<Update>, machine: &mut Machine, now: Time) -> Vec<Action> {
        let touched = touched(&updates);
        self.fleet.apply(updates);
        self.show(touched.as_ref(), machine, now)
    }

    /// Shows the machine one app as it is: an answer may come after the last that is said of its rollout.
    pub fn show_one(&self, app: AppKey, machine: &mut Machine, now: Time) -> Vec<Action> {
        self.show(Some(&BTreeSet::from([app])), machine, now)
    }

    /// Shows the machine every app.
    pub fn show_all(&self, machine: &mut Machine, now: Time) -> Vec<Action> {
        self.show(None, machine, now)
    }

    fn show(&self, touched: Option<&BTreeSet<AppKey>>, machine: &mut Machine, now: Time) -> Vec<Action> {
        let apps: Vec<AppKey> = machine.apps().filter(|app| touched.is_none_or(|t| t.contains(app))).cloned().collect();
        for app in &apps {
            let known = |resource| self.is_known(resource, &app.namespace);
            if !known(resource_of(app.kind)) || !known(Resource::Pods) {
                continue;
            }
            let rows = self.fleet.pods(app);
            let pods: Vec<&Pod> = rows.iter().map(|row| row.pod).collect();
            let state = self.fleet.app(app).map(|row| (&row.app, pods.as_slice()));
            machine.observe(app, state, now);
        }
        machine.handle(Input::Tick, now)
    }

    /// Whether the resource was listed; without a right to it, nothing more will come.
    fn is_known(&self, resource: Resource, namespace: &Clean) -> bool {
        let here = |source: &Source| source.resource == resource && source.scope.as_ref() == Some(namespace);
        let fresh = self.fleet.sources().find(|(source, _)| here(source)).map(|(_, fresh)| fresh);
        match fresh {
            Some(Freshness::Live) => true,
            Some(Freshness::Forbidden(_)) => resource == Resource::Pods,
            _ => false,
        }
    }
}

fn resource_of(kind: AppKind) -> Resource {
    match kind {
        AppKind::Deployment => Resource::Deployments,
        AppKind::StatefulSet => Resource::StatefulSets,
        AppKind::DaemonSet => Resource::DaemonSets,
    }
}

/// The apps that updates speak of; `None`: it may be any.
fn touched(updates: &[Update]) -> Option<BTreeSet<AppKey>> {
    let mut touched = BTreeSet::new();
    for update in updates {
        match &update.event {
            SourceEvent::Applied(Object::App(app)) => {
                touched.insert(app.key.clone());
            }
            SourceEvent::Applied(Object::Pod(pod)) => {
                let owner = pod.app.clone();
                touched.extend(owner.map(|(kind, name)| AppKey { namespace: pod.namespace.clone(), name, kind }));
            }
            _ => return None,
        }
    }
    Some(touched)
}
