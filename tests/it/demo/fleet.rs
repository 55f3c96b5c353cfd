//! What a newcomer sees.

use std::time::Duration;

use serde_json::json;

use super::Demo;
use crate::support::{Home, Launch};

#[test]
fn one_command_shows_a_living_fleet_that_says_that_it_is_a_demo() {
    let home = Home::new();
    let mut console = Launch::new(&home).args(["demo", "-n", "dev"]).start();
    console.wait_for("the fleet, with what runs and what it uses", |screen| {
        screen.has("DEMO") && screen.row(&["berth-planner", "1/1", "Healthy"]).is_some()
    });
    console.quit();
    assert!(!home.path().join(".kube").exists(), "the user's own configuration is not touched");
}

#[test]
fn a_served_cluster_is_met_like_any_other() {
    let demo = Demo::start();
    let mut deck = demo.console();
    deck.wait_row(&["crane-dispatch", "2/2", "Healthy"]);
    deck.wait_row(&["customs-broker", "CrashLoopBack"]);
    deck.console.wait_text("DEMO");
    deck.quit();
}

#[test]
fn an_app_that_leaks_is_killed_and_its_reason_is_shown() {
    let demo = Demo::start();
    let home = Home::new();
    let mut console = Launch::new(&home).kubeconfig(&demo.kubeconfig).args(["-A"]).start();
    console.wait_text("berth-planner");
    console.key("/");
    console.keys("tracking-cache");
    console.key("enter");
    demo.control("POST", "clock", &json!({ "advance": 700, "rate": 1 }));
    console.wait_within(Duration::from_secs(60), "the reason", |screen| {
        screen.row(&["tracking-cache", "OOMKilled"]).is_some()
    });
    console.quit();
}
