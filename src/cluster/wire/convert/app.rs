//! Deployments, StatefulSets and DaemonSets.

use rolldeck_core::{
    model::{App, AppKey, AppKind, Condition, Counts, Strategy},
    text::{Clean, Interner},
};

use super::{
    managed::managed_by,
    shared::{condition, count, images, labels, moment, part, requests, truth},
};
use crate::wire::{
    apps::{DaemonSet, Deployment, DeploymentCondition, Rolling, StatefulSet},
    meta::ObjectMeta,
    pod::PodTemplate,
    scalars::IntOrString,
};

/// A Deployment as rolldeck knows it.
pub(in crate::wire) fn deployment(from: &Deployment, interner: &mut Interner) -> App {
    let (spec, status) = (part(&from.spec), part(&from.status));
    let mut app = app(AppKind::Deployment, &from.metadata, &spec.template, interner);
    app.observed = status.observed_generation;
    app.counts = Counts {
        wanted: spec.replicas.map_or(1, count),
        current: count(status.replicas),
        updated: count(status.updated_replicas),
        ready: count(status.ready_replicas),
        available: count(status.available_replicas),
    };
    app.paused = spec.paused;
    let strategy = part(&spec.strategy);
    app.strategy = match &strategy.kind[..] {
        b"Recreate" => Strategy::Recreate,
        _ => rolling(strategy.rolling_update.as_ref(), interner),
    };
    app.conditions = status.conditions.iter().map(|found| deployment_condition(found, interner)).collect();
    let revision = from.metadata.as_ref().and_then(|meta| meta.annotation("deployment.kubernetes.io/revision"));
    app.revision = interner.intern(revision.map(|revision| &revision[..]).unwrap_or_default());
    app
}

/// A StatefulSet as rolldeck knows it.
pub(in crate::wire) fn stateful_set(from: &StatefulSet, interner: &mut Interner) -> App {
    let (spec, status) = (part(&from.spec), part(&from.status));
    let mut app = app(AppKind::StatefulSet, &from.metadata, &spec.template, interner);
    app.observed = status.observed_generation;
    app.counts = Counts {
        wanted: spec.replicas.map_or(1, count),
        current: count(status.replicas),
        updated: count(status.updated_replicas),
        ready: count(status.ready_replicas),
        available: count(status.available_replicas),
    };
    app.parallel = spec.pod_management_policy == "Parallel";
    let strategy = part(&spec.update_strategy);
    app.strategy = match &strategy.kind[..] {
        b"OnDelete" => Strategy::OnDelete,
        _ => {
            let ordinals = part(&strategy.rolling_update);
            Strategy::Rolling {
                max_surge: interner.intern(b""),
                max_unavailable: bound(ordinals.max_unavailable.as_ref(), interner),
                partition: ordinals.partition.map_or(0, count),
            }
        }
    };
    app.conditions = status.conditions.iter().map(|found| condition(found, interner)).collect();
    app.revision = interner.intern(&status.update_revision);
    app.current_revision = interner.intern(&status.current_revision);
    app
}

/// A DaemonSet as rolldeck knows it.
pub(in crate::wire) fn daemon_set(from: &DaemonSet, interner: &mut Interner) -> App {
    let (spec, status) = (part(&from.spec), part(&from.status));
    let mut app = app(AppKind::DaemonSet, &from.metadata, &spec.template, interner);
    app.observed = status.observed_generation;
    app.counts = Counts {
        wanted: count(status.desired_number_scheduled),
        current: count(status.current_number_scheduled),
        updated: count(status.updated_number_scheduled),
        ready: count(status.number_ready),
        available: count(status.number_available),
    };
    let strategy = part(&spec.update_strategy);
    app.strategy = match &strategy.kind[..] {
        b"OnDelete" => Strategy::OnDelete,
        _ => rolling(strategy.rolling_update.as_ref(), interner),
    };
    app.conditions = status.conditions.iter().map(|found| condition(found, interner)).collect();
    app
}

/// What all three share; the rest as it is where nothing is said.
fn app(kind: AppKind, meta: &Option<ObjectMeta>, template: &Option<PodTemplate>, interner: &mut Interner) -> App {
    let (meta, template) = (part(meta), part(template));
    let spec = part(&template.spec);
    let empty = interner.intern(b"");
    App {
        key: AppKey { namespace: interner.intern(&meta.namespace), name: Clean::from_bytes(&meta.name), kind },
        uid: Clean::from_bytes(&meta.uid),
        created: moment(meta.creation_timestamp.as_ref()),
        generation: meta.generation,
        observed: 0,
        counts: Counts::default(),
        paused: false,
        strategy: Strategy::OnDelete,
        parallel: false,
        images: images(&spec, interner),
        requests: requests(&spec),
        conditions: Box::default(),
        revision: empty.clone(),
        current_revision: empty,
        batch: interner.intern(meta.annotation("rolldeck.dev/batch").map(|batch| &batch[..]).unwrap_or_default()),
        managed_by: managed_by(&meta, interner),
        labels: labels(&meta, interner),
        extras: Box::default(),
    }
}

fn rolling(from: Option<&Rolling>, interner: &mut Interner) -> Strategy {
    Strategy::Rolling {
        max_surge: bound(from.and_then(|rolling| rolling.max_surge.as_ref()), interner),
        max_unavailable: bound(from.and_then(|rolling| rolling.max_unavailable.as_ref()), interner),
        partition: 0,
    }
}

fn bound(from: Option<&IntOrString>, interner: &mut Interner) -> Clean {
    interner.intern(&from.map(IntOrString::shown).unwrap_or_default())
}

fn deployment_condition(from: &DeploymentCondition, interner: &mut Interner) -> Condition {
    Condition {
        kind: interner.intern(&from.kind),
        holds: truth(&from.status),
        reason: interner.intern(&from.reason),
        message: interner.intern(&from.message),
        at: moment(from.last_update_time.as_ref().or(from.last_transition_time.as_ref())),
    }
}
