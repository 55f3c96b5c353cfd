//! The fleet that was recorded.

use super::{
    open,
    server::{Answer, Request, Server},
    wait_fleet,
};
use crate::support::{Console, Home, Launch};

fn assert_rows(console: &mut Console) {
    wait_fleet(console);
    let screen = console.wait_for("pods, usage and the autoscaler", |screen| {
        screen.row(&["web", "shop", "2/2", "[2..4]", "Healthy"]).is_some()
            && screen.row(&["broken", "shop", "0/1", "Degraded"]).is_some()
            && screen.row(&["ledger", "bank", "1/1"]).is_some()
            && screen.row(&["agent", "bank", "1/1"]).is_some()
    });
    assert!(screen.has("60%/300%"), "the autoscaler's metric and its target\n{screen}");
}

#[test]
fn apps_are_shown_with_what_their_pods_metrics_and_autoscalers_say() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    assert_rows(&mut console);
    console.quit();
    let asked = server.asked();
    assert!(asked.iter().all(|line| line.starts_with("GET") || line.contains("review")), "{asked:?}");
}

#[test]
fn a_server_that_speaks_json_only_gives_the_same_fleet() {
    let (server, home) = (Server::new(json_only), Home::new());
    let mut console = open(&server, &home);
    assert_rows(&mut console);
    console.quit();
}

fn json_only(request: &Request) -> Answer {
    match super::server::recorded_json(request) {
        Some(answer) => answer,
        None => Answer::Recorded,
    }
}

#[test]
fn a_server_without_watch_lists_gives_the_same_fleet() {
    let rule = |request: &Request| {
        match request.initial_events() {
        true => Answer::Status(
            422,
            "Invalid",
            "ListOptions is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled".to_owned(),
        ),
        false => Answer::Recorded,
    }
    };
    let (server, home) = (Server::new(rule), Home::new());
    let mut console = open(&server, &home);
    assert_rows(&mut console);
    console.quit();
}

#[test]
fn eighty_columns_by_twenty_four_rows_and_a_resize_show_the_fleet() {
    let (server, home) = (Server::recorded(), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    let mut console = Launch::new(&home).kubeconfig(&file).args(["-A"]).size(80, 24).start();
    console.wait_for("all four names", |screen| {
        ["web", "broken", "ledger", "agent"].iter().all(|name| screen.row(&[name]).is_some())
    });
    console.resize(160, 50);
    assert_rows(&mut console);
    console.resize(80, 24);
    console.wait_for("the small screen again", |screen| screen.lines.len() == 24 && screen.row(&["web"]).is_some());
    console.quit();
}

#[test]
fn two_named_namespaces_need_no_right_to_list_them() {
    let rule = |request: &Request| {
        let api = request.path.starts_with("/api");
        match api && !request.path.contains("/namespaces/") && !request.path.contains("review") {
            true => Answer::Status(403, "Forbidden", format!("{} is forbidden at the cluster scope", request.path)),
            false => Answer::Recorded,
        }
    };
    let (server, home) = (Server::new(rule), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    let mut console = Launch::new(&home).kubeconfig(&file).args(["-n", "shop,bank"]).start();
    wait_fleet(&mut console);
    console.quit();
}

#[test]
fn a_forbidden_kind_is_named_and_the_rest_works() {
    let rule = |request: &Request| {
        match request.path.ends_with("/statefulsets") {
        true => Answer::Status(
            403,
            "Forbidden",
            "statefulsets.apps is forbidden: User \"u\" cannot list resource \"statefulsets\" in API group \"apps\" at the cluster scope"
                .to_owned(),
        ),
        false => Answer::Recorded,
    }
    };
    let (server, home) = (Server::new(rule), Home::new());
    let mut console = open(&server, &home);
    let screen = console.wait_for("the other kinds and the forbidden one", |screen| {
        screen.row(&["web", "2/2"]).is_some() && screen.has("statefulsets") && screen.has("list")
    });
    assert!(screen.row(&["ledger", "v1.2.0"]).is_none(), "{screen}");
    console.quit();
}

#[test]
fn without_a_metrics_server_everything_else_works() {
    let rule = |request: &Request| match request.path.contains("metrics.k8s.io") {
        true => Answer::Status(404, "NotFound", "the server could not find the requested resource".to_owned()),
        false => Answer::Recorded,
    };
    let (server, home) = (Server::new(rule), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.wait_for("what is missing", |screen| screen.lines.join(" ").to_lowercase().contains("metrics"));
    console.quit();
}
