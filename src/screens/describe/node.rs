//! A node, and a namespace.

use serde_json::Value;

use super::{
    basics::{conditions, origin},
    outline::outline,
    words::{ago, items, text},
};
use crate::{
    Ctx, Scope,
    widgets::{Sheet, text::left},
};

pub(super) fn node(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let (spec, status) = (&object["spec"], &object["status"]);
    let all = items(&status["conditions"]);
    let ready = all.iter().find(|condition| condition["type"] == "Ready");
    sheet.section("Status");
    match ready.map(|ready| text(&ready["status"])).as_deref() {
        Some("True") => drop(sheet.coloured("status", Scope::Good, "Ready")),
        Some("False") => drop(sheet.coloured("status", Scope::Bad, "NotReady")),
        _ => drop(sheet.coloured("status", Scope::Bad, "Unknown: its kubelet is not heard")),
    }
    if let Some(ready) = ready.filter(|ready| ready["status"] != "True") {
        sheet.coloured("why", Scope::Bad, format!("{}: {}", text(&ready["reason"]), text(&ready["message"])));
    }
    if spec["unschedulable"] == true {
        sheet.coloured("cordoned", Scope::Warn, "takes no new pods");
    }
    let taint = |taint: &Value| {
        let value = text(&taint["value"]);
        let value = if value.is_empty() { String::new() } else { format!("={value}") };
        format!("{}{value}:{}", text(&taint["key"]), text(&taint["effect"]))
    };
    sheet.coloured("taints", Scope::Warn, items(&spec["taints"]).iter().map(taint).collect::<Vec<_>>().join(", "));
    let labels = object["metadata"]["labels"].as_object();
    let roles = labels.into_iter().flatten().filter_map(|(name, _)| name.strip_prefix("node-role.kubernetes.io/"));
    sheet.field("roles", roles.collect::<Vec<_>>().join(", "));
    let address = |address: &Value| format!("{} {}", text(&address["type"]), text(&address["address"]));
    sheet.field("addresses", items(&status["addresses"]).iter().map(address).collect::<Vec<_>>().join(", "));
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
    sheet.section("Room for pods");
    let (capacity, allocatable) = (&status["capacity"], &status["allocatable"]);
    for (name, has) in capacity.as_object().into_iter().flatten() {
        sheet.field(name, format!("{} of {} are for pods", left(&text(&allocatable[name]), 12).trim_end(), text(has)));
    }
    sheet.section("System");
    for (name, field) in [
        ("kubelet", "kubeletVersion"),
        ("runtime", "containerRuntimeVersion"),
        ("kernel", "kernelVersion"),
        ("system", "osImage"),
        ("architecture", "architecture"),
    ] {
        sheet.field(name, text(&status["nodeInfo"][field]));
    }
    sheet.field("pod network", text(&spec["podCIDR"]));
    sheet.field("provider", text(&spec["providerID"]));
}

pub(super) fn namespace(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    sheet.section("Status");
    let phase = text(&object["status"]["phase"]);
    let scope = if phase == "Active" { Scope::Good } else { Scope::Warn };
    sheet.coloured("status", scope, &phase);
    let ending = &object["metadata"]["deletionTimestamp"];
    if ending.is_string() {
        sheet.coloured("ending", Scope::Warn, format!("since {}", ago(ctx, ending)));
        let held = items(&object["spec"]["finalizers"]).iter().map(text).collect::<Vec<_>>().join(", ");
        sheet.coloured("held by", Scope::Warn, held);
    }
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
}

/// A kind that nothing more is known of: its status, its spec, and what else it has.
pub(super) fn generic(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    sheet.section("Status");
    origin(sheet, ctx, object);
    let mut status = object["status"].clone();
    if let Some(fields) = status.as_object_mut() {
        fields.remove("conditions");
    }
    if status.is_object() {
        outline(sheet, &status);
    }
    conditions(sheet, ctx, object);
    if object["spec"].is_object() {
        sheet.section("Spec");
        outline(sheet, &object["spec"]);
    }
    const KNOWN: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];
    for (name, value) in object.as_object().into_iter().flatten().filter(|(name, _)| !KNOWN.contains(&name.as_str())) {
        let mut title = name.clone();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        sheet.section(&title);
        outline(sheet, value);
    }
}
