//! The rounds of one table.

use std::{
    fmt::Write,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::{
    batch::{Intent, Run, StepState},
    model::AppKey,
};

use crate::{
    Options,
    counted::{Counted, Counts},
    fleet::{apps, renew, shell},
    hand, load,
};

/// One run of a batch.
struct Round {
    plan: Duration,
    check: Duration,
    /// From the confirmation to the last accepted patch.
    accepted: Duration,
    /// From the confirmation to the end, all healthy or not.
    ended: Duration,
    checks: Counts,
    /// Until the last accepted patch.
    way: Counts,
    /// From there to the end.
    rest: Counts,
}

/// Runs the rounds with so many apps, and tells of them.
pub async fn table(options: &Options, kubeconfig: &Path, number: usize) -> String {
    let (cluster, port) = hand::reach(kubeconfig).await;
    let apps = apps(number);
    let mut text = format!("Rollback of {number} apps, from the confirmation to the last accepted patch\n\n");
    let _ = writeln!(text, "| how | seconds | times as fast as the loop |\n| --- | ---: | ---: |");
    let (mut tag, renew_all) = (0, async |apps: &[AppKey]| {
        let stamp = chrono::Utc::now().timestamp_millis();
        renew(&port, apps, &format!("v{stamp}")).await;
    });
    let mut others = Vec::new();
    if !options.alone {
        for (name, line) in
            [("kubectl rollout undo in a loop", looped(&apps)), ("kubectl rollout undo, xargs -P8", beside(&apps))]
        {
            eprintln!("{number} apps: {name}");
            renew_all(&apps).await;
            let start = Instant::now();
            shell(kubeconfig, &line);
            others.push((name, start.elapsed()));
        }
    }
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.max(1) {
        tag += 1;
        eprintln!("{number} apps: a batch, {tag}");
        renew_all(&apps).await;
        rounds.push(round(&cluster, &port, &apps).await);
    }
    rounds.sort_by_key(|round| round.accepted);
    let median = &rounds[rounds.len() / 2];
    let slowest = others.first().map(|(_, took)| *took);
    let times = |took: Duration| {
        slowest.map_or_else(String::new, |all| format!("{:.1}", all.as_secs_f64() / took.as_secs_f64()))
    };
    for (name, took) in &others {
        let _ = writeln!(text, "| {name} | {:.2} | {} |", took.as_secs_f64(), times(*took));
    }
    let _ = writeln!(
        text,
        "| a batch, its journal included | {:.2} | {} |",
        median.accepted.as_secs_f64(),
        times(median.accepted)
    );
    costs(&mut text, &rounds, number);
    text
}

fn costs(text: &mut String, rounds: &[Round], number: usize) {
    let median = &rounds[rounds.len() / 2];
    let all: Vec<String> = rounds.iter().map(|round| format!("{:.2}", round.accepted.as_secs_f64())).collect();
    let each = |n: usize| n as f64 / number as f64;
    let seconds = Duration::as_secs_f64;
    let _ = writeln!(
        text,
        "\nBatches: {} s; the median's plan was read in {:.2} s, its preflight took {:.2} s, its end came after {:.1} s.",
        all.join(", "),
        seconds(&median.plan),
        seconds(&median.check),
        seconds(&median.ended)
    );
    let counts = [
        ("preflight", &median.checks),
        ("confirmation to the last patch", &median.way),
        ("from there to the end", &median.rest),
    ];
    for (name, counts) in counts {
        let _ = writeln!(
            text,
            "Requests, {name}: {} ({:.2} an app) {:?}",
            counts.all(),
            each(counts.all()),
            counts.requests
        );
    }
    let state: usize = median.way.states.values().sum();
    let _ = writeln!(
        text,
        "Journal: {} bytes an app before and after, {} bytes an app of state, {} bytes of state sent in all.",
        median.way.steps / number,
        state / number,
        median.way.sent + median.rest.sent
    );
}

async fn round(cluster: &Cluster, port: &Arc<Writer>, apps: &[AppKey]) -> Round {
    let counted = Counted::new(Arc::clone(port));
    let start = Instant::now();
    let plan = hand::planned(cluster, port, Intent::Rollback, apps, |_| ()).await;
    let read = start.elapsed();
    let start = Instant::now();
    let plan = hand::checked(&counted, plan).await;
    let (check, checks) = (start.elapsed(), counted.take());
    let start = Instant::now();
    let handle = hand::launch(&counted, &plan, start.elapsed().as_nanos() as u64);
    let limit = Duration::from_secs(120);
    let run = hand::until(&handle, limit, "all patches are accepted", |run| {
        run.phase.ended() || run.steps.iter().all(|step| is_accepted(&step.state))
    })
    .await;
    let (accepted, way) = (start.elapsed(), counted.take());
    refused(&run);
    hand::until(&handle, Duration::from_secs(900), "its end", |run| run.phase.ended()).await;
    let (ended, rest) = (start.elapsed(), counted.take());
    handle.leave().await;
    Round { plan: read, check, accepted, ended, checks, way, rest }
}

fn is_accepted(state: &StepState) -> bool {
    !matches!(state, StepState::Waiting | StepState::Applying)
}

/// A round in which anything was refused measures nothing.
fn refused(run: &Run) {
    let bad =
        |state: &StepState| matches!(state, StepState::Refused(_) | StepState::Drifted(_) | StepState::NotStarted);
    let first = run.steps.iter().find(|step| bad(&step.state));
    assert!(first.is_none(), "{first:?} {:?}", run.notes);
}

fn looped(apps: &[AppKey]) -> String {
    format!(
        "for app in {}; do kubectl -n {} rollout undo deployment/$app >/dev/null; done",
        names(apps),
        load::NAMESPACE
    )
}

fn beside(apps: &[AppKey]) -> String {
    let each = format!("xargs -P8 -I{{}} kubectl -n {} rollout undo deployment/{{}} >/dev/null", load::NAMESPACE);
    format!("printf '%s\\n' {} | {each}", names(apps))
}

fn names(apps: &[AppKey]) -> String {
    apps.iter().map(|app| app.name.as_str()).collect::<Vec<_>>().join(" ")
}
