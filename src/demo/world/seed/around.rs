//! What stands around an app: its configuration, its traffic, its autoscaler and its budget.

use super::super::json::{merge, stamp};
use super::super::kinds::{CONFIG_MAP, HPA, INGRESS, INGRESS_ROUTE, PDB, SECRET, SERVICE};
use super::super::load;
use super::super::meter::USUAL;
use super::super::names::hash64;
use super::Seeder;
use super::catalog::{Plan, Trouble, Work};
use super::template::{port, selector};
use super::workload::Revision;
use base64::Engine;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

fn written(manager: &str, time: DateTime<Utc>, fields: Value) -> Value {
    json!([{
        "manager": manager, "operation": "Update", "apiVersion": "v1", "time": stamp(time), "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }])
}

/// The ConfigMap and the Secret of an app.
pub fn config(seeder: &mut Seeder<'_>, plan: &Plan, revisions: &[Revision]) {
    let (Some(first), Some(last)) = (revisions.first(), revisions.last()) else { return };
    let app = plan.entry.name;
    let stale = plan.trouble == Some(Trouble::StaleConfig);
    let edited = if stale { seeder.ago(Duration::minutes(41)) } else { last.time - Duration::hours(3) };
    let manager = if stale { "kubectl-edit" } else { "kubectl-client-side-apply" };
    let limit = if stale { 480 } else { 240 };
    let features = if plan.namespace == "prod" { "fast-lane" } else { "fast-lane,new-pricing,夜间模式" };
    let settings =
        format!("listen: {}\nlog:\n  dir: /data/logs/{app}\n  level: info\nlimits:\n  perMinute: {limit}\n", port(app));
    let object = json!({
        "metadata": {
            "name": format!("{app}-config"), "namespace": plan.namespace, "creationTimestamp": stamp(first.time),
            "labels": {"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": plan.entry.part},
            "managedFields": written(manager, edited, json!({"f:data": {"f:settings.yaml": {}}})),
        },
        "data": {"settings.yaml": settings, "features": features, "说明": plan.entry.about},
    });
    seeder.put(&CONFIG_MAP, object);
    let mut code = |length: usize| {
        let text: String = seeder.dice.digest().chars().take(length).collect();
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let data = json!({"db-password": code(20), "api-token": code(40)});
    let object = json!({
        "metadata": {
            "name": format!("{app}-credentials"), "namespace": plan.namespace, "creationTimestamp": stamp(first.time),
            "labels": {"app.kubernetes.io/name": app},
            "managedFields": written("vault-sync", first.time, json!({"f:data": {}})),
        },
        "type": "Opaque", "data": data,
    });
    seeder.put(&SECRET, object);
}

/// Service, Ingress or IngressRoute, autoscaler and budget of an app.
pub fn traffic(seeder: &mut Seeder<'_>, plan: &Plan) {
    if plan.entry.work == Work::Daemon {
        return;
    }
    service(seeder, plan);
    match plan.entry.name {
        "web-portal" | "partner-edi" | "tracking-api" | "search-api" => ingress(seeder, plan),
        "api-gateway" | "driver-app-api" | "payment-gateway" => route(seeder, plan),
        _ => {}
    }
    if scales(plan) {
        autoscaler(seeder, plan);
    }
    if plan.namespace == "prod" && plan.replicas > 1 {
        budget(seeder, plan);
    }
}

fn created(seeder: &Seeder<'_>, plan: &Plan) -> String {
    stamp(seeder.ago(Duration::days(120 + (hash64(plan.entry.name) % 200) as i64)))
}

fn metadata(seeder: &Seeder<'_>, plan: &Plan) -> Value {
    json!({
        "name": plan.entry.name, "namespace": plan.namespace, "creationTimestamp": created(seeder, plan),
        "labels": {"app.kubernetes.io/name": plan.entry.name, "app.kubernetes.io/part-of": plan.entry.part},
    })
}

fn service(seeder: &mut Seeder<'_>, plan: &Plan) {
    let app = plan.entry.name;
    let number = hash64(&format!("{app}/{}", plan.namespace));
    let ip = match plan.entry.work {
        Work::Stateful => "None".to_owned(),
        _ => format!("10.96.{}.{}", number % 256, 1 + (number >> 8) % 254),
    };
    let object = json!({
        "metadata": metadata(seeder, plan),
        "spec": {
            "type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "selector": selector(plan),
            "ports": [{"name": "http", "port": port(app), "targetPort": port(app), "protocol": "TCP"}],
            "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    });
    seeder.put(&SERVICE, object);
}

fn host(plan: &Plan) -> String {
    match plan.namespace {
        "prod" => format!("{}.freight.example", plan.entry.name),
        stage => format!("{}.{stage}.freight.example", plan.entry.name),
    }
}

fn ingress(seeder: &mut Seeder<'_>, plan: &Plan) {
    let backend = json!({"service": {"name": plan.entry.name, "port": {"name": "http"}}});
    let mut meta = metadata(seeder, plan);
    let time = seeder.ago(Duration::days(9));
    let fields = json!({"f:spec": {"f:rules": {}}});
    merge(&mut meta, &json!({"managedFields": written("kubectl-edit", time, fields)}));
    let object = json!({
        "metadata": meta,
        "spec": {
            "ingressClassName": "traefik",
            "rules": [{"host": host(plan), "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
            "tls": [{"hosts": [host(plan)], "secretName": format!("{}-tls", plan.entry.name)}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.80"}]}},
    });
    seeder.put(&INGRESS, object);
}

fn route(seeder: &mut Seeder<'_>, plan: &Plan) {
    let object = json!({
        "metadata": metadata(seeder, plan),
        "spec": {
            "entryPoints": ["websecure"],
            "routes": [{
                "match": format!("Host(`{}`) && PathPrefix(`/`)", host(plan)), "kind": "Rule",
                "services": [{"name": plan.entry.name, "port": port(plan.entry.name), "kind": "Service"}],
                "middlewares": [{"name": "rate-limit"}],
            }],
            "tls": {"secretName": format!("{}-tls", plan.entry.name)},
        },
    });
    seeder.put(&INGRESS_ROUTE, object);
}

/// Whether an app has an autoscaler: most of the stateless ones outside of `dev`.
pub fn scales(plan: &Plan) -> bool {
    let trouble = plan.trouble.is_none() || plan.trouble == Some(Trouble::Capped);
    plan.entry.work == Work::Stateless && plan.namespace != "dev" && plan.entry.size.0 > 2 && trouble
}

fn autoscaler(seeder: &mut Seeder<'_>, plan: &Plan) {
    let app = plan.entry.name;
    // What the app uses when it is usually busy: it is scaled up and down from there as the day goes by.
    let target = (load::busy(app) * USUAL * 20.0).round() as i64 * 5;
    let cpu = json!({"type": "Resource", "resource": {
        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": target},
    }});
    let memory = json!({"type": "Resource", "resource": {
        "name": "memory", "target": {"type": "Utilization", "averageUtilization": 85},
    }});
    let queue = json!({"type": "External", "external": {
        "metric": {"name": "notification_backlog"}, "target": {"type": "AverageValue", "averageValue": "6"},
    }});
    let metrics = match plan.trouble {
        Some(Trouble::Capped) => vec![cpu, queue],
        _ if hash64(app).is_multiple_of(3) => vec![cpu, memory],
        _ => vec![cpu],
    };
    let most = if plan.trouble == Some(Trouble::Capped) { plan.replicas } else { plan.replicas * 2 };
    let mut spec = json!({
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app},
        "minReplicas": (plan.replicas / 2).max(1), "maxReplicas": most, "metrics": metrics,
    });
    if plan.entry.part == "truck" {
        spec["behavior"] = json!({
            "scaleUp": {
                "stabilizationWindowSeconds": 30, "selectPolicy": "Max",
                "policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}],
            },
            "scaleDown": {
                "stabilizationWindowSeconds": 300, "selectPolicy": "Max",
                "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
            },
        });
    }
    let mut meta = metadata(seeder, plan);
    let time = seeder.ago(Duration::days(6));
    let fields = json!({"f:spec": {"f:maxReplicas": {}, "f:metrics": {}}});
    merge(&mut meta, &json!({"managedFields": written("kubectl-edit", time, fields)}));
    seeder.put(
        &HPA,
        json!({"metadata": meta, "spec": spec, "status": {
            "currentReplicas": plan.replicas, "desiredReplicas": plan.replicas,
            "lastScaleTime": stamp(seeder.ago(Duration::minutes(37 + (hash64(app) % 90) as i64))),
        }}),
    );
}

fn budget(seeder: &mut Seeder<'_>, plan: &Plan) {
    let object = json!({
        "metadata": metadata(seeder, plan),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": selector(plan)}},
    });
    seeder.put(&PDB, object);
}
