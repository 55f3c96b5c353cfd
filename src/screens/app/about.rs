//! What the app is: who made it, what it selects, its containers, what they ask for and how they are probed.

use serde_json::Value;

use super::AppPage;
use crate::{
    Ctx, Scope,
    describe::words::{items, pairs, ports, probe, resources, selector, text},
    fleet::Cell,
    widgets::Sheet,
};

/// Everyone who manages it, as its marks say: the Helm release with its chart, Argo CD, Flux, KEDA, a controlling owner.
pub(super) fn owners(page: &AppPage, ctx: &Ctx) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(raw) = page.raw() {
        let (labels, notes) = (&raw["metadata"]["labels"], &raw["metadata"]["annotations"]);
        let chart = text(&labels["helm.sh/chart"]);
        let chart = if chart.is_empty() { String::new() } else { format!(", chart {chart}") };
        let release = text(&notes["meta.helm.sh/release-name"]);
        if !release.is_empty() {
            out.push(format!(
                "Helm release {release} of namespace {}{chart}",
                text(&notes["meta.helm.sh/release-namespace"])
            ));
        } else if labels["app.kubernetes.io/managed-by"] == "Helm" {
            out.push(format!("Helm release {}{chart}", text(&labels["app.kubernetes.io/instance"])));
        }
        let argo = text(&notes["argocd.argoproj.io/tracking-id"]);
        let argo = argo.split(':').next().unwrap_or_default();
        for name in [argo, &text(&labels["argocd.argoproj.io/instance"])] {
            let said = format!("Argo CD app {name}");
            if !name.is_empty() && !out.contains(&said) {
                out.push(said);
            }
        }
        for (mark, words) in [("kustomize", "Flux kustomization"), ("helm", "Flux Helm release")] {
            let name = text(&labels[format!("{mark}.toolkit.fluxcd.io/name")]);
            if !name.is_empty() {
                out.push(format!("{words} {name}"));
            }
        }
        let owners = items(&raw["metadata"]["ownerReferences"]).iter().filter(|owner| owner["controller"] == true);
        out.extend(owners.map(|owner| format!("{} {}", text(&owner["kind"]), text(&owner["name"]))));
    }
    for (_, hpa) in page.autoscalers.iter().filter(|(_, hpa)| hpa.is_of(&page.key) && !hpa.keda.is_empty()) {
        out.push(format!("KEDA scaled object {} (its replicas)", hpa.keda));
    }
    if let (true, Some(app)) = (out.is_empty(), page.live(ctx)) {
        out.extend((!app.managed_by.is_empty()).then(|| app.managed_by.to_string()));
    }
    out
}

/// The section.
pub(super) fn section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.section("What it is");
    let Some(raw) = page.raw() else {
        match (&page.app, page.live(ctx)) {
            (Some(Err(why)), _) => drop(sheet.text(Scope::Bad, &format!("✗ {why}"))),
            (None, Some(app)) => {
                for image in &app.images {
                    sheet.field(&image.container, &*image.image);
                }
                sheet.text(Scope::Stale, "… loading the rest");
            }
            _ => drop(sheet.text(Scope::Stale, "… loading")),
        }
        return;
    };
    sheet.field("kind", page.key.kind.name());
    sheet.field("selects", selector(&raw["spec"]["selector"]));
    for (name, value) in pairs(&raw["metadata"]["labels"]) {
        if let Some(short) = name.strip_prefix("app.kubernetes.io/") {
            sheet.field(short, value);
        }
    }
    let spec = &raw["spec"]["template"]["spec"];
    for (list, role) in [("initContainers", " (init)"), ("containers", "")] {
        for container in items(&spec[list]) {
            one(sheet, container, role);
        }
    }
}

fn one(sheet: &mut Sheet, container: &Value, role: &str) {
    let name = text(&container["name"]);
    let role = if container["restartPolicy"] == "Always" { " (sidecar)" } else { role };
    sheet.part(&name, vec![Cell::new(Scope::Heading, format!("{name}{role}"))]);
    sheet.field("image", text(&container["image"]));
    sheet.field("resources", resources(container));
    sheet.field("ports", ports(container));
    for (name, field) in
        [("ready when", "readinessProbe"), ("alive when", "livenessProbe"), ("started when", "startupProbe")]
    {
        sheet.field(name, probe(&container[field]));
    }
    sheet.end();
}
