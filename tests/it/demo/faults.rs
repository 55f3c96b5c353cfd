//! What the console shows while things go wrong, and after.

use std::time::Duration;

use serde_json::json;

use super::Demo;
use crate::support::Screen;

fn stale(screen: &Screen) -> bool {
    screen.has("STALE since") && screen.row(&["berth-planner"]).is_some()
}

fn live(screen: &Screen) -> bool {
    screen.has("live") && !screen.has("STALE") && screen.row(&["berth-planner", "Healthy"]).is_some()
}

#[test]
fn streams_that_are_cut_show_as_stale_and_come_back() {
    let demo = Demo::start();
    let mut deck = demo.console();
    deck.console.wait_for("live", live);
    demo.fault("reset", "watch");
    deck.console.wait_for("stale, with the rows still there", stale);
    demo.heal();
    deck.console.wait_for("live without a key", live);
    deck.quit();
}

#[test]
fn connections_that_stay_open_and_say_nothing_show_as_stale_within_twenty_seconds() {
    let demo = Demo::start();
    let mut deck = demo.console();
    deck.console.wait_for("live", live);
    for verb in ["watch", "list", "get"] {
        demo.fault("half-open", verb);
    }
    deck.console.wait_within(Duration::from_secs(20), "stale, with the rows still there", stale);
    demo.heal();
    deck.console.wait_for("live without a key", live);
    deck.quit();
}

#[test]
fn a_server_that_answers_with_errors_is_waited_for() {
    for kind in ["internal-error", "too-many-requests", "gone"] {
        let demo = Demo::start();
        demo.fault(kind, "watch");
        demo.fault(kind, "list");
        let mut deck = demo.console();
        deck.console.wait_for("the fleet, not yet live", |screen| screen.has("READY") && !live(screen));
        demo.heal();
        deck.console.wait_for(&format!("live after {kind}"), live);
        deck.quit();
    }
}

#[test]
fn a_slow_server_and_a_history_that_is_forgotten_change_nothing_but_the_time() {
    let demo = Demo::start();
    demo.fault("latency", "list");
    demo.fault("latency", "watch");
    let mut deck = demo.console();
    deck.console.wait_for("live", live);
    demo.heal();
    demo.control("POST", "compact", &json!({}));
    demo.control("POST", "skew", &json!({ "seconds": 3600 }));
    let mut object = demo.deployment("berth-planner");
    object["spec"]["replicas"] = json!(3);
    let path = "/apis/apps/v1/namespaces/dev/deployments/berth-planner";
    let (status, answer) = demo.send("PUT", path, &object.to_string());
    assert_eq!(status, 200, "{answer}");
    demo.control("POST", "clock", &json!({ "rate": 20 }));
    deck.wait_row(&["berth-planner", "3/3"]);
    deck.quit();
}

#[test]
fn a_right_that_is_taken_away_is_named_and_the_rest_goes_on() {
    let demo = Demo::start();
    demo.control("POST", "rights", &json!({ "verbs": ["list", "watch"], "resources": ["horizontalpodautoscalers"] }));
    let mut deck = demo.console();
    deck.console.wait_for("what is forbidden, by verb and resource", |screen| {
        screen.says("list")
            && screen.says("horizontalpodautoscalers")
            && screen.row(&["berth-planner", "Healthy"]).is_some()
    });
    demo.control("DELETE", "rights", &json!({}));
    deck.quit();
    let mut again = demo.console();
    again.console.wait_for("nothing is forbidden", |screen| live(screen) && !screen.says("horizontalpodautoscalers"));
    again.quit();
}
