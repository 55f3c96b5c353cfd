//! What a whole batch takes: every intent, acknowledgements, options, guards, tags, the past.

use std::sync::Arc;

use rolldeck_core::{
    batch::{Bounds, Change, Check, Intent, OnFailure, Plan, guard::Guard},
    model::{AppKey, AppKind},
};

use super::{
    cluster,
    known::{guards, past, seen},
    plan, read, shop,
};
use crate::{
    Action, BatchEffect, Effect, Message, PlanEffect, PlanReply,
    plan::{
        bench::{Bench, deploy},
        planned, words,
    },
};

fn started(bench: &Bench) -> Option<&Plan> {
    bench.effects.iter().find_map(|effect| match effect {
        Effect::Batch(BatchEffect::Start(plan)) => Some(&**plan),
        _ => None,
    })
}

fn of_kind(kind: AppKind, name: &str) -> AppKey {
    AppKey { kind, ..deploy("qa", name) }
}

/// A restart of one app that Argo CD manages.
fn warned() -> Bench {
    read(Intent::Restart, vec![deploy("qa", "mail"), deploy("qa", "cart")])
}

#[test]
fn a_warning_is_acknowledged_before_the_last_question() {
    let mut bench = warned();
    bench.press("ctrl-s 2 enter tab enter");
    assert!(started(&bench).is_none() && !bench.room.typing());
    bench.press("ctrl-s");
    assert_eq!(bench.said, "1 app warned of: managed elsewhere. space acknowledges it.");
    bench.press("space");
    assert_eq!(bench.said, "acknowledged: managed elsewhere, of 1 app");
    bench.press("ctrl-s 2 enter");
    assert_eq!(started(&bench).map(Plan::writes), Some(2));
}

#[test]
fn an_acknowledgement_can_be_taken_back_and_of_what_warns_not_there_is_none() {
    let mut bench = warned();
    bench.press("down space");
    assert_eq!(bench.said, "qa/deploy/cart has no warning that is not acknowledged.");
    bench.press("G space space ctrl-s");
    assert!(bench.said.contains("managed elsewhere") && !bench.room.typing());
}

#[test]
fn what_an_intent_does_not_mean_is_taken_out_and_named() {
    let apps = vec![deploy("qa", "cart"), of_kind(AppKind::StatefulSet, "db"), of_kind(AppKind::DaemonSet, "agent")];
    for (intent, left) in [(Intent::Pause, 1), (Intent::Resume, 1), (Intent::Scale, 2), (Intent::Restart, 3)] {
        let mut bench = plan(intent, apps.clone());
        let reads = bench.effects.iter().find_map(|effect| match effect {
            Effect::Plan(PlanEffect::Read { apps, .. }) => Some(apps.len()),
            _ => None,
        });
        assert_eq!(reads, Some(left), "{intent:?}");
        assert_eq!(bench.screen(80, 24).contains("left out: "), left < 3, "{intent:?}");
    }
    let none = planned(Intent::Pause, apps[1..].to_vec());
    let [Action::Note(true, said)] = &none[..] else { panic!("a plan of nothing was opened") };
    assert_eq!(&**said, "Pause plans nothing: qa/sts/db: only Deployments can be paused (and 1 more)");
}

#[test]
fn a_pause_and_a_resumption_change_nothing_but_that() {
    for (intent, wanted) in [(Intent::Pause, true), (Intent::Resume, false)] {
        let mut bench = read(intent, vec![deploy("qa", "billing"), deploy("qa", "cart")]);
        bench.press("ctrl-s tab enter");
        let plan = started(&bench).expect("started");
        assert!(plan.steps.iter().all(|step| step.change == Some(Change::Paused(wanted))));
        assert_eq!(plan.writes(), 1, "the other is so already");
    }
}

#[test]
fn bounds_are_of_the_autoscaler_and_an_app_without_one_is_blocked() {
    let mut bench = read(Intent::Bounds, vec![deploy("qa", "orders"), deploy("qa", "cart")]);
    bench.press("e");
    bench.text("min 3 max 12");
    bench.press("enter");
    bench.answer(&cluster);
    bench.press("ctrl-s");
    assert!(bench.said.contains("autoscaler"), "{}", bench.said);
    bench.press("down x ctrl-s tab enter");
    let plan = started(&bench).expect("started");
    assert_eq!(plan.steps[0].change, Some(Change::Bounds(Bounds { min: 3, max: 12 })));
    assert_eq!(plan.steps[0].target().to_string(), "hpa qa/orders-hpa");
}

#[test]
fn counts_are_from_each_apps_own_and_what_is_rounded_is_said() {
    for (text, wanted) in [("+2", 5), ("-1", 2), ("x2", 6), ("50%", 2), ("7", 7)] {
        let mut bench = read(Intent::Scale, vec![deploy("qa", "cart"), deploy("qa", "search")]);
        bench.press("a");
        bench.text(text);
        bench.press("enter");
        assert_eq!(bench.said, if text == "50%" { "50% was rounded up for 2 apps" } else { "" });
        bench.answer(&cluster);
        bench.press("ctrl-s 2 enter");
        let plan = started(&bench).expect(text);
        assert!(plan.steps.iter().all(|step| step.change == Some(Change::Scale(wanted))), "{text}");
    }
    let mut bench = read(Intent::Scale, vec![deploy("qa", "cart")]);
    bench.press("e - 4 enter");
    assert!(bench.room.typing() && bench.screen(80, 24).contains("not taken: -4 of 3: it runs fewer than that"));
}

#[test]
fn zero_is_asked_twice_and_the_word_is_typed() {
    let zero = || {
        let mut bench = read(Intent::Scale, vec![deploy("qa", "cart")]);
        bench.press("e 0 enter");
        bench.answer(&cluster);
        while bench.hints().iter().any(|(command, _)| *command == crate::Command::Acknowledge) {
            bench.press("g space");
        }
        bench.press("ctrl-s tab enter");
        bench
    };
    let mut hurried = zero();
    assert!(hurried.screen(80, 24).contains("will run nowhere"));
    hurried.press("tab enter enter tab enter");
    assert!(started(&hurried).is_none());
    let mut meant = zero();
    meant.text("zero");
    meant.press("enter");
    assert_eq!(started(&meant).map(|plan| plan.steps[0].change.clone()), Some(Some(Change::Scale(0))));
}

#[test]
fn pasted_keys_never_answer_the_last_question() {
    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart"), deploy("qa", "search")]);
    bench.press("ctrl-s");
    bench.paste("2\r\t\r");
    bench.press("enter");
    assert!(started(&bench).is_none());
}

#[test]
fn a_guarded_place_asks_for_its_name_and_a_read_only_one_for_nothing() {
    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart")]);
    bench.session.guards = guards(Guard::Type);
    bench.press("ctrl-s tab tab enter enter tab enter");
    assert!(started(&bench).is_none());
    bench.press("ctrl-u");
    bench.text("qa");
    bench.press("enter");
    assert_eq!(started(&bench).map(Plan::writes), Some(1));

    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart")]);
    bench.session.guards = guards(Guard::Confirm);
    bench.press("ctrl-s tab tab enter");
    assert!(started(&bench).is_none());
    bench.press("1 enter");
    assert_eq!(started(&bench).map(Plan::writes), Some(1));

    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart")]);
    bench.session.guards = guards(Guard::ReadOnly);
    bench.press("ctrl-s");
    assert!(bench.said.contains("config.toml, line 12") && !bench.room.typing());
}

#[test]
fn how_it_runs_is_set_in_the_form_and_told_in_the_question() {
    let mut bench = read(Intent::Rollback, vec![deploy("qa", "gateway"), deploy("qa", "cart")]);
    bench.press("f 1 down right down");
    bench.text("90s");
    bench.press("down space down space down");
    bench.text("5m");
    bench.press("down");
    bench.text("too slow");
    bench.press("enter ctrl-s");
    let shown = bench.screen(80, 24);
    for text in
        ["one after the other", "a failure reverts everything", "soak 90s", "a gate", "an incident", "at most 5m"]
    {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    assert!(shown.contains("reason: too slow"));
    bench.press("2 enter");
    let plan = started(&bench).expect("started");
    let options = &plan.options;
    assert_eq!((options.width, options.on_failure, options.soak), (1, OnFailure::Revert, 90));
    assert!(options.gate && options.incident && options.deadline == 300 && &*plan.reason == "too slow");
}

#[test]
fn a_reason_that_the_configuration_asks_for_is_asked_for() {
    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart")]);
    bench.session.guards.reason_required = true;
    bench.press("ctrl-s");
    assert!(bench.said.contains("asks for a reason") && bench.room.typing());
    bench.text("a leak");
    bench.press("enter ctrl-s tab enter");
    assert_eq!(started(&bench).map(|plan| plan.reason.to_string()).as_deref(), Some("a leak"));
}

#[test]
fn the_commands_that_do_the_same_are_copied() {
    let mut bench = read(Intent::Restart, vec![deploy("qa", "cart"), deploy("qa", "search")]);
    bench.press("c");
    let copied = bench.effects.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    let wanted = "kubectl rollout restart -n qa deployment/cart\nkubectl rollout restart -n qa deployment/search";
    assert_eq!(copied, Some(wanted));
    assert_eq!(bench.said, "copied 2 kubectl commands");
}

#[test]
fn a_tag_that_was_seen_is_taken_for_all_or_for_one() {
    for (keys, changed) in [("down down enter", 6), ("a down down enter", 1)] {
        let mut bench = read(Intent::Release, shop());
        bench.press("t");
        assert!(matches!(&bench.effects[..], [Effect::Plan(PlanEffect::Seen { places, .. })] if places.len() == 1));
        bench.effects.clear();
        bench.hear(Message::Plan(PlanReply::Seen(Ok(Arc::new(seen())))));
        bench.press("down down down");
        let shown = bench.screen(160, 30);
        assert!(shown.contains("failed before in qa") && shown.contains("v0.9.4"), "{shown}");
        bench.press(&format!("g {keys}"));
        bench.answer(&cluster);
        let shown = bench.screen(160, 40);
        assert_eq!(shown.matches("→  v").count() - 2, changed, "{keys}\n{shown}");
    }
}

#[test]
fn a_container_can_be_left_as_it_is() {
    let mut bench = read(Intent::Release, vec![deploy("qa", "orders")]);
    bench.press("e");
    bench.text("v2");
    bench.press("enter down down e");
    bench.text("v9");
    bench.press("enter k x");
    bench.answer(&cluster);
    bench.press("ctrl-s tab enter");
    let Some(Change::SetImages(images)) = &started(&bench).expect("started").steps[0].change else {
        panic!("no images")
    };
    assert_eq!(images.keys().map(ToString::to_string).collect::<Vec<_>>(), ["sidecar"]);
}

#[test]
fn a_point_in_time_takes_each_app_to_what_is_proved_and_asks_where_it_is_not() {
    let mut bench = read(Intent::Rollback, shop());
    bench.press("@");
    bench.text("20 minutes ago");
    assert!(bench.screen(80, 24).contains("that is 2026-11-22 13:45:02 +00:00"));
    bench.effects.clear();
    bench.press("enter");
    assert!(matches!(&bench.effects[..], [Effect::Plan(PlanEffect::Past(apps, _))] if apps.len() == shop().len()));
    bench.effects.clear();
    bench.hear(Message::Plan(PlanReply::Past(Ok(Box::new(past())))));
    bench.answer(&cluster);
    let shown = bench.screen(160, 60);
    for text in [
        "as it was at 2026-11-22 13:45:02 +00:00",
        "left out: qa/deploy/search: created since, at 2026-11-22 13:50:02 +00:00",
        "deleted since: qa/deploy/reports-夜",
        "it had not become healthy; proved by the creation of gateway-7d9f",
        "choose a revision: revision 8 was in use more than once",
        "it had the template then that it has now",
        "no change",
        "it could not be read: you may not list replicasets",
    ] {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    let uncertain = |shown: &str| shown.matches("uncertain what it was").count();
    bench.press("o");
    bench.answer(&cluster);
    assert_eq!(uncertain(&bench.screen(160, 60)), uncertain(&shown), "reading again forgets nothing");
    bench.press("g down h");
    let shown = bench.screen(160, 60);
    assert_eq!(shown.matches("may have been it").count(), 2, "{shown}");
    bench.press("enter");
    bench.answer(&cluster);
    assert!(!bench.screen(160, 60).contains("choose a revision: revision 8"));
}

#[test]
fn five_hundred_apps_are_asked_about_in_few_rounds_and_drawn_quickly() {
    let apps: Vec<AppKey> = (0..500).map(|n| deploy("qa", &format!("app-{n:03}"))).collect();
    let mut bench = plan(Intent::Restart, apps);
    let Some(Effect::Plan(PlanEffect::Read { apps: wanted, .. })) = bench.effects.pop() else {
        panic!("nothing is read")
    };
    for app in wanted {
        let read = cluster(&app.key);
        bench.hear(Message::Plan(PlanReply::Read(app.key, read)));
    }
    let rounds: Vec<usize> = bench
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Plan(PlanEffect::Check(plan, asked)) => {
                assert!(plan.steps.iter().filter(|step| step.check == Check::Checking).count() >= asked.len());
                Some(asked.len())
            }
            _ => None,
        })
        .collect();
    assert_eq!(rounds.iter().sum::<usize>(), 500);
    assert!(rounds.len() <= 8, "{rounds:?}");
    bench.answer(&cluster);
    bench.press("G");
    assert!(bench.screen(80, 24).contains("500 apps: 500 ready"));
}

#[test]
fn namesakes_of_several_namespaces_are_told_apart() {
    let apps = [deploy("prod", "gateway"), deploy("qa", "gateway"), deploy("qa", "orders")];
    let apps: Vec<&AppKey> = apps.iter().collect();
    assert_eq!(words::apps_listed(&apps, 6), "prod/gateway, qa/gateway, orders");
}
