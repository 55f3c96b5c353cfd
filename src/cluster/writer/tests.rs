//! Writing, against a server of the test's own.

use rolldeck_core::{
    act::{How, PodId},
    batch::{
        ConfigMap, Lease, Port, PortError,
        guard::{Glob, Guard, GuardRule, Guards},
    },
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::Writer;
use crate::connect::{
    Home, Options,
    replay::{Replay, Reply, Seen, kubernetes},
};

fn web() -> AppKey {
    AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::Deployment }
}

async fn writer(readonly: bool, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Writer, Replay) {
    let server = Replay::start(None, move |seen| match seen.path() {
        "/version" | "/apis/authentication.k8s.io/v1/selfsubjectreviews" => kubernetes(seen),
        _ => answer(seen),
    })
    .await;
    let home = Home::for_server(server.address, json!({}));
    let (_, writer) = home.connect(&Options { readonly, ..Options::default() }).await.unwrap();
    (writer, server)
}

/// What was asked beyond the greeting.
fn asked(server: &Replay) -> Vec<Seen> {
    server.seen().split_off(2)
}

#[tokio::test]
async fn a_patch_leaves_as_it_is_with_our_name_on_it() {
    let (writer, server) = writer(false, |_| Reply::Json(200, json!({ "kind": "Deployment" }))).await;
    let patch = json!([{ "op": "test", "path": "/metadata/uid", "value": "u" }]);
    assert_eq!(writer.patch(&(&web()).into(), &patch, false).await, Ok(json!({ "kind": "Deployment" })));
    writer.patch(&(&web()).into(), &patch, true).await.unwrap();
    let asked = asked(&server);
    assert_eq!(asked[0].target, "/apis/apps/v1/namespaces/qa/deployments/web?fieldManager=rolldeck");
    assert_eq!(asked[1].target, "/apis/apps/v1/namespaces/qa/deployments/web?dryRun=All&fieldManager=rolldeck");
    for seen in asked {
        assert_eq!((seen.method.as_str(), seen.header("content-type")), ("PATCH", Some("application/json-patch+json")));
        assert_eq!(seen.json(), patch);
    }
}

#[tokio::test]
async fn read_only_sends_no_write_and_asks_all_the_same() {
    let (writer, server) = writer(true, |_| Reply::Json(200, json!({ "status": { "allowed": true } }))).await;
    let (map, lease) = (ConfigMap { namespace: "qa".into(), name: "m".into(), ..ConfigMap::default() }, lease(""));
    let refused = [
        writer.patch(&(&web()).into(), &json!([]), false).await.map(drop),
        writer.delete_pod("qa", "web-1", "u").await,
        writer.end_pod(&PodId { namespace: "qa".into(), name: "web-1".into(), uid: "u".into() }, How::Evict).await,
        writer.create_config_map(&map, false).await.map(drop),
        writer.update_config_map(&map).await.map(drop),
        writer.put_lease(&lease).await.map(drop),
    ];
    for result in refused {
        assert!(matches!(result, Err(PortError::Forbidden(_))), "{result:?}");
    }
    assert!(asked(&server).is_empty());
    writer.patch(&(&web()).into(), &json!([]), true).await.unwrap();
    writer.create_config_map(&map, true).await.unwrap();
    assert_eq!(writer.may("patch", "apps", "deployments", "qa").await, Ok(None));
}

#[tokio::test]
async fn a_pod_is_deleted_only_if_it_is_still_the_same() {
    let (writer, server) = writer(false, |_| Reply::Json(200, json!({}))).await;
    writer.delete_pod("qa", "db-0", "uid-7").await.unwrap();
    let seen = &asked(&server)[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("DELETE", "/api/v1/namespaces/qa/pods/db-0"));
    assert_eq!(seen.json()["preconditions"], json!({ "uid": "uid-7" }));
}

#[tokio::test]
async fn every_end_of_a_pod_holds_to_its_uid() {
    let (writer, server) = writer(false, |_| Reply::Json(201, json!({}))).await;
    let pod = PodId { namespace: "qa".into(), name: "db-0".into(), uid: "uid-7".into() };
    for how in [How::Evict, How::Delete, How::Force] {
        writer.end_pod(&pod, how).await.unwrap();
    }
    let asked = asked(&server);
    let lines: Vec<_> = asked.iter().map(|seen| format!("{} {}", seen.method, seen.path())).collect();
    let pod = "/api/v1/namespaces/qa/pods/db-0";
    assert_eq!(lines, [format!("POST {pod}/eviction"), format!("DELETE {pod}"), format!("DELETE {pod}")]);
    assert_eq!(asked[0].json()["deleteOptions"]["preconditions"], json!({ "uid": "uid-7" }));
    for seen in &asked[1..] {
        assert_eq!(seen.json()["preconditions"], json!({ "uid": "uid-7" }));
    }
    assert_eq!(asked[1].json().get("gracePeriodSeconds"), None);
    assert_eq!(asked[2].json()["gracePeriodSeconds"], json!(0));
}

#[tokio::test]
async fn a_write_that_is_cut_off_is_in_doubt_and_sent_once() {
    let (writer, server) = writer(false, |_| Reply::Cut).await;
    let result = writer.patch(&(&web()).into(), &json!([]), false).await;
    assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
    assert_eq!(asked(&server).len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_write_in_doubt() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"kind\"".to_vec();
    let (writer, _server) = writer(false, move |seen| match seen.method.as_str() {
        "PATCH" => Reply::Raw([&half[..], b"\r\n"].concat()),
        _ => Reply::Cut,
    })
    .await;
    tokio::time::pause();
    let result = writer.patch(&(&web()).into(), &json!([]), false).await;
    assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
}

#[tokio::test]
async fn a_write_that_nobody_answers_ends_in_its_time() {
    let (writer, _server) = writer(false, |_| Reply::Silence).await;
    // From here on time passes as soon as nothing else happens.
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let result = writer.patch(&(&web()).into(), &json!([]), false).await;
    assert!(matches!(result, Err(PortError::NoAnswer(_))), "{result:?}");
    assert_eq!(began.elapsed().as_secs(), writer.write_timeout().as_secs());
}

#[tokio::test]
async fn a_server_that_is_gone_was_never_reached() {
    let (writer, server) = writer(false, |_| Reply::Cut).await;
    let address = server.address;
    drop(server);
    // The listener closes when its task has ended.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    // The connection of the greeting may still be kept: one request finds it dead.
    let first = writer.patch(&(&web()).into(), &json!([]), false).await;
    assert!(matches!(first, Err(PortError::NoAnswer(_) | PortError::Unreached(_))), "{first:?}");
    let result = writer.patch(&(&web()).into(), &json!([]), false).await;
    assert!(matches!(result, Err(PortError::Unreached(ref why)) if why.contains("connection refused")), "{result:?}");
}

#[rstest::rstest]
#[case(422, PortError::Invalid("no".into()))]
#[case(409, PortError::Conflict("deployment qa/web".into()))]
#[case(404, PortError::NotFound("deployment qa/web".into()))]
#[case(401, PortError::Unauthorized("no".into()))]
#[case(403, PortError::Forbidden("no".into()))]
#[case(503, PortError::Busy("no".into(), None))]
#[case(504, PortError::NoAnswer("deployment qa/web: no".into()))]
#[tokio::test]
async fn each_refusal_is_told_apart_and_none_is_tried_again(#[case] status: u16, #[case] error: PortError) {
    let (writer, server) = writer(false, move |_| Reply::Json(status, json!({ "message": "no" }))).await;
    assert_eq!(writer.patch(&(&web()).into(), &json!([]), false).await, Err(error));
    assert_eq!(asked(&server).len(), 1);
}

fn lease(version: &str) -> Lease {
    Lease {
        namespace: "qa".into(),
        name: "rolldeck-1".into(),
        resource_version: version.into(),
        holder: "sam".into(),
        seconds: 15,
        renewed: None,
        transitions: 0,
    }
}

#[tokio::test]
async fn a_lease_is_created_first_and_replaced_at_its_version_then() {
    let (writer, server) = writer(false, |_| Reply::Json(200, json!({ "metadata": { "resourceVersion": "8" } }))).await;
    assert_eq!(writer.put_lease(&lease("")).await, Ok("8".into()));
    assert_eq!(writer.put_lease(&lease("8")).await, Ok("8".into()));
    let told: Vec<_> = asked(&server).iter().map(|s| (s.method.clone(), s.path().to_owned(), s.json())).collect();
    let all = "/apis/coordination.k8s.io/v1/namespaces/qa/leases";
    assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("POST", all));
    assert_eq!((told[1].0.as_str(), told[1].1.as_str()), ("PUT", format!("{all}/rolldeck-1").as_str()));
    assert_eq!(told[1].2["metadata"]["resourceVersion"], "8");
}

#[tokio::test]
async fn config_maps_are_read_page_by_page() {
    let (writer, server) = writer(false, |seen| {
        let item = |name: &str| json!({ "metadata": { "name": name } });
        if seen.target.ends_with("continue=") {
            Reply::Json(200, json!({ "items": [item("a")], "metadata": { "continue": "n=1" } }))
        } else {
            Reply::Json(200, json!({ "items": [item("b")], "metadata": {} }))
        }
    })
    .await;
    let found = writer.config_maps(Some("qa"), "rolldeck.dev/state in (open)").await.unwrap();
    assert_eq!(found.iter().map(|map| map.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let asked = asked(&server);
    assert!(asked[0].target.contains("labelSelector=rolldeck.dev%2Fstate%20in%20%28open%29"), "{}", asked[0].target);
    assert!(asked[1].target.ends_with("continue=n%3D1"));
}

#[tokio::test]
async fn what_may_not_be_done_is_told_with_its_reason() {
    let answer = json!({ "status": { "allowed": false, "reason": "no RBAC policy matched" } });
    let (writer, server) = writer(false, move |_| Reply::Json(201, answer.clone())).await;
    let told = writer.may("create", "", "pods/exec", "qa").await.unwrap().unwrap();
    assert_eq!(told, "no RBAC policy matched", "what was asked, the asker words");
    let question: Value = asked(&server)[0].json();
    assert_eq!(question["spec"]["resourceAttributes"]["subresource"], "exec");
}

/// A writer with a rule that makes namespaces of this label read-only, over a server that says (or refuses to say) labels.
async fn guarded(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Writer, Replay) {
    let server = Replay::start(None, move |seen| match seen.path() {
        "/version" | "/apis/authentication.k8s.io/v1/selfsubjectreviews" => kubernetes(seen),
        _ => answer(seen),
    })
    .await;
    let label = Some(("env".into(), Glob::new("prod*").unwrap()));
    let guards = Guards::new([GuardRule { label, ..GuardRule::new(Guard::ReadOnly, "config.toml, line 1") }]);
    let home = Home::for_server(server.address, json!({}));
    let (_, writer) = home.connect(&Options { guards, ..Options::default() }).await.unwrap();
    (writer, server)
}

fn namespace(seen: &Seen) -> Option<&str> {
    seen.path().strip_prefix("/api/v1/namespaces/").filter(|rest| !rest.contains('/'))
}

#[tokio::test]
async fn a_guard_on_labels_lets_no_write_into_the_namespace_that_has_them() {
    let (writer, server) = guarded(|seen| match namespace(seen) {
        Some(name) => {
            let env = if name == "qa" { "production" } else { "test" };
            Reply::Json(200, json!({ "metadata": { "name": name, "labels": { "env": env } } }))
        }
        None => Reply::Json(200, json!({})),
    })
    .await;
    let map = |namespace: &str| ConfigMap { namespace: namespace.into(), name: "m".into(), ..ConfigMap::default() };
    let pod = PodId { namespace: "qa".into(), name: "web-1".into(), uid: "u".into() };
    let refused = [
        writer.patch(&(&web()).into(), &json!([]), false).await.map(drop),
        writer.delete_pod("qa", "web-1", "u").await,
        writer.end_pod(&pod, How::Delete).await,
        writer.end_pod(&pod, How::Evict).await,
        writer.create_config_map(&map("qa"), false).await.map(drop),
        writer.update_config_map(&map("qa")).await.map(drop),
        writer.put_lease(&lease("")).await.map(drop),
    ];
    for result in refused {
        let Err(PortError::Forbidden(why)) = result else { panic!("{result:?}") };
        assert!(why.contains("config.toml, line 1 (label env=prod*)"), "{why}");
    }
    writer.patch(&(&web()).into(), &json!([]), true).await.unwrap();
    writer.create_config_map(&map("dev"), false).await.unwrap();
    let asked = asked(&server);
    let lines: Vec<_> = asked.iter().map(|seen| format!("{} {}", seen.method, seen.path())).collect();
    let [first, dry, other, write] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(first, "GET /api/v1/namespaces/qa", "asked once");
    assert!(dry.starts_with("PATCH") && asked[1].target.contains("dryRun=All"), "{lines:?}");
    assert_eq!(
        (other.as_str(), write.as_str()),
        ("GET /api/v1/namespaces/dev", "POST /api/v1/namespaces/dev/configmaps")
    );
}

#[tokio::test]
async fn labels_that_may_not_be_read_keep_the_door_shut() {
    let (writer, server) = guarded(|seen| match namespace(seen) {
        Some(name) => {
            let message = format!(r#"namespaces "{name}" is forbidden: User "u" cannot get resource "namespaces""#);
            Reply::Json(403, json!({ "kind": "Status", "message": message }))
        }
        None => Reply::Json(200, json!({})),
    })
    .await;
    let result = writer.patch(&(&web()).into(), &json!([]), false).await;
    let Err(PortError::Forbidden(why)) = result else { panic!("{result:?}") };
    assert!(why.contains("the labels of namespace qa are not known"), "{why}");
    assert!(asked(&server).iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn a_journal_is_read_to_its_last_page_and_a_part_of_it_is_never_taken_for_the_whole() {
    let last = |seen: &Seen, pages: usize| {
        let nth: usize = seen.target.rsplit("continue=").next().and_then(|nth| nth.parse().ok()).unwrap_or(0);
        let next = if nth + 1 < pages { (nth + 1).to_string() } else { String::new() };
        let map = json!({ "metadata": { "namespace": "qa", "name": format!("m{nth}"), "resourceVersion": "1" } });
        Reply::Json(200, json!({ "metadata": { "continue": next }, "items": [map] }))
    };
    let (writer, _server) = writer(false, move |seen| last(seen, 45)).await;
    let read = writer.config_maps(Some("qa"), "a=b").await.unwrap();
    assert_eq!((read.len(), read[44].name.as_str()), (45, "m44"));
    let (writer, _server) = self::writer(false, move |seen| last(seen, usize::MAX)).await;
    let error = writer.config_maps(Some("qa"), "a=b").await.unwrap_err();
    assert!(error.to_string().contains("the configmaps of namespace qa are more than 100"), "{error}");
}
