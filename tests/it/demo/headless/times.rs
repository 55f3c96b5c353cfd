//! Selectors in a file, and points in time.

use std::process::Command;

use serde_json::{Value, json};

use super::{
    Demo,
    shell::{APPS, RUN, Shell, release},
};

const SELECTOR: &str = "app.kubernetes.io/part-of=port";
/// Deployments of namespace dev that the selector matches.
const PORT: [&str; 4] = ["berth-planner", "crane-dispatch", "tide-tables", "vessel-schedule"];

fn file(kind: &str, spec: &Value) -> String {
    json!({ "apiVersion": "rolldeck.dev/v1", "kind": kind, "spec": spec }).to_string()
}

fn names(batch: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        batch["apps"].as_array().expect("apps").iter().filter_map(|app| app["name"].as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_selector_means_each_app_that_it_matches_and_a_name_goes_before_it() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let apps = json!([
        { "namespace": "dev", "selector": SELECTOR, "tag": "77.0.0" },
        { "namespace": "dev", "kind": "Deployment", "name": APPS[0], "tag": "78.0.0" },
    ]);
    let told = shell.run(&RUN, &file("Release", &json!({ "apps": apps }))).ends(0);
    assert_eq!(names(&told.json()), PORT);
    for name in PORT {
        let tag = if name == APPS[0] { ":78.0.0" } else { ":77.0.0" };
        assert!(demo.image(name).ends_with(tag), "{name} has {}", demo.image(name));
    }
    let of = |selector: &str| file("Restart", &json!({ "apps": [{ "namespace": "dev", "selector": selector }] }));
    let told = shell.run(&RUN, &of("app.kubernetes.io/part-of=nothing")).ends(2);
    assert!(told.err.contains("line 1: the selector app.kubernetes.io/part-of=nothing: no app"), "{told:#?}");
    let told = shell.run(&RUN, &of("part-of in (")).ends(2);
    assert!(told.err.contains("the selector part-of in ("), "{told:#?}");
}

#[test]
fn a_file_takes_all_back_to_a_time_and_an_app_of_its_own_to_another() {
    // The times of the cluster are told by our clock: they have to pass alike.
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    let run = |tag: &str| {
        let told = shell.run(&RUN, &release(&APPS, tag, &json!({}))).ends(0);
        told.json()["id"].as_str().expect("its name").to_owned()
    };
    let (_, second) = (run("71.0.0"), run("72.0.0"));
    let apps = json!([
        { "namespace": "dev", "kind": "Deployment", "name": APPS[0] },
        { "namespace": "dev", "kind": "Deployment", "name": APPS[1], "toTime": format!("before {second}") },
    ]);
    let spec = json!({ "toTime": "20 minutes ago", "apps": apps });
    shell.run(&RUN, &file("Rollback", &spec)).ends(0);
    assert_eq!(demo.image(APPS[0]), before[0]);
    assert!(demo.image(APPS[1]).ends_with(":71.0.0"), "{}", demo.image(APPS[1]));
    let wrong = json!({ "toTime": "half past never", "apps": [{ "namespace": "dev", "selector": SELECTOR }] });
    let told = shell.run(&RUN, &file("Rollback", &wrong)).ends(2);
    assert!(told.err.contains("spec.toTime (line 1): \"half past never\" is no point in time"), "{told:#?}");
}

#[test]
fn apps_go_back_to_a_clock_time_and_to_minutes_ago() {
    // The times of the cluster are told by our clock: they have to pass alike.
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    let date = Command::new("date").args(["-u", "-d", "20 minutes ago", "+%H:%M"]).output().expect("date").stdout;
    let clock = String::from_utf8(date).expect("a time").trim().to_owned();
    for to in ["20 minutes ago", &clock] {
        shell.run(&RUN, &release(&APPS, "77.0.0", &json!({}))).ends(0);
        let plan = shell.run(&["undo", "--to", to, APPS[0], APPS[1], "--dry-run", "--acknowledge=all"], "").ends(0);
        assert!(plan.out.contains("deploy dev/berth-planner") && plan.out.contains("77.0.0"), "{plan:#?}");
        assert!(plan.err.contains(&format!("{to}: 20")) && plan.err.contains("+00:00"), "with its zone: {plan:#?}");
        let told = shell.run(&["undo", "--to", to, APPS[0], APPS[1], "--yes", "--acknowledge=all", "-ojson"], "");
        let told = told.ends(0).json();
        assert_eq!((&told["intent"], &told["phase"]), (&json!("Rollback"), &json!("done")), "{told:#}");
        assert_eq!(APPS.map(|name| demo.image(name)), before, "{to}");
    }
    let told = shell.run(&["undo", "--to", "20 minutes ago", APPS[0], "--yes"], "").ends(0);
    assert!(told.err.contains("nothing to do: every app is already so"), "{told:#?}");
}

#[test]
fn a_whole_namespace_goes_back_to_a_time_and_what_has_not_changed_since_stays() {
    // The times of the cluster are told by our clock: they have to pass alike.
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    shell.run(&RUN, &release(&APPS, "77.0.0", &json!({}))).ends(0);
    let args = ["undo", "--to", "20 minutes ago", "--yes", "--acknowledge=all", "--skip-uncertain", "-ojson"];
    let told = shell.run(&args, "").ends(0);
    assert_eq!(names(&told.json()), APPS, "{told:#?}");
    assert_eq!(APPS.map(|name| demo.image(name)), before);
}
