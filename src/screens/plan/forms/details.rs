//! All that is known of one step: what it is, how it rolls, who else manages it, and the kubectl commands that do the same.

use rolldeck_core::{
    batch::{Plan, Step, kubectl, managed_by},
    model::AppKind,
};
use serde_json::Value;

use crate::{
    Ctx, Scope,
    plan::{paper::Paper, pins, words},
    widgets::text::count,
};

/// The details of a step, wrapped to `columns`.
pub(in crate::plan) fn of(ctx: &Ctx, plan: &Plan, step: &Step, columns: usize) -> Paper {
    let mut lines = Vec::new();
    let mut part = |title: &str, text: Vec<String>| {
        lines.push((Scope::Heading, title.to_owned()));
        lines.extend(text.into_iter().map(|line| (Scope::Text, format!("  {line}"))));
    };
    let change = match (step.before(), step.after()) {
        (before, after) if after.is_empty() => format!("{before}: what it becomes is not decided yet"),
        (before, after) => format!("{before} → {after}"),
    };
    part("What changes", vec![change]);
    if let Some(live) = step.live.as_deref() {
        part("Replicas", replicas(step, live));
        part("Strategy", strategy(step, live));
        part("Who else", others(step, live));
    }
    part("How it runs", runs(plan, step));
    let meant = pins::told(ctx, &plan.repushed(step));
    part("Images", images(step).into_iter().chain(meant).collect());
    let (_, check) = words::check(plan, step);
    let problems = step.problems.iter().map(|problem| format!("{}: {}", problem.kind, problem.text));
    part("Preflight", std::iter::once(check).chain(problems).collect());
    let commands = kubectl::of_step(step);
    match commands.is_empty() {
        true => part("As kubectl commands", vec!["none: nothing is decided, or nothing changes".to_owned()]),
        false => {
            part("As kubectl commands (they keep no record and test nothing that they overwrite)", Vec::new());
            lines.extend(commands.into_iter().map(|command| (Scope::Input, format!("  {}", placed(ctx, &command)))));
        }
    }
    Paper::new(format!("{}: details", step.key), lines, columns)
}

/// A kubectl command for the context that the console is connected to, where a kubeconfig has it.
pub(in crate::plan) fn placed(ctx: &Ctx, command: &str) -> String {
    let known = ctx.contexts.iter().any(|context| context.name == ctx.session.context);
    match command.strip_prefix("kubectl ").filter(|_| known) {
        Some(rest) => format!("kubectl --context {} {rest}", kubectl::quoted(&ctx.session.context)),
        None => command.to_owned(),
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn replicas(step: &Step, live: &Value) -> Vec<String> {
    let status = &live["status"];
    let mut lines = Vec::new();
    if step.key.kind == AppKind::DaemonSet {
        lines.push(format!(
            "{} wanted, one a node: {} updated, {} ready",
            number(&status["desiredNumberScheduled"]),
            number(&status["updatedNumberScheduled"]),
            number(&status["numberReady"])
        ));
    } else {
        lines.push(format!(
            "{} wanted: {} updated, {} ready",
            step.replicas_before().unwrap_or(0),
            number(&status["updatedReplicas"]),
            number(&status["readyReplicas"])
        ));
    }
    if !step.hpa.is_empty() {
        let bounds = step.bounds_before().map(|bounds| format!(", between {} and {}", bounds.min, bounds.max));
        lines.push(format!("the autoscaler {} sets them{}", step.hpa, bounds.unwrap_or_default()));
    }
    if step.paused() {
        lines.push("its rollouts are paused".to_owned());
    }
    lines
}

fn strategy(step: &Step, live: &Value) -> Vec<String> {
    let spec = &live["spec"];
    let strategy = if step.key.kind == AppKind::Deployment { &spec["strategy"] } else { &spec["updateStrategy"] };
    let rolling = &strategy["rollingUpdate"];
    let said = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let mut parts = vec![strategy["type"].as_str().unwrap_or("RollingUpdate").to_owned()];
    parts.extend(said(&rolling["maxSurge"]).map(|surge| format!("at most {surge} more (maxSurge)")));
    parts.extend(said(&rolling["maxUnavailable"]).map(|least| format!("at most {least} missing (maxUnavailable)")));
    parts.extend(said(&rolling["partition"]).map(|from| format!("partition {from}")));
    if step.key.kind == AppKind::StatefulSet {
        parts.push(spec["podManagementPolicy"].as_str().unwrap_or("OrderedReady").to_owned());
    }
    let mut lines = vec![parts.join(", ")];
    lines.extend(spec["minReadySeconds"].as_u64().map(|wait| format!("a pod counts as available after {wait}s")));
    lines.extend(spec["progressDeadlineSeconds"].as_u64().map(|most| format!("its own deadline is {most}s")));
    lines
}

fn others(step: &Step, live: &Value) -> Vec<String> {
    let of_app = managed_by(live).map(|by| format!("{by} manages it"));
    let of_hpa = step.autoscaler.as_deref().and_then(managed_by).map(|by| format!("{by} manages its autoscaler"));
    let found: Vec<String> = of_app.into_iter().chain(of_hpa).collect();
    match found.is_empty() {
        true => vec!["its labels, annotations and owners name nobody who manages it".to_owned()],
        false => found,
    }
}

fn runs(plan: &Plan, step: &Step) -> Vec<String> {
    let mut lines = vec![words::how(plan)];
    if !step.after.is_empty() {
        let names: Vec<String> = step.after.iter().map(ToString::to_string).collect();
        lines.push(format!("it starts when {} are healthy", names.join(", ")));
    }
    lines.push(match step.expected {
        Some(seconds) => format!("its earlier rollouts took about {}", words::seconds(seconds)),
        None => "how long its earlier rollouts took is not known".to_owned(),
    });
    lines
}

fn images(step: &Step) -> Vec<String> {
    let after = step.images_after();
    let lines = step.images_before().into_iter().map(|image| {
        let init = if image.init { " (init)" } else { "" };
        match after.iter().find(|other| other.container == image.container && other.init == image.init) {
            Some(twin) if twin.image != image.image => {
                format!("{}{init}: {} → {}", image.container, image.image, twin.image)
            }
            Some(_) => format!("{}{init}: {} stays", image.container, image.image),
            None => format!("{}{init}: {} goes", image.container, image.image),
        }
    });
    let mut lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        lines.push(format!("{} known before it is read", count(0, "container")));
    }
    lines
}
