//! The API server and the way to it, gone and back.

use std::{process::Command, time::Duration};

use super::{Cluster, Deck, Space, apps, proxy::Proxy};
use crate::support::Screen;

fn stale(screen: &Screen) -> bool {
    screen.lines.join("\n").to_lowercase().contains("stale since") && screen.row(&["gateway", "v1.0.0"]).is_some()
}

fn live(screen: &Screen) -> bool {
    !screen.lines.join("\n").to_lowercase().contains("stale") && screen.row(&["gateway", "v1.0.0"]).is_some()
}

pub fn component(testbed: &std::path::Path, what: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/one.sh");
    let done = Command::new(script).arg(testbed).args([what, "apiserver"]).status().expect("the script runs");
    assert!(done.success(), "one.sh {what} apiserver failed");
}

#[test]
fn an_api_server_that_is_killed_shows_as_stale_and_is_live_again_after_its_restart() {
    let Some(cluster) = Cluster::from_env() else { return };
    let Some(testbed) = Cluster::testbed() else { return };
    let cluster = cluster.alone();
    assert!(cluster.is_alone());
    let space = Space::new(&cluster, "restart");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "1/1", "v1.0.0"]);
    component(&testbed, "kill");
    deck.console.wait_within(Duration::from_secs(20), "stale, with the rows still there", stale);
    component(&testbed, "start");
    deck.console.wait_for("live without a key", live);
    space.kubectl(&["scale", "deployment/gateway", "--replicas=2"]);
    deck.wait_row(&["gateway", "2/2"]);
    deck.quit();
}

#[test]
fn a_link_that_swallows_packets_shows_as_stale_within_twenty_seconds_and_comes_back() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "silent");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let config = cluster.config();
    let server = config["clusters"][0]["cluster"]["server"].as_str().expect("an address").to_owned();
    let target = server.trim_start_matches("https://").trim_end_matches('/').to_owned();
    let proxy = Proxy::new(&target);
    let near = format!("https://{}", proxy.address);
    let mut deck = Deck::changed(&cluster, Some(&near), None, &["-n", &space.name]);
    deck.wait_row(&["gateway", "1/1", "v1.0.0"]);
    proxy.swallow(true);
    deck.console.wait_within(Duration::from_secs(20), "stale, with the rows still there", stale);
    proxy.swallow(false);
    deck.console.wait_for("live without a key", live);
    space.kubectl(&["scale", "deployment/gateway", "--replicas=2"]);
    deck.wait_row(&["gateway", "2/2"]);
    deck.quit();
}
