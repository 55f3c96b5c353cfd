//! Events about an app, its ReplicaSets and its pods, those that are gone included.

use std::{collections::HashSet, sync::Arc};

use rolldeck_core::{
    Time,
    batch::PortError,
    model::{AppKey, AppKind, Event},
    text::Clean,
};
use serde_json::Value;

use super::revisions::owned;
use crate::{
    access::{about, encoded, first},
    connect::Cluster,
};

/// Events that are returned at most.
const MOST: usize = 200;
/// Pages of a namespace's events of one kind that are looked through at most.
const PAGES: usize = 40;

/// Events about the app, its ReplicaSets and its pods, newest first, at most 200.
///
/// The server can select by one object only, so the pods' are looked for among the first 20,000 of the namespace's pods.
///
/// # Errors
/// Any of a read.
pub async fn events(cluster: &Cluster, key: &AppKey, live: &Value) -> Result<Arc<[Event]>, PortError> {
    let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
    let path = format!("/api/v1/namespaces/{}/events", key.namespace);
    let what = format!("the events of {}", about(key));
    let select =
        |field: &str, value: &str| format!("fieldSelector={}", encoded(&format!("involvedObject.{field}={value}")));
    let (of_app, of_pods, of_sets) = (select("uid", uid), select("kind", "Pod"), select("kind", "ReplicaSet"));
    let read = |query: String| {
        let (path, what) = (&path, &what);
        async move {
            let (found, whole) = first(&cluster.client, path, &query, what, PAGES).await?;
            if !whole {
                tracing::warn!(what, read = found.len(), "there are more events: they are not looked through");
            }
            Ok(found)
        }
    };
    let (mut found, pods, family) = match key.kind {
        AppKind::Deployment => {
            let (found, pods, sets, revisions) =
                futures::try_join!(read(of_app), read(of_pods), read(of_sets), owned(cluster, key, live))?;
            let family = Family::of_deployment(key, &revisions);
            let sets = sets.into_iter().filter(|event| family.has_set(event));
            (found.into_iter().chain(sets).collect::<Vec<_>>(), pods, family)
        }
        AppKind::StatefulSet | AppKind::DaemonSet => {
            let (found, pods) = futures::try_join!(read(of_app), read(of_pods))?;
            (found, pods, Family::of_name(key))
        }
    };
    found.extend(pods.into_iter().filter(|event| family.has_pod(event)));
    Ok(newest(&found))
}

/// Whose pods are whose, by name: a pod that is gone has nothing else left.
pub(super) struct Family {
    kind: AppKind,
    name: String,
    sets: HashSet<String>,
}

impl Family {
    pub(super) fn of_deployment(key: &AppKey, sets: &[Value]) -> Self {
        let names = sets.iter().filter_map(|set| set["metadata"]["name"].as_str().map(str::to_owned)).collect();
        Self { sets: names, ..Self::of_name(key) }
    }

    pub(super) fn of_name(key: &AppKey) -> Self {
        Self { kind: key.kind, name: key.name.to_string(), sets: HashSet::new() }
    }

    fn has_set(&self, event: &Value) -> bool {
        about_name(event).is_some_and(|name| self.sets.contains(name))
    }

    /// `<set>-<five>` of a Deployment, `<app>-<ordinal>` of a StatefulSet, `<app>-<five>` of a DaemonSet.
    pub(super) fn has_pod(&self, event: &Value) -> bool {
        let Some((owner, last)) = about_name(event).and_then(|name| name.rsplit_once('-')) else { return false };
        match self.kind {
            AppKind::Deployment => self.sets.contains(owner),
            AppKind::StatefulSet => owner == self.name && last.bytes().all(|byte| byte.is_ascii_digit()),
            AppKind::DaemonSet => owner == self.name && last.len() == 5,
        }
    }
}

fn about_name(event: &Value) -> Option<&str> {
    event["involvedObject"]["name"].as_str()
}

/// As the model has them, newest first, cut.
pub(super) fn newest(raw: &[Value]) -> Arc<[Event]> {
    let mut events: Vec<Event> = raw.iter().map(event).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events.truncate(MOST);
    events.into()
}

/// An event as the model has it, of a raw v1 Event.
pub fn event(event: &Value) -> Event {
    let text = |value: &Value| Clean::new(value.as_str().unwrap_or_default().trim());
    let about = &event["involvedObject"];
    let count = [&event["series"]["count"], &event["count"]].into_iter().find_map(Value::as_u64).unwrap_or(1).max(1);
    Event {
        warning: event["type"] == "Warning",
        reason: text(&event["reason"]),
        message: text(&event["message"]),
        about: Clean::from(format!("{}/{}", text(&about["kind"]), text(&about["name"]))),
        count: count.try_into().unwrap_or(u32::MAX),
        at: seen(event),
    }
}

/// When it was last seen: series first, for an event that repeats keeps its other times.
fn seen(event: &Value) -> Option<Time> {
    let times = [
        &event["series"]["lastObservedTime"],
        &event["lastTimestamp"],
        &event["eventTime"],
        &event["metadata"]["creationTimestamp"],
    ];
    let texts = times.into_iter().filter_map(Value::as_str);
    texts.filter_map(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).map(|at| at.to_utc()).next()
}
