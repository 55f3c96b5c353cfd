//! Defaults, so that what is read back is complete.

use serde_json::{Value, json};

use super::template::{self, each, set};
use crate::store::Kind;

/// Fills in what the API server fills in.
pub fn defaults(kind: &Kind, object: &mut Value) {
    match kind.kind {
        "Deployment" => deployment(&mut object["spec"]),
        "ReplicaSet" | "ReplicationController" => set(&mut object["spec"], "replicas", 1.into()),
        "StatefulSet" => stateful_set(&mut object["spec"]),
        "DaemonSet" => daemon_set(&mut object["spec"]),
        "Pod" => pod(&mut object["spec"]),
        "Job" => job(&mut object["spec"]),
        "CronJob" => cron_job(&mut object["spec"]),
        "Service" => service(&mut object["spec"]),
        "HorizontalPodAutoscaler" => autoscaler(&mut object["spec"]),
        "PersistentVolumeClaim" => set(&mut object["spec"], "volumeMode", "Filesystem".into()),
        "Secret" => set(object, "type", "Opaque".into()),
        "Namespace" => namespace(object),
        _ => {}
    }
    if matches!(kind.kind, "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" | "DaemonSet" | "Job")
        && let Some(spec) = object.pointer_mut("/spec/template/spec")
    {
        template::spec(spec);
    }
}

fn deployment(spec: &mut Value) {
    set(spec, "replicas", 1.into());
    set(spec, "revisionHistoryLimit", 10.into());
    set(spec, "progressDeadlineSeconds", 600.into());
    set(spec, "strategy", json!({}));
    let strategy = &mut spec["strategy"];
    set(strategy, "type", "RollingUpdate".into());
    if strategy["type"] == "RollingUpdate" {
        set(strategy, "rollingUpdate", json!({}));
        set(&mut strategy["rollingUpdate"], "maxUnavailable", "25%".into());
        set(&mut strategy["rollingUpdate"], "maxSurge", "25%".into());
    }
}

fn stateful_set(spec: &mut Value) {
    set(spec, "replicas", 1.into());
    set(spec, "podManagementPolicy", "OrderedReady".into());
    set(spec, "revisionHistoryLimit", 10.into());
    set(spec, "persistentVolumeClaimRetentionPolicy", json!({ "whenDeleted": "Retain", "whenScaled": "Retain" }));
    set(spec, "updateStrategy", json!({}));
    let strategy = &mut spec["updateStrategy"];
    set(strategy, "type", "RollingUpdate".into());
    if strategy["type"] == "RollingUpdate" {
        set(strategy, "rollingUpdate", json!({}));
        set(&mut strategy["rollingUpdate"], "partition", 0.into());
    }
    for claim in each(spec, "volumeClaimTemplates") {
        set(claim, "apiVersion", "v1".into());
        set(claim, "kind", "PersistentVolumeClaim".into());
        set(&mut claim["spec"], "volumeMode", "Filesystem".into());
        set(claim, "status", json!({ "phase": "Pending" }));
    }
}

fn daemon_set(spec: &mut Value) {
    set(spec, "revisionHistoryLimit", 10.into());
    set(spec, "updateStrategy", json!({}));
    let strategy = &mut spec["updateStrategy"];
    set(strategy, "type", "RollingUpdate".into());
    if strategy["type"] == "RollingUpdate" {
        set(strategy, "rollingUpdate", json!({}));
        set(&mut strategy["rollingUpdate"], "maxUnavailable", 1.into());
        set(&mut strategy["rollingUpdate"], "maxSurge", 0.into());
    }
}

fn pod(spec: &mut Value) {
    template::spec(spec);
    if !spec.is_object() {
        return;
    }
    set(spec, "enableServiceLinks", true.into());
    set(spec, "serviceAccountName", "default".into());
    set(spec, "serviceAccount", "default".into());
    set(spec, "priority", 0.into());
    set(spec, "preemptionPolicy", "PreemptLowerPriority".into());
    for container in each(spec, "containers") {
        let limits = container.pointer("/resources/limits").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, limit) in limits {
            set(&mut container["resources"]["requests"], &name, limit);
        }
    }
}

fn job(spec: &mut Value) {
    for (key, value) in [("parallelism", 1), ("completions", 1), ("backoffLimit", 6)] {
        set(spec, key, value.into());
    }
    set(spec, "completionMode", "NonIndexed".into());
    set(spec, "podReplacementPolicy", "TerminatingOrFailed".into());
    set(spec, "suspend", false.into());
}

fn cron_job(spec: &mut Value) {
    set(spec, "concurrencyPolicy", "Allow".into());
    set(spec, "suspend", false.into());
    set(spec, "successfulJobsHistoryLimit", 3.into());
    set(spec, "failedJobsHistoryLimit", 1.into());
    if let Some(template) = spec.pointer_mut("/jobTemplate/spec/template/spec") {
        template::spec(template);
    }
}

fn service(spec: &mut Value) {
    set(spec, "type", "ClusterIP".into());
    set(spec, "sessionAffinity", "None".into());
    for port in each(spec, "ports") {
        set(port, "protocol", "TCP".into());
        let number = port["port"].clone();
        set(port, "targetPort", number);
    }
    if spec["type"] == "ExternalName" {
        return;
    }
    set(spec, "internalTrafficPolicy", "Cluster".into());
    set(spec, "ipFamilies", json!(["IPv4"]));
    set(spec, "ipFamilyPolicy", "SingleStack".into());
    if let Some(address) = spec.get("clusterIP").filter(|address| address.is_string()).cloned() {
        set(spec, "clusterIPs", json!([address]));
    }
}

fn autoscaler(spec: &mut Value) {
    set(spec, "minReplicas", 1.into());
    let cpu = json!({ "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 80 } });
    set(spec, "metrics", json!([{ "type": "Resource", "resource": cpu }]));
}

fn namespace(object: &mut Value) {
    set(&mut object["spec"], "finalizers", json!(["kubernetes"]));
    set(&mut object["status"], "phase", "Active".into());
    let name = object["metadata"]["name"].clone();
    set(&mut object["metadata"]["labels"], "kubernetes.io/metadata.name", name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kind::{DEPLOYMENT, POD};

    #[test]
    fn a_deployment_reads_as_one_that_the_api_server_has_filled_in() {
        let mut object = json!({ "spec": {
            "selector": { "matchLabels": { "app": "shop" } },
            "template": { "spec": { "containers": [{ "name": "a", "image": "a:1", "ports": [{ "containerPort": 80 }] }] } },
        } });
        defaults(&DEPLOYMENT, &mut object);
        assert_eq!(
            object["spec"],
            json!({
                "progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10,
                "selector": { "matchLabels": { "app": "shop" } },
                "strategy": { "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": "25%" }, "type": "RollingUpdate" },
                "template": { "spec": {
                    "containers": [{
                        "image": "a:1", "imagePullPolicy": "IfNotPresent", "name": "a", "resources": {},
                        "ports": [{ "containerPort": 80, "protocol": "TCP" }],
                        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                    }],
                    "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                    "securityContext": {}, "terminationGracePeriodSeconds": 30,
                } },
            })
        );
    }

    #[test]
    fn a_pods_requests_are_its_limits_where_it_names_none() {
        let mut object = json!({ "spec": { "containers": [{ "name": "a", "image": "a", "resources": {
            "limits": { "cpu": "1", "memory": "1Gi" }, "requests": { "cpu": "100m" } } }] } });
        defaults(&POD, &mut object);
        let requests = &object["spec"]["containers"][0]["resources"]["requests"];
        assert_eq!(*requests, json!({ "cpu": "100m", "memory": "1Gi" }));
    }
}
