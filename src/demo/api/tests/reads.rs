//! Gets, lists, discovery, reviews.

use std::io::Read as _;

use serde_json::{Value, json};

use super::client::{Cluster, cluster};

const PODS: &str = "/api/v1/namespaces/prod/pods";

async fn names(cluster: &Cluster, path: &str) -> (Vec<String>, Value) {
    let list = cluster.get(path).await.json();
    let names = list["items"].as_array().expect("items").iter();
    (names.map(|one| one["metadata"]["name"].as_str().expect("a name").to_owned()).collect(), list["metadata"].clone())
}

#[tokio::test]
async fn pages_are_of_one_version_and_tell_how_many_follow() {
    let cluster = cluster().await;
    ["a", "b", "c"].iter().for_each(|name| cluster.pod("prod", name));
    let (first, meta) = names(&cluster, &format!("{PODS}?limit=2")).await;
    assert_eq!((first, &meta["remainingItemCount"]), (vec!["a".into(), "b".into()], &json!(1)));
    cluster.pod("prod", "bb");
    let token = meta["continue"].as_str().expect("a token");
    let (second, next) = names(&cluster, &format!("{PODS}?limit=2&continue={token}")).await;
    assert_eq!((second, &next["resourceVersion"]), (vec!["c".to_owned()], &meta["resourceVersion"]));
    assert!(next.get("continue").is_none());
    cluster.outlive_history();
    let expired = cluster.get(&format!("{PODS}?limit=2&continue={token}")).await;
    assert_eq!((expired.code, &expired.json()["reason"]), (410, &json!("Expired")));
    assert_eq!(cluster.get(&format!("{PODS}?continue=abc")).await.code, 400);
}

#[tokio::test]
async fn selectors_choose_and_items_carry_no_type_of_their_own() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    cluster.pod("prod", "b");
    cluster.label("b", "tier", "front");
    let path = "/api/v1/pods?labelSelector=tier%20in%20(front,back)&fieldSelector=status.phase%3DRunning";
    let list = cluster.get(path).await.json();
    assert_eq!((&list["kind"], list["items"].as_array().map(Vec::len)), (&json!("PodList"), Some(1)));
    assert!(list["items"][0].get("kind").is_none());
    assert_eq!(names(&cluster, "/api/v1/pods?fieldSelector=metadata.name%3Da").await.0, ["a"]);
    let exact = cluster.get(&format!("{PODS}?resourceVersion=1004&resourceVersionMatch=Exact")).await.json();
    assert_eq!(exact["items"].as_array().expect("items").len(), 2);
    assert!(exact["items"][1]["metadata"]["labels"].get("tier").is_none(), "it is the list as it was then");
}

#[tokio::test]
async fn a_big_list_is_packed_for_who_takes_it() {
    let cluster = cluster().await;
    (0..600).for_each(|at| cluster.pod("prod", &format!("shop-{at}")));
    let plain = cluster.get(PODS).await;
    assert!(plain.headers.get("content-encoding").is_none());
    let packed = cluster.ask("GET", PODS, &[("accept-encoding", "gzip")], "").await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut text).expect("gzip");
    assert_eq!(text, plain.body);
    assert_eq!(plain.json()["items"].as_array().map(Vec::len), Some(600));
}

#[tokio::test]
async fn what_is_not_there_is_told_as_the_api_server_tells_it() {
    let cluster = cluster().await;
    let missing = cluster.get("/apis/apps/v1/namespaces/prod/deployments/none").await;
    assert_eq!((missing.code, &missing.json()["message"]), (404, &json!("deployments.apps \"none\" not found")));
    let unknown = cluster.get("/apis/apps/v1/nopes").await;
    assert_eq!(
        (unknown.code, &unknown.json()["message"]),
        (404, &json!("the server could not find the requested resource"))
    );
    assert_eq!(cluster.get("/apis/none/v1").await.body, "404 page not found\n");
    assert_eq!(cluster.ask("GET", PODS, &[("accept", "text/html")], "").await.code, 406);
    assert_eq!(cluster.send("POST", "/api/v1/pods", "application/json", &json!({})).await.code, 405);
    let late = cluster.get(&format!("{PODS}?resourceVersion=99999")).await;
    assert_eq!((late.code, late.headers["retry-after"].to_str().ok()), (504, Some("1")));
}

#[tokio::test]
async fn tables_and_metadata_are_given_to_who_asks_for_them() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")];
    let table = cluster.ask("GET", PODS, &accept, "").await.json();
    assert_eq!((&table["kind"], &table["rows"][0]["cells"][2]), (&json!("Table"), &json!("Running")));
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    let accept = [("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")];
    let list = cluster.ask("GET", PODS, &accept, "").await.json();
    assert!(list["items"][0].get("spec").is_none() && list["items"][0]["metadata"]["name"] == "a");
}

#[tokio::test]
async fn protobuf_is_answered_for_objects_lists_and_refusals() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let accept = [("accept", "application/vnd.kubernetes.protobuf, application/json")];
    for (path, kind) in [(PODS.to_owned(), "PodList"), (format!("{PODS}/a"), "Pod"), (format!("{PODS}/none"), "Status")]
    {
        let answer = cluster.ask("GET", &path, &accept, "").await;
        assert_eq!(answer.headers["content-type"], "application/vnd.kubernetes.protobuf");
        let body = answer.body.strip_prefix(b"k8s\0").expect("the magic");
        let unknown =
            <k8s_pb::apimachinery::pkg::runtime::Unknown as prost::Message>::decode(body).expect("an envelope");
        assert_eq!(unknown.type_meta.and_then(|meta| meta.kind).as_deref(), Some(kind));
    }
}

#[tokio::test]
async fn discovery_tells_what_is_served_in_both_forms() {
    let cluster = cluster().await;
    let apps = cluster.get("/apis/apps/v1").await.json();
    let told: Vec<&str> =
        apps["resources"].as_array().expect("resources").iter().filter_map(|one| one["name"].as_str()).collect();
    assert!(told.contains(&"deployments/scale") && told.contains(&"statefulsets"), "{told:?}");
    let accept = [("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json")];
    let all = cluster.ask("GET", "/apis", &accept, "").await;
    assert_eq!(all.headers["content-type"], "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    assert!(all.json()["items"].as_array().expect("groups").iter().any(|group| group["metadata"]["name"] == "apps"));
    // Without its definition the kind of a custom resource is not there at all.
    assert_eq!(cluster.get("/apis/traefik.io/v1alpha1/ingressroutes").await.code, 404);
    let definition = json!({ "metadata": { "name": "ingressroutes.traefik.io" } });
    cluster.store.create(&crate::store::kind::CUSTOM_RESOURCE_DEFINITION, definition).expect("created");
    assert_eq!(cluster.get("/apis/traefik.io/v1alpha1/ingressroutes").await.code, 200);
    assert_eq!(cluster.get("/readyz").await.body, "ok");
    assert_eq!(cluster.get("/version").await.json()["gitVersion"], "v1.36.3");
}
