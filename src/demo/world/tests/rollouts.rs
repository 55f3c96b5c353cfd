//! Deployments: step by step, within their bounds.

use super::super::controllers::deployment::{REVISION, REVISION_HISTORY};
use super::super::json::{annotation, deleting, int, list, scaled, text};
use super::super::kinds::{DEPLOYMENT, EVENT, POD, REPLICA_SET};
use super::super::names::Dice;
use super::{Stage, rolling};
use crate::store::What;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn a_deployment_gets_its_pods_and_says_that_it_has_progressed() {
    let mut stage = Stage::new(1);
    stage.deploy("berth", 3, "1.0", rolling(json!("25%"), json!("25%")));
    stage.pass(40);
    assert!(stage.complete("berth"), "{:#}", stage.get(&DEPLOYMENT, "berth")["status"]);
    assert_eq!(stage.condition("berth", "Progressing"), ("True".into(), "NewReplicaSetAvailable".into()));
    assert_eq!(stage.condition("berth", "Available"), ("True".into(), "MinimumReplicasAvailable".into()));
    let nodes: std::collections::BTreeSet<_> =
        stage.pods().iter().map(|pod| text(pod, "/spec/nodeName").to_owned()).collect();
    assert_eq!(nodes.len(), 3, "spread over the nodes");
    let reasons = stage.reasons();
    for reason in ["ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Created", "Started"] {
        assert!(reasons.iter().any(|said| said == reason), "{reason} is not among {reasons:?}");
    }
}

/// Every write of a rollout, one by one: never more pods than the surge allows, never fewer available than promised.
#[rstest]
fn no_write_of_a_rollout_breaks_its_bounds(#[values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] seed: u64) {
    let mut dice = Dice::new(seed);
    let replicas = dice.between(1, 12);
    let value = |dice: &mut Dice| match dice.below(2) {
        0 => json!(dice.between(0, 3)),
        _ => json!(format!("{}%", dice.between(0, 100))),
    };
    let (surge, unavailable) = (value(&mut dice), value(&mut dice));
    let mut stage = Stage::new(seed);
    stage.deploy("berth", replicas, "1.0", rolling(surge.clone(), unavailable.clone()));
    stage.pass(90);
    assert!(stage.complete("berth"));
    let (more, fewer) = (scaled(Some(&surge), "", replicas, true), scaled(Some(&unavailable), "", replicas, false));
    let fewer = if more == 0 && fewer == 0 { 1 } else { fewer.min(replicas) };
    let mut pods: BTreeMap<String, Value> =
        stage.pods().into_iter().map(|pod| (text(&pod, "/metadata/name").to_owned(), pod)).collect();
    let mut version = stage.store.version();
    stage.release("berth", "2.0");
    for _ in 0..300 {
        stage.pass(1);
        for change in stage.store.changes(version, usize::MAX).expect("they are still held") {
            version = change.version;
            if change.object.kind != &POD {
                continue;
            }
            match change.what {
                What::Deleted => drop(pods.remove(&*change.object.name)),
                _ => drop(pods.insert(change.object.name.to_string(), change.object.value())),
            }
            let live = pods.values().filter(|pod| !deleting(pod)).count() as i64;
            let ready = pods.values().filter(|pod| !deleting(pod) && is_ready(pod)).count() as i64;
            assert!(live <= replicas + more, "{live} pods of {replicas} + {more}");
            assert!(ready >= replicas - fewer, "{ready} ready of {replicas} - {fewer}");
        }
        if stage.complete("berth") && stage.condition("berth", "Progressing").1 == "NewReplicaSetAvailable" {
            break;
        }
    }
    assert!(stage.complete("berth"), "surge {surge} unavailable {unavailable} of {replicas}");
}

fn is_ready(pod: &Value) -> bool {
    let ready = list(pod, "/status/conditions").iter().find(|condition| condition["type"] == "Ready");
    ready.is_some_and(|ready| ready["status"] == "True")
}

#[test]
fn an_undo_renumbers_the_old_set_and_remembers_its_number() {
    let mut stage = Stage::new(2);
    stage.deploy("berth", 2, "1.0", rolling(json!(1), json!(0)));
    stage.pass(40);
    stage.release("berth", "2.0");
    stage.pass(60);
    stage.release("berth", "1.0");
    stage.pass(60);
    assert!(stage.complete("berth"));
    assert_eq!(annotation(&stage.get(&DEPLOYMENT, "berth"), REVISION), Some("3"));
    let set = stage.sets().into_iter().find(|set| int(set, "/spec/replicas") == Some(2)).expect("the live set");
    assert_eq!((annotation(&set, REVISION), annotation(&set, REVISION_HISTORY)), (Some("3"), Some("1")));
}

#[test]
fn a_paused_deployment_rolls_nothing_out_and_says_so() {
    let mut stage = Stage::new(3);
    stage.deploy("berth", 2, "1.0", rolling(json!(1), json!(0)));
    stage.pass(40);
    stage.edit(&DEPLOYMENT, "berth", |object| object["spec"]["paused"] = json!(true));
    stage.release("berth", "2.0");
    stage.pass(120);
    assert_eq!(stage.sets().len(), 1);
    assert_eq!(stage.condition("berth", "Progressing"), ("Unknown".into(), "DeploymentPaused".into()));
    stage.edit(&DEPLOYMENT, "berth", |object| object["spec"]["paused"] = json!(false));
    stage.pass(60);
    assert!(stage.complete("berth"));
}

#[test]
fn recreate_ends_everything_old_before_anything_new_starts() {
    let mut stage = Stage::new(4);
    stage.deploy("berth", 3, "1.0", json!({"type": "Recreate"}));
    stage.pass(40);
    stage.release("berth", "2.0");
    let mut met = false;
    for _ in 0..60 {
        stage.pass(1);
        let tags: std::collections::BTreeSet<_> =
            stage.pods().iter().map(|pod| text(pod, "/spec/containers/0/image").to_owned()).collect();
        assert!(tags.len() <= 1, "{tags:?}");
        met |= stage.pods().is_empty();
    }
    assert!(stage.complete("berth") && (met || stage.sets().len() == 2));
}

#[test]
fn old_sets_beyond_the_limit_are_deleted() {
    let mut stage = Stage::new(5);
    stage.deploy("berth", 1, "1.0", rolling(json!(1), json!(0)));
    for tag in ["2.0", "3.0", "4.0", "5.0"] {
        stage.pass(40);
        stage.release("berth", tag);
    }
    stage.pass(60);
    assert_eq!(stage.sets().len(), 3, "the live one and two of history");
}

#[test]
fn a_scale_in_the_middle_of_a_rollout_is_shared_out() {
    let mut stage = Stage::new(6);
    stage.deploy("berth", 10, "1.0", rolling(json!(3), json!(2)));
    stage.pass(60);
    stage.release("berth", "2.0-unready");
    stage.pass(20);
    let before: Vec<_> = stage.sets().iter().map(|set| int(set, "/spec/replicas")).collect();
    stage.edit(&DEPLOYMENT, "berth", |object| object["spec"]["replicas"] = json!(15));
    stage.pass(20);
    let after: Vec<_> = stage.sets().iter().map(|set| int(set, "/spec/replicas")).collect();
    assert!(after.iter().zip(&before).all(|(after, before)| after > before), "{before:?} {after:?}");
    assert_eq!(after.iter().flatten().sum::<i64>(), 18);
}

#[test]
fn a_deleted_deployment_takes_its_sets_and_pods_with_it() {
    let mut stage = Stage::new(7);
    stage.deploy("berth", 3, "1.0", rolling(json!(1), json!(0)));
    stage.pass(40);
    stage.store.delete(&DEPLOYMENT, "test", "berth").expect("it is there");
    stage.pass(10);
    assert_eq!((stage.sets().len(), stage.pods().len()), (0, 0));
}

#[test]
fn a_deleted_pod_ends_in_its_time_and_is_replaced() {
    let mut stage = Stage::new(8);
    stage.deploy("berth", 2, "1.0", rolling(json!(1), json!(0)));
    stage.pass(40);
    let name = text(&stage.pods()[0], "/metadata/name").to_owned();
    stage.edit(&POD, &name, |pod| pod["metadata"]["deletionTimestamp"] = json!("2026-11-23T02:01:10Z"));
    assert_eq!(stage.pods().len(), 3, "the old one is still ending");
    stage.pass(30);
    assert_eq!(stage.pods().len(), 2);
    assert!(stage.pods().iter().all(is_ready));
    assert!(stage.reasons().contains(&"Killing".to_owned()));
}

#[test]
fn what_repeats_is_one_event_that_counts() {
    let mut stage = Stage::new(9);
    stage.deploy("berth", 1, "1.0-unready", rolling(json!(1), json!(0)));
    stage.pass(50);
    let (events, _) = stage.store.list(&EVENT, Some("test"));
    let unhealthy: Vec<_> = events.iter().filter(|event| text(event, "/reason") == "Unhealthy").collect();
    assert!(unhealthy.len() <= 2, "{unhealthy:#?}");
    assert!(unhealthy.iter().any(|event| int(event, "/count") > Some(3)));
    stage.jump(3700);
    let (events, _) = stage.store.list(&EVENT, Some("test"));
    assert!(events.iter().all(|event| text(event, "/reason") != "ScalingReplicaSet"), "an hour later it is forgotten");
}

#[test]
fn a_hash_that_is_taken_by_another_template_is_counted_as_a_collision() {
    let mut stage = Stage::new(10);
    stage.deploy("berth", 1, "1.0", rolling(json!(1), json!(0)));
    stage.pass(30);
    let set = stage.sets().remove(0);
    let name = text(&set, "/metadata/name").to_owned();
    stage.edit(&REPLICA_SET, &name, |set| set["spec"]["template"]["spec"]["hostNetwork"] = json!(true));
    stage.pass(60);
    assert_eq!(int(&stage.get(&DEPLOYMENT, "berth"), "/status/collisionCount"), Some(1));
    assert_eq!(stage.sets().len(), 2);
}
