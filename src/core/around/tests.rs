//! Joins and judgements over raw objects.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::{
    Time,
    model::{AppKey, AppKind, ContainerState, samples},
};

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

#[rstest]
#[case(json!({ "app": "web" }), true)]
#[case(json!({ "app": "web", "tier": "b" }), false)]
#[case(json!({}), false)]
#[case(Value::Null, false)]
fn a_service_takes_what_has_all_its_labels_and_without_any_nothing(#[case] map: Value, #[case] takes: bool) {
    assert_eq!(Selector::of_map(&map).takes(&json!({ "app": "web", "tier": "a" })), takes);
}

#[rstest]
#[case(json!({}), true)]
#[case(Value::Null, false)]
#[case(json!({ "matchLabels": { "app": "web" } }), true)]
#[case(json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": ["x", "web"] }] }), true)]
#[case(json!({ "matchExpressions": [{ "key": "app", "operator": "NotIn", "values": ["web"] }] }), false)]
#[case(json!({ "matchExpressions": [{ "key": "zone", "operator": "NotIn", "values": ["a"] }] }), true)]
#[case(json!({ "matchExpressions": [{ "key": "zone", "operator": "DoesNotExist" }, { "key": "app", "operator": "Exists" }] }), true)]
#[case(json!({ "matchExpressions": [{ "key": "app", "operator": "Gt", "values": ["1"] }] }), false)]
fn a_label_selector_takes_what_the_api_server_says(#[case] selector: Value, #[case] takes: bool) {
    assert_eq!(Selector::of(&selector).takes(&json!({ "app": "web" })), takes);
}

#[test]
fn a_pod_takes_traffic_as_its_endpoint_says_in_any_slice() {
    let slice = |endpoints: Value| {
        Slice::of(&json!({
            "metadata": { "name": "web-x", "labels": { "kubernetes.io/service-name": "web" } }, "endpoints": endpoints,
        }))
        .unwrap()
    };
    let pod = |name: &str, conditions: Value| json!({ "targetRef": { "kind": "Pod", "name": name }, "conditions": conditions });
    let slices = [
        slice(json!([pod("a", json!({})), pod("b", json!({ "ready": false, "serving": true, "terminating": true }))])),
        slice(
            json!([pod("a", json!({ "ready": true })), pod("c", json!({ "ready": false })), { "addresses": ["10.0.0.9"] }]),
        ),
        Slice { service: "other".into(), endpoints: vec![] },
    ];
    let found = traffic("web", &slices);
    assert_eq!((found.taking(), found.pods.len(), found.others), (1, 3, 1));
    let b = &found.pods["b"];
    assert_eq!((b.ready, b.serving, b.terminating), (false, true, true));
    assert!(!found.pods["c"].serving);
}

#[test]
fn an_ingress_leads_to_the_services_that_its_paths_name() {
    let ingress = Route::of_ingress(&json!({
        "metadata": { "name": "shop", "namespace": "qa" },
        "spec": {
            "ingressClassName": "nginx", "tls": [{ "hosts": ["shop.example.com"] }],
            "defaultBackend": { "service": { "name": "front", "port": { "name": "http" } } },
            "rules": [{ "host": "shop.example.com", "http": { "paths": [
                { "path": "/api", "pathType": "Prefix", "backend": { "service": { "name": "web", "port": { "number": 80 } } } },
                { "path": "/old", "pathType": "Exact", "backend": { "resource": { "kind": "Bucket", "name": "old" } } },
            ] } }, { "http": { "paths": [{ "backend": { "service": { "name": "web", "port": { "number": 81 } } } }] } }],
        },
    }))
    .unwrap();
    let told: Vec<_> = ingress.to("qa", "web").map(|path| format!("{} {}", path.from, path.port)).collect();
    assert_eq!(told, ["shop.example.com/api 80", "*/ 81"]);
    assert_eq!(ingress.to("qa", "front").next().map(|path| &*path.from), Some("everything else"));
    assert!(ingress.tls && ingress.to("prod", "web").next().is_none());
}

#[test]
fn an_ingress_route_leads_to_services_also_of_other_namespaces() {
    let route = Route::of_traefik(&json!({
        "metadata": { "name": "shop", "namespace": "qa" },
        "spec": { "entryPoints": ["websecure"], "tls": {}, "routes": [{ "match": "Host(`shop.example.com`)", "kind": "Rule", "services": [
            { "name": "web", "port": "http" }, { "name": "web", "namespace": "prod", "port": 80 },
            { "name": "mirror", "kind": "TraefikService" },
        ] }] },
    }))
    .unwrap();
    assert_eq!(route.to("qa", "web").count(), 1);
    assert_eq!(route.to("prod", "web").next().map(|path| &*path.port), Some("80"));
    assert!(route.to("qa", "mirror").next().is_none());
    assert_eq!((&*route.class, route.tls), ("websecure", true));
    assert_eq!(route.object().path(), "/apis/traefik.io/v1alpha1/namespaces/qa/ingressroutes/shop");
}

fn template() -> Value {
    json!({ "spec": {
        "imagePullSecrets": [{ "name": "pull" }],
        "volumes": [
            { "name": "conf", "configMap": { "name": "files", "optional": true } },
            { "name": "all", "projected": { "sources": [{ "secret": { "name": "cert" } }, { "configMap": { "name": "files" } }] } },
            { "name": "unused", "secret": { "secretName": "never" } },
        ],
        "containers": [{
            "name": "main",
            "envFrom": [{ "secretRef": { "name": "db" } }],
            "env": [{ "name": "A", "valueFrom": { "configMapKeyRef": { "name": "env", "key": "a" } } }],
            "volumeMounts": [{ "name": "conf", "mountPath": "/c", "subPath": "c" }, { "name": "all", "mountPath": "/a" }],
        }],
    } })
}

#[test]
fn each_config_is_named_once_with_every_way_that_it_is_taken_up() {
    let main = || "main".into();
    let told: Vec<_> =
        config_uses(&template()).into_iter().map(|of| (of.kind, of.name.to_string(), of.optional, of.ways)).collect();
    assert_eq!(
        told,
        [
            (ConfigKind::ConfigMap, "env".to_owned(), false, vec![Way::Environment(main())]),
            (ConfigKind::ConfigMap, "files".to_owned(), false, vec![Way::File(main()), Way::Volume(main())]),
            (ConfigKind::Secret, "cert".to_owned(), false, vec![Way::Volume(main())]),
            (ConfigKind::Secret, "db".to_owned(), false, vec![Way::Environment(main())]),
            (ConfigKind::Secret, "pull".to_owned(), true, vec![Way::Pull]),
        ]
    );
}

#[test]
fn a_pod_is_older_than_a_config_that_changed_after_its_container_began() {
    let app = samples::key(AppKind::Deployment, "shop", "web");
    let began = |suffix: &str, when: &str| {
        let mut pod = samples::pod(&app, suffix, "7d9f");
        for container in &mut pod.containers {
            container.name = "main".into();
            container.state = ContainerState::Running(Some(at(when)));
        }
        pod
    };
    let mut ending = began("c", "2026-11-22T10:00:00Z");
    ending.ending = true;
    let pods = [began("a", "2026-11-22T10:00:00Z"), began("b", "2026-11-22T12:00:00Z"), ending];
    let uses = config_uses(&template());
    let names = |name: &str, changed: &str| {
        let of = uses.iter().find(|of| &*of.name == name).unwrap();
        older(of, at(changed), &pods).into_iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names("env", "2026-11-22T11:00:00Z"), [pods[0].name.to_string()]);
    assert_eq!(names("env", "2026-11-22T12:00:00Z"), [pods[0].name.to_string()]);
    assert_eq!(names("env", "2026-11-22T13:00:00Z").len(), 2);
    assert!(names("env", "2026-11-22T10:00:00Z").is_empty());
    assert!(names("cert", "2026-11-22T13:00:00Z").is_empty(), "files of a volume follow");
    assert_eq!(names("files", "2026-11-22T13:00:00Z").len(), 2);
}

#[test]
fn an_object_changed_when_a_manager_last_wrote_it_but_for_its_status() {
    let object = json!({ "metadata": { "creationTimestamp": "2026-11-20T00:00:00Z", "managedFields": [
        { "manager": "kubectl", "time": "2026-11-21T00:00:00Z" },
        { "manager": "helm", "time": "2026-11-22T00:00:00Z" },
        { "manager": "late", "time": "2026-11-23T00:00:00Z", "subresource": "status" },
    ] } });
    assert_eq!(Known::of(&object), Known::There(Some(at("2026-11-22T00:00:00Z")), "helm".into()));
    let bare = json!({ "metadata": { "creationTimestamp": "2026-11-20T00:00:00Z" } });
    assert_eq!(Known::of(&bare), Known::There(Some(at("2026-11-20T00:00:00Z")), "".into()));
}

#[test]
fn a_stateful_set_mounts_the_claims_of_its_templates_and_no_namesakes() {
    let key = |kind| AppKey { namespace: "qa".into(), name: "db".into(), kind };
    let app = json!({ "spec": {
        "volumeClaimTemplates": [{ "metadata": { "name": "data" } }],
        "template": { "spec": { "volumes": [{ "name": "x", "persistentVolumeClaim": { "claimName": "shared" } }] } },
    } });
    let of = |kind, claim| claims(&key(kind), &app, claim);
    assert!(
        of(AppKind::StatefulSet, "data-db-0")
            && of(AppKind::StatefulSet, "data-db-12")
            && of(AppKind::StatefulSet, "shared")
    );
    assert!(
        !of(AppKind::StatefulSet, "data-db-x")
            && !of(AppKind::StatefulSet, "data-db-")
            && !of(AppKind::StatefulSet, "data-dba-0")
    );
    assert!(!of(AppKind::Deployment, "data-db-0") && of(AppKind::Deployment, "shared"));
}

#[test]
fn every_metric_is_told_beside_its_target_and_one_that_cannot_be_read_is_not_zero() {
    let hpa = Autoscaler::of(&json!({
        "metadata": { "name": "web", "namespace": "qa", "labels": { "scaledobject.keda.sh/name": "web" } },
        "spec": { "scaleTargetRef": { "kind": "Deployment", "name": "web" }, "maxReplicas": 5, "metrics": [
            { "type": "Resource", "resource": { "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 60 } } },
            { "type": "ContainerResource", "containerResource": { "name": "memory", "container": "main", "target": { "averageValue": "64Mi" } } },
            { "type": "External", "external": { "metric": { "name": "queue", "selector": { "matchLabels": { "q": "a" } } }, "target": { "value": "30" } } },
        ] },
        "status": { "currentReplicas": 2, "desiredReplicas": 3, "lastScaleTime": "2026-11-22T10:00:00Z", "currentMetrics": [
            { "type": "" },
            { "type": "External", "external": { "metric": { "name": "queue", "selector": { "matchLabels": { "q": "a" } } }, "current": { "value": "31" } } },
            { "type": "Resource", "resource": { "name": "cpu", "current": { "averageUtilization": 43 } } },
        ], "conditions": [
            { "type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric" },
            { "type": "ScalingLimited", "status": "False", "reason": "DesiredWithinRange" },
        ] },
    }))
    .unwrap();
    let told: Vec<_> = hpa
        .metrics
        .iter()
        .map(|m| format!("{}: {} of {}", m.name, m.now.as_deref().unwrap_or("?"), m.target))
        .collect();
    assert_eq!(told, ["cpu: 43% of 60%", "memory of main: ? of 64Mi", "queue q=a, external: 31 of 30"]);
    assert_eq!(hpa.conditions.iter().map(AutoscalerCondition::is_bad).collect::<Vec<_>>(), [true, false]);
    assert_eq!((hpa.min, hpa.max, &*hpa.keda), (1, 5, "web"));
    assert!(hpa.is_of(&AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::Deployment }));
    assert!(!hpa.is_of(&AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::StatefulSet }));
}
