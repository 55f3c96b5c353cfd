//! The containers of a pod, or of a template.

use serde_json::Value;

use super::words::{ago, items, joined, ports, probe, resources, text, variable};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet};

/// The lists of containers of a pod spec, with the statuses beside each.
const LISTS: [(&str, &str, &str); 3] = [
    ("initContainers", "initContainerStatuses", "init"),
    ("containers", "containerStatuses", ""),
    ("ephemeralContainers", "ephemeralContainerStatuses", "debug"),
];

/// The containers of a pod spec; with what their statuses say where `status` has them.
pub(super) fn containers(sheet: &mut Sheet, ctx: &Ctx, spec: &Value, status: &Value) {
    sheet.section("Containers");
    for (list, statuses, role) in LISTS {
        for container in items(&spec[list]) {
            let name = text(&container["name"]);
            let status = items(&status[statuses]).iter().find(|status| status["name"] == container["name"]);
            let role = match (role, container["restartPolicy"] == "Always") {
                ("init", true) => " (sidecar)".to_owned(),
                ("", _) => String::new(),
                (role, _) => format!(" ({role})"),
            };
            let mut head = vec![Cell::new(Scope::Heading, format!("{name}{role}"))];
            if let Some(status) = status {
                let (scope, said) = state(ctx, &status["state"]);
                let readiness = if status["ready"] == true { ", ready" } else { "" };
                let restarts = status["restartCount"].as_u64().unwrap_or(0);
                let again = match restarts {
                    0 => String::new(),
                    1 => ", 1 restart".to_owned(),
                    n => format!(", {n} restarts"),
                };
                head.push(Cell::new(scope, format!("  {said}{readiness}{again}")));
            }
            sheet.part(&format!("{list}/{name}"), head);
            inside(sheet, ctx, container, status.unwrap_or(&Value::Null));
            sheet.end();
        }
    }
}

fn inside(sheet: &mut Sheet, ctx: &Ctx, container: &Value, status: &Value) {
    let last = &status["lastState"];
    if last.as_object().is_some_and(|last| !last.is_empty()) {
        sheet.coloured("last state", Scope::Warn, state(ctx, last).1);
        sheet.text(Scope::Dim, text(&last["terminated"]["message"]).trim());
    }
    for waiting in ["waiting", "terminated"] {
        sheet.text(Scope::Dim, text(&status["state"][waiting]["message"]).trim());
    }
    sheet.field("image", text(&container["image"]));
    let digest = text(&status["imageID"]);
    sheet.field("runs", digest.rsplit_once('@').map_or(digest.as_str(), |(_, digest)| digest));
    let words = |field: &str| items(&container[field]).iter().map(text).collect::<Vec<_>>().join(" ");
    sheet.field("command", words("command"));
    sheet.field("arguments", words("args"));
    sheet.field("ports", ports(container));
    sheet.field("resources", resources(container));
    for (name, field) in
        [("ready when", "readinessProbe"), ("alive when", "livenessProbe"), ("started when", "startupProbe")]
    {
        sheet.field(name, probe(&container[field]));
    }
    environment(sheet, container);
    let mounts = items(&container["volumeMounts"]);
    if !mounts.is_empty() {
        sheet.part("mounts", vec![Cell::new(Scope::Dim, format!("mounts ({})", mounts.len()))]);
        for mount in mounts {
            let sub = text(&mount["subPath"]);
            let sub = if sub.is_empty() { String::new() } else { format!(", only {sub}") };
            let only = if mount["readOnly"] == true { ", read only" } else { "" };
            sheet.field(&text(&mount["name"]), format!("{}{sub}{only}", text(&mount["mountPath"])));
        }
        sheet.end();
    }
    let security = &container["securityContext"];
    if security.is_object() {
        let capabilities = items(&security["capabilities"]["add"]).iter().map(text).collect::<Vec<_>>().join(",");
        let added = if capabilities.is_empty() { String::new() } else { format!(", with {capabilities}") };
        sheet.field("security", format!("{}{added}", joined_scalars(security)));
    }
}

fn joined_scalars(map: &Value) -> String {
    let fields = map.as_object().into_iter().flatten().filter(|(_, value)| !value.is_object() && !value.is_array());
    joined(&Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect()))
}

fn environment(sheet: &mut Sheet, container: &Value) {
    let (from, own) = (items(&container["envFrom"]), items(&container["env"]));
    if from.is_empty() && own.is_empty() {
        return;
    }
    sheet.part("environment", vec![Cell::new(Scope::Dim, format!("environment ({})", from.len() + own.len()))]);
    for source in from {
        let (kind, of) = if source["secretRef"].is_object() {
            ("Secret", &source["secretRef"])
        } else {
            ("ConfigMap", &source["configMapRef"])
        };
        let prefix = text(&source["prefix"]);
        let prefix = if prefix.is_empty() { String::new() } else { format!(", each name after {prefix}") };
        sheet.text(Scope::Text, &format!("all of {kind} {}{prefix}", text(&of["name"])));
    }
    for entry in own {
        let (name, value) = (text(&entry["name"]), variable(entry));
        let pieces = vec![Cell::new(Scope::Dim, format!("{name} = ")), Cell::new(Scope::Text, value)];
        sheet.line(&name, pieces);
    }
    sheet.end();
}

/// A container's state: `running for 3h`, `waiting: CrashLoopBackOff`, `ended 5m ago: OOMKilled, exit code 137`.
pub(super) fn state(ctx: &Ctx, state: &Value) -> (Scope, String) {
    let (running, waiting, ended) = (&state["running"], &state["waiting"], &state["terminated"]);
    if running.is_object() {
        let since = ago(ctx, &running["startedAt"]);
        return (Scope::Good, format!("running, started {since}"));
    }
    if waiting.is_object() {
        let reason = text(&waiting["reason"]);
        let harmless = matches!(reason.as_str(), "ContainerCreating" | "PodInitializing" | "");
        return (if harmless { Scope::Busy } else { Scope::Bad }, format!("waiting: {reason}"));
    }
    if ended.is_object() {
        let code = ended["exitCode"].as_i64().unwrap_or(0);
        let signal = ended["signal"].as_i64().map(|signal| format!(", signal {signal}")).unwrap_or_default();
        let scope = if code == 0 { Scope::Dim } else { Scope::Bad };
        let when = ago(ctx, &ended["finishedAt"]);
        return (scope, format!("ended {when}: {}, exit code {code}{signal}", text(&ended["reason"])));
    }
    (Scope::Stale, "state unknown".to_owned())
}
