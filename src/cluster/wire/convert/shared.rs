//! What several kinds share.

use std::borrow::Cow;

use bytes::Bytes;
use rolldeck_core::{
    model::{AppKind, Asks, Condition, Image, Labels, Requests},
    text::{Clean, Interner, quantity},
};

use crate::wire::{
    apps,
    meta::{ObjectMeta, OwnerReference},
    pod::{Container, PodSpec},
    scalars::{Amount, Time},
};

pub(super) fn count(number: i32) -> u32 {
    number.try_into().unwrap_or(0)
}

pub(super) fn moment(time: Option<&Time>) -> Option<rolldeck_core::Time> {
    time.and_then(Time::moment)
}

/// An object's labels; those that many objects have are one copy.
pub(super) fn labels(meta: &ObjectMeta, interner: &mut Interner) -> Labels {
    interner.labels(meta.labels.iter().map(|entry| (&entry.key[..], &entry.value[..])))
}

/// `True`, `False`, else unknown.
pub(super) fn truth(status: &[u8]) -> Option<bool> {
    match status {
        b"True" => Some(true),
        b"False" => Some(false),
        _ => None,
    }
}

/// The app that an owner or a target is, where it is one.
pub(super) fn app_kind(kind: &[u8]) -> Option<AppKind> {
    AppKind::ALL.into_iter().find(|app| app.name().as_bytes() == kind)
}

/// A part of an object, or what stands for one that is absent. Nothing is copied: a pod's spec is far larger than its row.
pub(super) fn part<T: Clone + Default>(part: &Option<T>) -> Cow<'_, T> {
    part.as_ref().map_or_else(|| Cow::Owned(T::default()), Cow::Borrowed)
}

/// The containers of a template, init containers first.
pub fn images(spec: &PodSpec, interner: &mut Interner) -> Box<[Image]> {
    let mut image = |container: &Container, init| Image {
        container: interner.intern(&container.name),
        image: interner.intern(&container.image),
        init,
    };
    let mut images = Vec::with_capacity(spec.init_containers.len() + spec.containers.len());
    images.extend(spec.init_containers.iter().map(|container| image(container, true)));
    images.extend(spec.containers.iter().map(|container| image(container, false)));
    images.into()
}

/// What the containers of a template request together; sidecars count, init containers that end do not.
pub(super) fn requests(spec: &PodSpec) -> Requests {
    let sidecars = spec.init_containers.iter().filter(|container| is_sidecar(container));
    let mut sum = Requests::default();
    for request in sidecars.chain(&spec.containers).filter_map(|container| container.resources.as_ref()) {
        add(&mut sum.cpu_milli, amount(&request.requests, "cpu", quantity::millicores));
        add(&mut sum.memory, amount(&request.requests, "memory", quantity::bytes));
    }
    sum
}

/// What the scheduler sets aside for a pod: its containers and sidecars together, or what an init container needs while it runs
/// beside the sidecars before it, whichever is more; and the overhead (k8s.io/component-helpers, resource/helpers.go, `PodRequests`).
pub(super) fn asks(spec: &PodSpec) -> Asks {
    let of = |key: &str, read: fn(&str) -> Option<u64>| {
        let one = |container: &Container| {
            let requests = container.resources.as_ref().map(|resources| &resources.requests[..]);
            requests.and_then(|requests| amount(requests, key, read)).unwrap_or(0)
        };
        let (mut sidecars, mut peak) = (0u64, 0u64);
        for container in &spec.init_containers {
            if is_sidecar(container) {
                sidecars = sidecars.saturating_add(one(container));
                peak = peak.max(sidecars);
            } else {
                peak = peak.max(sidecars.saturating_add(one(container)));
            }
        }
        let together = spec.containers.iter().map(one).fold(sidecars, u64::saturating_add);
        together.max(peak).saturating_add(amount(&spec.overhead, key, read).unwrap_or(0))
    };
    Asks::new(of("cpu", quantity::millicores), of("memory", quantity::bytes))
}

pub(super) fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == "Always"
}

fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}

pub(super) fn amount(amounts: &[Amount], key: &str, read: fn(&str) -> Option<u64>) -> Option<u64> {
    let text = &amounts.iter().find(|amount| amount.key == key)?.value.as_ref()?.text;
    read(std::str::from_utf8(text).ok()?)
}

/// A condition of a kind that has no `lastUpdateTime`.
pub(super) fn condition(from: &apps::Condition, interner: &mut Interner) -> Condition {
    Condition {
        kind: interner.intern(&from.kind),
        holds: truth(&from.status),
        reason: interner.intern(&from.reason),
        message: interner.intern(&from.message),
        at: moment(from.last_transition_time.as_ref()),
    }
}

/// `ReplicaSet gateway-7d9f` and the like, for owners that are no app's own.
pub(super) fn owner_words(owner: &OwnerReference) -> Clean {
    words(&[&owner.kind, &owner.name])
}

pub(super) fn words(parts: &[&Bytes]) -> Clean {
    Clean::from_bytes(&parts.iter().map(|part| &part[..]).collect::<Vec<_>>().join(&b' '))
}
