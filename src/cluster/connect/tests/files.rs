//! Kubeconfig files: found, merged, and told apart when they are wrong.

use std::ffi::OsString;

use serde_json::json;

use super::kubeconfig::{Home, config, failed};
use crate::connect::{ConnectError, Options, context::choose, files::Surroundings, login::connect_in};

fn named(path: std::path::PathBuf) -> Options {
    Options { kubeconfig: Some(path), ..Options::default() }
}

#[tokio::test]
async fn without_any_kubeconfig_it_says_where_it_looked() {
    let home = Home::new();
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::NoKubeconfig { .. }));
    assert!(message.contains(".kube/config") && message.contains("--kubeconfig"), "{message}");
}

#[tokio::test]
async fn a_kubeconfig_that_was_named_must_exist() {
    let home = Home::new();
    let (error, message) = home.fails(&named(home.path("nowhere"))).await;
    assert!(matches!(error, ConnectError::KubeconfigMissing { .. }));
    assert!(message.contains("nowhere does not exist"), "{message}");
}

#[tokio::test]
async fn a_kubeconfig_that_cannot_be_read_says_why() {
    let home = Home::new();
    home.write("folder/x", "");
    let (error, message) = home.fails(&named(home.path("folder"))).await;
    assert!(matches!(error, ConnectError::Unreadable { .. }));
    assert!(message.contains("directory"), "{message}");
}

#[tokio::test]
async fn bad_yaml_is_told_with_its_line() {
    let home = Home::new();
    let path = home.write("config", "apiVersion: v1\nkind: Config\nclusters:\n- name: [unclosed\nusers: []\n");
    let (error, message) = home.fails(&named(path)).await;
    let ConnectError::BadYaml { line, .. } = error else { panic!("{message}") };
    assert!((4..=5).contains(&line), "{message}");
    assert!(message.contains(&format!("config:{line}:")), "{message}");
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_told_with_its_line() {
    let home = Home::new();
    let path = home.write("config", "apiVersion: v1\nkind: Config\ncontexts:\n- name: a\n  context: 7\n");
    let (error, message) = home.fails(&named(path)).await;
    assert!(matches!(error, ConnectError::BadYaml { line: 5, .. }), "{message}");
}

#[tokio::test]
async fn several_files_are_merged_and_the_first_to_name_a_thing_wins() {
    let home = Home::new();
    let first = json!({ "kind": "Config", "apiVersion": "v1", "current-context": "",
        "users": [{ "name": "sam-admin", "user": { "tokenFile": "token" } }] });
    home.write("one/config", &first.to_string());
    home.write("one/token", "of one");
    let second = config(json!({ "server": "https://east.example:6443" }), json!({ "token": "of two" }));
    home.write("two/config", &second.to_string());
    let list = ["one/config", "missing/config", "two/config"].map(|name| home.path(name));
    let around = Surroundings { kubeconfig: std::env::join_paths(list).ok(), ..home.around() };
    let chosen = choose(&Options::default(), &around).await.unwrap();
    assert_eq!((chosen.context.as_str(), chosen.server().as_str()), ("shop", "https://east.example:6443"));
    let file = chosen.config.auth_info.token_file.unwrap();
    assert_eq!(std::path::PathBuf::from(file), home.path("one/token"));
    assert!(chosen.config.auth_info.token.is_none());
}

#[tokio::test]
async fn an_empty_kubeconfig_variable_is_none() {
    let home = Home::with(json!({ "server": "https://east.example" }), json!({}));
    let around = Surroundings { kubeconfig: Some(OsString::new()), ..home.around() };
    assert_eq!(choose(&Options::default(), &around).await.unwrap().context.as_str(), "shop");
}

#[tokio::test]
async fn in_a_pod_without_a_service_account_it_says_so() {
    let around = Surroundings { in_pod: true, ..Surroundings::default() };
    let (error, message) = failed(connect_in(&Options::default(), around).await);
    assert!(matches!(error, ConnectError::InCluster { .. }), "{message}");
    assert!(message.contains("service account"), "{message}");
}

#[tokio::test]
async fn an_unknown_context_names_the_nearest_first() {
    let home = Home::new();
    let contexts: Vec<_> =
        ["qa", "production", "staging"].map(|name| json!({ "name": name, "context": { "cluster": "c" } })).into();
    home.write(".kube/config", &json!({ "contexts": contexts }).to_string());
    let (error, message) = home.fails(&Options { context: Some("prodution".into()), ..Options::default() }).await;
    assert!(matches!(error, ConnectError::UnknownContext { .. }));
    assert_eq!(message, "there is no context \"prodution\"\nPick one with --context: production, staging, qa.");
}

#[tokio::test]
async fn without_a_current_context_it_names_those_that_there_are() {
    let home = Home::new();
    home.write(".kube/config", &json!({ "contexts": [{ "name": "qa", "context": { "cluster": "c" } }] }).to_string());
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::NoContext { .. }));
    assert!(message.ends_with("Pick one with --context: qa."), "{message}");
}

#[tokio::test]
async fn a_context_that_leads_nowhere_says_to_what() {
    let home = Home::new();
    let mut broken = config(json!({ "server": "https://x" }), json!({}));
    broken["users"] = json!([]);
    home.write(".kube/config", &broken.to_string());
    let (_, message) = home.fails(&Options::default()).await;
    assert!(message.contains("context \"shop\" names user \"sam-admin\""), "{message}");
    broken["clusters"] = json!([]);
    home.write(".kube/config", &broken.to_string());
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Dangling { what: "cluster", .. }), "{message}");
}

#[rstest::rstest]
#[case(json!({}), "none is set")]
#[case(json!({ "server": "east:6443" }), "https://")]
#[case(json!({ "server": "ftp://east" }), "https://")]
#[tokio::test]
async fn a_server_without_a_usable_address_is_told(#[case] cluster: serde_json::Value, #[case] says: &str) {
    let (error, message) = Home::with(cluster, json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::BadServer { .. }), "{message}");
    assert!(message.contains("\"east\"") && message.contains(says), "{message}");
}

#[tokio::test]
async fn the_fleet_starts_in_the_contexts_namespace_unless_told_otherwise() {
    let home = Home::new();
    let mut file = config(json!({ "server": "http://east.example" }), json!({}));
    home.write(".kube/config", &file.to_string());
    let choose = || async { choose(&Options::default(), &home.around()).await.unwrap().namespace };
    assert_eq!(choose().await, "default");
    file["contexts"][0]["context"]["namespace"] = json!("qa");
    home.write(".kube/config", &file.to_string());
    assert_eq!(choose().await, "qa");
}
