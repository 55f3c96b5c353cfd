//! A namespace whose every free text is hostile.

use serde_json::{Value, json};

use crate::{demo::Demo, support::until};

/// Sequences that a terminal obeys, control characters, characters that turn text round or show nothing, piles of marks.
pub fn evil() -> String {
    let marks = "\u{351}".repeat(40);
    format!(
        "\x1b[5;66m\x1b[666;666H\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil\x1b\\\x1b]0;evil\x07\x1bP1$q\x1b\\\x1bc\u{9b}31m\u{90}q\u{9c}\
         \x07\x08\r\n\t\x7f\u{202e}\u{2066}\u{200b}\u{200d}\u{200f}\u{feff}\u{ad}\u{2028}\u{e0041}z{marks}z"
    )
}

/// `text`, with what is hostile in front, so that a narrow column shows it.
fn bad(text: &str) -> String {
    format!("{}{text}", evil())
}

pub const SPACE: &str = "evil";

/// Writes whatever the controllers have written meanwhile: an update carries no resourceVersion.
fn write(demo: &Demo, method: &str, path: &str, object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
    }
    let (status, answer) = demo.send(method, path, &object.to_string());
    assert!((200..300).contains(&status), "{method} {path}: {answer}");
    answer
}

fn template() -> Value {
    json!({
        "metadata": { "labels": { "app": "web", "note": bad("label") }, "annotations": { "harbour": bad("annotation") } },
        "spec": {
            "containers": [{
                "name": "web", "image": format!("registry.local/web:1.0{}", evil()),
                "command": [bad("command")], "args": [bad("arg")],
                "env": [
                    { "name": "PLAIN", "value": bad("value") },
                    { "name": bad("NAME"), "value": "x" },
                    { "name": "KEPT", "valueFrom": { "secretKeyRef": { "name": "web-secret", "key": "word" } } },
                ],
                "ports": [{ "name": bad("port"), "containerPort": 80 }],
                "readinessProbe": { "httpGet": { "path": bad("/ready"), "port": 80 } },
                "volumeMounts": [{ "name": "conf", "mountPath": bad("/etc/conf") }],
            }],
            "volumes": [
                { "name": "conf", "configMap": { "name": "web-config" } },
                { "name": "data", "persistentVolumeClaim": { "claimName": "web-data" } },
            ],
            "nodeSelector": { "zone": bad("zone") },
        },
    })
}

/// Makes the namespace and what is in it. The time stands still afterwards, so that no controller writes over it.
pub fn poison(demo: &Demo) {
    let core = format!("/api/v1/namespaces/{SPACE}");
    let apps = format!("/apis/apps/v1/namespaces/{SPACE}/deployments");
    let meta = |name: &str| json!({ "name": name, "annotations": { "note": bad("note") }, "labels": { "app": "web", "team": bad("team") } });
    write(demo, "POST", "/api/v1/namespaces", &json!({ "metadata": meta(SPACE) }));
    for (kind, data) in [("configmaps", "data"), ("secrets", "stringData")] {
        let name = if kind == "secrets" { "web-secret" } else { "web-config" };
        let mut object = json!({ "metadata": meta(name) });
        object[data] = json!({ "word": bad("word"), bad("key"): "x" });
        write(demo, "POST", &format!("{core}/{kind}"), &object);
    }
    let mut template = template();
    template["spec"]["nodeSelector"] = Value::Null;
    let mut app = json!({ "metadata": meta("web"), "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "web" } }, "template": template } });
    app["metadata"]["annotations"]["kubernetes.io/change-cause"] = json!(bad("cause"));
    write(demo, "POST", &apps, &app);
    let pods = format!("{core}/pods");
    let made = until(std::time::Duration::from_secs(60), "a pod that runs", || {
        let (_, list) = demo.send("GET", &pods, "");
        let running = list["items"]
            .as_array()
            .and_then(|items| items.iter().find(|pod| pod["status"]["containerStatuses"].is_array()));
        running.cloned().ok_or_else(|| list.to_string())
    });
    // Another revision, for the plan and the history.
    let mut object = write(demo, "GET", &format!("{apps}/web"), &Value::Null);
    object["spec"]["template"]["spec"]["containers"][0]["image"] = json!(format!("registry.local/web:2.0{}", evil()));
    write(demo, "PUT", &format!("{apps}/web"), &object);
    let first = made["metadata"]["name"].clone();
    let pod = until(std::time::Duration::from_secs(60), "a pod of the second revision that runs", || {
        let (_, list) = demo.send("GET", &pods, "");
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let second =
            items.iter().find(|pod| pod["metadata"]["name"] != first && pod["status"]["containerStatuses"].is_array());
        second.cloned().ok_or_else(|| list.to_string())
    });
    demo.control("POST", "clock", &json!({ "rate": 0 }));
    statuses(demo, &pod);
    around(demo, &pod);
}

fn statuses(demo: &Demo, pod: &Value) {
    let name = pod["metadata"]["name"].as_str().expect("a name");
    let path = format!("/api/v1/namespaces/{SPACE}/pods/{name}");
    let mut pod = write(demo, "GET", &path, &Value::Null);
    let terminated = json!({ "exitCode": 1, "reason": bad("Died"), "message": bad("last words"), "finishedAt": pod["metadata"]["creationTimestamp"] });
    let mut status = pod["status"]["containerStatuses"][0].clone();
    status["ready"] = json!(false);
    status["restartCount"] = json!(7);
    status["state"] = json!({ "waiting": { "reason": bad("CrashLoopBackOff"), "message": bad("back-off") } });
    status["lastState"] = json!({ "terminated": terminated });
    status["imageID"] = json!(bad("registry.local/web@sha256:00"));
    pod["status"]["containerStatuses"] = json!([status]);
    pod["status"]["reason"] = json!(bad("Evil"));
    pod["status"]["message"] = json!(bad("the pod says"));
    pod["status"]["conditions"] = json!([{ "type": "Ready", "status": "False", "reason": bad("NotReady"), "message": bad("condition"), "lastTransitionTime": pod["metadata"]["creationTimestamp"] }]);
    write(demo, "PUT", &format!("{path}/status"), &pod);
    let path = format!("/apis/apps/v1/namespaces/{SPACE}/deployments/web");
    let mut app = write(demo, "GET", &path, &Value::Null);
    app["status"]["conditions"] = json!([
        { "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": bad("progress") },
        { "type": "ReplicaFailure", "status": "True", "reason": bad("FailedCreate"), "message": bad("failure") },
    ]);
    write(demo, "PUT", &format!("{path}/status"), &app);
    let mut node = write(demo, "GET", "/api/v1/nodes/quay-1", &Value::Null);
    node["spec"]["taints"] = json!([{ "key": bad("taint"), "value": bad("value"), "effect": "NoSchedule" }]);
    node["metadata"]["labels"]["note"] = json!(bad("node"));
    let mut node = write(demo, "PUT", "/api/v1/nodes/quay-1", &node);
    node["status"]["conditions"] = json!([
        { "type": "Ready", "status": "False", "reason": bad("KubeletNotReady"), "message": bad("node") },
        { "type": bad("Odd"), "status": "True", "reason": bad("Odd"), "message": bad("odd") },
    ]);
    node["status"]["nodeInfo"]["kubeletVersion"] = json!(bad("v1"));
    write(demo, "PUT", "/api/v1/nodes/quay-1/status", &node);
}

/// What stands around the app: events, a Service, an Ingress, an autoscaler, a claim, a budget.
fn around(demo: &Demo, pod: &Value) {
    let state = demo.control("GET", "state", &json!({}));
    let now = &state["now"];
    let mut count = 0;
    let mut event = |kind: &str, api: &str, name: &Value, uid: &Value| {
        count += 1;
        let event = json!({
            "metadata": { "name": format!("evil-{count}"), "namespace": SPACE },
            "involvedObject": { "apiVersion": api, "kind": kind, "namespace": SPACE, "name": name, "uid": uid, "fieldPath": bad("path") },
            "type": "Warning", "reason": bad("Reason"), "message": bad("message"), "count": 3,
            "firstTimestamp": now, "lastTimestamp": now, "source": { "component": bad("component"), "host": bad("host") },
            "reportingComponent": bad("reporter"),
        });
        write(demo, "POST", &format!("/api/v1/namespaces/{SPACE}/events"), &event);
    };
    let (_, app) = demo.send("GET", &format!("/apis/apps/v1/namespaces/{SPACE}/deployments/web"), "");
    event("Deployment", "apps/v1", &json!("web"), &app["metadata"]["uid"]);
    event("Pod", "v1", &pod["metadata"]["name"], &pod["metadata"]["uid"]);
    event(&bad("Kind"), &bad("group/v1"), &json!(bad("name")), &json!("u-1"));
    let meta = json!({ "name": "web", "annotations": { "note": bad("note") } });
    let objects = [
        (
            "/api/v1",
            "services",
            json!({ "selector": { "app": "web" }, "type": "ExternalName", "externalName": bad("example.com"), "ports": [{ "name": bad("http"), "port": 80 }] }),
        ),
        (
            "/apis/networking.k8s.io/v1",
            "ingresses",
            json!({
                "ingressClassName": bad("class"),
                "rules": [{ "host": bad("shop.example"), "http": { "paths": [{ "path": bad("/"), "pathType": "Prefix", "backend": { "service": { "name": "web", "port": { "number": 80 } } } }] } }],
            }),
        ),
        (
            "/apis/autoscaling/v2",
            "horizontalpodautoscalers",
            json!({
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "web" }, "minReplicas": 1, "maxReplicas": 3,
                "metrics": [{ "type": "External", "external": { "metric": { "name": bad("queue") }, "target": { "type": "Value", "value": "3" } } }],
            }),
        ),
        (
            "/apis/policy/v1",
            "poddisruptionbudgets",
            json!({ "selector": { "matchLabels": { "app": "web" } }, "maxUnavailable": 0 }),
        ),
        (
            "/api/v1",
            "persistentvolumeclaims",
            json!({ "storageClassName": bad("class"), "accessModes": [bad("Mode")], "resources": { "requests": { "storage": "1Gi" } } }),
        ),
    ];
    for (group, plural, spec) in objects {
        let mut meta = meta.clone();
        if plural == "persistentvolumeclaims" {
            meta["name"] = json!("web-data");
        }
        write(
            demo,
            "POST",
            &format!("{group}/namespaces/{SPACE}/{plural}"),
            &json!({ "metadata": meta, "spec": spec }),
        );
    }
}
