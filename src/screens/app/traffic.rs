//! Services, which pods take traffic by them, and what leads to them from outside.

use rolldeck_core::{
    around::{Endpoint, Route, Service, traffic},
    fleet::Freshness,
    model::{Api, ObjectRef},
};

use super::{
    AppPage,
    parts::{remark, told},
};
use crate::{
    Ctx, Scope,
    fleet::Cell,
    widgets::{Sheet, text::count},
};

/// The section.
pub(super) fn section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.titled("Traffic", remark("Services, and the routes that lead to them"));
    if !told(sheet, ctx, &page.services) {
        return;
    }
    let Some(raw) = page.raw() else {
        sheet.text(Scope::Stale, "… loading");
        return;
    };
    let labels = &raw["spec"]["template"]["metadata"]["labels"];
    let takes = |service: &&Service| service.selector.takes(labels);
    let services: Vec<&Service> = page.services.iter().map(|(_, service)| service).filter(takes).collect();
    if services.is_empty() {
        sheet.text(Scope::Dim, "no Service of its namespace selects its pods");
    }
    for service in services {
        one(sheet, page, ctx, service);
    }
    for (kind, kept) in page.routes.iter() {
        // A kind that the cluster does not have leads nowhere: nothing is missing.
        if *kept.freshness() != Freshness::Absent && (!kept.listed() || *kept.freshness() != Freshness::Live) {
            sheet.part(
                &format!("{kind:?}"),
                vec![Cell::new(Scope::Dim, format!("{} ({})", kind.api().kind, kind.api().group))],
            );
            told(sheet, ctx, kept);
            sheet.end();
        }
    }
}

fn one(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx, service: &Service) {
    let api = Api::new("", "v1", "services", "Service", true);
    let about = ObjectRef { api, namespace: page.key.namespace.clone(), name: service.name.clone() };
    let ports = service.ports.iter().map(|port| port.as_str()).collect::<Vec<_>>().join(", ");
    let mut head = vec![
        Cell::new(Scope::Heading, format!("Service {}", service.name)),
        Cell::new(Scope::Text, format!("  {}  {ports}", service.kind)),
    ];
    if !page.slices.listed() {
        sheet.part(&service.name, head).about(about);
        told(sheet, ctx, &page.slices);
        routes(sheet, page, service);
        sheet.end();
        return;
    }
    let found = traffic(&service.name, page.slices.iter().map(|(_, slice)| slice));
    let own = ctx.fleet.pods(&page.key);
    let taking = own.iter().filter(|row| found.pods.get(&row.pod.name).is_some_and(|endpoint| endpoint.ready)).count();
    let scope = if taking == 0 { Scope::Bad } else { Scope::Good };
    head.push(Cell::new(scope, format!("  {} of {} take traffic", taking, count(own.len(), "pod"))));
    sheet.part(&service.name, head).about(about);
    told(sheet, ctx, &page.slices);
    routes(sheet, page, service);
    for row in &own {
        let endpoint = found.pods.get(&row.pod.name);
        // What takes traffic as it should is counted above; the rest is named.
        if endpoint.is_some_and(|endpoint| endpoint.ready && !endpoint.terminating) {
            continue;
        }
        let (scope, said) = words(endpoint);
        let pieces = vec![Cell::new(Scope::Text, format!("{}  ", row.pod.name)), Cell::new(scope, said)];
        sheet.line(&row.pod.name, pieces).about(ObjectRef::pod(&row.pod.namespace, &row.pod.name));
    }
    let others = found
        .pods
        .values()
        .filter(|endpoint| endpoint.ready && own.iter().all(|row| row.pod.name != endpoint.pod))
        .count();
    if others + found.others > 0 {
        sheet.text(
            Scope::Warn,
            &format!("{} of others take its traffic, too", count(others + found.others, "endpoint")),
        );
    }
    if service.unready {
        sheet.text(Scope::Warn, "it sends to pods that are not ready, too");
    }
    sheet.end();
}

/// What an endpoint says of a pod.
fn words(endpoint: Option<&Endpoint>) -> (Scope, &'static str) {
    match endpoint {
        None => (Scope::Warn, "not in its endpoints"),
        Some(endpoint) => match (endpoint.ready, endpoint.serving, endpoint.terminating) {
            (true, _, true) => (Scope::Warn, "ending, and takes traffic still"),
            (true, ..) => (Scope::Good, "takes traffic"),
            (false, true, true) => (Scope::Dim, "ending: takes traffic only while no other pod does"),
            (false, _, true) => (Scope::Dim, "ending: no traffic"),
            (false, ..) => (Scope::Bad, "not ready: no traffic"),
        },
    }
}

/// The routes that lead to a Service, host and path first.
fn routes(sheet: &mut Sheet, page: &AppPage, service: &Service) {
    let all = page.routes.iter().flat_map(|(_, kept)| kept.iter().map(|(_, route)| route));
    let mut leading: Vec<&Route> =
        all.filter(|route| route.to(&page.key.namespace, &service.name).next().is_some()).collect();
    leading.sort_by_key(|route| (route.kind, &route.name));
    for route in leading {
        let tls = if route.tls { ", TLS" } else { "" };
        let class = if route.class.is_empty() { String::new() } else { format!(" ({}{tls})", route.class) };
        for path in route.to(&page.key.namespace, &service.name) {
            let pieces = vec![
                Cell::new(Scope::Text, format!("{} → :{}", path.from, path.port)),
                Cell::new(Scope::Dim, format!("  {} {}{class}", route.kind.api().kind, route.name)),
            ];
            sheet.line(&format!("{}/{}", route.name, path.from), pieces).about(route.object());
        }
    }
}
