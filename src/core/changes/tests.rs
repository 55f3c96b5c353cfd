//! What changed, by what a real cluster has of it.

use chrono::{FixedOffset, TimeDelta};
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{
    fleet::{Fleet, Object, Resource, Source, SourceEvent, Update},
    model::{
        AppKind,
        samples::{app, at, image, key},
    },
};

fn web() -> crate::model::AppKey {
    key(AppKind::Deployment, "qa", "web")
}

fn meta(kind: &str, name: &str, created: i64) -> Meta {
    Meta {
        kind: kind.into(),
        namespace: "qa".into(),
        name: name.into(),
        created: Some(at(created)),
        revision: None,
        history: Vec::new(),
        cause: "".into(),
        batch: "".into(),
        owner: None,
        writers: Vec::new(),
        images: None,
    }
}

fn set(name: &str, revision: i64, created: i64, tag: &str) -> Meta {
    let images = Some([image("main", &format!("registry:5000/web:{tag}"))].into());
    Meta { revision: Some(revision), owner: Some(web()), images, ..meta("ReplicaSet", name, created) }
}

fn writer(manager: &str, seconds: i64, parts: &[&str]) -> Writer {
    let parts = parts.iter().map(|&part| part.into()).collect();
    Writer { manager: manager.into(), at: at(seconds), subresource: "".into(), parts }
}

fn said(reason: &str, message: &str, seconds: i64) -> Said {
    Said { reason: reason.into(), namespace: "qa".into(), name: "web".into(), message: message.into(), at: at(seconds) }
}

fn list(read: &Read, live: &[Entry]) -> Vec<Entry> {
    changes(read, live.iter(), &Fleet::default(), at(0))
}

fn line(entry: &Entry) -> String {
    let sure = if entry.is_certain() { "certain" } else { "inferred" };
    format!("{} {} {} → {} by {} {sure}", entry.what.word(), entry.object, entry.from, entry.to, entry.by)
}

#[test]
fn a_new_replica_set_is_a_certain_rollout_from_the_version_before_and_managed_fields_say_by_whom() {
    let workload =
        Meta { writers: vec![writer("kubectl-edit", 1_001, &["spec.template"])], ..meta("Deployment", "web", -500) };
    let revisions = vec![set("web-a", 1, -500, "v1"), set("web-b", 2, 1_000, "v2")];
    let found = list(&Read { workloads: vec![workload], revisions, ..Read::default() }, &[]);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["rollout deploy/web v1 → v2 by kubectl-edit certain"]);
    assert!(matches!(&found[0].evidence[..], [Evidence::Certain(_), Evidence::Inferred(_)]));
}

#[test]
fn an_undo_keeps_the_creation_and_is_inferred_at_the_time_of_the_controller_s_event() {
    let old = Meta { history: vec![1], ..set("web-a", 3, -500, "v1") };
    let events = vec![
        said("ScalingReplicaSet", "Scaled up replica set web-a from 0 to 1", 2_000),
        said("ScalingReplicaSet", "Scaled down replica set web-b from 1 to 0", 2_005),
    ];
    let found = list(&Read { revisions: vec![old, set("web-b", 2, 1_000, "v2")], events, ..Read::default() }, &[]);
    let lines: Vec<_> = found.iter().map(line).collect();
    assert_eq!(lines, ["rollback deploy/web v2 → v1 by  inferred", "rollout deploy/web v1 → v2 by  certain"]);
    assert_eq!(found[0].at, at(2_000));
}

#[test]
fn a_scale_is_told_from_the_steps_of_a_rollout_and_from_an_autoscaler_s() {
    let step = said("ScalingReplicaSet", "Scaled up replica set web-b from 0 to 1", 1_010);
    let scale = said("ScalingReplicaSet", "Scaled up replica set web-b from 3 to 5", 5_000);
    let read = Read { revisions: vec![set("web-b", 2, 1_000, "v2")], events: vec![step, scale], ..Read::default() };
    let lines: Vec<_> = list(&read, &[]).iter().map(line).collect();
    assert_eq!(lines[0], "scale deploy/web 3 replicas → 5 replicas by  certain");
    assert_eq!(lines.len(), 2);
    let rescale = said("SuccessfulRescale", "New size: 5; reason: cpu resource utilization above target", 4_990);
    let found = list(&Read { events: vec![rescale], ..Read::default() }, &[]);
    assert_eq!(line(&found[0]), "HPA scaled hpa/web  → 5 replicas by hpa/web certain");
}

#[test]
fn config_edits_are_inferred_and_creations_are_certain() {
    let edited = Meta { writers: vec![writer("kubectl-edit", 900, &["data"])], ..meta("ConfigMap", "settings", -500) };
    let made = Meta { writers: vec![writer("helm", 800, &["data"])], ..meta("Secret", "db", 800) };
    let lines: Vec<_> = list(&Read { config: vec![edited, made], ..Read::default() }, &[]).iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "configmap configmap/settings  → data by kubectl-edit inferred",
            "secret secret/db  → created by helm certain",
        ]
    );
}

#[test]
fn what_was_seen_live_keeps_its_exact_values_and_takes_the_rest_from_what_was_read() {
    let before = app(AppKind::Deployment, "qa", "web");
    let mut after = before.clone();
    after.generation += 1;
    after.images[0].image = "registry:5000/shop/main:v7".into();
    after.counts.wanted = 5;
    let live = seen(&before, &after, at(1_002), false);
    let read = Read { revisions: vec![set("web-b", 2, 1_000, "other")], ..Read::default() };
    let lines: Vec<_> = list(&read, &live).iter().map(line).collect();
    assert_eq!(
        lines,
        ["rollout deploy/web v1 → v7 by  certain", "scale deploy/web 3 replicas → 5 replicas by  certain",]
    );
    assert!(seen(&before, &before, at(5), false).is_empty());
}

#[test]
fn the_log_of_what_was_seen_is_bounded_and_counts_what_it_drops() {
    let mut log = Log::default();
    log.push((0..2_100).map(|n| Entry::of_app(&web(), What::Edit, at(n), Evidence::Certain("seen".into()))));
    assert_eq!((log.iter().count(), log.dropped()), (2_000, 100));
}

#[rstest]
#[case("14:00", 300)]
#[case("since:14:00", 300)]
#[case("14:10", 86_400 - 300)]
#[case("30m", 1_800)]
#[case("since:2h", 7_200)]
#[case("1d", 86_400)]
fn times_are_read_as_people_write_them(#[case] text: &str, #[case] ago: i64) {
    let now: crate::Time = "2026-11-22T13:05:00Z".parse().unwrap();
    let offset = FixedOffset::east_opt(3_600).unwrap();
    assert_eq!(since(text, now, offset), Ok(now - TimeDelta::seconds(ago)));
}

#[rstest]
fn what_is_no_time_is_refused_with_what_would_be(
    #[values("", "x", "25:00", "14:0x", "0m", "-5m", "5w", "99999999999999d", "é")] text: &str,
) {
    let error = since(text, at(0), FixedOffset::east_opt(0).unwrap()).unwrap_err();
    assert!(error.contains("30m"), "{error}");
}

fn metas() -> impl Strategy<Value = Vec<Meta>> {
    let kind = prop_oneof![Just("ReplicaSet"), Just("ConfigMap"), Just("Deployment"), Just("HorizontalPodAutoscaler")];
    let writers = proptest::collection::vec(("[a-z-]{0,8}", 0i64..9_000, "spec.template|data|spec.replicas"), 0..3);
    let one = (kind, "[a-c]", 0i64..9_000, 0i64..4, writers, any::<bool>()).prop_map(
        |(kind, name, created, revision, writers, reused)| Meta {
            revision: Some(revision),
            history: if reused { vec![1] } else { Vec::new() },
            owner: Some(web()),
            writers: writers.iter().map(|(manager, at, part)| writer(manager, *at, &[part])).collect(),
            ..meta(kind, &name, created)
        },
    );
    proptest::collection::vec(one, 0..8)
}

proptest! {
    #[test]
    fn changes_are_sorted_and_nothing_that_only_managed_fields_tell_is_certain(metas in metas(), messages in proptest::collection::vec(".{0,20}|Scaled up replica set a from [0-9] to [0-9]", 0..4)) {
        let of = |kind: &str| metas.iter().filter(|meta| &*meta.kind == kind).cloned().collect::<Vec<_>>();
        let events = messages.iter().enumerate().map(|(n, message)| said("ScalingReplicaSet", message, n as i64 * 500)).collect();
        let read = Read { workloads: of("Deployment"), revisions: of("ReplicaSet"), hpas: of("HorizontalPodAutoscaler"), config: of("ConfigMap"), events, ..Read::default() };
        let found = list(&read, &[]);
        prop_assert!(found.windows(2).all(|pair| pair[0].at >= pair[1].at));
        prop_assert!(found.iter().all(|entry| entry.at >= at(0)));
        // Without creations and events there is nothing certain to say.
        let bare = |metas: Vec<Meta>| metas.into_iter().map(|meta| Meta { created: None, ..meta }).collect::<Vec<_>>();
        let hints = Read { workloads: bare(read.workloads), revisions: bare(read.revisions), hpas: bare(read.hpas), config: bare(read.config), ..Read::default() };
        prop_assert!(list(&hints, &[]).iter().all(|entry| !entry.is_certain()));
    }
}

fn hpa(max: u32) -> crate::model::Hpa {
    crate::model::Hpa {
        namespace: "qa".into(),
        name: "web-hpa".into(),
        target: Some((AppKind::Deployment, "web".into())),
        min: 1,
        max,
        current: 3,
        desired: 5,
        metrics: [].into(),
        pinned: false,
        broken: "".into(),
        managed_by: "".into(),
    }
}

/// A fleet of one app with an autoscaler of another name.
fn scaled() -> Fleet {
    let source = |resource| std::sync::Arc::new(Source { resource, scope: None });
    let mut fleet = Fleet::new(vec![(*source(Resource::Deployments)).clone(), (*source(Resource::Hpas)).clone()]);
    let applied = |resource, object| Update { source: source(resource), event: SourceEvent::Applied(object) };
    fleet.apply(vec![
        applied(Resource::Deployments, Object::App(app(AppKind::Deployment, "qa", "web").into())),
        applied(Resource::Hpas, Object::Hpa(hpa(9).into())),
    ]);
    fleet
}

#[test]
fn an_event_of_an_autoscaler_is_the_app_s_that_it_scales() {
    let fleet = scaled();
    let event = Said { name: "web-hpa".into(), ..said("SuccessfulRescale", "New size: 5; reason: x", 100) };
    let found = changes(&Read { events: vec![event], ..Read::default() }, [].iter(), &fleet, at(0));
    assert_eq!((found[0].app.as_ref(), &*found[0].object, &*found[0].by), (Some(&web()), "deploy/web", "hpa/web-hpa"));
}

#[test]
fn a_scale_of_an_old_revision_that_runs_again_is_no_rollback() {
    let old = Meta { history: vec![1], ..set("web-a", 3, -500, "v1") };
    let events = vec![said("ScalingReplicaSet", "Scaled up replica set web-a from 3 to 4", 2_000)];
    let found = list(&Read { revisions: vec![old, set("web-b", 2, -400, "v2")], events, ..Read::default() }, &[]);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["scale deploy/web 3 replicas → 4 replicas by  certain"]);
}

#[test]
fn what_an_autoscaler_did_and_was_seen_to_do_is_one_change() {
    let before = app(AppKind::Deployment, "qa", "web");
    let mut after = before.clone();
    after.generation += 1;
    after.counts.wanted = 5;
    let live = seen(&before, &after, at(1_002), false);
    let rescale = said("SuccessfulRescale", "New size: 5; reason: cpu resource utilization above target", 1_000);
    let rescale = Said { name: "web-hpa".into(), ..rescale };
    let found = changes(&Read { events: vec![rescale], ..Read::default() }, live.iter(), &scaled(), at(0));
    let wanted = format!("HPA scaled deploy/web {} → 5 replicas by hpa/web-hpa certain", found[0].from);
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), [wanted]);
    assert!(!found[0].from.is_empty());
}

#[test]
fn an_autoscaler_s_edit_that_was_seen_and_read_is_one_change_of_one_name() {
    let row = app(AppKind::Deployment, "qa", "web");
    let live = seen_hpa(&row, Some(&hpa(3)), Some(&hpa(6)), at(1_001), false);
    let edited = Meta {
        writers: vec![writer("kubectl-patch", 1_000, &["spec.maxReplicas"])],
        ..meta("HorizontalPodAutoscaler", "web-hpa", -500)
    };
    let found = list(&Read { hpas: vec![edited], ..Read::default() }, &live.into_iter().collect::<Vec<_>>());
    let lines: Vec<_> = found.iter().map(line).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("HPA edit hpa/web-hpa ") && lines[0].ends_with("by kubectl-patch certain"),
        "{lines:?}"
    );
}

#[test]
fn a_config_edit_touches_the_apps_that_use_it() {
    let edited = Meta { writers: vec![writer("kubectl-edit", 900, &["data"])], ..meta("ConfigMap", "settings", -500) };
    let users = [(("qa".into(), "configmap/settings".into()), vec![web()])].into();
    let found = list(&Read { config: vec![edited], users, ..Read::default() }, &[]);
    assert_eq!(found[0].app, None);
    assert_eq!(found[0].apps().collect::<Vec<_>>(), [&web()]);
}
