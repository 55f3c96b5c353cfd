//! A workload: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job and what else has a pod template.

use serde_json::Value;

use super::{
    basics::{conditions, origin},
    containers::containers,
    outline::outline,
    pod::{scheduling, volumes},
    words::{joined, selector, text},
};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet};

pub(super) fn workload(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let (spec, status) = (&object["spec"], &object["status"]);
    sheet.section("Status");
    let (wanted, ready) = match spec["replicas"].as_i64() {
        Some(wanted) => (wanted, status["readyReplicas"].as_i64().unwrap_or(0)),
        None => (status["desiredNumberScheduled"].as_i64().unwrap_or(0), status["numberReady"].as_i64().unwrap_or(0)),
    };
    let scope = if ready < wanted { Scope::Warn } else { Scope::Good };
    if wanted > 0 || ready > 0 {
        sheet.coloured("pods", scope, format!("{ready} of {wanted} ready"));
    } else {
        sheet.field("pods", "none wanted");
    }
    let annotations = &object["metadata"]["annotations"];
    sheet.field("revision", text(&annotations["deployment.kubernetes.io/revision"]));
    sheet.field("cause", text(&annotations["kubernetes.io/change-cause"]));
    sheet.field("selects", selector(&spec["selector"]));
    if spec["paused"] == true {
        sheet.coloured("paused", Scope::Warn, "its rollouts wait");
    }
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
    let template = &spec["template"];
    containers(sheet, ctx, &template["spec"], &Value::Null);
    volumes(sheet, &template["spec"]);
    scheduling(sheet, &template["spec"], &Value::Null);
    sheet.section("Template");
    sheet.field("labels", joined(&template["metadata"]["labels"]));
    let rest: serde_json::Map<String, Value> = spec
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !matches!(name.as_str(), "template" | "selector" | "replicas" | "paused"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !rest.is_empty() {
        sheet.part("spec", vec![Cell::new(Scope::Dim, "what else its spec says")]);
        outline(sheet, &Value::Object(rest));
        sheet.end();
    }
}
