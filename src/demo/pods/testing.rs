//! A pod for the tests of this folder.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    clock::{Clock, rfc3339},
    store::{
        Store,
        kind::{CONFIG_MAP, POD, SECRET},
    },
};

/// Noon in Shanghai.
pub(super) fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-23T04:00:00Z").unwrap().to_utc()
}

/// A running pod of `app`, an hour old, with one container `main`.
pub(super) fn pod(app: &str) -> Value {
    let started = rfc3339(noon() - TimeDelta::hours(1));
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("{app}-0"), "namespace": "prod", "uid": "u-1",
            "creationTimestamp": rfc3339(noon() - TimeDelta::days(2)), "labels": { "app": app },
        },
        "spec": {
            "nodeName": "node-1",
            "containers": [{
                "name": "main", "image": "harbor.example/yun/gateway:v1.2.3",
                "env": [
                    { "name": "MODE", "value": "fast" },
                    { "name": "TOKEN", "valueFrom": { "secretKeyRef": { "name": "s", "key": "token" } } },
                ],
                "resources": { "limits": { "memory": "1Gi" } },
                "volumeMounts": [{ "name": "config", "mountPath": "/etc/app" }],
            }],
            "volumes": [{ "name": "config", "configMap": { "name": "c" } }],
        },
        "status": {
            "phase": "Running", "podIP": "10.0.0.9",
            "containerStatuses": [{
                "name": "main", "ready": true, "restartCount": 0, "lastState": {}, "state": { "running": { "startedAt": started } },
            }],
        },
    })
}

/// A store with that pod and what it mounts, at noon, in a time that stands still.
pub(super) fn store(pod: &Value) -> Store {
    let store = Store::new(Clock::manual(noon()));
    let put = |kind, value| store.create(kind, value).unwrap();
    put(&POD, pod.clone());
    put(
        &CONFIG_MAP,
        json!({ "metadata": { "name": "c", "namespace": "prod" }, "data": { "config.yaml": "lane: 上海\n" } }),
    );
    put(&SECRET, json!({ "metadata": { "name": "s", "namespace": "prod" }, "data": { "token": "aHVzaA==" } }));
    store
}
