//! What every request goes through.

use std::time::Duration;

use async_compression::tokio::bufread::GzipEncoder;
use http::Request;
use kube::client::Body;
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::kubeconfig::Home;
use crate::{
    access::Refused,
    connect::{
        Cluster, ConnectError, Options, find,
        replay::{Replay, Reply, kubernetes},
    },
};

async fn send(cluster: &Cluster, request: Request<Body>) -> Result<Vec<u8>, kube::Error> {
    cluster.client.send(request).await?.into_body().collect_bytes().await.map(|bytes| bytes.to_vec())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn impersonation_goes_with_every_request() {
    let server = Replay::start(None, kubernetes).await;
    let options = Options {
        impersonate: Some("kim".into()),
        impersonate_groups: vec!["dev".into(), "ops".into()],
        ..Options::default()
    };
    Home::for_server(server.address, json!({ "as": "someone-else" })).connect(&options).await.unwrap();
    for seen in server.seen() {
        let all =
            |name: &str| seen.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!((all("impersonate-user"), all("impersonate-group")), (vec!["kim"], vec!["dev", "ops"]));
    }
}

#[tokio::test]
async fn a_group_without_a_user_is_refused_as_kubectl_does() {
    let home = Home::with(json!({ "server": "http://127.0.0.1:1" }), json!({}));
    let options = Options { impersonate_groups: vec!["dev".into()], ..Options::default() };
    let (error, message) = home.fails(&options).await;
    assert!(matches!(error, ConnectError::BadSetting { .. }), "{message}");
}

#[tokio::test]
async fn namespaces_are_those_of_the_flag_or_all() {
    let server = Replay::start(None, kubernetes).await;
    let home = Home::for_server(server.address, json!({}));
    let view = async |options: Options| {
        let (cluster, _) = home.connect(&options).await.unwrap();
        cluster.namespaces.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(view(Options { namespaces: vec!["a, b".into(), "a".into()], ..Options::default() }).await, ["a", "b"]);
    assert!(view(Options { all_namespaces: true, ..Options::default() }).await.is_empty());
    assert_eq!(view(Options::default()).await, ["default"]);
}

#[rstest::rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn the_reading_client_sends_no_write_whatever_the_flags(#[case] readonly: bool) {
    let server = Replay::start(None, kubernetes).await;
    let home = Home::for_server(server.address, json!({}));
    let (cluster, _writer) = home.connect(&Options { readonly, ..Options::default() }).await.unwrap();
    let before = server.seen().len();
    let delete = Request::delete("/api/v1/namespaces/qa/pods/x").body(Body::empty()).unwrap();
    let error = send(&cluster, delete).await.unwrap_err();
    assert_eq!(find::<Refused>(&error).unwrap().readonly, readonly);
    assert_eq!(server.seen().len(), before);
}

#[tokio::test]
async fn answers_are_packed_only_on_demand_and_unpacked_as_they_come() {
    let text = "a list of many pods ".repeat(1000);
    let mut packed = Vec::new();
    GzipEncoder::new(text.as_bytes()).read_to_end(&mut packed).await.unwrap();
    let plain = text.clone();
    let server = Replay::start(None, move |seen| match (seen.path(), seen.header("accept-encoding")) {
        ("/api/v1/pods", Some("gzip")) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", packed.len());
            Reply::Raw([head.as_bytes(), &packed].concat())
        }
        ("/api/v1/pods", Some("identity")) => {
            Reply::Raw(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{plain}", plain.len()).into_bytes())
        }
        _ => kubernetes(seen),
    })
    .await;
    let (cluster, _) = Home::for_server(server.address, json!({})).connect(&Options::default()).await.unwrap();
    let on_demand = Request::get("/api/v1/pods").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    for request in [on_demand, get("/api/v1/pods")] {
        let read = String::from_utf8(send(&cluster, request).await.unwrap()).unwrap();
        assert_eq!(read, text);
    }
}

#[tokio::test]
async fn the_request_timeout_ends_single_requests_and_no_watch() {
    let server = Replay::start(None, |seen| match seen.path() {
        "/slow" => Reply::Silence,
        "/stuck" => Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf".to_vec()),
        "/apis/apps/v1/deployments" => {
            Reply::Raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n".to_vec())
        }
        _ => kubernetes(seen),
    })
    .await;
    let options = Options { request_timeout: Some(Duration::from_millis(300)), ..Options::default() };
    let (cluster, _) = Home::for_server(server.address, json!({})).connect(&options).await.unwrap();
    let mut watch = cluster.client.send(get("/apis/apps/v1/deployments?watch=true")).await.unwrap().into_body();
    for path in ["/slow", "/stuck"] {
        let error = send(&cluster, get(path)).await.unwrap_err();
        assert!(crate::connect::with_sources(&error).contains("--request-timeout"), "{error}");
    }
    // The watch is older than both by now, and still open: its frame comes, and no end.
    use http_body_util::BodyExt;
    assert_eq!(watch.frame().await.unwrap().unwrap().into_data().unwrap(), "a");
    assert!(futures::FutureExt::now_or_never(watch.frame()).is_none());
}
