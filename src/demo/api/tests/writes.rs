//! Creates, updates, patches, deletes, scales, evictions.

use serde_json::{Value, json};

use super::client::{Answer, Cluster, cluster};
use crate::store::kind::{PDB, POD};

const APPS: &str = "/apis/apps/v1/namespaces/prod/deployments";
const SHOP: &str = "/apis/apps/v1/namespaces/prod/deployments/shop";
const JSON: &str = "application/json";
const JSON_PATCH: &str = "application/json-patch+json";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";

fn shop() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "shop" },
        "spec": {
            "selector": { "matchLabels": { "app": "shop" } },
            "template": {
                "metadata": { "labels": { "app": "shop" } },
                "spec": { "containers": [{ "name": "a", "image": "a:1" }] },
            },
        },
    })
}

async fn with_shop() -> Cluster {
    let cluster = cluster().await;
    let made = cluster.send("POST", APPS, JSON, &shop()).await;
    assert_eq!(made.code, 201, "{:?}", made.body);
    cluster
}

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().expect("a message").to_owned()
}

#[tokio::test]
async fn a_created_object_is_complete_and_says_who_made_it() {
    let cluster = with_shop().await;
    let shop = cluster.get(SHOP).await.json();
    assert_eq!((&shop["spec"]["replicas"], &shop["spec"]["strategy"]["type"]), (&json!(1), &json!("RollingUpdate")));
    assert_eq!(
        (&shop["metadata"]["generation"], &shop["metadata"]["managedFields"][0]["manager"]),
        (&json!(1), &json!("test"))
    );
    assert_eq!(cluster.send("POST", APPS, JSON, &self::shop()).await.code, 409);
    let elsewhere = cluster.send("POST", "/apis/apps/v1/namespaces/none/deployments", JSON, &self::shop()).await;
    assert_eq!((elsewhere.code, message(&elsewhere).as_str()), (404, "namespaces \"none\" not found"));
}

#[tokio::test]
async fn an_update_of_an_old_version_is_a_conflict() {
    let cluster = with_shop().await;
    let mut shop = cluster.get(SHOP).await.json();
    shop["spec"]["replicas"] = 4.into();
    let done = cluster.send("PUT", SHOP, JSON, &shop).await.json();
    assert_eq!((&done["spec"]["replicas"], &done["metadata"]["generation"]), (&json!(4), &json!(2)));
    let late = cluster.send("PUT", SHOP, JSON, &shop).await;
    assert_eq!((late.code, &late.json()["reason"]), (409, &json!("Conflict")));
    assert!(message(&late).ends_with("please apply your changes to the latest version and try again"));
}

#[tokio::test]
async fn a_json_patch_is_all_or_nothing() {
    let cluster = with_shop().await;
    let scale = |test: i64| {
        json!([
            { "op": "replace", "path": "/spec/replicas", "value": 7 },
            { "op": "test", "path": "/spec/revisionHistoryLimit", "value": test },
        ])
    };
    let failed = cluster.send("PATCH", SHOP, JSON_PATCH, &scale(11)).await;
    assert_eq!((failed.code, failed.json()["details"].clone()), (422, json!({})));
    assert_eq!(message(&failed), "the server rejected our request due to an error in our request");
    assert_eq!(cluster.get(SHOP).await.json()["spec"]["replicas"], 1);
    let done = cluster.send("PATCH", SHOP, JSON_PATCH, &scale(10)).await.json();
    assert_eq!(done["spec"]["replicas"], 7);
    let owners = done["metadata"]["managedFields"].as_array().expect("owners").len();
    assert_eq!(owners, 1, "the same manager made both");
}

#[tokio::test]
async fn the_other_patches_are_merged_and_validated() {
    let cluster = with_shop().await;
    let patch = json!({ "spec": { "template": { "spec": { "containers": [{ "name": "b", "image": "b:1" }] } } } });
    let done = cluster.send("PATCH", SHOP, STRATEGIC, &patch).await.json();
    assert_eq!(done["spec"]["template"]["spec"]["containers"].as_array().map(Vec::len), Some(2));
    let refused = cluster.send("PATCH", SHOP, MERGE, &json!({ "spec": { "replicas": -1 } })).await;
    assert_eq!(
        (refused.code, message(&refused).as_str()),
        (
            422,
            "Deployment.apps \"shop\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        )
    );
    assert_eq!(cluster.send("PATCH", SHOP, "text/plain", &json!({})).await.code, 415);
    let warned = cluster.send("PATCH", SHOP, MERGE, &json!({ "spec": { "nothing": 1 } })).await;
    assert_eq!(warned.headers["warning"], "299 - \"unknown field \\\"spec.nothing\\\"\"");
    let path = format!("{SHOP}?fieldValidation=Strict");
    assert_eq!(cluster.send("PATCH", &path, MERGE, &json!({ "spec": { "nothing": 1 } })).await.code, 400);
}

#[tokio::test]
async fn a_dry_run_answers_as_if_and_writes_nothing() {
    let cluster = with_shop().await;
    let before = cluster.get(SHOP).await.body;
    let path = format!("{SHOP}?dryRun=All");
    let tried = cluster.send("PATCH", &path, MERGE, &json!({ "spec": { "replicas": 9 } })).await.json();
    assert_eq!((&tried["spec"]["replicas"], &tried["metadata"]["generation"]), (&json!(9), &json!(2)));
    assert_eq!(cluster.ask("DELETE", &path, &[], "").await.code, 200);
    assert_eq!(cluster.get(SHOP).await.body, before);
}

#[tokio::test]
async fn status_and_object_are_written_apart() {
    let cluster = with_shop().await;
    let patch = json!({ "spec": { "replicas": 5 }, "status": { "readyReplicas": 3 } });
    let status = cluster.send("PATCH", &format!("{SHOP}/status"), MERGE, &patch).await.json();
    assert_eq!((&status["spec"]["replicas"], &status["status"]["readyReplicas"]), (&json!(1), &json!(3)));
    let patch = json!({ "spec": { "replicas": 5 }, "status": { "readyReplicas": 0 } });
    let object = cluster.send("PATCH", SHOP, MERGE, &patch).await.json();
    assert_eq!((&object["spec"]["replicas"], &object["status"]["readyReplicas"]), (&json!(5), &json!(3)));
}

#[tokio::test]
async fn the_scale_reads_and_writes_the_replicas() {
    let cluster = with_shop().await;
    let path = format!("{SHOP}/scale");
    assert_eq!(cluster.get(&path).await.json()["status"]["selector"], "app=shop");
    let done = cluster.send("PATCH", &path, MERGE, &json!({ "spec": { "replicas": 6 } })).await.json();
    assert_eq!((&done["kind"], &done["spec"]["replicas"]), (&json!("Scale"), &json!(6)));
    let refused = cluster.send("PATCH", &path, MERGE, &json!({ "spec": { "replicas": -2 } })).await;
    assert!(message(&refused).starts_with("Scale.autoscaling \"shop\" is invalid: spec.replicas: Invalid value: -2"));
}

#[tokio::test]
async fn an_applied_object_is_made_and_then_follows_what_is_applied() {
    let cluster = cluster().await;
    let path = "/api/v1/namespaces/prod/configmaps/m?fieldManager=me";
    let apply =
        |data: Value| json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "m" }, "data": data });
    let content_type = "application/apply-patch+yaml";
    assert_eq!(cluster.send("PATCH", path, content_type, &apply(json!({ "a": "1", "b": "2" }))).await.code, 201);
    // The first apply of an object that this manager's update made owns it from then on.
    cluster.send("PATCH", path, content_type, &apply(json!({ "a": "1", "b": "2" }))).await;
    let done = cluster.send("PATCH", path, content_type, &apply(json!({ "a": "3" }))).await.json();
    assert_eq!(done["data"], json!({ "a": "3" }));
}

#[tokio::test]
async fn a_running_pods_deletion_waits_and_a_precondition_must_hold() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let path = "/api/v1/namespaces/prod/pods/a";
    let wrong = cluster.send("DELETE", path, JSON, &json!({ "preconditions": { "uid": "x" } })).await;
    assert_eq!((wrong.code, &wrong.json()["reason"]), (409, &json!("Conflict")));
    let going = cluster.ask("DELETE", path, &[], "").await.json();
    assert_eq!(going["metadata"]["deletionGracePeriodSeconds"], 30);
    assert_eq!(going["metadata"]["deletionTimestamp"], "2026-09-21T14:13:50Z");
    let forced = cluster.send("DELETE", path, JSON, &json!({ "gracePeriodSeconds": 0 })).await;
    assert_eq!((forced.code, &forced.json()["status"]), (200, &json!("Success")));
    assert_eq!(cluster.get(path).await.code, 404);
}

#[tokio::test]
async fn a_collection_is_deleted_by_selection_and_a_finalizer_holds_its_object() {
    let cluster = cluster().await;
    let path = "/api/v1/namespaces/prod/configmaps";
    for (name, app) in [("a", "x"), ("b", "y")] {
        let map = json!({ "metadata": { "name": name, "labels": { "app": app }, "finalizers": ["f/f"] } });
        assert_eq!(cluster.send("POST", path, JSON, &map).await.code, 201);
    }
    assert_eq!(cluster.ask("DELETE", &format!("{path}?labelSelector=app%3Dx"), &[], "").await.code, 200);
    let held = cluster.get(&format!("{path}/a")).await.json();
    assert!(held["metadata"]["deletionTimestamp"].is_string());
    cluster.send("PATCH", &format!("{path}/a"), MERGE, &json!({ "metadata": { "finalizers": null } })).await;
    assert_eq!(
        (cluster.get(&format!("{path}/a")).await.code, cluster.get(&format!("{path}/b")).await.code),
        (404, 200)
    );
}

#[tokio::test]
async fn an_eviction_is_refused_where_the_budget_is_spent() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let budget = |allowed: i64| {
        json!({
            "metadata": { "name": "shop", "namespace": "prod" }, "spec": { "selector": { "matchLabels": { "app": "shop" } } },
            "status": { "disruptionsAllowed": allowed, "desiredHealthy": 1, "currentHealthy": 1 },
        })
    };
    cluster.store.create(&PDB, budget(0)).expect("created");
    let path = "/api/v1/namespaces/prod/pods/a/eviction";
    let eviction = json!({ "apiVersion": "policy/v1", "kind": "Eviction", "metadata": { "name": "a" } });
    let refused = cluster.send("POST", path, JSON, &eviction).await;
    assert_eq!(
        (refused.code, message(&refused).as_str()),
        (429, "Cannot evict pod as it would violate the pod's disruption budget.")
    );
    let allow = |budget: &mut Value| {
        budget["status"]["disruptionsAllowed"] = 1.into();
        Ok(())
    };
    cluster.store.update(&PDB, "prod", "shop", allow).expect("allowed");
    assert_eq!(cluster.send("POST", path, JSON, &eviction).await.code, 201);
    let pod = cluster.store.get(&POD, "prod", "a").expect("it has its grace period");
    assert!(pod["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(cluster.store.get(&PDB, "prod", "shop").expect("there")["status"]["disruptionsAllowed"], 0);
}

#[tokio::test]
async fn what_clients_write_is_recorded_with_who_wrote_it_and_what_came_of_it() {
    let cluster = with_shop().await;
    let image = json!([{ "op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "a:2" }]);
    cluster.send("PATCH", &format!("{SHOP}?dryRun=All&fieldManager=ana"), JSON_PATCH, &image).await;
    cluster.send("PATCH", &format!("{SHOP}?fieldManager=ana"), JSON_PATCH, &image).await;
    let bad = json!([{ "op": "test", "path": "/spec/paused", "value": true }]);
    assert_eq!(cluster.send("PATCH", SHOP, JSON_PATCH, &bad).await.code, 422);
    let recorded = cluster.server.writes.to_json();
    let told = |nth: usize, field: &str| recorded["writes"][nth][field].clone();
    let of = |nth| (told(nth, "verb"), told(nth, "manager"), told(nth, "dryRun"), told(nth, "code"));
    assert_eq!(of(1), (json!("patch"), json!("ana"), json!(true), json!(200)));
    assert_eq!(of(2), (json!("patch"), json!("ana"), json!(false), json!(200)));
    assert_eq!((told(2, "path"), told(2, "body")), (json!(SHOP), image));
    assert!(told(0, "version").as_u64() < told(2, "version").as_u64());
    assert!(told(1, "answered").as_u64() < told(2, "arrived").as_u64(), "one was answered before the next arrived");
    assert_eq!(told(3, "code"), 422);
    cluster.send("GET", SHOP, JSON, &Value::Null).await;
    assert_eq!(cluster.server.writes.to_json(), recorded, "who reads writes nothing");
}
