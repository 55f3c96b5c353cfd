//! Users who may not do everything.

use std::fs;

use serde_json::Value;

use super::{Cluster, Deck, Space, apps};

/// What a user of the namespace gets: the built-in role `edit` there, which is all that a batch needs, and nothing elsewhere.
const ROLE: &str = "---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: operator}]
";

#[test]
fn rights_in_one_namespace_give_its_fleet_and_name_what_is_forbidden_in_another() {
    let Some(cluster) = Cluster::from_env() else { return };
    let (own, other) = (Space::new(&cluster, "own"), Space::new(&cluster, "other"));
    own.apply(&(apps::deployment("gateway", "v1.0.0", 1) + ROLE));
    other.apply(&apps::deployment("orders", "v1.0.0", 1));
    own.wait_rolled_out(&["deployment/gateway"]);
    let token = own.kubectl(&["create", "token", "operator"]);
    let names = format!("{},{}", own.name, other.name);
    let mut deck = Deck::changed(&cluster, None, Some(token.trim()), &["-n", &names]);
    deck.wait_row(&["gateway", &own.name, "1/1", "v1.0.0"]);
    deck.console.wait_for("what is forbidden, by verb, resource and namespace", |screen| {
        ["list", "deployments", &other.name].iter().all(|word| screen.says(word))
    });
    assert!(deck.console.screen().row(&["orders", "v1.0.0"]).is_none());
    deck.plan_release("v1.1.0");
    deck.confirm(1);
    deck.wait_phase("Done");
    own.wait_tag("deployment/gateway", "v1.1.0");
    deck.quit();
}

#[test]
fn a_right_that_is_missing_is_told_in_the_plan_before_anything_is_written() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "viewer");
    space.apply(&(apps::deployment("gateway", "v1.0.0", 1) + &ROLE.replace("name: edit", "name: view")));
    space.wait_rolled_out(&["deployment/gateway"]);
    let token = space.kubectl(&["create", "token", "operator"]);
    let mut deck = Deck::changed(&cluster, None, Some(token.trim()), &["-n", &space.name]);
    deck.wait_row(&["gateway", "1/1", "v1.0.0"]);
    deck.propose_release("v1.1.0");
    deck.console.wait_for("blocked: patch deployments", |screen| screen.has("blocked") && screen.says("patch"));
    deck.quit();
}

#[test]
fn a_read_only_session_writes_nothing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let Some(testbed) = Cluster::testbed() else { return };
    let space = Space::new(&cluster, "readonly");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let user = format!("reader-of-{}", space.name);
    let mut deck = Deck::with(&cluster, &[&space], &["--readonly", "--as", &user, "--as-group", "system:masters"]);
    deck.wait_row(&["gateway", "1/1", "v1.0.0"]);
    deck.propose_release("v1.1.0");
    deck.console
        .wait_for("nothing can be started", |screen| screen.lines.join("\n").to_lowercase().contains("read-only"));
    deck.console.key("ctrl-s");
    deck.console.wait_text("read-only");
    deck.quit();
    let log = fs::read_to_string(testbed.join("log/audit.jsonl")).expect("the audit log");
    let own: Vec<Value> =
        log.lines().filter(|line| line.contains(&user)).filter_map(|line| serde_json::from_str(line).ok()).collect();
    // Reviews of one's own access are sent as a create, write nothing, and show that the log knows this user.
    let review = |event: &Value| event["requestURI"].as_str().is_some_and(|uri| uri.contains("/selfsubject"));
    assert!(own.iter().any(review), "the log has nothing of this user: {}", own.len());
    let writes: Vec<_> = own
        .iter()
        .filter(|event| !review(event) && !event["requestURI"].as_str().unwrap_or_default().contains("dryRun=All"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
}
