//! A pod.

use serde_json::Value;

use super::{
    basics::{conditions, origin},
    containers::containers,
    outline::outline,
    words::{ago, items, joined, text, volume},
};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet};

pub(super) fn pod(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let (spec, status) = (&object["spec"], &object["status"]);
    sheet.section("Status");
    let (scope, said) = summary(object);
    sheet.coloured("status", scope, said);
    sheet.coloured("why", Scope::Warn, text(&status["message"]));
    let unscheduled =
        items(&status["conditions"]).iter().find(|c| c["type"] == "PodScheduled" && c["status"] == "False");
    if let Some(condition) = unscheduled {
        sheet.coloured("unscheduled", Scope::Bad, text(&condition["message"]));
    }
    let host = text(&status["hostIP"]);
    let node = text(&spec["nodeName"]);
    sheet.field("node", if host.is_empty() { node } else { format!("{node} ({host})") });
    let ips: Vec<String> = items(&status["podIPs"]).iter().map(|ip| text(&ip["ip"])).collect();
    sheet.field("addresses", if ips.is_empty() { text(&status["podIP"]) } else { ips.join(", ") });
    sheet.field("started", ago(ctx, &status["startTime"]));
    origin(sheet, ctx, object);
    containers(sheet, ctx, spec, status);
    conditions(sheet, ctx, object);
    volumes(sheet, spec);
    scheduling(sheet, spec, status);
}

/// What `kubectl get` says of it, from the object alone.
fn summary(object: &Value) -> (Scope, String) {
    let status = &object["status"];
    if object["metadata"]["deletionTimestamp"].is_string() {
        return (Scope::Warn, "Terminating".to_owned());
    }
    let all = ["initContainerStatuses", "containerStatuses"].into_iter().flat_map(|list| items(&status[list]));
    let trouble = all.clone().find_map(|container| {
        let waiting = text(&container["state"]["waiting"]["reason"]);
        let ended = &container["state"]["terminated"];
        let failed = ended["exitCode"].as_i64().is_some_and(|code| code != 0);
        match waiting.as_str() {
            "" | "PodInitializing" | "ContainerCreating" => failed.then(|| text(&ended["reason"])),
            reason => Some(reason.to_owned()),
        }
    });
    let (phase, reason) = (text(&status["phase"]), text(&status["reason"]));
    let main = items(&status["containerStatuses"]);
    let ready = main.iter().filter(|container| container["ready"] == true).count();
    let counts = format!("{ready} of {} containers ready", main.len());
    match (trouble, reason.is_empty(), phase.as_str()) {
        (Some(trouble), ..) => (Scope::Bad, format!("{trouble}, {counts}")),
        (_, false, _) => (Scope::Bad, reason),
        (_, _, "Running") if ready == main.len() => (Scope::Good, format!("Running, {counts}")),
        (_, _, "Running" | "Pending") => (Scope::Busy, format!("{phase}, {counts}")),
        (_, _, "Succeeded") => (Scope::Dim, "Completed".to_owned()),
        _ => (Scope::Bad, phase),
    }
}

/// The volumes of a pod spec.
pub(super) fn volumes(sheet: &mut Sheet, spec: &Value) {
    let volumes = items(&spec["volumes"]);
    if volumes.is_empty() {
        return;
    }
    sheet.titled("Volumes", vec![Cell::new(Scope::Dim, format!(" ({})", volumes.len()))]);
    for one in volumes {
        sheet.field(&text(&one["name"]), volume(one));
    }
}

/// Where pods of this spec may run, as whom, and how they end.
pub(super) fn scheduling(sheet: &mut Sheet, spec: &Value, status: &Value) {
    sheet.section("Scheduling");
    sheet.field("quality", text(&status["qosClass"]));
    let class = text(&spec["priorityClassName"]);
    let priority = text(&spec["priority"]);
    sheet.field("priority", if class.is_empty() { priority } else { format!("{class} ({priority})") });
    sheet.field("account", text(&spec["serviceAccountName"]));
    sheet.field("restarts", text(&spec["restartPolicy"]));
    if let Some(seconds) = spec["terminationGracePeriodSeconds"].as_i64() {
        sheet.field("to end", format!("within {seconds}s"));
    }
    sheet.field("only nodes", joined(&spec["nodeSelector"]));
    let one = |toleration: &Value| {
        let key = text(&toleration["key"]);
        let value = text(&toleration["value"]);
        let what = match (key.is_empty(), value.is_empty()) {
            (true, _) => "anything".to_owned(),
            (false, true) => key,
            (false, false) => format!("{key}={value}"),
        };
        let effect = text(&toleration["effect"]);
        let effect = if effect.is_empty() { String::new() } else { format!(":{effect}") };
        let long = toleration["tolerationSeconds"].as_i64().map(|s| format!(" for {s}s")).unwrap_or_default();
        format!("{what}{effect}{long}")
    };
    sheet.field("tolerates", items(&spec["tolerations"]).iter().map(one).collect::<Vec<_>>().join(", "));
    for (name, field) in [("affinity", "affinity"), ("spread", "topologySpreadConstraints")] {
        if !spec[field].is_null() {
            sheet.part(name, vec![Cell::new(Scope::Dim, name)]);
            outline(sheet, &spec[field]);
            sheet.end();
        }
    }
}
