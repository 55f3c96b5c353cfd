use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    tests::{at, digest, entry, image, key, plan, template},
    *,
};
use crate::{
    batch::{Change, Check, Intent, Plan, ProblemKind, past::Entry},
    model::{AppKey, Container, Pod, Revision, samples},
};

/// A pod of `orders` in this namespace that runs these: image and digest.
fn pod(namespace: &str, suffix: &str, runs: &[(&str, &str)]) -> Pod {
    let containers = runs.iter().enumerate().map(|(n, (image, digest))| Container {
        image: (*image).into(),
        digest: (*digest).into(),
        ..samples::container(&format!("c{n}"))
    });
    Pod { containers: containers.collect(), ..samples::pod(&key(namespace, "orders"), suffix, "7d9f") }
}

fn own(known: &Digests, app: &AppKey, tag: &str, target: Option<&Value>) -> Option<String> {
    let target = target.map(crate::batch::template::fingerprint);
    let found = repushed(app, &[image(tag)], target.as_deref(), known);
    found.first().and_then(|found| found.pin.as_ref()).map(ToString::to_string)
}

#[test]
fn a_tag_that_meant_two_digests_is_told_with_the_one_that_ran_here() {
    let (orders, other) = (key("shop", "orders"), key("qa", "orders"));
    let (first, second) = (digest('a'), digest('b'));
    let ran = entry("r/orders:v0", "r/orders:v1", 0, true, &first);
    let elsewhere = entry("r/orders:v0", "r/orders:v1", 60, true, &second);
    let known = Digests::new([], [(&orders, &ran), (&other, &elsewhere)]);
    let found = repushed(&orders, &[image("r/orders:v1")], None, &known);
    assert_eq!(found[0].pin.as_deref(), Some(first.as_str()));
    let problem = found[0].problem();
    assert_eq!(problem.kind, ProblemKind::Repushed);
    assert_eq!(
        problem.text.as_str(),
        "r/orders:v1 has meant 2 digests: bbbbbbbbbbbb ran in qa/deploy/orders (batch b1), aaaaaaaaaaaa ran in shop/deploy/orders \
         (batch b1); here it ran aaaaaaaaaaaa: pin that digest to get the same again"
    );
    let one = Digests::new([], [(&orders, &ran)]);
    assert_eq!(repushed(&orders, &[image("r/orders:v1")], None, &one), []);
}

#[test]
fn what_runs_now_tells_too_and_goes_before_an_older_batch() {
    let (orders, tag) = (key("shop", "orders"), "r/orders:v1");
    let (first, second) = (digest('a'), digest('b'));
    let ran = entry("r/orders:v0", tag, 0, true, &first);
    let now = pod("shop", "x2", &[(tag, &second)]);
    let known = Digests::new([&now], [(&orders, &ran)]);
    assert_eq!(own(&known, &orders, tag, None), Some(second.clone()));
    let text = repushed(&orders, &[image(tag)], None, &known)[0].problem().text;
    assert!(text.contains("bbbbbbbbbbbb runs in pod shop/orders-x2, aaaaaaaaaaaa ran in"), "{text}");
    // What ran of the very template that it goes back to is what it is to be again.
    let to = ran.after.clone().unwrap();
    assert_eq!(own(&known, &orders, tag, Some(&to)), Some(first));
    assert_eq!(own(&known, &orders, tag, Some(&template("r/orders:v0"))), Some(second));
}

#[test]
fn of_an_app_that_runs_two_digests_now_and_of_one_that_ran_none_nothing_is_guessed() {
    let (orders, tag) = (key("shop", "orders"), "r/orders:v1");
    let pods = [pod("shop", "a", &[(tag, &digest('a'))]), pod("shop", "b", &[(tag, &digest('b'))])];
    let known = Digests::new(&pods, []);
    for app in [&orders, &key("qa", "cart")] {
        let found = repushed(app, &[image(tag)], None, &known);
        assert_eq!((found[0].pin.clone(), found[0].digests.len()), (None, 2));
        assert!(found[0].problem().text.ends_with("is not certain: pin the one that is meant"));
    }
}

#[test]
fn a_pinned_image_is_never_told_as_pushed_again() {
    let app = key("shop", "orders");
    let pinned = format!("r/orders:v1@{}", digest('a'));
    let ran = entry("r/orders:v0", &pinned, 0, true, &digest('a'));
    let odd = entry("r/orders:v0", &pinned, 1, true, &digest('b'));
    let known = Digests::new([&pod("shop", "a", &[(&pinned, &digest('c'))])], [(&app, &ran), (&app, &odd)]);
    assert_eq!(repushed(&app, &[image(&pinned)], None, &known), []);
}

#[test]
fn a_release_pins_what_it_starts_and_what_it_keeps() {
    let digest = digest('a');
    let mut plan = plan(Intent::Release, &[(key("shop", "orders"), "r/orders:v2")]);
    assert!(plan.pin(0, "main", &digest).is_err());
    plan.set_tag(0, None, "v1").unwrap();
    plan.pin(0, "main", &digest).unwrap();
    assert_eq!(plan.steps[0].images_after()[0].image.as_str(), format!("r/orders:v1@{digest}"));
    assert_eq!((plan.steps[0].after().as_str(), &plan.steps[0].check), ("v1@aaaaaaaaaaaa", &Check::Checking));
    assert!(plan.pin(0, "none", &digest).is_err() && plan.pin(0, "main", "sha256:x").is_err());
}

#[test]
fn what_admission_adds_cannot_be_pinned() {
    let mut plan = plan(Intent::Release, &[(key("shop", "orders"), "r/orders:v2")]);
    plan.set_tag(0, None, "v1").unwrap();
    let added = json!({ "containers": [{ "name": "main", "image": "mirror/orders:v1" }, { "name": "proxy", "image": "p:v1" }] });
    let after = json!({ "spec": { "template": { "spec": added } } });
    plan.steps[0].check = Check::Passed { after: Arc::new(after) };
    let why = plan.pin(0, "proxy", &digest('a')).unwrap_err();
    assert!(why.ends_with("has no container proxy after the change"), "{why}");
    plan.pin(0, "main", &digest('a')).unwrap();
    assert_eq!(plan.steps[0].images_after()[0].image.as_str(), format!("r/orders:v1@{}", digest('a')));
}

/// A rollback from v2 to v1, which ran here as `a` and elsewhere as `b`.
fn rollback() -> (Plan, Entry) {
    let app = key("shop", "orders");
    let mut plan = plan(Intent::Rollback, &[(app.clone(), "r/orders:v2")]);
    let revision = |number, tag: &str| Revision {
        number,
        name: format!("orders-{number}").into(),
        created: Some(at(number)),
        cause: "".into(),
        images: [image(tag)].into(),
        live: number == 2,
        replicas: None,
        template: Arc::new(template(tag)),
    };
    let live = plan.steps[0].live.clone().unwrap();
    plan.read(&app, live, [revision(2, "r/orders:v2"), revision(1, "r/orders:v1")].into(), at(9));
    let ran = entry("r/orders:v0", "r/orders:v1", 0, true, &digest('a'));
    let elsewhere = entry("r/orders:v0", "r/orders:v1", 60, true, &digest('b'));
    let mut seen = Seen::default();
    seen.tell([(&app, &ran), (&key("qa", "orders"), &elsewhere)]);
    plan.seen = Some(Arc::new(seen));
    (plan, ran)
}

#[test]
fn a_rollback_can_be_pinned_and_is_pinned_again_after_a_reading() {
    let (mut plan, _) = rollback();
    let found = plan.repushed(&plan.steps[0]);
    assert_eq!(found.iter().map(|found| found.container.as_str()).collect::<Vec<_>>(), ["main"]);
    plan.pin(0, "main", found[0].pin.as_ref().unwrap()).unwrap();
    assert_eq!((plan.repushed(&plan.steps[0]), plan.steps[0].after().as_str()), (Vec::new(), "rev 1 v1@aaaaaaaaaaaa"));
    let Some(Change::Template { to, .. }) = plan.steps[0].change.clone() else { panic!("a template") };
    let (mut again, _) = rollback();
    assert!(again.pin_as(0, &to));
    assert_eq!(again.steps[0].change, plan.steps[0].change);
    let (mut other, _) = rollback();
    assert!(!other.pin_as(0, &template(&format!("r/orders:v0@{}", digest('a')))));
    assert_eq!(other.steps[0].after().as_str(), "rev 1 v1");
}

#[test]
fn what_changes_nothing_or_starts_no_image_has_nothing_to_pin() {
    let (mut plan, _) = rollback();
    plan.steps[0].check = Check::NoChange;
    assert_eq!(plan.repushed(&plan.steps[0]), []);
    plan.steps[0].check = Check::Checking;
    plan.steps[0].intent = Intent::Restart;
    assert_eq!(plan.repushed(&plan.steps[0]), []);
}
