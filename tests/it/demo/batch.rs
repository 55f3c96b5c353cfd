//! Releases, rollbacks, scales and restarts, from the key to the pods.

use serde_json::Value;

use super::Demo;

fn replicas(object: &Value) -> (u64, u64) {
    let number = |pointer: &str| object.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    (number("/spec/replicas"), number("/status/availableReplicas"))
}

#[test]
fn a_marked_set_is_released_to_its_end_and_rolled_back() {
    let demo = Demo::fast();
    let names = ["berth-planner", "crane-dispatch"];
    let before = names.map(|name| demo.image(name));
    let mut deck = demo.console_at(names[0]);
    deck.console.key("space");
    deck.console.key("/");
    deck.console.key("ctrl-u");
    deck.console.keys(names[1]);
    deck.console.key("enter");
    deck.wait_rows(1, &[names[1], "Healthy"]);
    deck.console.key("space");
    deck.console.wait_text("2 marked");
    deck.console.key("esc");
    deck.console.wait_for("all apps again", |screen| screen.row(&["api-gateway"]).is_some());
    deck.plan_release("77.0.0");
    deck.confirm(2);
    deck.wait_phase("Done");
    names.iter().for_each(|name| assert!(demo.image(name).ends_with(":77.0.0")));
    deck.revert(2);
    deck.wait_phase("Reverted");
    assert_eq!(names.map(|name| demo.image(name)), before, "exactly what was there before");
    deck.quit();
}

#[test]
fn a_tag_that_crashes_fails_the_batch_and_is_taken_back() {
    let demo = Demo::fast();
    let before = demo.image("berth-planner");
    let mut deck = demo.console_at("berth-planner");
    deck.plan_release("77.0.0-crash");
    deck.confirm(1);
    let screen = deck.wait_phase("Failed");
    assert!(screen.has("failed: "), "the app's reason\n{screen}");
    deck.revert(1);
    deck.wait_phase("Reverted");
    assert_eq!(demo.image("berth-planner"), before);
    deck.quit();
}

#[test]
fn a_scale_is_written_and_taken_back() {
    let demo = Demo::fast();
    let mut deck = demo.console_at("crane-dispatch");
    let before = replicas(&demo.deployment("crane-dispatch"));
    deck.console.key("s");
    deck.console.wait_for("a plan, read", |screen| screen.has("Scale ") && !screen.has("reading"));
    deck.console.key("e");
    deck.console.keys("4");
    deck.console.key("enter");
    deck.wait_ready();
    deck.confirm(1);
    deck.wait_phase("Done");
    assert_eq!(replicas(&demo.deployment("crane-dispatch")), (4, 4));
    deck.revert(1);
    deck.wait_phase("Reverted");
    demo.wait("crane-dispatch", "as many as before", |object| replicas(object) == before);
    deck.quit();
}

#[test]
fn a_restart_replaces_the_pods() {
    let demo = Demo::fast();
    let mut deck = demo.console_at("berth-planner");
    deck.console.key("r");
    deck.wait_ready();
    deck.confirm(1);
    deck.wait_phase("Done");
    let template = demo.deployment("berth-planner")["spec"]["template"]["metadata"].clone();
    assert!(template["annotations"]["kubectl.kubernetes.io/restartedAt"].is_string(), "{template}");
    deck.quit();
}
