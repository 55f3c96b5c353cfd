//! The pod template of an app: its container with probes, resources, environment and the directories that it mounts.

use super::super::names::hash64;
use super::REGISTRY;
use super::catalog::{Plan, Trouble, Work};
use serde_json::{Value, json};

/// The sidecar of the apps that are in the mesh.
pub const PROXY: &str = "harbor.freight.example/platform/mesh-proxy:1.29.4";

/// The port that an app listens on.
pub fn port(name: &str) -> i64 {
    8080 + (hash64(name) % 12) as i64
}

/// The image of an app at a version.
pub fn image(plan: &Plan, tag: &str) -> String {
    format!("{REGISTRY}/{}/{}:{tag}", plan.entry.part, plan.entry.name)
}

/// The versions of an app in a namespace, oldest first: those that its revisions ran.
pub fn versions(plan: &Plan) -> Vec<String> {
    let (major, minor) = plan.entry.version;
    let count = 3 + (hash64(plan.entry.name) % 4) as u32;
    let mut versions: Vec<String> = (0..count)
        .map(|step| {
            let step = step + plan.ahead;
            let patch = (hash64(plan.entry.name) as u32).wrapping_add(step * 7) % 5;
            format!("{major}.{}.{patch}", minor + step / 2 + step % 2)
        })
        .collect();
    versions.dedup();
    if plan.trouble == Some(Trouble::Leak) {
        versions = ["3.6.0", "3.7.2", "3.8.0", "3.8.1"].map(str::to_owned).to_vec();
    }
    let bad = match plan.trouble {
        Some(Trouble::Crash) => Some("2.14.0-rc3"),
        Some(Trouble::Missing) => Some("1.9.0-rc1"),
        Some(Trouble::Unready) => Some("5.2.0-beta2"),
        _ => None,
    };
    versions.extend(bad.map(str::to_owned));
    versions
}

/// The labels that select an app's pods.
pub fn selector(plan: &Plan) -> Value {
    json!({"app.kubernetes.io/name": plan.entry.name, "app.kubernetes.io/instance": instance(plan)})
}

fn instance(plan: &Plan) -> String {
    format!("{}-{}", plan.entry.name, plan.namespace)
}

/// The pod template of an app at a version.
pub fn template(plan: &Plan, tag: &str) -> Value {
    let (name, part) = (plan.entry.name, plan.entry.part);
    let mut labels = selector(plan);
    labels["app.kubernetes.io/part-of"] = json!(part);
    labels["app.kubernetes.io/version"] = json!(tag);
    labels["freight.example/team"] = json!(part);
    let mut containers = vec![container(plan, tag)];
    if matches!(name, "api-gateway" | "payment-gateway" | "billing-engine") {
        containers.push(sidecar(plan));
    }
    let mut volumes = vec![
        json!({"name": "logs", "hostPath": {"path": format!("/data/logs/{name}"), "type": "DirectoryOrCreate"}}),
        json!({"name": "config", "configMap": {"name": format!("{name}-config"), "defaultMode": 420}}),
    ];
    if plan.entry.work != Work::Daemon {
        volumes.push(json!({"name": "tmp", "emptyDir": {}}));
    }
    let mut spec = json!({
        "containers": containers,
        "volumes": volumes,
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "serviceAccountName": "default", "serviceAccount": "default",
    });
    if plan.trouble == Some(Trouble::Quota) {
        spec["priorityClassName"] = json!("freight-batch");
    }
    json!({
        "metadata": {
            "labels": labels,
            "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": (port(name) + 1000).to_string()},
        },
        "spec": spec,
    })
}

fn container(plan: &Plan, tag: &str) -> Value {
    let (name, (_, cpu, memory)) = (plan.entry.name, plan.entry.size);
    let share = if plan.namespace == "prod" { 1 } else { 2 };
    // Two of these fit on the biggest node that takes pods, and none on any other.
    let memory = if plan.trouble == Some(Trouble::TooBig) { 36 * 1024 } else { memory };
    let probe = |path: &str, delay: i64, period: i64| {
        json!({
            "httpGet": {"path": path, "port": port(name), "scheme": "HTTP"}, "initialDelaySeconds": delay,
            "periodSeconds": period, "timeoutSeconds": 2, "successThreshold": 1, "failureThreshold": 3,
        })
    };
    let delay = 2 + (hash64(name) % 7) as i64;
    let mut container = json!({
        "name": name,
        "image": image(plan, tag),
        "imagePullPolicy": "IfNotPresent",
        "ports": [
            {"name": "http", "containerPort": port(name), "protocol": "TCP"},
            {"name": "metrics", "containerPort": port(name) + 1000, "protocol": "TCP"},
        ],
        "env": env(plan),
        "envFrom": [{"configMapRef": {"name": format!("{name}-config")}}],
        "resources": {
            "requests": {"cpu": format!("{}m", cpu / share), "memory": format!("{}Mi", memory / share)},
            "limits": {"cpu": format!("{}m", cpu * 3 / share), "memory": format!("{}Mi", memory * 3 / 2 / share)},
        },
        "readinessProbe": probe("/ready", delay, 5),
        "livenessProbe": probe("/live", delay + 20, 10),
        "volumeMounts": [
            {"name": "logs", "mountPath": format!("/data/logs/{name}")},
            {"name": "logs", "mountPath": format!("/var/log/{name}")},
            {"name": "config", "mountPath": format!("/etc/{name}"), "readOnly": true},
        ],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    });
    if name == CONSOLE {
        container["stdin"] = json!(true);
        container["tty"] = json!(true);
    }
    container
}

/// The app whose process reads what is typed.
const CONSOLE: &str = "sms-relay";

fn env(plan: &Plan) -> Value {
    let name = plan.entry.name;
    let secret = |key: &str| json!({"secretKeyRef": {"name": format!("{name}-credentials"), "key": key}});
    let mut env = vec![
        json!({"name": "APP_NAME", "value": name}),
        json!({"name": "STAGE", "value": plan.namespace}),
        json!({"name": "LOG_DIR", "value": format!("/data/logs/{name}")}),
        json!({"name": "TZ", "value": "Asia/Shanghai"}),
        json!({"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}),
        json!({"name": "DB_PASSWORD", "valueFrom": secret("db-password")}),
        json!({"name": "API_TOKEN", "valueFrom": secret("api-token")}),
        json!({"name": "FEATURES", "valueFrom": {"configMapKeyRef": {
            "name": format!("{name}-config"), "key": "features", "optional": true,
        }}}),
    ];
    for need in plan.entry.needs {
        let key = need.to_uppercase().replace('-', "_");
        env.push(
            json!({"name": format!("{key}_URL"), "value": format!("http://{need}.{}:{}", plan.namespace, port(need))}),
        );
    }
    json!(env)
}

fn sidecar(plan: &Plan) -> Value {
    json!({
        "name": "mesh-proxy",
        "image": PROXY,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "mesh", "containerPort": 15001, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "30m", "memory": "48Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}},
        "volumeMounts": [{"name": "logs", "mountPath": format!("/data/logs/{}", plan.entry.name)}],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    })
}
