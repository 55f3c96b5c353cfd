//! Scales, from events of the controllers.

use super::{Entry, Evidence, Read, Said, What, live};
use crate::{
    fleet::Fleet,
    model::{AppKey, AppKind},
};

/// Events of one Deployment this close to a rollout are its steps, not scales.
const ROLLING: i64 = 600;
/// A scale this close behind an autoscaler's word is the autoscaler's.
const FOLLOWS: i64 = 30;

/// Every scale that events tell of.
pub(super) fn scales(read: &Read, fleet: &Fleet) -> Vec<Entry> {
    let rescales: Vec<Entry> = read.events.iter().filter_map(|said| rescale(said, fleet)).collect();
    let mut found = Vec::new();
    for said in read.events.iter().filter(|said| &*said.reason == "ScalingReplicaSet") {
        let app = AppKey { namespace: said.namespace.clone(), name: said.name.clone(), kind: AppKind::Deployment };
        let follows = |entry: &&Entry| {
            entry.app.as_ref() == Some(&app) && (0..=FOLLOWS).contains(&(said.at - entry.at).num_seconds())
        };
        if is_step(read, said, &app) || rescales.iter().any(|entry| follows(&entry)) {
            continue;
        }
        let Some((from, to)) = numbers(&said.message) else { continue };
        let told = format!("event: {}", said.message);
        let mut entry = Entry::of_app(&app, What::Scale, said.at, Evidence::Certain(told.into()));
        (entry.from, entry.to) = (from.into(), live::replicas(&to.to_string()));
        found.push(entry);
    }
    found.extend(rescales);
    found
}

/// Whether an event is a step of a rollout: a revision is young, or another ReplicaSet was scaled in those minutes.
fn is_step(read: &Read, said: &Said, app: &AppKey) -> bool {
    let young = read.revisions.iter().filter(|meta| meta.owner.as_ref() == Some(app)).filter_map(|meta| meta.created);
    let mut young = young.filter(|made| (-5..=ROLLING).contains(&(said.at - *made).num_seconds()));
    let set = set(&said.message);
    let other = |event: &Said| {
        event.reason == said.reason
            && event.namespace == said.namespace
            && event.name == said.name
            && self::set(&event.message) != set
            && (event.at - said.at).num_seconds().abs() <= ROLLING
    };
    young.next().is_some() || read.events.iter().any(other)
}

/// The ReplicaSet of `Scaled up replica set web-7d9f from 2 to 5`.
fn set(message: &str) -> Option<&str> {
    message.split_once("replica set ")?.1.split(' ').next()
}

/// From (empty where an older server does not say) and to.
fn numbers(message: &str) -> Option<(String, u32)> {
    let (head, to) = message.rsplit_once(" to ")?;
    let from = head.rsplit_once(" from ").map(|(_, from)| live::replicas(from).to_string()).unwrap_or_default();
    Some((from, to.trim().parse().ok()?))
}

/// `New size: 4; reason: cpu resource utilization (percentage of request) above target` of an HPA.
fn rescale(said: &Said, fleet: &Fleet) -> Option<Entry> {
    if &*said.reason != "SuccessfulRescale" {
        return None;
    }
    let (size, why) = said.message.strip_prefix("New size: ")?.split_once(';')?;
    let targets = |row: &&crate::fleet::Row| {
        row.app.key.namespace == said.namespace && row.hpa.as_ref().is_some_and(|hpa| hpa.name == said.name)
    };
    let app = fleet.rows().find(targets).map(|row| row.app.key.clone());
    Some(Entry {
        at: said.at,
        what: What::Rescale,
        namespace: said.namespace.clone(),
        object: match &app {
            Some(app) => format!("{}/{}", app.kind.short(), app.name).into(),
            None => format!("hpa/{}", said.name).into(),
        },
        app,
        users: Vec::new(),
        from: "".into(),
        to: live::replicas(size.trim()),
        by: format!("hpa/{}", said.name).into(),
        evidence: vec![Evidence::Certain(format!("event: new size {size};{why}").into())],
    })
}
