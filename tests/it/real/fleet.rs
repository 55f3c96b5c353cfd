//! What the fleet shows is what the cluster does.

use super::{Cluster, Deck, Space, apps};

#[test]
fn six_apps_in_two_namespaces_with_ready_counts_versions_usage_and_an_autoscaler() {
    let Some(cluster) = Cluster::from_env() else { return };
    let (one, two) = (Space::new(&cluster, "fleet-a"), Space::new(&cluster, "fleet-b"));
    let first: String = ["gateway", "orders", "dispatch"].map(|name| apps::deployment(name, "v1.0.0", 2)).concat();
    one.apply(&(first + &apps::autoscaler("gateway")));
    two.apply(&["payment", "search", "user"].map(|name| apps::deployment(name, "v1.1.0", 1)).concat());
    let mut deck = Deck::open(&cluster, &[&one, &two]);
    deck.console.wait_for("six apps, ready, with what runs", |screen| {
        let rows = |names: [&str; 3], ready: &str, tag: &str| {
            names.iter().all(|name| screen.row(&[name, ready, tag, "Healthy"]).is_some())
        };
        rows(["gateway", "orders", "dispatch"], "2/2", "v1.0.0") && rows(["payment", "search", "user"], "1/1", "v1.1.0")
    });
    let limit = std::time::Duration::from_secs(120);
    deck.console.wait_within(limit, "CPU and memory of each, and a working autoscaler", |screen| {
        let used = |name: &&str| screen.row(&[name]).is_some_and(|row| row.contains("m ") && row.contains('%'));
        apps::SIX.iter().all(used) && screen.row(&["gateway", "%/900%", "[2..4]"]).is_some()
    });
    deck.quit();
}

#[test]
fn a_container_that_took_too_much_memory_is_called_oomkilled() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "oom");
    space.apply(&apps::glutton("glutton"));
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["glutton", "OOMKilled"]);
    deck.quit();
}

#[test]
fn a_deleted_pod_leaves_and_another_comes() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "deleted");
    space.apply(&apps::deployment("gateway", "v1.0.0", 2));
    space.wait_rolled_out(&["deployment/gateway"]);
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_row(&["gateway", "2/2"]);
    deck.console.key("enter");
    let screen = deck.wait_rows(2, &["gateway-", "Running"]);
    let names = |screen: &crate::support::Screen| -> Vec<String> {
        screen
            .lines
            .iter()
            .flat_map(|line| line.split_whitespace())
            .filter(|word| word.starts_with("gateway-"))
            .map(str::to_owned)
            .collect()
    };
    let gone = names(&screen)[0].clone();
    space.kubectl(&["delete", "pod", &gone, "--wait=false"]);
    deck.console.wait_for("it leaves, and two are ready again", |screen| {
        !screen.has(&gone) && screen.count(&["gateway-", "1/1", "Running"]) == 2
    });
    deck.quit();
}
