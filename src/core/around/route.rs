//! What leads from outside to Services: Ingresses and Traefik's IngressRoutes.

use serde_json::Value;

use super::json::{items, text};
use crate::{
    model::{Api, ObjectRef},
    text::Clean,
};

/// What kind a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// networking.k8s.io/v1 Ingress.
    Ingress,
    /// traefik.io/v1alpha1 IngressRoute.
    Traefik,
    /// traefik.containo.us/v1alpha1 IngressRoute, as it was before Traefik 3.
    OldTraefik,
}

impl RouteKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Ingress, Self::Traefik, Self::OldTraefik];

    /// How the API names it.
    pub fn api(self) -> Api {
        match self {
            Self::Ingress => Api::new("networking.k8s.io", "v1", "ingresses", "Ingress", true),
            Self::Traefik => Api::new("traefik.io", "v1alpha1", "ingressroutes", "IngressRoute", true),
            Self::OldTraefik => Api::new("traefik.containo.us", "v1alpha1", "ingressroutes", "IngressRoute", true),
        }
    }
}

/// One way of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutePath {
    /// What a request must be: `shop.example.com/api`, or Traefik's rule.
    pub from: Clean,
    /// The Service that it leads to.
    pub service: Clean,
    /// The Service's namespace where it is another than the route's, else empty.
    pub namespace: Clean,
    /// The port, by number or name.
    pub port: Clean,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What it is.
    pub kind: RouteKind,
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// Its class, or Traefik's entry points.
    pub class: Clean,
    /// Whether it takes TLS.
    pub tls: bool,
    /// Where it leads.
    pub paths: Vec<RoutePath>,
}

impl Route {
    /// What names it.
    pub fn object(&self) -> ObjectRef {
        ObjectRef { api: self.kind.api(), namespace: self.namespace.clone(), name: self.name.clone() }
    }

    /// Of a raw Ingress.
    pub fn of_ingress(object: &Value) -> Option<Self> {
        let spec = &object["spec"];
        let mut paths = Vec::new();
        if let Some(path) = path_of("everything else", &spec["defaultBackend"]) {
            paths.push(path);
        }
        for rule in items(&spec["rules"]) {
            let host = text(&rule["host"]);
            let host = if host.is_empty() { "*" } else { &*host };
            for path in items(&rule["http"]["paths"]) {
                let at = text(&path["path"]);
                let at = if at.is_empty() { "/" } else { &*at };
                let exact = if path["pathType"] == "Exact" { " exactly" } else { "" };
                paths.extend(path_of(&format!("{host}{at}{exact}"), &path["backend"]));
            }
        }
        Some(Self { class: text(&spec["ingressClassName"]), paths, ..Self::bare(RouteKind::Ingress, object)? })
    }

    /// Of a raw traefik.io IngressRoute.
    pub fn of_traefik(object: &Value) -> Option<Self> {
        Self::of_route(RouteKind::Traefik, object)
    }

    /// Of a raw traefik.containo.us IngressRoute.
    pub fn of_old_traefik(object: &Value) -> Option<Self> {
        Self::of_route(RouteKind::OldTraefik, object)
    }

    fn of_route(kind: RouteKind, object: &Value) -> Option<Self> {
        let spec = &object["spec"];
        let mut paths = Vec::new();
        for route in items(&spec["routes"]) {
            // A TraefikService (mirroring, weights) leads on by itself, and is no Service.
            let services =
                items(&route["services"]).iter().filter(|to| to["kind"].as_str().unwrap_or("Service") == "Service");
            paths.extend(services.map(|to| RoutePath {
                from: text(&route["match"]),
                service: text(&to["name"]),
                namespace: text(&to["namespace"]),
                port: text(&to["port"]),
            }));
        }
        let points = items(&spec["entryPoints"]).iter().map(text).collect::<Vec<_>>().join(", ");
        Some(Self { class: points.into(), paths, ..Self::bare(kind, object)? })
    }

    fn bare(kind: RouteKind, object: &Value) -> Option<Self> {
        let tls = &object["spec"]["tls"];
        Some(Self {
            kind,
            namespace: text(&object["metadata"]["namespace"]),
            name: Clean::new(object["metadata"]["name"].as_str()?),
            class: Clean::default(),
            tls: tls.is_object() || !items(tls).is_empty(),
            paths: Vec::new(),
        })
    }

    /// The ways that lead to a Service of this namespace.
    pub fn to<'a>(&'a self, namespace: &'a str, service: &'a str) -> impl Iterator<Item = &'a RoutePath> {
        self.paths.iter().filter(move |path| {
            let home = if path.namespace.is_empty() { &self.namespace } else { &path.namespace };
            *path.service == *service && **home == *namespace
        })
    }
}

fn path_of(from: &str, backend: &Value) -> Option<RoutePath> {
    let service = &backend["service"];
    let name = service["name"].as_str()?;
    let port = &service["port"];
    let port = if port["number"].is_u64() { text(&port["number"]) } else { text(&port["name"]) };
    Some(RoutePath { from: from.into(), service: name.into(), namespace: Clean::default(), port })
}
