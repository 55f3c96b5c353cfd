use std::time::Duration;

use rolldeck_core::{
    batch::{Check, Intent, Phase, Plan, StepState},
    model::{AppKey, AppKind},
};
use serde_json::json;

use super::{
    faults::Fault,
    scene::{ana, checked, ended, fleet, key, launch, planned, release, run, states, template, until},
};

fn apps(n: usize) -> Vec<AppKey> {
    let kinds = [AppKind::Deployment, AppKind::StatefulSet, AppKind::DaemonSet];
    (0..n).map(|nth| key(["shop", "qa"][nth % 2], kinds[nth % 3], &format!("app{nth}"))).collect()
}

#[test]
fn a_marked_set_is_released_and_recorded() {
    run(async {
        let apps = apps(6);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let run = ended(&handle).await;
        assert_eq!((run.phase, run.notes), (Phase::Done, vec![]));
        assert!(run.steps.iter().all(|step| step.began.is_some_and(|began| began < step.since)), "{:?}", run.steps);
        handle.leave().await;
        for app in &apps {
            assert_eq!(cluster.template(app), template(&app.name, "v2"));
            let record = cluster.world().record(app, "b1").unwrap();
            assert!(!record.unfinished);
        }
        assert_eq!(cluster.world().writes.len(), 6);
        assert!(cluster.world().leases.values().all(|lease| lease.holder.is_empty()), "released");
    });
}

#[test]
fn no_more_than_the_width_roll_at_once() {
    run(async {
        let apps = apps(7);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 2;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let mut runs = handle.runs();
        loop {
            let run = runs.borrow_and_update().clone();
            let active = |state: &&StepState| matches!(state, StepState::Applying | StepState::RollingOut(..));
            assert!(states(&run).iter().filter(active).count() <= 2);
            if run.phase.ended() {
                return assert_eq!(run.phase, Phase::Done);
            }
            runs.changed().await.unwrap();
        }
    });
}

#[test]
fn a_crash_stops_what_has_not_started_and_names_the_reason() {
    run(async {
        let apps: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| key("shop", AppKind::Deployment, name)).into();
        let cluster = fleet(&apps);
        cluster.world().crashing.insert("shop/a:v2".into());
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let run = ended(&launch(&ana(&cluster, vec![], None), &plan, "b1")).await;
        assert_eq!(run.phase, Phase::Failed);
        assert!(matches!(&run.steps[0].state, StepState::Failed(why) if !why.is_empty()), "{:?}", run.steps[0]);
        assert!(states(&run)[1..].iter().all(|state| *state == StepState::NotStarted));
        assert_eq!(cluster.template(&apps[1]), template("b", "v1"));
    });
}

#[test]
fn an_edit_between_plan_and_start_is_drift_and_is_not_overwritten() {
    run(async {
        let apps = apps(1);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        cluster.edit(&apps[0], |object| {
            object["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "A"}])
        });
        let run = ended(&launch(&ana(&cluster, vec![], None), &plan, "b1")).await;
        assert!(matches!(&run.steps[0].state, StepState::Drifted(why) if why.contains("env")), "{:?}", run.steps[0]);
        assert_eq!(cluster.template(&apps[0])["spec"]["containers"][0]["image"], "shop/app0:v1");
        assert_eq!(cluster.world().writes, []);
    });
}

#[test]
fn an_autoscaler_that_writes_replicas_meanwhile_is_no_drift() {
    run(async {
        let apps = apps(1);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        cluster.edit(&apps[0], |object| object["spec"]["replicas"] = json!(5));
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        handle.revert(false).await;
        assert_eq!(until(&handle, |run| run.phase == Phase::Reverted).await.phase, Phase::Reverted);
        assert_eq!(cluster.object(&apps[0])["spec"]["replicas"], 5);
    });
}

#[test]
fn a_lost_answer_is_settled_by_the_token_and_nothing_is_written_twice() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::Late, Fault::Busy, Fault::Unreached] {
        run(async {
            let apps = apps(1);
            let cluster = fleet(&apps);
            let plan = release(&cluster, &apps, "v2").await;
            // Lease, steps, record and the record that says "applying" pass; then the patch.
            let faults = [vec![Fault::None; 4], vec![fault]].concat();
            let via = ana(&cluster, faults, None);
            let run = ended(&launch(&via, &plan, "b1")).await;
            assert_eq!(run.phase, Phase::Done, "{fault:?} {run:#?}");
            assert!(via.faults.lock().unwrap().is_empty());
            tokio::time::sleep(Duration::from_secs(60)).await;
            assert_eq!(cluster.world().writes.len(), 1, "{fault:?}");
        });
    }
}

#[test]
fn what_the_server_refuses_is_recorded_as_not_written() {
    run(async {
        let apps = ["a", "b"].map(|name| key("shop", AppKind::Deployment, name));
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let faults = [vec![Fault::None; 4], vec![Fault::Forbidden]].concat();
        let handle = launch(&ana(&cluster, faults, None), &plan, "b1");
        let run = ended(&handle).await;
        let refused = StepState::Refused("not allowed: patch deployments in namespace shop".into());
        assert_eq!((run.phase.clone(), states(&run)), (Phase::Failed, vec![refused.clone(), StepState::NotStarted]));
        let record = cluster.world().record(&apps[0], "b1").unwrap();
        assert_eq!((record.steps[0].state(), record.unfinished), (refused, false));
        assert_eq!(cluster.world().writes, []);
    });
}

#[test]
fn an_outage_holds_the_batch_and_it_goes_on_afterwards() {
    run(async {
        let apps = apps(2);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let faults = [vec![Fault::None; 6], vec![Fault::Unreached; 30]].concat();
        let handle = launch(&ana(&cluster, faults, None), &plan, "b1");
        until(&handle, |run| matches!(run.phase, Phase::Held(_))).await;
        assert_eq!(ended(&handle).await.phase, Phase::Done);
    });
}

#[test]
fn a_rollout_that_never_ends_fails_at_the_plans_deadline() {
    run(async {
        let app = key("shop", AppKind::Deployment, "slow");
        let cluster = fleet(std::slice::from_ref(&app));
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        cluster.edit(&app, |object| object["spec"]["paused"] = json!(true));
        let run = ended(&handle).await;
        assert!(matches!(&run.steps[0].state, StepState::Failed(why) if why.contains("10 min")), "{:?}", run.steps[0]);
        assert!((run.ended.unwrap() - run.started).num_seconds() < 700);
    });
}

#[test]
fn at_no_replicas_nothing_ran_and_the_batch_says_so() {
    run(async {
        let app = key("shop", AppKind::Deployment, "idle");
        let cluster = fleet(&[]);
        cluster.add(&app, template("idle", "v1"), 0, &json!({}));
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let run = ended(&launch(&ana(&cluster, vec![], None), &plan, "b1")).await;
        assert_eq!(
            (run.phase.clone(), states(&run)),
            (Phase::Done, vec![StepState::NothingRan("nothing ran: it is at 0 replicas".into())])
        );
    });
}

#[test]
fn a_paused_app_stays_paused_or_resumes_as_chosen_and_its_revert_pauses_it_again() {
    for resume in [true, false] {
        run(async {
            let app = key("shop", AppKind::Deployment, "held");
            let cluster = fleet(&[]);
            cluster.add(&app, template("held", "v1"), 3, &json!({"paused": true}));
            let plan = planned(&cluster, Intent::Release, std::slice::from_ref(&app), |plan: &mut Plan| {
                plan.set_tag(0, None, "v2").unwrap();
                plan.set_resume(0, resume);
            });
            let plan = checked(&cluster, plan).await;
            let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
            let run = ended(&handle).await;
            let state = if resume {
                StepState::Healthy
            } else {
                StepState::NothingRan("it is paused: nothing rolls until it is resumed".into())
            };
            assert_eq!(states(&run), vec![state.clone()]);
            assert_eq!(cluster.world().record(&app, "b1").unwrap().steps[0].state(), state);
            assert_eq!(cluster.object(&app)["spec"]["paused"] == true, !resume);
            handle.revert(false).await;
            until(&handle, |run| run.phase == Phase::Reverted).await;
            let spec = cluster.object(&app)["spec"].clone();
            assert_eq!((&spec["template"], &spec["paused"]), (&template("held", "v1"), &json!(true)));
        });
    }
}

#[test]
fn the_preflight_names_what_is_forbidden_changed_or_taken() {
    run(async {
        let apps = apps(4);
        let cluster = fleet(&apps);
        cluster.world().forbidden.insert("patch deployments shop".into());
        let plan = planned(&cluster, Intent::Release, &apps, |plan| assert_eq!(plan.set_tag_all("v2"), []));
        cluster.edit(&apps[1], |object| object["spec"]["template"]["metadata"]["labels"]["x"] = json!("y"));
        let plan = checked(&cluster, plan).await;
        let blocked = |nth: usize, word: &str| {
            assert_eq!(plan.steps[nth].check, Check::Blocked);
            assert!(
                plan.steps[nth].problems.iter().any(|p| p.blocks() && p.text.contains(word)),
                "{:?}",
                plan.steps[nth].problems
            );
        };
        blocked(0, "you may not patch deployments.apps in namespace shop (no role allows it): ask for that right");
        assert_eq!(plan.steps[0].problems.len(), 1, "said once: {:?}", plan.steps[0].problems);
        blocked(1, "someone has changed it");
        assert!(matches!(plan.steps[2].check, Check::Passed { .. }), "{:?}", plan.steps[2].problems);
        assert_eq!(cluster.world().writes, []);
        assert!(cluster.world().maps.is_empty());
    });
}
