//! A look at another context from a connection that stands.

use serde_json::{Value, json};

use super::kubeconfig::Home;
use crate::connect::{
    Cluster, ConnectError, Options,
    replay::{Replay, Reply, Seen, kubernetes},
};

/// A home with the contexts `shop`, which is current, and `qa`, whose user is this.
fn home(shop: &Replay, qa: &Replay, user: Value) -> Home {
    let home = Home::new();
    let cluster = |name: &str, server: &Replay| json!({ "name": name, "cluster": { "server": format!("http://{}", server.address) } });
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "shop",
        "clusters": [cluster("east", shop), cluster("west", qa)],
        "users": [{ "name": "sam", "user": { "token": "shop-token" } }, { "name": "kim", "user": user }],
        "contexts": [
            { "name": "shop", "context": { "cluster": "east", "user": "sam", "namespace": "live" } },
            { "name": "qa", "context": { "cluster": "west", "user": "kim", "namespace": "tests" } },
        ],
    });
    home.write(".kube/config", &config.to_string());
    home
}

async fn connected(home: &Home) -> Cluster {
    home.connect(&Options::default()).await.unwrap().0
}

#[tokio::test]
async fn the_other_context_is_asked_with_its_own_credentials_and_by_nothing_but_reads() {
    let (shop, qa) = (Replay::start(None, kubernetes).await, Replay::start(None, kubernetes).await);
    let home = home(&shop, &qa, json!({ "token": "qa-token" }));
    let here = connected(&home).await;
    let before = shop.seen().len();
    let there = here.login.elsewhere("qa").await.unwrap();
    assert_eq!((there.context.as_str(), there.user.as_str()), ("qa", "kim"));
    assert_eq!(there.namespaces, [rolldeck_core::text::Clean::new("tests")]);
    assert!(there.readonly && there.login.again().await.is_err());
    let asked = qa.seen();
    assert!(!asked.is_empty());
    for seen in &asked {
        assert_eq!((seen.method.as_str(), seen.header("authorization")), ("GET", Some("Bearer qa-token")));
    }
    assert_eq!(shop.seen().len(), before, "the console's own cluster is left alone");
    let write = http::Request::delete("/apis/apps/v1/namespaces/tests/deployments/web");
    let refused = there.client.send(write.body(kube::client::Body::empty()).unwrap()).await;
    assert!(refused.is_err(), "the guard lets no write through");
    assert_eq!(qa.seen().len(), asked.len());
}

#[tokio::test]
async fn a_login_that_has_ended_and_a_plugin_that_asks_are_told_by_cause() {
    let refuse = |_: &Seen| Reply::Json(401, json!({ "kind": "Status", "message": "Unauthorized" }));
    let (shop, qa) = (Replay::start(None, kubernetes).await, Replay::start(None, refuse).await);
    let expired = home(&shop, &qa, json!({ "token": "old" }));
    let error = connected(&expired).await.login.elsewhere("qa").await.err().unwrap();
    assert!(matches!(error, ConnectError::Unauthorized { .. }), "{error}");
    let plugin = json!({ "exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "true", "interactiveMode": "Always",
    } });
    let asking = home(&shop, &qa, plugin);
    let error = connected(&asking).await.login.elsewhere("qa").await.err().unwrap();
    assert!(matches!(error, ConnectError::PluginNeedsTerminal { .. }), "{error}");
    let here = connected(&asking).await;
    let error = here.login.elsewhere("none").await.err().unwrap();
    assert!(matches!(error, ConnectError::UnknownContext { .. }), "{error}");
}
