use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::{
    Time,
    batch::{BatchId, Intent, Plan, past::Entry},
    model::{AppKey, AppKind, Image},
    text::Clean,
};

pub(super) fn at(minute: i64) -> Time {
    "2026-11-22T12:00:00Z".parse::<Time>().unwrap() + chrono::TimeDelta::minutes(minute)
}

pub(super) fn key(namespace: &str, name: &str) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind: AppKind::Deployment }
}

pub(super) fn image(reference: &str) -> Image {
    Image { container: "main".into(), image: reference.into(), init: false }
}

fn revision(key: &AppKey, number: i64, minute: i64, reference: &str) -> SeenRevision {
    SeenRevision { key: key.clone(), number, created: Some(at(minute)), images: [image(reference)].into(), pods: None }
}

pub(super) fn template(reference: &str) -> Value {
    json!({ "spec": { "containers": [{ "name": "main", "image": reference }] } })
}

pub(super) fn entry(before: &str, after: &str, minute: i64, healthy: bool, digest: &str) -> Entry {
    Entry {
        batch: BatchId("b1".into()),
        uid: "u".into(),
        started: at(minute),
        accepted: at(minute),
        reverted: None,
        returned: None,
        healthy: Some(healthy),
        why: "ImagePullBackOff".into(),
        before: Arc::new(template(before)),
        before_cause: "".into(),
        after: Some(Arc::new(template(after))),
        paused: false,
        digests: [("main".into(), digest.into())].into(),
    }
}

pub(super) fn digest(of: char) -> String {
    format!("sha256:{}", String::from(of).repeat(64))
}

pub(super) fn plan(intent: Intent, apps: &[(AppKey, &str)]) -> Plan {
    let mut plan = Plan::new(intent, apps.iter().map(|(key, _)| key.clone()).collect());
    for (key, reference) in apps {
        let live = json!({ "metadata": { "uid": "u" }, "spec": { "replicas": 1, "template": template(reference) } });
        plan.read(key, Arc::new(live), Arc::from([]), at(0));
    }
    plan
}

/// `orders` runs v2 in shop and v3 in qa, whose v3 failed.
fn seen() -> Seen {
    let (shop, qa) = (key("shop", "orders"), key("qa", "orders"));
    let (in_shop, in_qa) = ([image("r/orders:v2")], [image("r/orders:v3")]);
    let revisions = [
        revision(&shop, 1, 0, "r/orders:v1"),
        revision(&shop, 2, 10, "r/orders:v2"),
        revision(&qa, 1, 5, "r/orders:v2"),
        revision(&qa, 2, 20, "r/orders:v3"),
    ];
    let mut seen = Seen::new([(&shop, &in_shop[..]), (&qa, &in_qa[..])], &revisions);
    seen.tell([(&qa, &entry("r/orders:v2", "r/orders:v3", 20, false, ""))]);
    seen
}

#[test]
fn tags_are_told_newest_first_with_where_since_when_and_whether_they_failed() {
    let seen = seen();
    let told: Vec<_> = seen
        .of("r/orders")
        .iter()
        .map(|sight| {
            let places: Vec<_> = sight.places.iter().map(|place| (place.app.namespace.as_str(), place.live)).collect();
            (sight.version.as_str(), sight.first, places, sight.failed.len())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("v3", Some(at(20)), vec![("qa", true)], 1),
            ("v2", Some(at(5)), vec![("shop", true), ("qa", false)], 0),
            ("v1", Some(at(0)), vec![("shop", false)], 0),
        ]
    );
    assert_eq!(&*seen.of("r/orders")[0].failed[0].1, "ImagePullBackOff (batch b1)");
    assert!(seen.has("r/orders", "v1") && !seen.has("r/orders", "v9") && !seen.has("r/other", "v1"));
    assert_eq!(seen.nearest("r/orders", "v33").unwrap().version.as_str(), "v3");
    assert!(seen.nearest("r/orders", "completely-else").is_none());
}

#[test]
fn a_live_image_of_which_no_revision_is_known_is_seen_all_the_same() {
    let app = key("shop", "orders");
    let live = [image("r/orders@sha256:aa")];
    let seen = Seen::new([(&app, &live[..])], &[]);
    let sight = seen.newest("r/orders").unwrap();
    assert_eq!((sight.version.as_str(), sight.first, sight.is_live()), ("sha256:aa", None, true));
}

#[test]
fn a_release_by_rule_sets_each_app() {
    let mut plan = plan(Intent::Release, &[(key("shop", "orders"), "r/orders:v2"), (key("shop", "new"), "r/new:v1")]);
    assert_eq!(plan.apply_rule(&Rule::All("v7".into()), &seen()), []);
    assert_eq!(plan.steps[0].after().as_str(), "v7");
    let errors = plan.apply_rule(&Rule::Newest, &seen());
    assert_eq!((errors.len(), errors[0].0), (1, 1));
    assert!(errors[0].1.starts_with("nothing was seen yet of the images of"), "{errors:?}");
    assert_eq!(plan.steps[0].after().as_str(), "v3");
}

#[test]
fn a_release_like_another_place_takes_its_versions_and_keeps_its_own_registry() {
    let there =
        [(key("qa", "orders"), vec![image("registry.qa/orders:v5")]), (key("qa", "odd"), vec![image("r/else:v5")])];
    let like = Like::new("namespace qa", there.iter().map(|(key, images)| (key, images.as_slice())));
    let apps =
        [(key("shop", "orders"), "r/orders:v2"), (key("shop", "odd"), "r/odd:v1"), (key("shop", "none"), "r/none:v1")];
    let mut plan = plan(Intent::Release, &apps);
    let errors = plan.apply_rule(&Rule::Like(like), &Seen::default());
    let after: Vec<_> = plan.steps[0].images_after().iter().map(|image| image.image.to_string()).collect();
    assert_eq!(after, ["r/orders:v5"]);
    let words: Vec<_> = errors.iter().map(|(nth, why)| (*nth, why.as_str())).collect();
    assert_eq!(
        words,
        [
            (1, "odd of namespace qa has no container of the same name and image"),
            (2, "namespace qa has no Deployment none"),
        ]
    );
}

#[test]
fn what_may_not_be_listed_elsewhere_is_unknown_and_not_missing() {
    let unread = |kind, namespace: Option<&str>, why: &str| Unread {
        kind,
        namespace: namespace.map(Clean::new),
        why: why.into(),
    };
    let running = Running {
        apps: vec![(key("qa", "orders"), Box::from([image("r/orders:v5")]))],
        only: Some(["qa".into(), "pay".into()].into()),
        unread: vec![
            unread(AppKind::Deployment, None, "not in all"),
            unread(AppKind::Deployment, Some("pay"), "not in pay"),
        ],
    };
    let of = |namespace: &str| running.unknown(AppKind::Deployment, &namespace.into()).map(Clean::as_str);
    assert_eq!((of("qa"), of("pay"), of("dev")), (None, Some("not in pay"), Some("not in all")));
    assert_eq!(running.unknown(AppKind::DaemonSet, &"dev".into()), None);
    let mut plan = plan(Intent::Release, &[(key("shop", "orders"), "r/orders:v2"), (key("shop", "new"), "r/new:v1")]);
    let like = |namespace: &str| Rule::Like(running.like(format!("{namespace} of context eu"), &namespace.into()));
    let errors = plan.apply_rule(&like("qa"), &Seen::default());
    assert_eq!(errors, [(1, "qa of context eu has no Deployment new".into())]);
    assert_eq!(plan.steps[0].after().as_str(), "v5");
    let errors = plan.apply_rule(&like("pay"), &Seen::default());
    assert_eq!(errors[0].1.as_str(), "whether pay of context eu has orders is not known: not in pay");
    assert_eq!(plan.steps[0].after().as_str(), "v5", "it keeps its edit");
}
