//! The question and its answers, in words.

use rolldeck_core::{
    act::{Act, Budget, Facts, How, Outcome, PodId, Target},
    batch::guard::Guard,
    model::AppKey,
    text::Clean,
};

use crate::{
    Ctx,
    widgets::text::{count, time_of_day},
};

/// `Pod qa/gateway-7d9f-x2x4`, `3 pods`.
pub(super) fn whom(pods: &[Target]) -> String {
    match pods {
        [one] => format!("pod {}", one.id.name),
        many => count(many.len(), "pod"),
    }
}

/// Whom the question is about, and what is left of their apps without them.
pub(super) fn about(ctx: &Ctx, pods: &[Target]) -> Vec<String> {
    let mut lines = vec![format!("context {} · as {}", ctx.session.context, ctx.session.user)];
    match pods {
        [one] => {
            lines.push(format!("namespace {}", one.id.namespace));
            lines.push(format!("pod {}{}", one.id.name, state(one)));
        }
        many => lines.extend(many.iter().map(|pod| format!("  {}{}", pod.id, state(pod)))),
    }
    let mut apps: Vec<&AppKey> = pods.iter().filter_map(|pod| pod.app.as_ref()).collect();
    apps.sort();
    apps.dedup();
    lines.extend(apps.into_iter().map(|app| left_of(ctx, app, pods)));
    let alone = pods.iter().filter(|pod| pod.app.is_none()).count();
    if alone > 0 {
        lines.push(format!(
            "{} no Deployment, StatefulSet or DaemonSet: perhaps nothing makes a new one",
            belongs(alone)
        ));
    }
    lines
}

/// What guards the place, where something does.
pub(super) fn guarded((guard, rule): &(Guard, Clean)) -> Option<String> {
    match guard {
        Guard::None => None,
        Guard::ReadOnly => Some(format!("Nothing is written here: {rule}.")),
        Guard::Confirm | Guard::Type => Some(format!("guarded: {rule}")),
    }
}

fn belongs(n: usize) -> String {
    if n == 1 { "It belongs to".to_owned() } else { format!("{n} belong to") }
}

fn state(pod: &Target) -> &'static str {
    match (pod.ending, pod.ready) {
        (true, _) => " (ending already)",
        (false, true) => " (ready)",
        (false, false) => " (not ready)",
    }
}

/// `app qa/deploy/gateway: 2 of its 3 ready pods stay`.
fn left_of(ctx: &Ctx, app: &AppKey, pods: &[Target]) -> String {
    let ready: Vec<_> = ctx.fleet.pods(app).into_iter().filter(|row| row.pod.ready && !row.pod.ending).collect();
    let lost = |uid: &rolldeck_core::text::Clean| pods.iter().any(|pod| pod.id.uid == *uid);
    let stay = ready.iter().filter(|row| !lost(&row.pod.uid)).count();
    let warning = if stay == 0 && !ready.is_empty() { ": NONE IS LEFT until a new one is ready" } else { "" };
    format!("app {app}: {stay} of its {} stay{warning}", count(ready.len(), "ready pod"))
}

/// What was asked of the server, as far as it has answered.
pub(super) fn facts(ctx: &Ctx, pods: &[Target], facts: Option<&Facts>) -> Vec<String> {
    let Some(facts) = facts else { return vec!["Asking what you may do, and which budgets cover it …".to_owned()] };
    let mut lines = Vec::new();
    match &facts.budgets {
        Ok(all) if all.is_empty() => lines.push("No PodDisruptionBudget covers it.".to_owned()),
        Ok(all) => lines.extend(all.iter().map(budget)),
        Err(why) => lines.push(format!("Its PodDisruptionBudgets are not known: {why}.")),
    }
    lines.extend(facts.no_eviction.iter().map(|why| format!("No eviction: {why}.")));
    lines.extend(facts.no_deletion.iter().map(|why| format!("No deletion: {why}.")));
    let ends = pods.iter().zip(&facts.ends).filter_map(|(pod, end)| Some((pod, (*end)?)));
    for (pod, end) in ends.take(4) {
        let past = if end < ctx.clock.now { "should have ended by" } else { "ends by" };
        lines.push(format!("{} is being deleted already and {past} {}.", pod.id.name, time_of_day(end, ctx.clock)));
    }
    if facts.all_stuck(ctx.clock.now) {
        lines.push(
            "WARNING: by force the server forgets the pod at once. Its containers may still run on a node that does not answer, and \
             a StatefulSet may then have two pods of one name that write to the same volume."
                .to_owned(),
        );
    }
    lines
}

/// `PodDisruptionBudget web: 3 healthy, needs 3: an eviction will be refused`.
fn budget(budget: &Budget) -> String {
    let then = match budget.allowed {
        0 => "an eviction will be refused".to_owned(),
        n if (n as usize) < budget.covers => format!("only {n} of {} evictions will pass", budget.covers),
        n => format!("{} more may go", n),
    };
    format!("PodDisruptionBudget {}: {} healthy, needs {}: {then}.", budget.name, budget.healthy, budget.desired)
}

/// What stands for the act while and after it is done.
pub(super) fn outcomes(act: &Act, ended: &[(PodId, Outcome)]) -> Vec<String> {
    let of = |pod: &PodId| ended.iter().find(|(known, _)| known == pod).map(|(_, outcome)| outcome);
    let lines = act.pods.iter().map(|pod| match of(pod) {
        None => format!("… {pod}: asked to {}", act.how.verb()),
        Some(Outcome::Done) => format!("✓ {pod}: {}", act.how.done()),
        Some(Outcome::Gone(why)) => format!("○ {pod}: {why}"),
        Some(Outcome::Refused(why)) => format!("✗ {pod}: {why}"),
        Some(Outcome::Doubt(why)) => format!("? {pod}: {why}"),
    });
    lines.collect()
}

/// All well, in a line for the foot of the screen.
pub(super) fn well(act: &Act) -> String {
    let whom = match act.pods.as_slice() {
        [one] => format!("pod {one}"),
        many => count(many.len(), "pod"),
    };
    match act.how {
        How::Force => format!("{whom} deleted by force: the server has forgotten it"),
        how => format!("{whom} {}: it ends within its grace period", how.done()),
    }
}
