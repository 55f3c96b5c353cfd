//! A pod in full, of what servers say.

use rolldeck_core::{
    batch::PortError,
    kept::{Kept, Name},
    model::{Doing, EnvValue, PodDetail, Role},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{decode, pod, read, reveal};
use crate::replay::{Answer, Replay};

fn sample() -> Value {
    json!({
        "metadata": {"name": "web-1", "namespace": "qa", "uid": "u", "resourceVersion": "9"},
        "spec": {
            "nodeName": "n1", "serviceAccountName": "web",
            "volumes": [{"name": "config", "configMap": {"name": "app-config"}}, {"name": "tls", "secret": {"secretName": "web-tls"}},
                {"name": "tmp", "emptyDir": {}}],
            "initContainers": [{"name": "migrate", "image": "m:1"}, {"name": "mesh", "image": "p:2", "restartPolicy": "Always"}],
            "containers": [{
                "name": "main", "image": "registry.local/web:v1", "command": ["serve"], "args": ["--port", "8080"],
                "ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 53, "protocol": "UDP", "hostPort": 53}],
                "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
                "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": true}, {"name": "tls", "mountPath": "/tls"},
                    {"name": "tmp", "mountPath": "/tmp"}],
                "envFrom": [{"secretRef": {"name": "all"}, "prefix": "DB_"}, {"configMapRef": {"name": "flags"}}],
                "env": [{"name": "MODE", "value": "live"},
                    {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-password", "key": "password"}}},
                    {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            }],
            "ephemeralContainers": [{"name": "debug", "image": "busybox"}],
        },
        "status": {
            "phase": "Running", "podIP": "10.0.0.7", "qosClass": "Burstable",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "main is not"},
                {"type": "Initialized", "status": "True"}],
            "initContainerStatuses": [{"name": "migrate", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
            "containerStatuses": [{"name": "main", "ready": false, "restartCount": 7, "imageID": "registry.local/web@sha256:ab",
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
                "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-22T14:00:00Z"}}}],
        },
    })
}

#[test]
fn every_container_is_there_with_what_it_is_for() {
    let pod = decode::pod(&sample()).unwrap();
    let roles: Vec<_> = pod.containers.iter().map(|container| (container.name.as_str(), container.role)).collect();
    let expected = [("migrate", Role::Init), ("mesh", Role::Sidecar), ("main", Role::Main), ("debug", Role::Ephemeral)];
    assert_eq!(roles, expected);
    assert_eq!(
        pod.troubles.iter().map(|text| text.as_str()).collect::<Vec<_>>(),
        ["not Ready: ContainersNotReady: main is not"]
    );
}

#[test]
fn a_container_is_told_in_full() {
    let pod = decode::pod(&sample()).unwrap();
    let main = &pod.containers[2];
    assert_eq!(main.state, Doing::Waiting("CrashLoopBackOff".into(), "back-off 40s".into()));
    let last = main.last.as_ref().unwrap();
    assert_eq!((last.words(), last.finished.is_some()), ("OOMKilled, exit code 137 (SIGKILL)".to_owned(), true));
    assert_eq!((main.requests, main.limits), ((Some(250), Some(64 << 20)), (None, Some(128 << 20))));
    let texts = |all: &[rolldeck_core::text::Clean]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(texts(&main.ports), ["http 8080/TCP", "53/UDP, port 53 of the node"]);
    let mounts = ["/etc/app ← configmap app-config (read only)", "/tls ← secret web-tls", "/tmp ← emptyDir"];
    assert_eq!(texts(&main.mounts), mounts);
    assert_eq!((&*main.command, &*main.digest), ("serve --port 8080", "sha256:ab"));
}

#[test]
fn variables_of_secrets_are_references() {
    let pod = decode::pod(&sample()).unwrap();
    let values: Vec<_> = pod.containers[2].env.iter().map(|variable| &variable.value).collect();
    assert_eq!(
        values,
        [
            &EnvValue::Secrets("all".into(), "DB_".into()),
            &EnvValue::Reference("all keys of configmap flags".into()),
            &EnvValue::Plain("live".into()),
            &EnvValue::Secret("db-password".into(), "password".into()),
            &EnvValue::Reference("fieldRef status.podIP".into()),
        ]
    );
}

#[tokio::test]
async fn one_pod_is_followed_and_no_secret_is_read() {
    let server = Replay::new(|path| match path {
        path if path.contains("watch=true") => Answer::ok("application/json", b"").then_silence(),
        _ => {
            let list = json!({"metadata": {"resourceVersion": "9"}, "items": [sample()]});
            Answer::ok("application/json", list.to_string().as_bytes())
        }
    })
    .await;
    let name = Name { namespace: "qa".into(), name: "web-1".into() };
    let (to, mut events) = mpsc::channel(4);
    let _following = pod(&server.cluster, &name, to);
    let mut kept: Kept<PodDetail> = Kept::default();
    while !kept.listed() {
        kept.take_all(events.recv().await.expect("the stream ended"));
    }
    assert_eq!(kept.get(&name).map(|pod| pod.containers.len()), Some(4));
    assert!(!server.asked("/api/v1/namespaces/qa/pods?fieldSelector=metadata.name%3Dweb-1&").is_empty());
    assert!(server.asked("secrets").is_empty());
}

#[tokio::test]
async fn a_secret_is_read_where_it_is_asked_for_and_a_refusal_tells_nothing_of_it() {
    let server = Replay::new(|path| match path {
        "/api/v1/namespaces/qa/secrets/db-password" => {
            let secret = json!({"data": {"password": "aHVudGVyMg==", "key": "/w=="}});
            Answer::ok("application/json", secret.to_string().as_bytes())
        }
        _ => Answer::no(403, "Forbidden"),
    })
    .await;
    let values = reveal(&server.cluster, &"qa".into(), &"db-password".into()).await.unwrap();
    assert_eq!(&**values["password"].reveal(), "hunter2");
    assert_eq!(&**values["key"].reveal(), "1 bytes that are no text");
    assert!(!format!("{values:?}").contains("hunter2"));
    assert!(matches!(reveal(&server.cluster, &"qa".into(), &"x".into()).await, Err(PortError::Forbidden(_))));
}

#[test]
fn usage_is_read_by_container() {
    let metrics = json!({"containers": [{"name": "main", "usage": {"cpu": "12m", "memory": "1Mi"}}, {"name": "odd"}]});
    let usage = read(&metrics);
    assert_eq!((usage.len(), &*usage[0].name, usage[0].cpu_milli, usage[0].memory), (1, "main", 12, 1 << 20));
}
