//! Random fleets, faults, edits and deaths: what must hold whatever happens.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use rolldeck_core::{
    batch::{Phase, Run, RunStep, StepState, template},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::{
    cluster::Cluster,
    faults::Fault,
    scene::{ana, ended, fleet, key, launch, release, run, take_over, until},
};

#[derive(Clone, Debug)]
struct Story {
    kinds: Vec<AppKind>,
    width: usize,
    crash: Option<usize>,
    faults: Vec<Fault>,
    /// Seconds after the start, app: a person sets a variable.
    edits: Vec<(u64, usize)>,
    /// Seconds after the start, app, replicas: an autoscaler.
    scales: Vec<(u64, usize, u32)>,
    ending: Ending,
}

#[derive(Clone, Debug)]
enum Ending {
    /// The batch ends and stays.
    Stay,
    /// Reverted after so many seconds, twice.
    Revert(u64, bool),
    /// The driver dies around a write, and another takes over.
    Die(usize),
    /// The driver leaves after so many seconds, and another takes over.
    Leave(u64),
}

fn stories() -> impl Strategy<Value = Story> {
    let kind = prop::sample::select(AppKind::ALL.to_vec());
    let fault = prop_oneof![
        6 => Just(Fault::None), 1 => Just(Fault::LostBefore), 1 => Just(Fault::LostAfter),
        1 => Just(Fault::Late), 1 => Just(Fault::Busy), 1 => Just(Fault::Unreached)
    ];
    let ending = prop_oneof![
        1 => Just(Ending::Stay),
        2 => (0u64..40, any::<bool>()).prop_map(|(after, at_once)| Ending::Revert(after, at_once)),
        5 => (0usize..60).prop_map(Ending::Die),
        2 => (0u64..40).prop_map(Ending::Leave),
    ];
    (
        prop::collection::vec(kind, 1..6),
        1usize..4,
        prop::option::of(0usize..5),
        prop::collection::vec(fault, 0..40),
        prop::collection::vec((0u64..60, 0usize..5), 0..2),
        prop::collection::vec((0u64..60, 0usize..5, 1u32..9), 0..2),
        ending,
    )
        .prop_map(|(kinds, width, crash, faults, edits, scales, ending)| Story {
            kinds,
            width,
            crash,
            faults,
            edits,
            scales,
            ending,
        })
}

/// What people and autoscalers did, as far as it happened.
fn meddle(cluster: &Cluster, apps: &[AppKey], story: &Story) {
    for &(after, nth) in &story.edits {
        let (cluster, app) = (cluster.clone(), apps[nth % apps.len()].clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(after)).await;
            cluster.edit(&app, |object| {
                object["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "MINE", "value": "1"}])
            });
        });
    }
    for &(after, nth, replicas) in &story.scales {
        let (cluster, app) = (cluster.clone(), apps[nth % apps.len()].clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(after)).await;
            cluster.edit(&app, |object| object["spec"]["replicas"] = json!(replicas));
        });
    }
}

/// Plays a story to its end; returns whether everything was to be reverted.
async fn play(cluster: &Cluster, apps: &[AppKey], story: &Story) -> bool {
    let mut plan = release(cluster, apps, "v2").await;
    plan.options.width = story.width;
    let dies_at = if let Ending::Die(at) = story.ending { Some(at) } else { None };
    let via = ana(cluster, story.faults.clone(), dies_at);
    meddle(cluster, apps, story);
    let handle = launch(&via, &plan, "b1");
    match story.ending {
        Ending::Stay => {
            ended(&handle).await;
            handle.leave().await;
            false
        }
        Ending::Revert(after, at_once) => {
            tokio::time::sleep(Duration::from_secs(after)).await;
            let back = |phase: &Phase| matches!(phase, Phase::Reverted | Phase::RevertFailed);
            let unbegun = |step: &RunStep| step.state == StepState::NotStarted;
            // A revert that the cluster's state refuses says so, and is asked for again: as a person would.
            let run = loop {
                handle.revert(at_once).await;
                let ended = until(&handle, |run| back(&run.phase) || run.steps.iter().all(unbegun));
                let run = match tokio::time::timeout(Duration::from_secs(1800), ended).await {
                    Ok(run) => run,
                    Err(_) => Run::clone(&handle.runs().borrow()),
                };
                if back(&run.phase) || run.steps.iter().all(unbegun) {
                    break run;
                }
            };
            tokio::time::sleep(Duration::from_secs(90)).await;
            let specs = || -> Vec<Value> { apps.iter().map(|app| cluster.template(app)).collect() };
            let before = specs();
            if back(&run.phase) {
                handle.revert(at_once).await;
                tokio::time::sleep(Duration::from_secs(3600)).await;
                assert_eq!(specs(), before, "a second revert changes nothing");
            }
            true
        }
        Ending::Die(_) => {
            let died = via.died.clone();
            tokio::select! {
                () = died.notified() => {
                    handle.kill();
                    settle(cluster).await
                }
                _ = ended(&handle) => { handle.leave().await; false }
            }
        }
        Ending::Leave(after) => {
            tokio::time::sleep(Duration::from_secs(after)).await;
            handle.leave().await;
            settle(cluster).await
        }
    }
}

/// Another driver takes over what is unfinished; whether there was anything.
async fn settle(cluster: &Cluster) -> bool {
    let Some(handle) = take_over(cluster).await else { return false };
    ended(&handle).await;
    handle.leave().await;
    true
}

fn judge(cluster: &Cluster, apps: &[AppKey], before: &BTreeMap<AppKey, Value>, story: &Story, reverted: bool) {
    let edited: Vec<&AppKey> = story.edits.iter().map(|(_, nth)| &apps[nth % apps.len()]).collect();
    for app in apps {
        let now = cluster.object(app);
        let was = &before[app];
        if edited.contains(&app) {
            let env = &now["spec"]["template"]["spec"]["containers"][0]["env"];
            assert_eq!(env[0]["name"], "MINE", "what a person wrote to {app} is gone");
        } else if now["spec"]["template"] != was["spec"]["template"] {
            let record = cluster.world().record(app, "b1").expect("a changed app without a record");
            let note = record.steps.iter().find(|note| note.name == app.name && note.kind == app.kind).unwrap();
            assert!(note.mark.touched(), "{app} is changed and its record says {:?}", note.mark);
            assert!(!reverted, "{app} was not brought back: {note:?}");
            assert!(!record.unfinished, "nobody looked after {app}");
            assert!(template::images(&now["spec"]["template"])[0].image.ends_with(":v2"));
        }
        let scaled = story.scales.iter().rfind(|(_, nth, _)| &apps[nth % apps.len()] == app);
        match scaled {
            None => assert_eq!(now["spec"]["replicas"], 3, "{app} was scaled by a release"),
            Some(_) => assert_ne!(now["spec"]["replicas"], Value::Null),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_record_tells_and_a_revert_brings_everything_back(story in stories()) {
        run(async {
            let apps: Vec<_> = story.kinds.iter().enumerate()
                .map(|(nth, kind)| key(["shop", "qa"][nth % 2], *kind, &format!("app{nth}"))).collect();
            let cluster = fleet(&apps);
            if let Some(nth) = story.crash {
                cluster.world().crashing.insert(format!("shop/app{}:v2", nth % apps.len()));
            }
            let before = apps.iter().map(|app| (app.clone(), cluster.object(app))).collect();
            let reverted = play(&cluster, &apps, &story).await;
            // Whatever is still on its way arrives.
            tokio::time::sleep(Duration::from_secs(120)).await;
            judge(&cluster, &apps, &before, &story, reverted);
        });
    }
}
