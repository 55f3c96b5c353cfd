//! What speaks for the past of apps, read once for each of their namespaces.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use rolldeck_core::{
    Time,
    batch::{
        PortError,
        past::{Entry, Evidence, Sighting, Source},
    },
    fleet::Scope,
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::Value;

use super::{
    decode::{lived, scaled, text, times},
    pages::{JSON, METADATA, items, place},
};
use crate::connect::Cluster;

/// Namespaces that are read at a time.
const WIDTH: usize = 4;
/// Times of events about one app that are kept at most.
const EVENTS: usize = 100;

/// What was read.
#[derive(Debug, Default)]
pub struct Past {
    /// What speaks for each app.
    pub evidence: BTreeMap<AppKey, Evidence>,
    /// The apps that there are now in these namespaces; `None` where they could not all be read.
    pub alive: Option<BTreeSet<AppKey>>,
    /// Apps that events name, and when.
    pub sightings: Vec<Sighting>,
    /// What could not be read, each in a sentence.
    pub lacks: Vec<Clean>,
}

/// Reads the revisions of these apps (each with its live object, raw) and the events about them, at `now`; `journal` is what batches
/// did to them. A few requests for each namespace, however many apps: what cannot be read is among the `lacks`, and makes the apps
/// that it is about uncertain.
pub async fn evidence(
    cluster: &Cluster,
    apps: &[(AppKey, Arc<Value>)],
    journal: &BTreeMap<AppKey, Vec<Entry>>,
    now: Time,
) -> Past {
    let mut by_namespace: BTreeMap<&Clean, Vec<&(AppKey, Arc<Value>)>> = BTreeMap::new();
    for app in apps {
        by_namespace.entry(&app.0.namespace).or_default().push(app);
    }
    let mut past = Past { alive: Some(BTreeSet::new()), ..Past::default() };
    let reads: Vec<_> =
        by_namespace.iter().map(|(namespace, apps)| read(cluster, (*namespace).clone(), apps)).collect();
    let found = stream::iter(reads).buffered(WIDTH).collect::<Vec<_>>().await;
    for (read, apps) in found.into_iter().zip(by_namespace.values()) {
        past.take(read, apps, journal, now);
    }
    past
}

/// What one namespace answered.
struct Answers {
    sets: Option<Result<Vec<Value>, PortError>>,
    revisions: Option<Result<Vec<Value>, PortError>>,
    events: Result<Vec<Value>, PortError>,
    alive: Result<BTreeSet<AppKey>, PortError>,
    namespace: Clean,
}

async fn read(cluster: &Cluster, namespace: Clean, apps: &[&(AppKey, Arc<Value>)]) -> Answers {
    let scope: Scope = Some(namespace.clone());
    let has = |deployments: bool| apps.iter().any(|(key, _)| (key.kind == AppKind::Deployment) == deployments);
    let list = async |plural: &str, wanted: bool| match wanted {
        true => {
            let (path, what) =
                (place("/apis/apps/v1", &scope, plural), format!("the {plural} of namespace {namespace}"));
            Some(items(cluster, (&path, "", JSON), &what).await)
        }
        false => None,
    };
    let (sets, revisions, events, alive) = futures::join!(
        list("replicasets", has(true)),
        list("controllerrevisions", has(false)),
        events(cluster, &scope, &namespace),
        alive(cluster, &scope, &namespace),
    );
    Answers { sets, revisions, events, alive, namespace }
}

/// Events of the controllers of apps: the server keeps them for an hour.
async fn events(cluster: &Cluster, scope: &Scope, namespace: &Clean) -> Result<Vec<Value>, PortError> {
    let (path, what) = (place("/api/v1", scope, "events"), format!("the events of namespace {namespace}"));
    let mut found = Vec::new();
    for kind in AppKind::ALL {
        let only = format!("&fieldSelector=involvedObject.kind%3D{}", kind.name());
        found.extend(items::<Value>(cluster, (&path, &only, JSON), &what).await?);
    }
    Ok(found)
}

async fn alive(cluster: &Cluster, scope: &Scope, namespace: &Clean) -> Result<BTreeSet<AppKey>, PortError> {
    let mut found = BTreeSet::new();
    for kind in AppKind::ALL {
        let plural = kind.resource();
        let what = format!("the {plural} of namespace {namespace}");
        let path = place("/apis/apps/v1", scope, plural);
        for object in items::<Value>(cluster, (&path, "", METADATA), &what).await? {
            let name = text(&object["metadata"]["name"]);
            found.insert(AppKey { namespace: namespace.clone(), name, kind });
        }
    }
    Ok(found)
}

impl Past {
    fn take(
        &mut self,
        read: Answers,
        apps: &[&(AppKey, Arc<Value>)],
        journal: &BTreeMap<AppKey, Vec<Entry>>,
        now: Time,
    ) {
        match (read.alive, &mut self.alive) {
            (Ok(alive), Some(known)) => known.extend(alive),
            (Ok(_), None) => {}
            (Err(error), _) => {
                self.alive = None;
                self.lack("which apps are gone since is not known", &error);
            }
        }
        let events = read.events.unwrap_or_else(|error| {
            self.lack("events say nothing", &error);
            Vec::new()
        });
        self.sightings.extend(events.iter().flat_map(|event| sightings(&read.namespace, event)));
        let sets = self.owned(AppKind::Deployment, read.sets);
        let revisions = self.owned(AppKind::StatefulSet, read.revisions);
        let mut scales: BTreeMap<Clean, Vec<_>> = BTreeMap::new();
        for scaled in events.iter().flat_map(scaled) {
            scales.entry(scaled.set.clone()).or_default().push(scaled);
        }
        for (key, live) in apps {
            let mut of = Evidence::new(key.clone(), live.clone(), now);
            let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
            match if key.kind == AppKind::Deployment { &sets } else { &revisions } {
                Ok(owned) => {
                    let objects = owned.get(uid).into_iter().flatten();
                    of.revisions = objects.filter_map(|object| lived(key.kind, object)).collect();
                }
                Err(why) => of.unread = why.clone(),
            }
            of.events = of.revisions.iter().filter_map(|one| scales.get(&one.name)).flatten().cloned().collect();
            of.events.sort_by_key(|scaled| std::cmp::Reverse(scaled.at));
            of.events.truncate(EVENTS);
            of.journal = journal.get(key).cloned().unwrap_or_default();
            self.evidence.insert(key.clone(), of);
        }
    }

    /// Revisions by the uid of the app that controls them; or why there are none to look at.
    fn owned(
        &mut self,
        kind: AppKind,
        found: Option<Result<Vec<Value>, PortError>>,
    ) -> Result<BTreeMap<String, Vec<Value>>, Clean> {
        let found = match found {
            None => return Ok(BTreeMap::new()),
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                let what = if kind == AppKind::Deployment { "replicasets" } else { "controllerrevisions" };
                return Err(self.lack(&format!("{what} are not read"), &error));
            }
        };
        let mut owned: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for object in found {
            let owners = object["metadata"]["ownerReferences"].as_array().map(Vec::as_slice).unwrap_or_default();
            let owner = owners.iter().find(|owner| owner["controller"] == true);
            if let Some(uid) = owner.and_then(|owner| owner["uid"].as_str()).map(str::to_owned) {
                owned.entry(uid).or_default().push(object);
            }
        }
        Ok(owned)
    }

    fn lack(&mut self, what: &str, error: &PortError) -> Clean {
        let text = Clean::from(format!("{what}: {error}"));
        self.lacks.push(text.clone());
        text
    }
}

/// The app that an event is about was there when it was seen.
fn sightings(namespace: &Clean, event: &Value) -> Vec<Sighting> {
    let about = &event["involvedObject"];
    let Some(kind) = AppKind::ALL.into_iter().find(|kind| about["kind"] == kind.name()) else { return Vec::new() };
    let key = AppKey { namespace: namespace.clone(), name: text(&about["name"]), kind };
    let by = Source::Event(key.name.clone());
    times(event).into_iter().map(|at| Sighting { key: key.clone(), at, by: by.clone() }).collect()
}
