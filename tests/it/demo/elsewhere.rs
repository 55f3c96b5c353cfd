//! Releases as another context runs: two demo clusters in one kubeconfig.

use std::process::Command;

use serde_json::{Value, json};

use super::Demo;
use crate::{
    real::Deck,
    support::{Console, Home, Launch, Screen},
};

const APPS: [&str; 2] = ["customs-broker", "customs-docs"];
const QA: &str = "qa-码头";

/// The live cluster, the other one, and a console on namespace dev of the first.
struct Two {
    live: Demo,
    qa: Demo,
    deck: Deck,
}

impl Two {
    /// The other has the first app at 88.0.0, and the second not at all.
    fn start() -> Self {
        let (live, qa) = (Demo::fast(), Demo::start());
        qa.retag(APPS[0], "88.0.0");
        let (status, said) = qa.send("DELETE", &format!("/apis/apps/v1/namespaces/dev/deployments/{}", APPS[1]), "");
        assert_eq!(status, 200, "{said}");
        let home = Home::new();
        let cluster = |name: &str, demo: &Demo| json!({ "name": name, "cluster": { "server": format!("http://{}", demo.address) } });
        let context = |name: &str| json!({ "name": name, "context": { "cluster": name, "user": "u" } });
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "live",
            "clusters": [cluster("live", &live), cluster(QA, &qa)],
            "users": [{ "name": "u", "user": {} }],
            "contexts": [context("live"), context(QA)],
        });
        let file = home.file("kubeconfig", &config.to_string());
        let console = Launch::new(&home).kubeconfig(&file).args(["-n", "dev"]).start();
        Self { live, qa, deck: Deck::over(console, home) }
    }

    /// On to the contexts, from a plan to release both apps.
    fn contexts(&mut self) {
        let console = &mut self.deck.console;
        console.wait_for("both apps", |screen| APPS.iter().all(|name| screen.row(&[name]).is_some()));
        console.key("/");
        console.keys("customs-");
        console.key("enter");
        console.wait_text("Fleet: 2 of 34 apps");
        console.key("*");
        console.wait_text("2 marked");
        console.key("i");
        console.wait_for("a plan, read", |screen| screen.has("type a tag") && !screen.has("reading"));
        console.key("t");
        console.wait_for("the tags", |screen| screen.has("as another context…") && screen.has("newest seen"));
        down_to(console, "as another context…");
        console.key("enter");
        console.wait_for("the other context", |screen| screen.row(&["▸", QA]).is_some());
    }

    /// What clients wrote to the other cluster.
    fn writes(&self) -> Value {
        let (status, writes) = self.qa.send("GET", "/demo/writes", "");
        assert_eq!(status, 200, "{writes}");
        writes
    }
}

/// Moves the cursor down to the line that has this text; the lines beneath the cursor's differ from one another.
fn down_to(console: &mut Console, text: &str) {
    let under = |screen: &Screen| screen.lines.iter().find(|line| line.starts_with('▸')).cloned();
    loop {
        let before = under(&console.screen()).expect("a cursor");
        if before.contains(text) {
            return;
        }
        console.key("down");
        console.wait_for("the next line", |screen| under(screen).is_some_and(|line| line != before));
    }
}

#[test]
fn what_another_context_runs_is_released_and_the_other_cluster_is_only_read() {
    let mut two = Two::start();
    let before = two.writes();
    two.contexts();
    let console = &mut two.deck.console;
    console.key("enter");
    console.wait_for("its namespaces", |screen| screen.row(&["▸", "dev", "1 of 2", "88.0.0"]).is_some());
    console.wait_text(&format!("not there: {}", APPS[1]));
    console.key("enter");
    console.wait_text(&format!("dev of context {QA} has no Deployment {}", APPS[1]));
    console.wait_for("the plan, and still the same context", |screen| {
        screen.row(&[APPS[0], "88.0.0"]).is_some() && screen.lines[0].contains("live")
    });
    down_to(console, APPS[1]);
    console.key("x");
    console.wait_for("one app", |screen| screen.has("Release customs-broker in dev"));
    two.deck.wait_ready();
    two.deck.confirm(1);
    two.deck.wait_phase("Done");
    assert!(two.live.image(APPS[0]).ends_with(":88.0.0"));
    assert_eq!(two.writes(), before, "nothing was written there");
    two.deck.quit();
}

#[test]
fn a_context_that_may_not_be_listed_whole_or_does_not_answer_says_so() {
    let mut two = Two::start();
    two.qa.control(
        "POST",
        "rights",
        &json!({ "verbs": ["list"], "groups": ["apps"], "resources": ["deployments"], "namespaces": ["prod"] }),
    );
    two.contexts();
    let console = &mut two.deck.console;
    console.key("enter");
    console.wait_for("its namespace of the same name", |screen| screen.row(&["▸", "dev", "1 of 2"]).is_some());
    console.wait_text("of deployments only those in default, dev were read: not allowed");
    console.wait_text("cannot list resource \"deployments\"");

    two.qa.fault("half-open", "list");
    console.key("o");
    console.wait_text(&format!("connecting to {QA}"));
    console.key("esc");
    console.wait_for("the contexts again", |screen| screen.row(&["▸", QA]).is_some() && screen.has("SERVER"));

    let Two { qa, deck, .. } = &mut two;
    let address = qa.address.clone();
    qa.stop();
    deck.console.key("enter");
    deck.console.wait_text("is not known");
    deck.console.wait_text(&address);
    for text in ["CONTEXT", "each to what its namesake runs there", "Release 2 apps in dev"] {
        deck.console.key("esc");
        deck.console.wait_text(text);
    }
    two.deck.quit();
}

/// The plan of a release of an app of namespace qa, without a screen.
fn planned(demo: &Demo, tag: &str) -> String {
    let home = Home::new();
    let app = json!({ "namespace": "qa", "kind": "Deployment", "name": APPS[0], "tag": tag });
    let spec = json!({ "reason": "a try", "apps": [app] });
    let text = json!({ "apiVersion": "rolldeck.dev/v1", "kind": "Release", "spec": spec }).to_string();
    let file = home.file("release.yaml", &text);
    let output = Command::new(env!("CARGO_BIN_EXE_rolldeck"))
        .args(["batch", "run", "--dry-run", "--acknowledge", "all", "-n", "qa", "--kubeconfig"])
        .args([&demo.kubeconfig, &file])
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env_remove("KUBECONFIG")
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

#[test]
fn without_a_screen_a_tag_that_another_namespace_runs_is_seen_where_that_may_be_listed() {
    let demo = Demo::start();
    demo.retag(APPS[0], "88.0.0");
    let told = planned(&demo, "88.0.0");
    assert!(told.contains("88.0.0") && !told.contains("has had"), "{told}");
    let told = planned(&demo, "88.0.1");
    assert!(told.contains("no app of this cluster runs, and none of these namespaces has had, 88.0.1"), "{told}");
    let deployments =
        json!({ "verbs": ["list"], "groups": ["apps"], "resources": ["deployments"], "namespaces": ["dev"] });
    demo.control("POST", "rights", &deployments);
    let told = planned(&demo, "88.0.0");
    assert!(told.contains("no app of these namespaces has had 88.0.0"), "{told}");
    assert!(told.contains("others were not looked at: not allowed"), "{told}");
}
