//! A Service, and an Ingress.

use serde_json::Value;

use super::{
    basics::{conditions, origin},
    words::{items, selector, text},
};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet};

pub(super) fn service(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let spec = &object["spec"];
    let kind = text(&spec["type"]);
    sheet.section("Service");
    let headless = spec["clusterIP"] == "None";
    sheet.field(
        "type",
        format!("{kind}{}", if headless { ", headless: names lead to the pods themselves" } else { "" }),
    );
    let addresses = items(&spec["clusterIPs"]).iter().map(text).collect::<Vec<_>>().join(", ");
    sheet.field("address", if headless { String::new() } else { addresses });
    let outside = ingress_points(&object["status"]);
    match (kind.as_str(), outside.is_empty()) {
        ("LoadBalancer", true) => drop(sheet.coloured("outside", Scope::Warn, "no load balancer has been given yet")),
        _ => drop(sheet.field("outside", outside)),
    }
    sheet.field("leads to", text(&spec["externalName"]));
    let chosen = selector(&spec["selector"]);
    match chosen.is_empty() && kind != "ExternalName" {
        true => drop(sheet.field("pods", "none are selected: its endpoints are made by someone else")),
        false => drop(sheet.field("pods", chosen)),
    }
    sheet.field("stickiness", text(&spec["sessionAffinity"]));
    sheet.field("outer traffic", text(&spec["externalTrafficPolicy"]));
    if spec["publishNotReadyAddresses"] == true {
        sheet.coloured("not ready", Scope::Warn, "pods that are not ready take traffic, too");
    }
    origin(sheet, ctx, object);
    sheet.section("Ports");
    for port in items(&spec["ports"]) {
        let node = port["nodePort"]
            .as_u64()
            .filter(|port| *port > 0)
            .map(|port| format!(", on nodes {port}"))
            .unwrap_or_default();
        let to = format!("{}/{} → {}{node}", text(&port["port"]), text(&port["protocol"]), text(&port["targetPort"]));
        let name = text(&port["name"]);
        sheet.field(if name.is_empty() { "port" } else { &name }, to);
    }
    conditions(sheet, ctx, object);
}

pub(super) fn ingress(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let spec = &object["spec"];
    sheet.section("Ingress");
    sheet.field("class", text(&spec["ingressClassName"]));
    let points = ingress_points(&object["status"]);
    match points.is_empty() {
        true => drop(sheet.coloured("address", Scope::Warn, "none yet: no controller has taken it up")),
        false => drop(sheet.field("address", points)),
    }
    let backend = &spec["defaultBackend"];
    if backend.is_object() {
        sheet.field("else", target(backend));
    }
    origin(sheet, ctx, object);
    sheet.section("Routes");
    for rule in items(&spec["rules"]) {
        let host = text(&rule["host"]);
        let host = if host.is_empty() { "any host".to_owned() } else { host };
        sheet.part(&host, vec![Cell::new(Scope::Heading, host.clone())]);
        for path in items(&rule["http"]["paths"]) {
            let exact = if path["pathType"] == "Exact" { " exactly" } else { "" };
            let at = text(&path["path"]);
            let at = if at.is_empty() { "/".to_owned() } else { at };
            sheet.line(&at, vec![Cell::new(Scope::Text, format!("{at}{exact} → {}", target(&path["backend"])))]);
        }
        sheet.end();
    }
    for tls in items(&spec["tls"]) {
        let hosts = items(&tls["hosts"]).iter().map(text).collect::<Vec<_>>().join(", ");
        sheet.field("TLS", format!("{hosts} with Secret {}", text(&tls["secretName"])));
    }
    conditions(sheet, ctx, object);
}

fn target(backend: &Value) -> String {
    let service = &backend["service"];
    if service.is_object() {
        let port = &service["port"];
        let port = if port["number"].is_u64() { text(&port["number"]) } else { text(&port["name"]) };
        return format!("Service {}:{port}", text(&service["name"]));
    }
    format!("{} {}", text(&backend["resource"]["kind"]), text(&backend["resource"]["name"]))
}

fn ingress_points(status: &Value) -> String {
    let one = |point: &Value| {
        let (ip, host) = (text(&point["ip"]), text(&point["hostname"]));
        if ip.is_empty() { host } else { ip }
    };
    items(&status["loadBalancer"]["ingress"]).iter().map(one).collect::<Vec<_>>().join(", ")
}
