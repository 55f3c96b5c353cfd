//! Random changes, orders, options and two consoles: what must hold whatever people press.

use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;
use rolldeck_core::{
    batch::{OnFailure, Order, Phase, Run, StepState},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::{
    cluster::Cluster,
    doings::{Doing, doings},
    faults::{Fault, Via},
    scene::{BACK, ana, ben, clock, fleet, id, key, launch, run, someone, until},
};
use crate::{Finder, Handle};

#[derive(Clone, Debug)]
enum Press {
    Pause,
    Proceed,
    Skip(usize),
    Retry(usize),
    Stop,
    Revert(bool, Option<usize>),
}

#[derive(Clone, Debug)]
struct Story {
    doing: Doing,
    kinds: Vec<AppKind>,
    /// Width, seconds of soaking, whether there is a gate, what a failure does.
    options: (usize, u32, bool, OnFailure),
    /// Each app behind an earlier one.
    after: Vec<Option<usize>>,
    crash: Option<usize>,
    faults: Vec<Fault>,
    /// Seconds after the last, what the first console presses.
    presses: Vec<(u64, Press)>,
    /// Seconds after the last, what the second console does: takes over, by force or not, forward or back.
    second: Vec<(u64, bool, bool)>,
    dies_at: Option<usize>,
    edits: Vec<(u64, usize)>,
    scales: Vec<(u64, usize, u32)>,
}

fn stories() -> impl Strategy<Value = Story> {
    let kind = prop::sample::select(AppKind::ALL.to_vec());
    let fault = prop_oneof![
        12 => Just(Fault::None), 1 => Just(Fault::LostBefore), 1 => Just(Fault::LostAfter), 1 => Just(Fault::Late),
        1 => Just(Fault::Busy), 1 => Just(Fault::Unreached), 1 => Just(Fault::Forbidden), 1 => Just(Fault::Unauthorized)
    ];
    let press = prop_oneof![
        1 => Just(Press::Pause), 3 => Just(Press::Proceed), 1 => Just(Press::Stop),
        1 => (0usize..5).prop_map(Press::Skip), 2 => (0usize..5).prop_map(Press::Retry),
        2 => (any::<bool>(), prop::option::of(0usize..5)).prop_map(|(at_once, only)| Press::Revert(at_once, only)),
    ];
    (
        (doings(), prop::collection::vec(kind, 1..6)),
        (1usize..4, prop_oneof![Just(0u32), Just(7)], any::<bool>(), prop::sample::select(OnFailure::ALL.to_vec())),
        prop::collection::vec(prop::option::of(0usize..5), 6),
        prop::option::of(0usize..5),
        prop::collection::vec(fault, 0..40),
        prop::collection::vec((0u64..30, press), 0..6),
        prop::collection::vec((0u64..40, any::<bool>(), any::<bool>()), 0..3),
        prop::option::of(0usize..60),
        prop::collection::vec((0u64..60, 0usize..5), 0..2),
        prop::collection::vec((0u64..60, 0usize..5, 1u32..9), 0..2),
    )
        .prop_map(|((doing, kinds), options, after, crash, faults, presses, second, dies_at, edits, scales)| {
            Story { doing, kinds, options, after, crash, faults, presses, second, dies_at, edits, scales }
        })
}

fn order(press: &Press, apps: &[AppKey]) -> Order {
    let app = |nth: &usize| apps[nth % apps.len()].clone();
    match press {
        Press::Pause => Order::Pause,
        Press::Proceed => Order::Proceed,
        Press::Skip(nth) => Order::Skip(app(nth)),
        Press::Retry(nth) => Order::Retry(app(nth)),
        Press::Stop => Order::Stop,
        Press::Revert(at_once, only) => Order::Revert { at_once: *at_once, only: only.iter().map(app).collect() },
    }
}

fn meddle(cluster: &Cluster, apps: &[AppKey], story: &Story) {
    for &(after, nth) in &story.edits {
        let (cluster, app) = (cluster.clone(), apps[nth % apps.len()].clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(after)).await;
            cluster.edit(&app, |object| object["spec"]["template"]["metadata"]["labels"]["mine"] = json!("yes"));
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

/// "Done" is said of a batch whose every app is rolled out, or was skipped by the operator.
fn judge_run(run: &Run, cluster: &Cluster, story: &Story) {
    let well = |state: &StepState| matches!(state, StepState::Healthy | StepState::NothingRan(_) | StepState::Skipped);
    assert!(run.phase != Phase::Done || run.steps.iter().all(|step| well(&step.state)), "{run:#?}");
    assert!(run.phase != Phase::Done || run.steps.iter().all(|step| step.soaks.is_none()), "{run:#?}");
    let meddled = |nth: usize| {
        let of = |other: usize| other % run.steps.len() == nth;
        story.edits.iter().any(|(_, other)| of(*other)) || story.scales.iter().any(|(_, other, _)| of(*other))
    };
    for (nth, step) in run.steps.iter().enumerate() {
        let healthy = run.phase == Phase::Done && step.state == StepState::Healthy && !meddled(nth);
        let out = || story.doing.is_out(cluster, &step.key);
        assert!(!healthy || out(), "{} is called healthy: {:?}", step.key, cluster.world().apps[&step.key].pods);
    }
}

/// The second console does what it does; returns what it drives.
async fn second(cluster: &Cluster, via: &std::sync::Arc<Via>, story: &Story) -> Option<Handle> {
    let mut finder = Finder::new(via.clone(), someone("ben"));
    let mut driven: Option<Handle> = None;
    for (after, force, forward) in &story.second {
        tokio::time::sleep(Duration::from_secs(*after)).await;
        let _ = finder.look(&BTreeSet::new()).await;
        if driven.is_some() || cluster.world().maps.is_empty() {
            continue;
        }
        let order = if *forward { Order::Proceed } else { BACK };
        driven = finder.take_over(&id("b1"), order, *force, clock()).await.ok();
    }
    driven
}

/// Whoever is left looks after what is unfinished: the batch is taken over by force and taken back.
async fn clean_up(cluster: &Cluster) -> Option<Handle> {
    let unfinished = cluster.maps(None, rolldeck_core::batch::journal::UNFINISHED);
    if unfinished.is_empty() {
        return None;
    }
    let mut finder = Finder::new(ben(cluster), someone("ben"));
    let handle = finder.take_over(&id("b1"), BACK, true, clock()).await.unwrap();
    until(&handle, |run| run.phase.ended()).await;
    Some(handle)
}

async fn play(cluster: &Cluster, apps: &[AppKey], story: &Story) {
    let mut plan = story.doing.plan(cluster, apps).await;
    let (width, soak, gate, on_failure) = story.options;
    (plan.options.width, plan.options.soak, plan.options.gate, plan.options.on_failure) =
        (width, soak, gate, on_failure);
    for nth in 1..apps.len() {
        plan.steps[nth].after = story.after[nth].iter().map(|of| apps[of % nth].clone()).collect();
    }
    let via = ana(cluster, story.faults.clone(), story.dies_at);
    meddle(cluster, apps, story);
    let (handle, died) = (launch(&via, &plan, "b1"), via.died.clone());
    let (mut runs, watching, told) = (handle.runs(), cluster.clone(), story.clone());
    let watched = tokio::spawn(async move {
        let mut done = false;
        while runs.changed().await.is_ok() {
            let run = runs.borrow_and_update().clone();
            // What the other console does afterwards is not this run's to know.
            if !done {
                judge_run(&run, &watching, &told);
            }
            done = run.phase.ended();
        }
    });
    let other = ben(cluster);
    let first = async {
        for (after, press) in &story.presses {
            tokio::time::sleep(Duration::from_secs(*after)).await;
            handle.order(order(press, apps)).await;
        }
        tokio::time::sleep(Duration::from_secs(1500)).await;
    };
    let presses = async {
        tokio::select! {
            () = died.notified() => false,
            () = first => true,
        }
    };
    let (lives, taken) = tokio::join!(presses, second(cluster, &other, story));
    if lives {
        handle.leave().await;
    } else {
        handle.kill();
    }
    if let Some(taken) = taken {
        tokio::time::sleep(Duration::from_secs(1500)).await;
        taken.leave().await;
    }
    watched.await.unwrap();
}

fn judge(cluster: &Cluster, apps: &[AppKey], before: &[(Value, Value)], story: &Story) {
    let doing = story.doing;
    for (nth, (app, (object, was))) in apps.iter().zip(before).enumerate() {
        let (now, is) = (cluster.object(app), doing.written(cluster, app));
        let edited = story.edits.iter().any(|(_, of)| of % apps.len() == nth);
        let scaled = story.scales.iter().filter(|(_, of, _)| of % apps.len() == nth).map(|(.., to)| json!(to));
        let scaled: Vec<Value> = scaled.collect();
        if edited {
            let label = &now["spec"]["template"]["metadata"]["labels"]["mine"];
            assert_eq!(label, "yes", "what a person wrote to {app} is gone");
        }
        let theirs = match doing {
            Doing::Release => edited,
            Doing::Scale => scaled.contains(&is),
            Doing::Pause | Doing::Bounds => false,
        };
        if is != *was && !theirs {
            let record = cluster.world().record(app, "b1").expect("a changed app without a record");
            let note = record.steps.iter().find(|note| note.name == app.name && note.kind == app.kind).unwrap();
            assert!(note.mark.touched(), "{app} is changed and its record says {:?}", note.mark);
            assert!(!record.unfinished, "nobody looked after {app}");
            assert_eq!(is, doing.made(app), "{app} is neither what it was nor what it was to be");
        }
        doing.leaves_the_rest(app, object, &now, (edited, !scaled.is_empty()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::with_cases(192) })]
    #[test]
    fn whatever_two_consoles_order_the_record_tells_and_nothing_is_written_unseen(story in stories()) {
        run(async {
            let apps: Vec<_> = story.kinds.iter().enumerate()
                .map(|(nth, kind)| key(["shop", "qa"][nth % 2], story.doing.fit(*kind), &format!("app{nth}"))).collect();
            let cluster = fleet(&apps);
            story.doing.prepare(&cluster, &apps);
            if let Some(nth) = story.crash {
                cluster.world().crashing.insert(format!("shop/app{}:v2", nth % apps.len()));
            }
            let before: Vec<_> =
                apps.iter().map(|app| (cluster.object(app), story.doing.written(&cluster, app))).collect();
            play(&cluster, &apps, &story).await;
            let cleaned = clean_up(&cluster).await;
            tokio::time::sleep(Duration::from_secs(120)).await;
            judge(&cluster, &apps, &before, &story);
            if let Some(handle) = cleaned {
                let specs = || -> Vec<Value> { apps.iter().map(|app| story.doing.written(&cluster, app)).collect() };
                let was = specs();
                handle.revert(true).await;
                tokio::time::sleep(Duration::from_secs(3600)).await;
                prop_assert_eq!(specs(), was, "a second revert changes nothing");
            }
            Ok(())
        })?;
    }
}
