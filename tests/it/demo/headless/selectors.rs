//! Selectors in a file.

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
