//! Recorded objects: what the same server said of the same objects in protobuf and in JSON must give equal rows, and must hold
//! every field that the structs name. A wrong field number is silent otherwise.
//!
//! Recorded from kube-apiserver 1.36.3: running, crash-looping, unschedulable and warming pods with init containers and sidecars.

use std::fmt::Debug;

use bytes::Bytes;
use prost::Message;
use rolldeck_core::{
    fleet::{Object, Resource},
    model::{Added, AddedFrom, ContainerState, JsonPath},
};
use rstest::rstest;
use serde::de::DeserializeOwned;

use super::{
    Decoder, Encoding, EventKind, Frames, Lines, List, Part, WireError,
    apps::{DaemonSet, Deployment, StatefulSet},
    event,
    hpa::Hpa,
    meta::{ListMeta, ObjectMeta},
    meta_of,
    pod::Pod,
    status_object,
    usage::PodMetrics,
};

macro_rules! recorded {
    ($name:literal) => {
        (
            &include_bytes!(concat!("fixtures/", $name, ".pb"))[..],
            &include_bytes!(concat!("fixtures/", $name, ".json"))[..],
        )
    };
}

fn items(encoding: Encoding, body: &[u8]) -> (ListMeta, Vec<Bytes>) {
    let (mut list, mut meta, mut items) = (List::new(encoding), None, Vec::new());
    for chunk in body.chunks(701) {
        list.feed(chunk);
        while let Some(part) = list.pull().unwrap() {
            match part {
                Part::Meta(found) => meta = Some(found),
                Part::Item(item) => items.push(item),
            }
        }
    }
    list.end().unwrap();
    (meta.unwrap(), items)
}

fn rows(resource: Resource, encoding: Encoding, body: &[u8]) -> Vec<Object> {
    let mut decoder = Decoder::new(resource);
    items(encoding, body).1.iter().map(|item| decoder.object(encoding, item).unwrap().object).collect()
}

#[rstest]
#[case(Resource::Pods, recorded!("pods"), 9)]
#[case(Resource::Deployments, recorded!("deployments"), 3)]
#[case(Resource::StatefulSets, recorded!("statefulsets"), 1)]
#[case(Resource::DaemonSets, recorded!("daemonsets"), 1)]
#[case(Resource::Hpas, recorded!("hpas"), 2)]
fn both_encodings_of_an_object_give_equal_rows(
    #[case] resource: Resource,
    #[case] (protobuf, json): (&[u8], &[u8]),
    #[case] count: usize,
) {
    let (ours, theirs) = (rows(resource, Encoding::Protobuf, protobuf), rows(resource, Encoding::Json, json));
    assert_eq!(ours.len(), count);
    assert_eq!(ours, theirs);
}

#[test]
fn both_encodings_of_a_list_give_equal_usage() {
    let (protobuf, json) = recorded!("podmetrics");
    let samples = |encoding, body: &[u8]| {
        let mut decoder = Decoder::new(Resource::PodMetrics);
        let read = |item: &Bytes| decoder.sample(encoding, item).unwrap();
        items(encoding, body).1.iter().map(read).collect::<Vec<_>>()
    };
    let (ours, theirs) = (samples(Encoding::Protobuf, protobuf), samples(Encoding::Json, json));
    assert!(ours.iter().all(|sample| sample.usage.memory > 0 && sample.at.is_some() && sample.window.is_some()));
    assert_eq!(ours, theirs);
}

/// As the field's Debug has it, without the resourceVersion: the two recordings are moments apart.
fn fields<T: Message + Default + DeserializeOwned + Debug>(encoding: Encoding, body: &[u8]) -> Vec<T> {
    items(encoding, body).1.iter().map(|item| super::object_of(encoding, item).unwrap()).collect()
}

/// Names of fields that no recorded object sets.
fn unset(debug: &str, names: &[&str]) -> Vec<String> {
    let set = |name: &str| {
        debug.match_indices(&format!("{name}: ")).any(|(at, found)| {
            let value = &debug[at + found.len()..];
            !["None", "[]", "b\"\"", "0,", "0 ", "false"].iter().any(|empty| value.starts_with(empty))
        })
    };
    names.iter().filter(|name| !set(name)).map(|name| (*name).to_owned()).collect()
}

fn compare<T>((protobuf, json): (&[u8], &[u8]), names: &[&str])
where
    T: Message + Default + DeserializeOwned + Debug + PartialEq + Sorted,
{
    let (mut ours, mut theirs) = (fields::<T>(Encoding::Protobuf, protobuf), fields::<T>(Encoding::Json, json));
    ours.iter_mut().chain(&mut theirs).for_each(Sorted::sort);
    assert_eq!(ours, theirs);
    assert_eq!(unset(&format!("{ours:?}"), names), Vec::<String>::new(), "fields that the recording does not set");
}

/// Maps have no order on the wire.
trait Sorted {
    fn meta(&mut self) -> &mut Option<ObjectMeta>;
    fn sort(&mut self) {
        if let Some(meta) = self.meta() {
            meta.labels.sort_by(|a, b| a.key.cmp(&b.key));
            meta.annotations.sort_by(|a, b| a.key.cmp(&b.key));
        }
    }
}

macro_rules! sorted {
    ($($kind:ty),*) => {
        $(impl Sorted for $kind {
            fn meta(&mut self) -> &mut Option<ObjectMeta> {
                &mut self.metadata
            }
        })*
    };
}
sorted!(Pod, Deployment, StatefulSet, DaemonSet, Hpa, PodMetrics);

const META: [&str; 6] = ["name", "namespace", "uid", "resource_version", "creation_timestamp", "labels"];

#[test]
fn every_field_of_a_pod_is_read_in_both_encodings() {
    compare::<Pod>(recorded!("pods"), &META);
    compare::<Pod>(
        recorded!("pods"),
        &[
            "owner_references",
            "kind",
            "api_version",
            "controller",
            "containers",
            "node_name",
            "init_containers",
            "readiness_gates",
            "condition_type",
            "image",
            "requests",
            "restart_policy",
            "phase",
            "conditions",
            "status",
            "message",
            "container_statuses",
            "init_container_statuses",
            "state",
            "last_state",
            "ready",
            "restart_count",
            "image_id",
            "started",
            "waiting",
            "running",
            "terminated",
            "reason",
            "started_at",
            "exit_code",
            "finished_at",
        ],
    );
}

#[test]
fn every_field_of_an_app_is_read_in_both_encodings() {
    compare::<Deployment>(recorded!("deployments"), &META);
    compare::<Deployment>(
        recorded!("deployments"),
        &[
            "annotations",
            "generation",
            "replicas",
            "template",
            "strategy",
            "paused",
            "kind",
            "rolling_update",
            "max_unavailable",
            "max_surge",
            "observed_generation",
            "updated_replicas",
            "conditions",
            "status",
            "reason",
            "message",
            "last_update_time",
            "last_transition_time",
        ],
    );
    compare::<StatefulSet>(
        recorded!("statefulsets"),
        &[
            "replicas",
            "template",
            "pod_management_policy",
            "update_strategy",
            "partition",
            "observed_generation",
            "ready_replicas",
            "updated_replicas",
            "current_revision",
            "update_revision",
            "available_replicas",
        ],
    );
    compare::<DaemonSet>(
        recorded!("daemonsets"),
        &[
            "template",
            "update_strategy",
            "max_unavailable",
            "current_number_scheduled",
            "desired_number_scheduled",
            "number_ready",
            "observed_generation",
            "updated_number_scheduled",
            "number_available",
        ],
    );
}

#[test]
fn every_field_of_an_autoscaler_is_read_in_both_encodings() {
    compare::<Hpa>(
        recorded!("hpas"),
        &[
            "scale_target_ref",
            "min_replicas",
            "max_replicas",
            "metrics",
            "current_replicas",
            "desired_replicas",
            "current_metrics",
            "conditions",
            "object",
            "pods",
            "resource",
            "external",
            "container_resource",
            "container",
            "target",
            "current",
            "metric",
            "value",
            "average_value",
            "average_utilization",
        ],
    );
    compare::<PodMetrics>(recorded!("podmetrics"), &["timestamp", "window", "containers", "usage", "value"]);
}

#[test]
fn a_crash_looping_pod_says_how_it_ended() {
    let rows = rows(Resource::Pods, Encoding::Protobuf, recorded!("pods").0);
    let container = rows.iter().find_map(|row| match row {
        Object::Pod(pod) if pod.name.starts_with("crash-") => pod.containers.first(),
        _ => None,
    });
    let container = container.unwrap();
    assert!(matches!(&container.state, ContainerState::Waiting(reason, _) if &**reason == "CrashLoopBackOff"));
    assert!(container.restarts > 0);
    assert!(matches!(&container.last, Some((reason, 3, Some(_))) if &**reason == "Error"));
}

fn events(encoding: Encoding, body: &[u8]) -> Result<Vec<(EventKind, Bytes)>, WireError> {
    let (mut frames, mut lines, mut events) = (Frames::default(), Lines::default(), Vec::new());
    for chunk in body.chunks(501) {
        frames.feed(chunk);
        lines.feed(chunk);
        while let Some(frame) = match encoding {
            Encoding::Protobuf => frames.pull()?,
            Encoding::Json => lines.pull()?,
        } {
            events.push(event(encoding, &frame)?);
        }
    }
    Ok(events)
}

#[test]
fn a_recorded_watch_list_ends_at_its_bookmark_in_both_encodings() {
    let (protobuf, json) = recorded!("watch");
    for (encoding, body) in [(Encoding::Protobuf, protobuf), (Encoding::Json, json)] {
        let events = events(encoding, body).unwrap();
        let bookmark = events.iter().find(|(kind, _)| *kind == EventKind::Bookmark).unwrap();
        let meta = meta_of(encoding, &bookmark.1).unwrap();
        assert_eq!(meta.annotation("k8s.io/initial-events-end").unwrap(), "true");
        assert_eq!(events.iter().filter(|(kind, _)| *kind == EventKind::Applied).count(), 9);
    }
}

#[test]
fn a_recorded_error_event_is_a_status() {
    let events = events(Encoding::Protobuf, include_bytes!("fixtures/expired.pb")).unwrap();
    let (EventKind::Error, object) = &events[0] else { panic!("{events:?}") };
    let status = status_object(Encoding::Protobuf, object).unwrap();
    assert_eq!((status.code, &status.reason[..]), (410, &b"Expired"[..]));
}

#[test]
fn text_that_is_no_utf_8_does_not_hide_its_object() {
    let pod = Pod {
        metadata: Some(ObjectMeta { name: Bytes::from_static(b"a\xff"), ..ObjectMeta::default() }),
        ..Pod::default()
    };
    let seen = Decoder::new(Resource::Pods).object(Encoding::Protobuf, &pod.encode_to_vec().into()).unwrap();
    assert!(matches!(seen.object, Object::Pod(pod) if &*pod.name == "a\u{fffd}"));
}

#[test]
fn an_object_that_cannot_be_understood_is_named() {
    let body = Bytes::from(r#"{"metadata":{"namespace":"qa","name":"odd"},"spec":7}"#);
    let named = Decoder::new(Resource::Pods).object(Encoding::Json, &body).unwrap_err();
    assert_eq!(&*named, "qa/odd");
}

#[test]
fn labels_and_what_added_columns_show_come_of_either_encoding_and_paths_of_json() {
    let added = Added::all([
        ("TEAM".into(), AddedFrom::Label("team".into())),
        ("REV".into(), AddedFrom::Annotation("deployment.kubernetes.io/revision".into())),
        ("IMAGE".into(), AddedFrom::JsonPath(JsonPath::parse(".spec.template.spec.containers[0].image").unwrap())),
    ]);
    let (protobuf, json) = recorded!("deployments");
    let read = |encoding, body| {
        let mut decoder = Decoder::new(Resource::Deployments).keeping(&added);
        let apps = items(encoding, body).1.into_iter().map(move |item| decoder.object(encoding, &item).unwrap().object);
        let app = |object| match object {
            Object::App(app) => *app,
            other => panic!("{other:?} is no app"),
        };
        apps.map(app).collect::<Vec<_>>()
    };
    let (protobuf, json) = (read(Encoding::Protobuf, protobuf), read(Encoding::Json, json));
    for (a, b) in protobuf.iter().zip(&json) {
        assert_eq!((&a.labels, &a.extras[0]), (&b.labels, &b.extras[0]));
        assert!(!b.extras[0].is_empty() && a.extras[1].is_empty());
        assert_eq!(b.extras[1], b.images.iter().find(|image| !image.init).unwrap().image);
    }
    assert!(json.iter().any(|app| app.labels.iter().next().is_some()));
}
