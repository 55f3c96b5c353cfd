//! Whoever finishes a batch after a kill is killed, too; a third process finishes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    os::unix::process::ExitStatusExt,
};

use rolldeck_core::{
    batch::{BatchId, journal::RecordPhase},
    model::AppKey,
};
use serde_json::Value;

use crate::{
    child::Role,
    killed::{Scene, block_on, finished, look, process, three, trace, well},
    record::{Verdict, judge},
    stage::Stage,
};

/// Of so many kills of the first process one is followed by kills of the second.
const STRIDE: usize = 3;

/// A first process that was killed.
struct Left {
    stage: Stage,
    before: BTreeMap<AppKey, Value>,
    batch: Option<BatchId>,
    what: String,
}

/// Kills the first process at its boundary `n`; `None`: it ends before that.
async fn left(scene: &Scene, n: u64) -> Option<Left> {
    let stage = scene.stage().await;
    let before = look(scene, &stage);
    let first = process(&scene.job(&stage, scene.first, "first", n, None)).await;
    if first.status.signal() != Some(9) {
        well(&first, scene.name);
        return None;
    }
    let at = trace(&stage, "first").pop().expect("where it was killed");
    let what = format!("{}, killed at boundary {n} ({at})", scene.name);
    let batch = judge(&stage.writes().await, &before).records.into_values().next().map(|record| record.id);
    Some(Left { stage, before, batch, what })
}

/// The third process has nothing to do where the second was killed past its last write.
fn is_over(scene: &Scene, verdict: &Verdict) -> bool {
    let over = |phase: RecordPhase| match scene.then {
        Role::Resume => false,
        _ => phase == RecordPhase::Reverted,
    };
    verdict.records.values().all(|record| over(record.phase) && !record.unfinished)
}

/// Each boundary that a recovery passes is where one is killed, after the first kill that leads there.
async fn every_boundary_of_the_recovery(scene: &Scene) {
    let (mut seen, mut kills) = (BTreeSet::new(), 0);
    for n in (1..).step_by(STRIDE) {
        let Some(Left { stage, batch, what, .. }) = left(scene, n).await else { break };
        well(&process(&scene.job(&stage, scene.then, "then", 0, batch)).await, &what);
        let passed = trace(&stage, "then");
        for (m, at) in (1..).zip(passed).filter(|(_, at)| seen.insert(at.clone())).collect::<Vec<_>>() {
            killed_again(scene, n, m, &at).await;
            kills += 1;
        }
    }
    assert!(kills > 30, "{seen:#?}");
    // Past the capture of the test's own output: a figure for whoever runs the tests.
    let _ = writeln!(std::io::stderr(), "{}: killed again at each of {kills} boundaries", scene.name);
}

/// The first process is killed at its boundary `n`, the second at its boundary `m`, and the third finishes.
async fn killed_again(scene: &Scene, n: u64, m: u64, at: &str) {
    let Left { stage, before, batch, what } = left(scene, n).await.expect("it is killed as before");
    let what = format!("{what}, and again at boundary {m} ({at})");
    let second = process(&scene.job(&stage, scene.then, "then", m, batch.clone())).await;
    assert_eq!(second.status.signal(), Some(9), "{what}: it was not killed");
    let verdict = judge(&stage.writes().await, &before);
    let batch = batch.filter(|_| !is_over(scene, &verdict));
    well(&process(&scene.job(&stage, scene.then, "last", 0, batch)).await, &what);
    finished(scene, &stage, &before, &what).await;
}

#[test]
#[ignore = "it takes minutes: .ci/run asks for it"]
fn whoever_takes_a_release_back_may_be_killed_as_well() {
    let name = "a release, taken back twice";
    block_on(every_boundary_of_the_recovery(&Scene {
        name,
        first: Role::Release,
        then: Role::Revert,
        apps: three("v2"),
        width: 1,
    }));
}

#[test]
#[ignore = "it takes minutes: .ci/run asks for it"]
fn whoever_carries_a_release_through_may_be_killed_as_well() {
    let name = "a release, resumed twice";
    block_on(every_boundary_of_the_recovery(&Scene {
        name,
        first: Role::Release,
        then: Role::Resume,
        apps: three("v2"),
        width: 1,
    }));
}
