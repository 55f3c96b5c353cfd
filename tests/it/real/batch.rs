//! A set of apps, released and taken back as one.

use super::{Cluster, Deck, Space, apps};

#[test]
fn a_marked_set_of_six_is_released_followed_and_rolled_back_to_equal_templates() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "six");
    space.apply(&apps::six("v1.0.0"));
    let names = apps::SIX.map(|name| format!("deployment/{name}"));
    space.wait_rolled_out(&names.each_ref().map(String::as_str));
    let before = names.each_ref().map(|name| space.template(name));
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_rows(6, &["v1.0.0", "1/1", "Healthy"]);
    deck.mark_all(6);
    deck.plan_release("v1.1.0");
    assert_eq!(names.each_ref().map(|name| space.template(name)), before, "nothing is written before the confirmation");
    deck.confirm(6);
    deck.console.wait_for("some are on their way", |screen| screen.has("rolling out") || screen.has("healthy"));
    let screen = deck.wait_phase("Done");
    assert!(screen.has("6/6 healthy"), "{screen}");
    names.iter().for_each(|name| space.wait_tag(name, "v1.1.0"));
    deck.back_to_fleet();
    deck.wait_rows(6, &["v1.1.0", "1/1"]);
    deck.mark_all(6);
    deck.plan_rollback();
    deck.confirm(6);
    deck.wait_phase("Done");
    names.iter().for_each(|name| space.wait_tag(name, "v1.0.0"));
    assert_eq!(names.each_ref().map(|name| space.template(name)), before, "exactly the templates from before");
    deck.quit();
}

#[test]
fn one_key_takes_back_all_that_a_batch_touched() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "taken-back");
    space.apply(&apps::six("v1.0.0"));
    let names = apps::SIX.map(|name| format!("deployment/{name}"));
    space.wait_rolled_out(&names.each_ref().map(String::as_str));
    let before = names.each_ref().map(|name| space.template(name));
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_rows(6, &["v1.0.0", "1/1"]);
    deck.mark_all(6);
    deck.plan_release("v1.2.0");
    deck.confirm(6);
    deck.wait_phase("Done");
    deck.revert(6);
    deck.wait_phase("Reverted");
    names.iter().for_each(|name| space.wait_tag(name, "v1.0.0"));
    assert_eq!(names.each_ref().map(|name| space.template(name)), before);
    deck.quit();
}

#[test]
fn a_crash_looping_release_is_degraded_with_its_reason_and_is_reverted() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "crash");
    space.apply(&apps::deployment("gateway", "v1.0.0", 2));
    space.wait_rolled_out(&["deployment/gateway"]);
    let before = space.template("deployment/gateway");
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "2/2", "v1.0.0"]);
    deck.plan_release("v2.0.0-bad");
    deck.confirm(1);
    let screen = deck.wait_phase("Failed");
    assert!(screen.has("failed: "), "the app's reason\n{screen}");
    deck.console.key("esc");
    // Just after a crash a kubelet says how the container ended, then that it waits.
    deck.console.wait_for("degraded, with the reason", |screen| {
        screen.row(&["gateway", "Degraded: CrashLoopBackOff"]).or(screen.row(&["gateway", "Degraded: Error"])).is_some()
    });
    deck.console.keys("b");
    deck.wait_phase("Failed");
    deck.revert(1);
    deck.wait_phase("Reverted");
    space.wait_tag("deployment/gateway", "v1.0.0");
    assert_eq!(space.template("deployment/gateway"), before);
    deck.quit();
}

#[test]
fn an_edit_between_plan_and_confirmation_is_drift_and_is_not_overwritten() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "drift");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "1/1", "v1.0.0"]);
    deck.plan_release("v1.1.0");
    deck.console.key("ctrl-s");
    deck.console.wait_text("[ Cancel ]");
    space.kubectl(&["set", "image", "deployment/gateway", "gateway=registry.local/yun/gateway:v1.2.0"]);
    deck.console.key("tab");
    deck.console.wait_for("the focus off Cancel", |screen| !screen.has("[ Cancel ]"));
    deck.console.key("enter");
    deck.console.wait_for("drift is named", |screen| screen.lines.join("\n").to_lowercase().contains("drift"));
    space.wait_tag("deployment/gateway", "v1.2.0");
    deck.quit();
    let image = space.template("deployment/gateway")["spec"]["containers"][0]["image"].clone();
    assert_eq!(image, "registry.local/yun/gateway:v1.2.0", "the other's edit stands");
}
