//! Kill, recover, judge; for every boundary.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    os::unix::process::ExitStatusExt,
    process::{Output, Stdio},
    time::Duration,
};

use rolldeck_core::{
    batch::{BatchId, template},
    model::{AppKey, AppKind},
};
use serde_json::Value;
use tokio::process::Command;

use crate::{
    child::{Goal, JOB, Job, Role},
    record::{Verdict, judge},
    stage::Stage,
};

/// The tag that every app has before the batch.
const OLD: &str = "v1";
/// How long a process may take: it is stuck beyond that.
const LIMIT: Duration = Duration::from_secs(90);

/// What is driven, and what comes after the kill.
pub struct Scene {
    /// What the tests call it.
    pub name: &'static str,
    /// What is killed.
    pub first: Role,
    /// What comes after.
    pub then: Role,
    /// The apps and their tags.
    pub apps: Vec<Goal>,
    /// How many roll at once.
    pub width: usize,
}

fn goal(namespace: &str, kind: AppKind, name: &str, tag: &str) -> Goal {
    Goal { namespace: namespace.into(), kind, name: name.into(), tag: tag.into() }
}

/// A Deployment, a StatefulSet and a DaemonSet in two namespaces; `last` is the DaemonSet's tag.
pub fn three(last: &str) -> Vec<Goal> {
    vec![
        goal("shop", AppKind::Deployment, "gateway", "v2"),
        goal("pay", AppKind::StatefulSet, "ledger", "v2"),
        goal("shop", AppKind::DaemonSet, "agent", last),
    ]
}

impl Scene {
    /// Its cluster, before anything.
    pub async fn stage(&self) -> Stage {
        Stage::new(&self.apps.iter().map(Goal::key).collect::<Vec<_>>()).await
    }

    /// What a process of it does.
    pub fn job(&self, stage: &Stage, role: Role, trace: &str, dies_at: u64, batch: Option<BatchId>) -> Job {
        let (kubeconfig, trace) = (stage.file("kubeconfig"), stage.file(trace));
        Job { role, kubeconfig, trace, dies_at, batch, width: self.width, apps: self.apps.clone() }
    }
}

/// Runs a process to its end, whichever that is.
pub async fn process(job: &Job) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child::child", "--nocapture", "--test-threads=1"]);
    command.env(JOB, serde_json::to_string(job).expect("JSON")).kill_on_drop(true);
    let output = command.stdin(Stdio::null()).output();
    let Ok(output) = tokio::time::timeout(LIMIT, output).await else {
        let passed = std::fs::read_to_string(&job.trace).unwrap_or_default();
        panic!("stuck for {LIMIT:?}: {job:#?}\n{passed}");
    };
    output.expect("it starts")
}

/// Panics where it did not end well.
pub fn well(output: &Output, what: &str) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{what}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

/// The boundaries that a process passed, by name, in order.
pub fn trace(stage: &Stage, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(stage.file(name)).unwrap_or_default();
    text.lines().map(|line| line.split_once(' ').expect("a number and a name").1.to_owned()).collect()
}

/// The apps as they are.
pub fn look(scene: &Scene, stage: &Stage) -> BTreeMap<AppKey, Value> {
    scene.apps.iter().map(|goal| (goal.key(), stage.app(&goal.key()))).collect()
}

/// Kills at every boundary, has each batch looked after, and says how many boundaries there were.
async fn every_boundary(scene: &Scene) {
    let stage = scene.stage().await;
    let before = look(scene, &stage);
    well(&process(&scene.job(&stage, scene.first, "first", 0, None)).await, scene.name);
    judge(&stage.writes().await, &before);
    let counted = trace(&stage, "first");
    assert!(counted.len() > 60, "{counted:#?}");
    let mut killed: BTreeSet<String> = BTreeSet::new();
    for n in 1.. {
        let stage = scene.stage().await;
        let before = look(scene, &stage);
        let first = process(&scene.job(&stage, scene.first, "first", n, None)).await;
        if first.status.signal() != Some(9) {
            well(&first, scene.name);
            break;
        }
        let at = trace(&stage, "first").pop().expect("where it was killed");
        let what = format!("{}, killed at boundary {n} ({at})", scene.name);
        let batch = judge(&stage.writes().await, &before).records.into_values().next().map(|record| record.id);
        well(&process(&scene.job(&stage, scene.then, "then", 0, batch)).await, &what);
        finished(scene, &stage, &before, &what).await;
        killed.insert(at);
    }
    let missed: Vec<_> = counted.iter().filter(|name| !killed.contains(*name)).collect();
    assert!(missed.is_empty(), "{}: never killed at {missed:?}", scene.name);
    // Past the capture of the test's own output: a figure for whoever runs the tests.
    let _ = writeln!(std::io::stderr(), "{}: killed at each of {} boundaries", scene.name, counted.len());
}

/// What came after the kill has brought the apps to where they belong.
pub async fn finished(scene: &Scene, stage: &Stage, before: &BTreeMap<AppKey, Value>, what: &str) {
    let verdict = judge(&stage.writes().await, before);
    match scene.then {
        Role::Resume => carried_through(scene, stage, before, &verdict, what).await,
        _ => taken_back(stage, before, &verdict, what).await,
    }
}

/// Every app is what it was, and runs it: what was changed was changed once, and taken back once.
async fn taken_back(stage: &Stage, before: &BTreeMap<AppKey, Value>, verdict: &Verdict, what: &str) {
    for (app, was) in before {
        let is = stage.app(app);
        assert!(template::same(&was["spec"]["template"], &is["spec"]["template"]), "{what}: {app} is not back: {is:#}");
        assert_eq!(was["spec"]["replicas"], is["spec"]["replicas"], "{what}: {app}");
        let old = format!(":{OLD}");
        let back = || stage.rolled_out(app) && stage.running(app).iter().all(|image| image.ends_with(&old));
        stage.until(&format!("{what}: {app} runs what it ran"), back).await;
    }
    for (step, counts) in &verdict.changes {
        assert!(matches!(counts, (0, 0) | (1, 1)), "{what}: step {step} was changed and taken back {counts:?} times");
    }
    assert!(verdict.records.values().all(|record| !record.unfinished), "{what}: {:#?}", verdict.records);
}

/// Every app of the batch has been changed once, and what it runs is what was asked for; or no app was touched, where the
/// batch had not begun to be. A tag that crashes ends as it would have without the kill: failed, and nothing after it started.
async fn carried_through(
    scene: &Scene,
    stage: &Stage,
    before: &BTreeMap<AppKey, Value>,
    verdict: &Verdict,
    what: &str,
) {
    let crashes = scene.apps.iter().any(|goal| goal.tag.ends_with("-crash"));
    for (step, goal) in scene.apps.iter().enumerate() {
        let (app, was) = (goal.key(), &before[&goal.key()]);
        let is = stage.app(&app);
        assert_eq!(was["spec"]["replicas"], is["spec"]["replicas"], "{what}: {app}");
        let changed = verdict.changes.get(&step).copied().unwrap_or_default();
        let namespaces: BTreeSet<&str> = scene.apps.iter().map(|goal| goal.namespace.as_str()).collect();
        let begun = verdict.records.len() == namespaces.len();
        let wanted = if begun { &goal.tag } else { OLD };
        if !begun {
            assert_eq!(changed, (0, 0), "{what}: {app} was changed by a batch whose journal was not whole");
        } else if !crashes {
            assert_eq!(changed, (1, 0), "{what}: {app} was changed so often");
        }
        let image = is["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
        if crashes && changed == (0, 0) {
            assert!(image.ends_with(&format!(":{OLD}")), "{what}: {app} has {image}");
            continue;
        }
        assert!(image.ends_with(&format!(":{wanted}")), "{what}: {app} has {image}, and was to have {wanted}");
        if !goal.tag.ends_with("-crash") {
            let there = || stage.rolled_out(&app) && stage.running(&app).iter().all(|run| *run == image);
            stage.until(&format!("{what}: {app} runs {image}"), there).await;
        }
    }
    assert!(verdict.records.values().all(|record| !record.unfinished), "{what}: {:#?}", verdict.records);
}

fn run(scene: &Scene) {
    block_on(every_boundary(scene));
}

/// On this thread alone.
pub fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work);
}

#[test]
fn a_release_killed_at_any_boundary_is_taken_back_by_the_next() {
    let name = "a release, taken back";
    run(&Scene { name, first: Role::Release, then: Role::Revert, apps: three("v2"), width: 1 });
}

#[test]
fn a_release_killed_at_any_boundary_is_carried_through_by_the_next() {
    let name = "a release, resumed";
    run(&Scene { name, first: Role::Release, then: Role::Resume, apps: three("v2"), width: 1 });
}

#[test]
#[ignore = "it takes minutes: .ci/run asks for it"]
fn a_release_of_a_bad_tag_killed_at_any_boundary_of_its_revert_is_taken_back_by_the_next() {
    let name = "a release of a bad tag and its revert, taken back";
    run(&Scene { name, first: Role::ReleaseAndRevert, then: Role::Revert, apps: three("v2-crash"), width: 1 });
}
