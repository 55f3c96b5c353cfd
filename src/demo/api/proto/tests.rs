//! What is encoded here is read by another's schema.

use k8s_pb::api::apps::v1::{ControllerRevision, Deployment};
use k8s_pb::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_pb::api::coordination::v1::Lease;
use k8s_pb::api::core::v1::{Event, PersistentVolume, Pod, PodList, Secret, Service};
use k8s_pb::api::networking::v1::Ingress;
use prost::Message as _;
use serde_json::{Value, json};

use super::super::schema::named;
use super::*;

fn encoded<M: prost::Message + Default>(message: &str, value: &Value) -> M {
    let raw = encode(named(message).expect("known"), value.to_string().as_bytes()).expect("encoded");
    M::decode(raw.as_slice()).expect("decoded by another's schema")
}

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "shop-1", "namespace": "prod", "uid": "u", "resourceVersion": "7", "generation": 3,
            "creationTimestamp": "2026-01-02T03:04:05Z", "labels": { "app": "shop", "tier": "" },
            "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop", "uid": "r", "controller": true }],
            "managedFields": [{ "manager": "m", "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": { "f:x": {} } } }],
        },
        "spec": {
            "containers": [{
                "name": "a", "image": "a:1", "args": ["x", "日本"],
                "env": [{ "name": "E", "valueFrom": { "secretKeyRef": { "name": "s", "key": "k", "optional": true } } }],
                "resources": { "limits": { "cpu": 2, "memory": "1Gi" } },
                "ports": [{ "containerPort": 8080, "protocol": "TCP" }],
                "readinessProbe": { "httpGet": { "port": "http", "path": "/ready" }, "periodSeconds": 5 },
                "livenessProbe": { "tcpSocket": { "port": 8080 } },
            }],
            "volumes": [{ "name": "v", "secret": { "secretName": "s", "defaultMode": 420 } }],
            "tolerations": [{ "key": "k", "tolerationSeconds": 300 }],
            "nodeName": "n1", "terminationGracePeriodSeconds": 0, "hostNetwork": false,
        },
        "status": {
            "phase": "Running", "podIP": "10.0.0.1", "podIPs": [{ "ip": "10.0.0.1" }], "startTime": null,
            "containerStatuses": [{
                "name": "a", "ready": true, "restartCount": 4, "image": "a:1", "imageID": "", "started": true,
                "state": { "waiting": { "reason": "CrashLoopBackOff" } },
                "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-01-02T03:04:06Z" } },
            }],
        },
    })
}

#[test]
fn a_pod_reads_the_same_by_another_schema() {
    let pod: Pod = encoded("Pod", &pod());
    let metadata = pod.metadata.expect("metadata");
    assert_eq!((metadata.name.as_deref(), metadata.generation), (Some("shop-1"), Some(3)));
    assert_eq!(metadata.labels["tier"], "");
    assert_eq!(metadata.creation_timestamp.and_then(|time| time.seconds), Some(1_767_323_045));
    let fields = metadata.managed_fields[0].fields_v1.as_ref().and_then(|fields| fields.raw.clone());
    assert_eq!(fields.expect("fields"), br#"{"f:spec":{"f:x":{}}}"#);
    let spec = pod.spec.expect("a spec");
    let container = &spec.containers[0];
    assert_eq!(container.args, ["x", "日本"]);
    let secret = container.env[0].value_from.as_ref().and_then(|from| from.secret_key_ref.as_ref()).expect("a secret");
    let reference = secret.local_object_reference.as_ref().and_then(|one| one.name.as_deref());
    assert_eq!((reference, secret.key.as_deref(), secret.optional), (Some("s"), Some("k"), Some(true)));
    let limits = &container.resources.as_ref().expect("resources").limits;
    assert_eq!((limits["cpu"].string.as_deref(), limits["memory"].string.as_deref()), (Some("2"), Some("1Gi")));
    let ready = container.readiness_probe.as_ref().expect("a probe");
    let get = ready.handler.as_ref().and_then(|handler| handler.http_get.as_ref()).expect("a request");
    assert_eq!(get.port.as_ref().and_then(|port| port.str_val.as_deref()), Some("http"));
    let live = container.liveness_probe.as_ref().and_then(|probe| probe.handler.as_ref()).expect("a probe");
    let port = live.tcp_socket.as_ref().and_then(|socket| socket.port.as_ref()).expect("a port");
    assert_eq!((port.r#type, port.int_val), (Some(0), Some(8080)));
    let volume = spec.volumes[0].volume_source.as_ref().and_then(|source| source.secret.as_ref()).expect("a secret");
    assert_eq!(volume.default_mode, Some(420));
    assert_eq!((spec.termination_grace_period_seconds, spec.host_network), (Some(0), Some(false)));
    let status = pod.status.expect("a status");
    assert_eq!((status.pod_ip.as_deref(), status.start_time), (Some("10.0.0.1"), None));
    let last = status.container_statuses[0].last_state.as_ref().and_then(|last| last.terminated.as_ref());
    assert_eq!(last.and_then(|last| last.exit_code), Some(137));
}

#[test]
fn workloads_read_the_same_by_another_schema() {
    let rolling = json!({ "maxSurge": "25%", "maxUnavailable": 1 });
    let value = json!({ "spec": { "replicas": 3, "strategy": { "rollingUpdate": rolling } } });
    let strategy = encoded::<Deployment>("Deployment", &value).spec.and_then(|spec| spec.strategy);
    let rolling = strategy.and_then(|strategy| strategy.rolling_update).expect("rolling");
    assert_eq!(rolling.max_surge.and_then(|surge| surge.str_val).as_deref(), Some("25%"));
    assert_eq!(rolling.max_unavailable.and_then(|most| most.int_val), Some(1));
    let revision: ControllerRevision = encoded("ControllerRevision", &json!({ "revision": 4, "data": { "spec": {} } }));
    assert_eq!(revision.data.and_then(|data| data.raw).as_deref(), Some(br#"{"spec":{}}"#.as_slice()));
    let metrics = json!([{ "type": "Resource", "resource": { "name": "cpu" } }]);
    let hpa: HorizontalPodAutoscaler =
        encoded("HorizontalPodAutoscaler", &json!({ "spec": { "maxReplicas": 9, "metrics": metrics } }));
    assert_eq!(hpa.spec.map(|spec| (spec.max_replicas, spec.metrics.len())), Some((Some(9), 1)));
}

#[test]
fn other_kinds_read_the_same_by_another_schema() {
    let secret: Secret = encoded("Secret", &json!({ "data": { "k": "aGVsbG8=" }, "type": "Opaque" }));
    assert_eq!(secret.data["k"], b"hello");
    let event = json!({ "involvedObject": { "name": "a" }, "count": 3, "eventTime": "2026-01-02T03:04:05.678901Z" });
    let event: Event = encoded("Event", &event);
    assert_eq!((event.count, event.event_time.and_then(|time| time.nanos)), (Some(3), Some(678_901_000)));
    let lease = json!({ "spec": { "holderIdentity": "me", "renewTime": "2026-01-02T03:04:05.000001Z" } });
    let lease = encoded::<Lease>("Lease", &lease).spec.expect("a spec");
    let renewed = lease.renew_time.and_then(|time| time.nanos);
    assert_eq!((lease.holder_identity.as_deref(), renewed), (Some("me"), Some(1000)));
    let service: Service = encoded("Service", &json!({ "spec": { "ports": [{ "port": 80, "targetPort": "http" }] } }));
    assert_eq!(service.spec.map(|spec| spec.ports[0].port), Some(Some(80)));
    let backend = json!({ "service": { "name": "s", "port": { "number": 80 } } });
    let paths = json!([{ "path": "/", "pathType": "Prefix", "backend": backend }]);
    let ingress = json!({ "spec": { "rules": [{ "host": "h", "http": { "paths": paths } }] } });
    let rule = &encoded::<Ingress>("Ingress", &ingress).spec.expect("a spec").rules[0];
    let http = rule.ingress_rule_value.as_ref().and_then(|value| value.http.as_ref()).expect("paths");
    assert_eq!(http.paths[0].path.as_deref(), Some("/"));
    let volume: PersistentVolume = encoded("PersistentVolume", &json!({ "spec": { "hostPath": { "path": "/x" } } }));
    let source = volume.spec.and_then(|spec| spec.persistent_volume_source).and_then(|source| source.host_path);
    assert_eq!(source.and_then(|path| path.path).as_deref(), Some("/x"));
}

#[test]
fn a_list_and_a_watch_event_have_the_frames_that_clients_read() {
    let raw = encode(named("Pod").expect("known"), pod().to_string().as_bytes()).expect("encoded");
    let meta = encode(named("ListMeta").expect("known"), br#"{"resourceVersion":"9"}"#).expect("encoded");
    let mut list = list_head("v1", "PodList", &meta, [raw.len(), raw.len()].into_iter());
    list_item(&mut list, &raw);
    list_item(&mut list, &raw);
    let body = list.strip_prefix(b"k8s\0").expect("the magic");
    let envelope = k8s_pb::apimachinery::pkg::runtime::Unknown::decode(body).expect("an envelope");
    assert_eq!(envelope.type_meta.and_then(|meta| meta.kind).as_deref(), Some("PodList"));
    let pods = PodList::decode(envelope.raw.expect("raw").as_slice()).expect("a list");
    assert_eq!((pods.items.len(), pods.metadata.and_then(|meta| meta.resource_version).as_deref()), (2, Some("9")));

    let mut frame = Vec::new();
    event_frame(&mut frame, "ADDED", "v1", "Pod", &raw);
    let length = u32::from_be_bytes(frame[..4].try_into().expect("four bytes"));
    assert_eq!(length as usize, frame.len() - 4);
    let event = k8s_pb::apimachinery::pkg::apis::meta::v1::WatchEvent::decode(&frame[4..]).expect("an event");
    assert_eq!(event.r#type.as_deref(), Some("ADDED"));
    assert_eq!(event.object.and_then(|object| object.raw).expect("an object"), unknown("v1", "Pod", &raw));
}

#[test]
fn what_was_encoded_decodes_to_the_same_json() {
    let raw = encode(named("Pod").expect("known"), pod().to_string().as_bytes()).expect("encoded");
    let decoded = decode(&unknown("v1", "Pod", &raw), named).expect("decoded");
    let mut wanted = pod();
    wanted["status"].as_object_mut().expect("a status").remove("startTime");
    wanted["status"]["containerStatuses"][0].as_object_mut().expect("one").remove("imageID");
    wanted["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "2".into();
    assert_eq!(decoded, wanted);
    assert!(decode(b"k8s\0\xff\xff", named).is_none() && decode(b"{}", named).is_none());
}

#[test]
fn a_value_of_another_type_is_an_error_and_not_a_wrong_message() {
    let message = named("Pod").expect("known");
    for bad in [r#"{"spec":{"nodeName":1}}"#, r#"{"spec":{"containers":{}}}"#, r#"{"metadata":{"generation":"x"}}"#] {
        assert!(encode(message, bad.as_bytes()).is_err(), "{bad}");
    }
}
