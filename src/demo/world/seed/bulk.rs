//! A made-up fleet of a given size, made quickly: each app's pods are copies of one, with their own names and places.

use super::super::controllers::{deployment, replica_set};
use super::super::json::{merge, owned_by, stamp};
use super::super::kinds::{DEPLOYMENT, HPA, NODE, POD, REPLICA_SET};
use super::super::names::{hash64, template_hash};
use super::super::options::Options;
use super::cluster::{Hull, berth, classes, namespace, node};
use super::pods::running;
use super::workload::set_status;
use super::{REGISTRY, Seeder};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

const WORDS: [&str; 16] = [
    "berth", "yard", "crane", "gate", "truck", "route", "customs", "tariff", "billing", "invoice", "tracking",
    "parcel", "notify", "search", "pilot", "cargo",
];
const DUTIES: [&str; 10] =
    ["api", "worker", "planner", "gateway", "cache", "sync", "report", "ledger", "router", "indexer"];
/// How many pods a node takes here: a few less than the 110 that it may have.
const ON_NODE: usize = 100;

/// Puts a fleet of the wanted size into the store.
pub fn fill(seeder: &mut Seeder<'_>, options: &Options) {
    let apps = options.apps.unwrap_or_else(|| (options.pods.unwrap_or(0) / 20).max(1));
    let pods = options.pods.unwrap_or(apps * 8);
    let namespaces = (apps / 60).clamp(3, 60);
    for at in 0..namespaces {
        let name = place(at);
        namespace(seeder, &name, json!({"kubernetes.io/metadata.name": name}));
    }
    classes(seeder);
    let zones = ["cn-south-1a", "cn-south-1b", "cn-south-1c"];
    for number in 0..=(pods / ON_NODE).max(2) {
        let name = format!("quay-{number:03}");
        let hull = Hull { name, number, size: (64, 256), zone: zones[number % 3], version: "v1.35.2" };
        let created = stamp(seeder.ago(Duration::days(90)));
        let node = node(&hull, &created);
        berth(seeder, &hull, true);
        seeder.put(&NODE, node);
    }
    for at in 0..apps {
        // The rest of the division goes to the first apps, so that the sum is exact.
        let replicas = pods / apps + usize::from(at < pods % apps);
        app(seeder, at, &place(at % namespaces), replicas);
    }
}

fn place(at: usize) -> String {
    ["prod", "qa", "dev"].get(at).map_or_else(|| format!("team-{at:02}"), |name| (*name).to_owned())
}

fn app_name(at: usize) -> String {
    let (word, duty) = (WORDS[at % WORDS.len()], DUTIES[(at / WORDS.len()) % DUTIES.len()]);
    match at / (WORDS.len() * DUTIES.len()) {
        0 => format!("{word}-{duty}"),
        more => format!("{word}-{duty}-{more:02}"),
    }
}

fn app(seeder: &mut Seeder<'_>, at: usize, namespace: &str, replicas: usize) {
    let name = app_name(at);
    let released = seeder.ago(Duration::hours(5 + (hash64(&name) % 900) as i64));
    let labels = json!({"app.kubernetes.io/name": name});
    let owner = seeder.dice.uid();
    let mut newest = (Value::Null, Value::Null);
    for number in 1..=2_i64 {
        let tag = format!("v{}.{}.{number}", 1 + hash64(&name) % 4, hash64(&name) % 30);
        let time = if number == 2 { released } else { released - Duration::days(11) };
        let template = template(&name, &labels, &tag);
        let hash = template_hash(&template, 0);
        let mut set_template = template.clone();
        merge(&mut set_template, &json!({"metadata": {"labels": {deployment::TEMPLATE_HASH: hash}}}));
        let count = if number == 2 { replicas } else { 0 };
        let most = (replicas + replicas.div_ceil(4)).to_string();
        let set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": format!("{name}-{hash}"), "namespace": namespace, "creationTimestamp": stamp(time), "generation": 2,
                "labels": set_template["metadata"]["labels"],
                "annotations": {
                    deployment::REVISION: number.to_string(), deployment::DESIRED: replicas.to_string(),
                    deployment::MAXIMUM: most, "kubernetes.io/change-cause": format!("release {tag}"),
                },
                "ownerReferences": [owned_by("apps/v1", "Deployment", &name, &owner)],
            },
            "spec": {
                "replicas": count, "selector": {"matchLabels": set_template["metadata"]["labels"]},
                "template": set_template,
            },
            "status": set_status(count as i64, count as i64, None),
        });
        newest = (seeder.put(&REPLICA_SET, set), template);
    }
    pods(seeder, &newest.0, namespace, replicas, released);
    deployment_of(seeder, (&name, namespace, &owner), &newest, replicas as i64, released);
    if at.is_multiple_of(100) && replicas > 0 {
        autoscaler(seeder, &name, namespace, replicas);
    }
}

fn template(name: &str, labels: &Value, tag: &str) -> Value {
    let probe = |path: &str, delay: i64| {
        json!({
            "httpGet": {"path": path, "port": 8080, "scheme": "HTTP"}, "initialDelaySeconds": delay, "periodSeconds": 10,
            "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3,
        })
    };
    let reference = |key: &str| json!({"secretKeyRef": {"name": format!("{name}-credentials"), "key": key}});
    let (cpu, memory) = (50 + hash64(name) % 400, 96 + hash64(name) % 700);
    json!({
        "metadata": {"labels": labels, "annotations": {"prometheus.io/scrape": "true"}},
        "spec": {
            "containers": [{
                "name": name, "image": format!("{REGISTRY}/fleet/{name}:{tag}"), "imagePullPolicy": "IfNotPresent",
                "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "env": [
                    {"name": "APP_NAME", "value": name},
                    {"name": "LOG_DIR", "value": format!("/data/logs/{name}")},
                    {"name": "DB_PASSWORD", "valueFrom": reference("db-password")},
                    {"name": "API_TOKEN", "valueFrom": reference("api-token")},
                    {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
                ],
                "resources": {
                    "requests": {"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi")},
                    "limits": {"cpu": format!("{}m", cpu * 3), "memory": format!("{}Mi", memory * 2)},
                },
                "readinessProbe": probe("/ready", 5), "livenessProbe": probe("/live", 30),
                "volumeMounts": [{"name": "logs", "mountPath": format!("/data/logs/{name}")}],
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            }],
            "volumes": [
                {"name": "logs", "hostPath": {"path": format!("/data/logs/{name}"), "type": "DirectoryOrCreate"}},
            ],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccountName": "default", "serviceAccount": "default",
        },
    })
}

fn pods(seeder: &mut Seeder<'_>, set: &Value, namespace: &str, count: usize, released: DateTime<Utc>) {
    if count == 0 {
        return;
    }
    let set_name = super::super::json::name(set).to_owned();
    let bare = replica_set::pod_of(&set["spec"]["template"], set, "ReplicaSet", namespace, released);
    let first = seeder.berth();
    seeder.berths[first].pods -= 1.min(seeder.berths[first].pods);
    let model = running(seeder, bare, first, released);
    for _ in 0..count {
        let at = seeder.berth();
        let (node, host, ip) = seeder.moor(at);
        let mut pod = model.clone();
        let metadata = &mut pod["metadata"];
        metadata["name"] = json!(format!("{set_name}-{}", seeder.dice.suffix()));
        metadata["generateName"] = json!(format!("{set_name}-"));
        metadata["uid"] = json!(seeder.dice.uid());
        pod["spec"]["nodeName"] = json!(node);
        let restarts = if seeder.dice.chance(4) { seeder.dice.between(1, 9) } else { 0 };
        let status = &mut pod["status"];
        status["hostIPs"] = json!([{"ip": host}]);
        status["hostIP"] = json!(host);
        status["podIPs"] = json!([{"ip": ip}]);
        status["podIP"] = json!(ip);
        status["containerStatuses"][0]["containerID"] = json!(format!("containerd://{}", seeder.dice.digest()));
        status["containerStatuses"][0]["restartCount"] = json!(restarts);
        // Straight to the store: the object is complete, and what it answers is not needed.
        let _ = seeder.store.create(&POD, pod);
    }
}

fn deployment_of(
    seeder: &mut Seeder<'_>,
    (name, namespace, uid): (&str, &str, &str),
    (set, template): &(Value, Value),
    replicas: i64,
    released: DateTime<Utc>,
) {
    let (tag, since) = (template["spec"]["containers"][0]["image"].as_str().unwrap_or(""), stamp(released));
    let tag = tag.rsplit(':').next().unwrap_or("");
    let progressed = format!("ReplicaSet \"{}\" has successfully progressed.", super::super::json::name(set));
    let mut status = json!({"observedGeneration": 2, "terminatingReplicas": 0, "conditions": [
        {
            "type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
            "message": "Deployment has minimum availability.", "lastUpdateTime": since, "lastTransitionTime": since,
        },
        {
            "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": progressed,
            "lastUpdateTime": since, "lastTransitionTime": since,
        },
    ]});
    for field in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
        if replicas > 0 {
            status[field] = json!(replicas);
        }
    }
    let object = json!({
        "metadata": {
            "name": name, "namespace": namespace, "uid": uid, "generation": 2,
            "creationTimestamp": stamp(released - Duration::days(11)),
            "labels": template["metadata"]["labels"],
            "annotations": {deployment::REVISION: "2", "kubernetes.io/change-cause": format!("release {tag}")},
        },
        "spec": {
            "replicas": replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": template,
        },
        "status": status,
    });
    seeder.put(&DEPLOYMENT, object);
}

fn autoscaler(seeder: &mut Seeder<'_>, name: &str, namespace: &str, replicas: usize) {
    let created = stamp(seeder.ago(Duration::days(30)));
    let object = json!({
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": created},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": replicas, "maxReplicas": replicas,
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 65},
            }}],
        },
        "status": {"currentReplicas": replicas, "desiredReplicas": replicas},
    });
    seeder.put(&HPA, object);
}
