use super::*;
use crate::{
    batch::{
        Change, Check, Options, Plan, ProblemKind,
        past::{Again, Repeat, Verdict, Was, Wish, expected},
        past::{Proof, Source},
    },
    model::Revision,
};

fn live(tag: &str) -> Arc<Value> {
    Arc::new(json!({
        "metadata": { "uid": "u", "generation": 1 },
        "spec": { "replicas": 3, "template": *template(tag) },
        "status": { "observedGeneration": 1, "updatedReplicas": 3 },
    }))
}

fn again(intent: Intent, wish: Option<Wish>) -> Plan {
    let app = key(AppKind::Deployment);
    let again = Again { key: app.clone(), hpa: "".into(), wish };
    let options = Options { width: 7, ..Options::new(intent, 1) };
    let mut plan = Plan::repeat(&Repeat { intent, options, reason: "INC-1".into(), apps: vec![again] });
    plan.read(&app, live("v1"), Arc::from([]), at(0));
    plan
}

#[test]
fn a_repeated_batch_wants_the_same_as_soon_as_its_apps_are_read() {
    let plan = again(Intent::Release, Some(Wish::Images([("main".into(), "shop/orders:v2".into())].into())));
    assert_eq!((plan.options.width, &*plan.reason, &plan.steps[0].check), (7, "INC-1", &Check::Checking));
    assert_eq!(plan.steps[0].after().as_str(), "v2");
    let plan = again(Intent::Rollback, Some(Wish::Template(template("v0"), "to v0".into())));
    assert_eq!(plan.steps[0].after().as_str(), "v0");
    let plan = again(Intent::Scale, Some(Wish::Replicas(3)));
    assert_eq!(plan.steps[0].check, Check::NoChange);
}

#[test]
fn a_container_that_is_gone_since_is_named_and_the_others_are_set() {
    let images = [("main".into(), "shop/orders:v2".into()), ("log".into(), "shop/log:v9".into())].into();
    let plan = again(Intent::Release, Some(Wish::Images(images)));
    assert_eq!(plan.steps[0].after().as_str(), "v2");
    assert!(plan.steps[0].problems[0].text.contains("no container log any more"), "{:?}", plan.steps[0].problems);
}

fn rollback() -> Plan {
    let app = key(AppKind::Deployment);
    let mut plan = Plan::new(Intent::Rollback, vec![app.clone()]);
    let revision = |number, tag: &str, live| Revision {
        number,
        name: tag.into(),
        created: None,
        cause: "".into(),
        images: [].into(),
        live,
        replicas: None,
        template: template(tag),
    };
    plan.read(&app, live("v3"), [revision(3, "v3", true), revision(2, "v2", false)].into(), at(0));
    plan
}

fn verdict(revision: Option<i64>, healthy: Option<bool>) -> Verdict {
    Verdict::Was(Was {
        template: template("v1"),
        revision,
        cause: "to v1".into(),
        since: at(0),
        until: None,
        healthy,
        by: Proof { from: Source::App, until: Source::Now },
    })
}

#[test]
fn a_step_goes_back_to_what_was_proved_and_says_what_is_to_be_known_of_it() {
    let mut plan = rollback();
    plan.go_back(0, &verdict(None, Some(false)), "14:05:00 CET").unwrap();
    let step = &plan.steps[0];
    assert_eq!((step.after().as_str(), &step.check), ("v1", &Check::Checking));
    let told: Vec<_> = step.problems.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(
        told,
        [
            "what it was at 14:05:00 CET had not become healthy: its rollout failed",
            "no revision of 14:05:00 CET is left in its history: the journal has the template",
        ]
    );
    plan.pick_revision(0, 2).unwrap();
    assert_eq!(plan.steps[0].problems, [], "another choice has other problems");
    assert!(matches!(&plan.steps[0].change, Some(Change::Template { revision: 2, .. })));
}

#[test]
fn what_is_uncertain_is_to_be_chosen_and_what_did_not_exist_cannot_start() {
    let mut plan = rollback();
    plan.go_back(0, &Verdict::Uncertain { why: "revision 2 is missing".into(), candidates: vec![] }, "14:05").unwrap();
    let Check::Incomplete(lack) = &plan.steps[0].check else { panic!("{:?}", plan.steps[0].check) };
    assert_eq!(&**lack, "uncertain what it was at 14:05, choose a revision: revision 2 is missing");
    assert_eq!(plan.steps[0].lack.as_ref().unwrap().kind, ProblemKind::Uncertain);
    plan.go_back(0, &Verdict::CreatedSince(at(0)), "11:00").unwrap();
    assert_eq!(plan.steps[0].check, Check::Blocked);
    assert!(plan.steps[0].problems[0].text.contains("it was created at 2026-11-22T12:00:00Z"));
    plan.go_back(0, &Verdict::Same, "14:05").unwrap();
    assert_eq!(plan.steps[0].check, Check::NoChange);
}

#[test]
fn a_rollout_is_expected_to_take_what_the_ones_before_took() {
    use crate::batch::journal::{Mark, Note};
    let note = |mark, seconds: Option<i64>| Note {
        index: 0,
        kind: AppKind::Deployment,
        name: "orders".into(),
        mark,
        why: "".into(),
        since: at(seconds.unwrap_or(0)),
        before: "".into(),
        after: "".into(),
        made: None,
        hpa: "".into(),
        after_steps: vec![],
        accepted: seconds.map(|_| at(0)),
        returned: None,
        target: "".into(),
        digests: [].into(),
        old: vec![],
        expected: None,
        forgiven: [].into(),
    };
    let notes = [
        note(Mark::Healthy, Some(30)),
        note(Mark::Failed, Some(600)),
        note(Mark::Healthy, Some(50)),
        note(Mark::Healthy, None),
        note(Mark::Healthy, Some(40)),
    ];
    assert_eq!(expected(&notes.iter().collect::<Vec<_>>()), Some(40));
    assert_eq!(expected(&[&notes[1]]), None);
}
