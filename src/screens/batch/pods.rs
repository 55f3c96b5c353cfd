//! The pods of an app of a batch: how many are new, which of them does not come up, why, and what it wrote last.

use ratatui::text::Line;
use rolldeck_core::{
    Time,
    batch::StepState,
    fleet::{PodRow, Row},
    health::{
        cause::{Warnings, of_pod},
        is_over, newest_revision, trouble,
    },
    model::{AppKey, Container, ContainerState, Pod},
    text::Clean,
};

use super::{Lines, Tail, TailOf};
use crate::{
    Ctx, Scope,
    plan::sheet,
    widgets::text::{count, cut},
};

/// What is shown of an app's pods, indented below its row.
pub(super) fn lines(ctx: &Ctx, key: &AppKey, tail: Option<(&TailOf, &Tail)>, columns: usize) -> Vec<Line<'static>> {
    let note = |scope, text: &str| sheet::note(ctx, scope, 4, text, columns);
    let Some(row) = ctx.fleet.app(key) else {
        let seen = ctx.scope.is_empty() || ctx.scope.contains(&key.namespace);
        let why = match seen {
            true => "its pods are not known: the app is not in the fleet".to_owned(),
            false => format!("its pods are not in view: namespace {} is not", key.namespace),
        };
        return note(Scope::Dim, &why);
    };
    if row.pods.is_none() {
        return note(Scope::Busy, "its pods are being read …");
    }
    let pods = ctx.fleet.pods(key);
    let mut lines = note(Scope::Dim, &counted(row, &pods));
    let bad = troubled(row, &pods);
    if let Some(worst) = bad.first() {
        let more = match bad.len() - 1 {
            0 => String::new(),
            more => {
                format!(" ({} {} up either)", count(more, "more pod"), if more == 1 { "is not" } else { "are not" })
            }
        };
        lines.extend(note(Scope::Bad, &format!("{}{more}", reason(row, worst, ctx.clock.now))));
        lines.extend(log(ctx, worst.pod, tail, columns));
    }
    lines
}

/// Whether the pods of an app in this state tell something of the batch.
pub(super) fn tell(state: &StepState) -> bool {
    use StepState::{Applying, Failed, RevertFailed, Reverting, RollingBack, RollingOut};
    matches!(state, Applying | RollingOut(..) | Failed(_) | Reverting | RollingBack(..) | RevertFailed(_))
}

/// The log that tells why the app does not come up: of its worst pod that is in trouble.
pub(super) fn wanted(ctx: &Ctx, key: &AppKey) -> Option<TailOf> {
    let row = ctx.fleet.app(key)?;
    let pods = ctx.fleet.pods(key);
    let pod = troubled(row, &pods).first()?.pod;
    let container = blamed(pod)?;
    let now = !matches!(container.state, ContainerState::Waiting(..));
    let before = container.last.is_some();
    (now || before).then(|| TailOf {
        namespace: pod.namespace.clone(),
        pod: pod.name.clone(),
        container: container.name.clone(),
        restarts: container.restarts,
        before,
        now,
    })
}

/// `5 pods: 3 new, 2 of them ready; 2 old, 1 ending`.
fn counted(row: &Row, pods: &[PodRow]) -> String {
    let alive: Vec<&Pod> = pods.iter().map(|row| row.pod).filter(|pod| !is_over(pod)).collect();
    let newest = newest(row, &alive);
    let (new, old): (Vec<&Pod>, Vec<&Pod>) =
        alive.iter().partition(|pod| newest.as_ref().is_none_or(|newest| pod.revision == *newest));
    let ready = |pods: &[&Pod]| pods.iter().filter(|pod| pod.ready && !pod.ending).count();
    let ending = old.iter().filter(|pod| pod.ending).count();
    let mut text = match newest {
        Some(_) => format!("{}: {} new, {} of them ready", count(alive.len(), "pod"), new.len(), ready(&new)),
        None => format!("{}: {} ready; which are new is not known yet", count(alive.len(), "pod"), ready(&new)),
    };
    if !old.is_empty() {
        text += &format!("; {} old", old.len());
    }
    if ending > 0 {
        text += &format!(", {ending} ending");
    }
    text
}

/// The revision that the pods are to come to. A DaemonSet does not name it: it is that of the youngest pod, once one has it.
fn newest(row: &Row, pods: &[&Pod]) -> Option<Clean> {
    if let Some(newest) = newest_revision(&row.app) {
        return Some(newest.into());
    }
    let named = row.app.counts.updated > 0;
    pods.iter().filter(|_| named).max_by_key(|pod| pod.created).map(|pod| pod.revision.clone())
}

/// The pods that are not up, the most telling first: those of the new revision before old ones, those in trouble before those
/// that merely start.
fn troubled<'a, 'b>(row: &Row, pods: &'b [PodRow<'a>]) -> Vec<&'b PodRow<'a>> {
    let alive: Vec<&Pod> = pods.iter().map(|row| row.pod).filter(|pod| !is_over(pod)).collect();
    let newest = newest(row, &alive);
    let mut bad: Vec<_> = pods.iter().filter(|row| !row.pod.ending && trouble(row.pod).is_some()).collect();
    let restarts = |pod: &Pod| pod.containers.iter().map(|container| container.restarts).max().unwrap_or(0);
    bad.sort_by_key(|row| {
        let old = newest.as_ref().is_some_and(|newest| row.pod.revision != *newest);
        (old, std::cmp::Reverse(restarts(row.pod)), row.pod.name.clone())
    });
    bad
}

/// `pod orders-7d9f-x2x4z: CrashLoopBackOff, 4 restarts: main ends with exit 1 again and again`.
fn reason(row: &Row, pod: &PodRow, now: Time) -> String {
    let restarts: u32 = pod.pod.containers.iter().map(|container| container.restarts).sum();
    let times = if restarts > 0 { format!(", {}", count(restarts as usize, "restart")) } else { String::new() };
    let word = trouble(pod.pod).unwrap_or_else(|| rolldeck_core::health::pod_status(pod.pod));
    let cause = of_pod(pod, row.app.requests, &Warnings::default(), now);
    let cause = cause.map(|cause| format!(": {}", cause.sentence)).unwrap_or_default();
    let told = blamed(pod.pod).and_then(|container| match &container.state {
        ContainerState::Waiting(_, message) if container.last.is_none() && !message.is_empty() => Some(message.clone()),
        _ => None,
    });
    let told = told.map(|told| format!(" ({told})")).unwrap_or_default();
    format!("pod {}: {word}{times}{cause}{told}", pod.pod.name)
}

/// The container that keeps a pod from coming up: of those that are not up, the one that was restarted most.
fn blamed(pod: &Pod) -> Option<&Container> {
    let up = |container: &&Container| match &container.state {
        ContainerState::Running(_) => !(container.ready || container.init && container.started),
        ContainerState::Terminated(_, code, _) => *code != 0 || !container.init,
        ContainerState::Waiting(reason, _) => container.last.is_some() || &**reason != "PodInitializing",
    };
    let mut down: Vec<&Container> = pod.containers.iter().filter(up).collect();
    down.sort_by_key(|container| std::cmp::Reverse(container.restarts));
    down.first().copied()
}

/// The last lines of the log of a pod, as far as they were read.
fn log(ctx: &Ctx, pod: &Pod, tail: Option<(&TailOf, &Tail)>, columns: usize) -> Vec<Line<'static>> {
    let Some((of, tail)) = tail.filter(|(of, _)| of.pod == pod.name && of.namespace == pod.namespace) else {
        return Vec::new();
    };
    if *tail == Tail::default() {
        return vec![sheet::line(ctx, Scope::Busy, format!("    reading the log of {} …", of.container))];
    }
    let mut lines = Vec::new();
    if let Some(part) = &tail.before {
        lines.extend(part_of(ctx, &format!("log of {} before it ended", of.container), part, columns));
    }
    if let Some(part) = &tail.now {
        lines.extend(part_of(ctx, &format!("log of {} now", of.container), part, columns));
    }
    lines
}

/// A title and the lines below it, each in one row.
fn part_of(ctx: &Ctx, title: &str, part: &Lines, columns: usize) -> Vec<Line<'static>> {
    let text = match part {
        Ok(lines) if lines.is_empty() => return vec![sheet::line(ctx, Scope::Dim, format!("    {title}: empty"))],
        Ok(lines) => lines,
        Err(why) => return sheet::note(ctx, Scope::Warn, 4, &format!("{title}: {why}"), columns),
    };
    let head = sheet::line(ctx, Scope::Dim, format!("    {title}:"));
    let body =
        text.iter().map(|line| sheet::line(ctx, Scope::Text, format!("    │ {}", cut(line, columns.max(7) - 6))));
    std::iter::once(head).chain(body).collect()
}
