//! The other kinds, and apps in special states.

use super::{Cluster, Deck, Space, apps};

#[test]
fn a_stateful_set_whose_new_image_crashes_is_reverted_unaided() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "stateful");
    space.apply(&apps::stateful_set("ledger", "v1.0.0", 2));
    space.wait_rolled_out(&["statefulset/ledger"]);
    let before = space.template("statefulset/ledger");
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["ledger", "2/2", "v1.0.0"]);
    deck.plan_release("v2.0.0-bad");
    deck.confirm(1);
    deck.wait_phase("Failed");
    deck.revert(1);
    deck.wait_phase("Reverted");
    space.wait_tag("statefulset/ledger", "v1.0.0");
    assert_eq!(space.template("statefulset/ledger"), before);
    deck.quit();
}

#[test]
fn a_daemon_set_is_released_and_rolled_back() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "daemon");
    space.apply(&apps::daemon_set("agent", "v1.0.0"));
    space.wait_rolled_out(&["daemonset/agent"]);
    let before = space.template("daemonset/agent");
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["agent", "1/1", "v1.0.0"]);
    deck.plan_release("v1.1.0");
    deck.confirm(1);
    deck.wait_phase("Done");
    space.wait_tag("daemonset/agent", "v1.1.0");
    deck.back_to_fleet();
    deck.wait_row(&["agent", "1/1", "v1.1.0", "Healthy"]);
    deck.plan_rollback();
    deck.confirm(1);
    deck.wait_phase("Done");
    space.wait_tag("daemonset/agent", "v1.0.0");
    assert_eq!(space.template("daemonset/agent"), before);
    deck.quit();
}

#[test]
fn a_paused_app_is_asked_about_and_resumes_in_the_same_patch() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "paused");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    space.kubectl(&["rollout", "pause", "deployment/gateway"]);
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "Paused"]);
    deck.propose_release("v1.1.0");
    deck.console.wait_text("resume, or not?");
    deck.console.keys("z");
    deck.wait_ready();
    deck.confirm(1);
    deck.wait_phase("Done");
    space.wait_tag("deployment/gateway", "v1.1.0");
    assert_ne!(space.get("deployment/gateway")["spec"]["paused"], true);
    deck.quit();
}

#[test]
fn an_app_under_an_autoscaler_keeps_the_replicas_that_it_was_given() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "scaled");
    // The manifest asks for one; the autoscaler raises it to its minimum of two.
    space.apply(&(apps::deployment("gateway", "v1.0.0", 1) + &apps::autoscaler("gateway")));
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "2/2", "[2..4]"]);
    deck.plan_release("v1.1.0");
    deck.confirm(1);
    deck.wait_phase("Done");
    space.wait_tag("deployment/gateway", "v1.1.0");
    assert_eq!(space.get("deployment/gateway")["spec"]["replicas"], 2);
    deck.revert(1);
    deck.wait_phase("Reverted");
    space.wait_tag("deployment/gateway", "v1.0.0");
    assert_eq!(space.get("deployment/gateway")["spec"]["replicas"], 2);
    deck.quit();
}

#[test]
fn a_scale_is_written_and_taken_back() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "scale");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "1/1"]);
    deck.console.key("s");
    deck.console.wait_for("a plan, read", |screen| screen.has("Scale ") && !screen.has("reading"));
    deck.console.key("e");
    deck.console.keys("3");
    deck.console.key("enter");
    deck.wait_ready();
    deck.confirm(1);
    deck.wait_phase("Done");
    assert_eq!(space.get("deployment/gateway")["spec"]["replicas"], 3);
    deck.revert(1);
    deck.wait_phase("Reverted");
    assert_eq!(space.get("deployment/gateway")["spec"]["replicas"], 1);
    deck.quit();
}
