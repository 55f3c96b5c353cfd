//! Servers that answer, but not what one hopes for.

use serde_json::{Value, json};

use super::kubeconfig::Home;
use crate::connect::{
    ConnectError, Options,
    replay::{Replay, Reply, kubernetes},
};

async fn fails_at(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (ConnectError, String) {
    let server = Replay::start(None, move |seen| answer(seen.path())).await;
    Home::for_server(server.address, json!({ "token": "t" })).fails(&Options::default()).await
}

fn status(code: u16, message: &str) -> Reply {
    Reply::Json(code, json!({ "kind": "Status", "message": message }))
}

#[tokio::test]
async fn a_401_names_the_user() {
    let (error, message) = fails_at(|_| status(401, "Unauthorized")).await;
    assert!(matches!(error, ConnectError::Unauthorized { .. }), "{error:?}");
    assert!(message.contains("sam-admin (401)"), "{message}");
}

#[tokio::test]
async fn when_all_is_refused_it_says_who_we_are_and_what_is_refused() {
    let (error, message) = fails_at(|path| status(403, &format!("User \"sam\" cannot get path {path}"))).await;
    assert!(matches!(error, ConnectError::Forbidden { .. }), "{error:?}");
    assert!(message.contains("sam-admin (403)") && message.contains("namespaces/default/deployments"), "{message}");
}

#[tokio::test]
async fn a_403_on_the_version_alone_is_no_failure() {
    let server = Replay::start(None, |seen| match seen.path() {
        "/version" => status(403, "no"),
        _ => kubernetes(seen),
    })
    .await;
    let home = Home::for_server(server.address, json!({ "token": "t" }));
    assert_eq!(home.connect(&Options::default()).await.unwrap().0.user.as_str(), "sam");
}

#[tokio::test]
async fn a_server_too_old_to_say_who_we_are_leaves_the_kubeconfigs_name() {
    let server = Replay::start(None, |seen| match seen.path() {
        "/version" => kubernetes(seen),
        _ => status(404, "the server could not find the requested resource"),
    })
    .await;
    let home = Home::for_server(server.address, json!({ "token": "t" }));
    assert_eq!(home.connect(&Options::default()).await.unwrap().0.user.as_str(), "sam-admin");
}

#[rstest::rstest]
#[case(200, json!("<html>welcome</html>"))]
#[case(404, json!({}))]
#[case(302, json!({}))]
#[tokio::test]
async fn what_is_no_kubernetes_is_told(#[case] code: u16, #[case] body: Value) {
    let (error, message) = fails_at(move |_| Reply::Json(code, body.clone())).await;
    assert!(matches!(error, ConnectError::NotKubernetes { .. }), "{error:?}");
    assert!(message.contains("proxy"), "{message}");
}

#[tokio::test]
async fn a_server_that_is_starting_is_told_in_its_own_words() {
    let (error, message) = fails_at(|_| status(503, "etcd is not ready\u{1b}[2J")).await;
    assert!(matches!(error, ConnectError::Busy { .. }), "{error:?}");
    assert!(message.contains("etcd is not ready"), "{message}");
}
