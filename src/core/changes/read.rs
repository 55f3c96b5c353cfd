//! What is read when someone asks what changed, and the list that is made of it.

use std::collections::BTreeMap;

use super::{Entry, config, rollouts, scales};
use crate::{
    Time,
    batch::journal::Record,
    fleet::Fleet,
    model::{AppKey, AppKind, Image},
    text::Clean,
};

/// One entry of an object's managedFields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The field manager: `kubectl-edit`.
    pub manager: Clean,
    /// When it last wrote one of the fields that it owns.
    pub at: Time,
    /// `scale`, `status`, else empty.
    pub subresource: Clean,
    /// The parts of the object that it owns fields of: `spec.template`, `spec.replicas`, `data`, `metadata.annotations`.
    pub parts: Vec<Clean>,
}

impl Writer {
    /// Whether it owns fields of this part.
    pub fn owns(&self, part: &str) -> bool {
        self.parts.iter().any(|owned| &**owned == part)
    }
}

/// An object's metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// Its kind: `ReplicaSet`.
    pub kind: Clean,
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
    /// The number of the revision, of a ReplicaSet or ControllerRevision.
    pub revision: Option<i64>,
    /// Numbers that it had before it was used again (`deployment.kubernetes.io/revision-history`).
    pub history: Vec<i64>,
    /// `kubernetes.io/change-cause`, else empty.
    pub cause: Clean,
    /// `rolldeck.dev/batch`, else empty.
    pub batch: Clean,
    /// The app that controls it.
    pub owner: Option<AppKey>,
    /// Who wrote it.
    pub writers: Vec<Writer>,
    /// The images of a revision's template, where they were read.
    pub images: Option<Box<[Image]>>,
}

impl Meta {
    /// How a change names it: `configmap/settings`, `hpa/gateway`.
    pub fn object(&self) -> Clean {
        let kind = if &*self.kind == "HorizontalPodAutoscaler" { "hpa".to_owned() } else { self.kind.to_lowercase() };
        format!("{kind}/{}", self.name).into()
    }

    /// Whether it was made, or written otherwise than to its status, since then.
    pub fn changed_since(&self, since: Time) -> bool {
        let written = self.writers.iter().any(|writer| writer.at >= since && &*writer.subresource != "status");
        written || self.created.is_some_and(|at| at >= since)
    }
}

/// An event of a controller about a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// `ScalingReplicaSet`, `SuccessfulRescale`.
    pub reason: Clean,
    /// Where.
    pub namespace: Clean,
    /// The name of the Deployment or HPA that it is about.
    pub name: Clean,
    /// The sentence.
    pub message: Clean,
    /// When it was last seen.
    pub at: Time,
}

/// All that was read.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Deployments, StatefulSets and DaemonSets.
    pub workloads: Vec<Meta>,
    /// ReplicaSets and ControllerRevisions.
    pub revisions: Vec<Meta>,
    /// HPAs.
    pub hpas: Vec<Meta>,
    /// ConfigMaps, Secrets, Ingresses, IngressRoutes.
    pub config: Vec<Meta>,
    /// The apps that use what of `config` has changed, by its namespace and its name as [`Meta::object`] has it.
    pub users: BTreeMap<(Clean, Clean), Vec<AppKey>>,
    /// Events about scales.
    pub events: Vec<Said>,
    /// The journals' records of batches.
    pub batches: Vec<(String, Record)>,
    /// What could not be read, or was left out, each in a sentence.
    pub lacks: Vec<Clean>,
}

/// Two accounts of one change lie no more than so many seconds apart.
const TOGETHER: i64 = 20;

/// Every change since then, newest first: of what was read, and of what was seen live.
pub fn changes<'a>(read: &Read, live: impl Iterator<Item = &'a Entry>, fleet: &Fleet, since: Time) -> Vec<Entry> {
    let mut found: Vec<Entry> = live.filter(|entry| entry.at >= since).cloned().collect();
    let told =
        [rollouts::rollouts(read, fleet), scales::scales(read, fleet), batches(read), config::edits(read, fleet)];
    for entry in told.into_iter().flatten().filter(|entry| entry.at >= since) {
        match found.iter_mut().find(|known| known.is_same(&entry, TOGETHER)) {
            Some(known) => known.join(entry),
            None => found.push(entry),
        }
    }
    config::attribute(read, &mut found, since);
    found.sort_by(|a, b| {
        b.at.cmp(&a.at).then_with(|| (&a.namespace, &a.object, a.what).cmp(&(&b.namespace, &b.object, b.what)))
    });
    found
}

/// What rolldeck's own batches wrote, as their journals tell.
fn batches(read: &Read) -> Vec<Entry> {
    use super::{Evidence, What};
    use crate::batch::Intent;
    let mut found = Vec::new();
    for (namespace, record) in &read.batches {
        for step in record.steps.iter().filter(|step| step.mark.touched()) {
            let key = step.key(namespace);
            let what = match record.intent {
                Intent::Rollback => What::Rollback,
                Intent::Scale => What::Scale,
                Intent::Release | Intent::Restart | Intent::Bounds | Intent::Pause | Intent::Resume => What::Rollout,
            };
            let said = format!("the journal of batch {} recorded it", record.id);
            let mut entry =
                Entry::of_app(&key, what, at(read, &key, record.started, step.since), Evidence::Certain(said.into()));
            (entry.from, entry.to) = (step.before.clone(), step.after.clone());
            entry.by = format!("{} by batch {}", record.by, record.id).into();
            found.push(entry);
        }
    }
    found
}

/// When a batch wrote to an app: a record keeps when the step came where it stands, so the revision that came in between tells better.
fn at(read: &Read, key: &AppKey, from: Time, to: Time) -> Time {
    let made = read.revisions.iter().filter(|meta| meta.owner.as_ref() == Some(key)).filter_map(|meta| meta.created);
    made.filter(|at| (from..=to).contains(at)).max().unwrap_or(from)
}

/// The apps' own metadata by key.
pub(super) fn by_app(read: &Read) -> BTreeMap<AppKey, &Meta> {
    read.workloads.iter().filter_map(|meta| Some((key_of(meta)?, meta))).collect()
}

/// The app that a workload's metadata is of.
pub(super) fn key_of(meta: &Meta) -> Option<AppKey> {
    let kind = AppKind::ALL.into_iter().find(|kind| *kind.name() == *meta.kind)?;
    Some(AppKey { namespace: meta.namespace.clone(), name: meta.name.clone(), kind })
}
