//! Credential plugins.

use serde_json::{Value, json};

use super::{credentials::Authority, kubeconfig::Home};
use crate::connect::{
    ConnectError, Options,
    replay::{Replay, Reply, Seen, kubernetes},
};

fn user(command: &std::path::Path, mode: &str) -> Value {
    json!({ "exec": { "apiVersion": "client.authentication.k8s.io/v1", "command": command, "interactiveMode": mode,
        "provideClusterInfo": true, "env": [{ "name": "GREETING", "value": "hello" }] } })
}

/// A home whose plugin is this script, for this server.
fn with_plugin(server: &Replay, mode: &str, script: &str) -> Home {
    let home = Home::new();
    let command = home.script("plugin", &format!("cd '{}'\necho run >> runs\n{script}", home.path("").display()));
    let cluster = json!({ "server": format!("http://{}", server.address) });
    home.write(".kube/config", &super::kubeconfig::config(cluster, user(&command, mode)).to_string());
    home
}

fn runs(home: &Home) -> usize {
    std::fs::read_to_string(home.path("runs")).unwrap_or_default().lines().count()
}

fn token(text: &str, more: &str) -> String {
    format!(r#"printf '{{"kind":"ExecCredential","status":{{"token":"{text}"{more}}}}}'"#)
}

fn tokens_of(seen: &[Seen]) -> Vec<&str> {
    seen.iter().filter_map(|seen| seen.header("authorization")).collect()
}

#[tokio::test]
async fn a_plugin_runs_once_and_its_token_is_sent() {
    let server = Replay::start(None, kubernetes).await;
    let script = format!("printf '%s %s' \"$GREETING\" \"$KUBERNETES_EXEC_INFO\" > info\n{}", token("t1", ""));
    let home = with_plugin(&server, "Never", &script);
    home.connect(&Options::default()).await.unwrap();
    assert_eq!(runs(&home), 1);
    let seen = server.seen();
    assert_eq!(tokens_of(&seen), vec!["Bearer t1"; seen.len()]);
    let info = std::fs::read_to_string(home.path("info")).unwrap();
    let info: Value = serde_json::from_str(info.strip_prefix("hello ").unwrap()).unwrap();
    assert_eq!(info["spec"]["interactive"], false);
    assert_eq!(info["spec"]["cluster"]["server"], format!("http://{}", server.address));
}

#[tokio::test]
async fn a_token_that_has_ended_is_renewed_without_a_terminal() {
    let server = Replay::start(None, kubernetes).await;
    let script = format!(
        "if [ $(wc -l < runs) = 1 ]; then {}; else if (: < /dev/tty) 2>/dev/null; then touch tty; fi; {}; fi",
        token("t1", r#","expirationTimestamp":"2024-01-01T00:00:00Z""#),
        token("t2", r#","expirationTimestamp":"2099-01-01T00:00:00Z""#)
    );
    let home = with_plugin(&server, "IfAvailable", &script);
    home.connect(&Options::default()).await.unwrap();
    let seen = server.seen();
    assert_eq!(tokens_of(&seen), vec!["Bearer t2"; seen.len()]);
    assert_eq!(runs(&home), 2);
    assert!(!home.path("tty").exists());
}

#[tokio::test]
async fn a_new_login_renews_the_connection_that_stands() {
    let server = Replay::start(None, |seen| match seen.header("authorization") {
        Some("Bearer t1") if seen.path() == "/healthz" => Reply::Json(401, json!({})),
        _ => kubernetes(seen),
    })
    .await;
    let home = with_plugin(
        &server,
        "Never",
        &format!("if [ $(wc -l < runs) = 1 ]; then {}; else {}; fi", token("t1", ""), token("t2", "")),
    );
    let (cluster, _writer) = home.connect(&Options::default()).await.unwrap();
    let ask = || async {
        let request = http::Request::get("/healthz").body(kube::client::Body::empty()).unwrap();
        cluster.client.send(request).await.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 401);
    assert_eq!(cluster.login.again().await.unwrap().as_str(), "sam");
    assert_eq!(ask().await, 404);
}

#[tokio::test]
async fn a_login_that_fails_leaves_the_old_credentials() {
    let server = Replay::start(None, kubernetes).await;
    let home = with_plugin(
        &server,
        "Never",
        &format!("if [ $(wc -l < runs) = 1 ]; then {}; else exit 3; fi", token("t1", "")),
    );
    let (cluster, _writer) = home.connect(&Options::default()).await.unwrap();
    assert!(matches!(cluster.login.again().await, Err(ConnectError::PluginFailed { .. })));
    let request = http::Request::get("/healthz").body(kube::client::Body::empty()).unwrap();
    cluster.client.send(request).await.unwrap();
    assert_eq!(server.seen().last().unwrap().header("authorization"), Some("Bearer t1"));
}

#[tokio::test]
async fn a_plugin_that_gives_a_certificate_shows_it_to_the_server() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", None, true)), kubernetes).await;
    let (certificate, key) = authority.client(None);
    let home = Home::new();
    let answer = json!({ "status": { "clientCertificateData": certificate, "clientKeyData": key } });
    let file = home.write("answer", &answer.to_string());
    let command = home.script("plugin", &format!("cat '{}'", file.display()));
    let cluster =
        json!({ "server": format!("https://{}", server.address), "certificate-authority-data": authority.data() });
    home.write(".kube/config", &super::kubeconfig::config(cluster, user(&command, "Never")).to_string());
    assert_eq!(home.connect(&Options::default()).await.unwrap().0.user.as_str(), "sam");
}

#[tokio::test]
async fn a_certificate_is_renewed_before_it_ends_while_anybody_uses_it() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", None, true)), kubernetes).await;
    let (certificate, key) = authority.client(None);
    let home = Home::new();
    let soon = (chrono::Utc::now() + chrono::TimeDelta::minutes(5)).to_rfc3339();
    let status = json!({ "clientCertificateData": certificate, "clientKeyData": key, "expirationTimestamp": soon });
    let file = home.write("answer", &json!({ "status": status }).to_string());
    let script = format!("echo run >> '{}'\ncat '{}'", home.path("runs").display(), file.display());
    let command = home.script("plugin", &script);
    let cluster =
        json!({ "server": format!("https://{}", server.address), "certificate-authority-data": authority.data() });
    home.write(".kube/config", &super::kubeconfig::config(cluster, user(&command, "Never")).to_string());
    let connected = home.connect(&Options::default()).await.unwrap();
    assert_eq!(runs(&home), 1);
    // From here on time passes as soon as nothing else happens.
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    while runs(&home) < 2 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    assert!((230..=250).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    drop(connected);
}

#[tokio::test]
async fn a_plugin_that_is_not_installed_says_how_to_install_it() {
    let hint = json!({ "exec": { "command": "no-such-plugin-anywhere", "installHint": "Get it with: pkg add login" } });
    let home = Home::with(json!({ "server": "http://127.0.0.1:1" }), hint);
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::PluginMissing { .. }), "{error:?}");
    assert!(message.ends_with("Get it with: pkg add login"), "{message}");
}

#[tokio::test]
async fn a_plugin_that_fails_is_quoted() {
    let server = Replay::start(None, kubernetes).await;
    let home = with_plugin(&server, "Never", "echo 'the session \u{1b}[31mhas ended' >&2\nexit 7");
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::PluginFailed { .. }), "{error:?}");
    assert!(message.contains("exit status: 7") && message.contains("the session ␛[31mhas ended"), "{message}");
}

#[rstest::rstest]
#[case("echo nonsense", "no ExecCredential")]
#[case(r#"printf '{"status":{}}'"#, "neither a token nor a client certificate")]
#[case(r#"printf '{"status":{"clientKeyData":"k"}}'"#, "a key without its certificate")]
#[case(r#"printf '{"status":{"token":"s3cret","expirationTimestamp":"soon"}}'"#, "expirationTimestamp")]
#[tokio::test]
async fn an_answer_that_is_no_credential_is_told_without_quoting_it(#[case] script: &str, #[case] says: &str) {
    let server = Replay::start(None, kubernetes).await;
    let (error, message) = with_plugin(&server, "Never", script).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::PluginAnswer { .. }), "{error:?}");
    assert!(message.contains(says) && !message.contains("s3cret"), "{message}");
}
