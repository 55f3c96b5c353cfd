use rolldeck_core::batch::{OnFailure, Order, Phase, StepState};
use serde_json::json;

use super::{
    faults::Fault,
    scene::{ana, deployments, ended, fleet, launch, release, rests, run, states, tags, until},
};

fn told(run: &rolldeck_core::batch::Run, words: &str) -> bool {
    run.notes.iter().any(|note| note.contains(words))
}

#[test]
fn a_paused_batch_follows_what_runs_and_starts_nothing_until_it_goes_on() {
    run(async {
        let apps = deployments(4);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.order(Order::Pause).await;
        let run = until(&handle, |run| run.steps[0].state == StepState::Healthy).await;
        assert_eq!(run.phase, Phase::Paused);
        tokio::time::sleep(std::time::Duration::from_secs(300)).await;
        assert_eq!(tags(&cluster, &apps), ["v2", "v1", "v1", "v1"]);
        handle.order(Order::Pause).await;
        until(&handle, |run| told(run, "it is paused already")).await;
        handle.order(Order::Proceed).await;
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        handle.order(Order::Proceed).await;
        until(&handle, |run| told(run, "it is done: nothing of it is left")).await;
        let log = cluster.world().record(&apps[0], "b1").unwrap().log;
        let log: Vec<&str> = log.iter().map(|happening| &*happening.text).collect();
        assert_eq!(log, ["paused: no new app starts", "goes on after the pause"]);
    });
}

#[test]
fn a_skipped_app_is_never_written_and_one_that_is_written_cannot_be_skipped() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        plan.steps[2].after = vec![apps[1].clone()];
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.order(Order::Skip(apps[0].clone())).await;
        until(&handle, |run| told(run, "its change is written, or on its way")).await;
        handle.order(Order::Skip(apps[1].clone())).await;
        let run = ended(&handle).await;
        assert_eq!(states(&run), [StepState::Healthy, StepState::Skipped, StepState::Healthy]);
        assert_eq!(run.phase, Phase::Done);
        assert_eq!(tags(&cluster, &apps), ["v2", "v1", "v2"]);
        handle.order(Order::Skip(apps[1].clone())).await;
        until(&handle, |run| told(run, "cannot be skipped: nothing more starts")).await;
        assert!(run.steps[1].retries, "what was skipped may be tried after all");
        handle.order(Order::Retry(apps[1].clone())).await;
        until(&handle, |run| run.phase == Phase::Done && run.steps[1].state == StepState::Healthy).await;
        assert_eq!(tags(&cluster, &apps), ["v2", "v2", "v2"]);
    });
}

#[test]
fn what_was_refused_is_tried_again_and_what_had_not_started_is_gone_on_with() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let faults = [vec![Fault::None; 4], vec![Fault::Forbidden]].concat();
        let handle = launch(&ana(&cluster, faults, None), &plan, "b1");
        let run = ended(&handle).await;
        assert_eq!(run.phase, Phase::Failed);
        assert!(run.steps[0].retries && !run.steps[1].retries, "{run:?}");
        handle.order(Order::Retry(apps[1].clone())).await;
        until(&handle, |run| told(run, "did not fail: there is nothing to try again")).await;
        handle.order(Order::Retry(apps[0].clone())).await;
        until(&handle, |run| run.phase == Phase::Failed && run.steps[0].state == StepState::Healthy).await;
        assert_eq!(tags(&cluster, &apps), ["v2", "v1"]);
        handle.order(Order::Proceed).await;
        until(&handle, |run| run.phase == Phase::Done).await;
        assert_eq!(tags(&cluster, &apps), ["v2", "v2"]);
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(tags(&cluster, &apps), ["v1", "v1"]);
    });
}

#[test]
fn what_failed_after_it_was_written_is_followed_again_and_not_written_twice() {
    run(async {
        let apps = deployments(1);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        cluster.edit(&apps[0], |object| object["spec"]["paused"] = json!(true));
        assert_eq!(ended(&handle).await.phase, Phase::Failed);
        cluster.edit(&apps[0], |object| object["spec"]["paused"] = json!(false));
        handle.order(Order::Retry(apps[0].clone())).await;
        until(&handle, |run| run.phase == Phase::Done).await;
        assert_eq!(cluster.world().writes.len(), 1);
    });
}

#[test]
fn a_drifted_app_is_parked_the_others_go_on_and_it_may_be_tried_once_it_is_as_it_was() {
    run(async {
        let apps = deployments(4);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        plan.steps[3].after = vec![apps[0].clone()];
        let before = cluster.template(&apps[0]);
        cluster.edit(&apps[0], |object| object["spec"]["template"]["metadata"]["labels"]["x"] = json!("y"));
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let run = ended(&handle).await;
        assert_eq!(run.phase, Phase::Failed);
        assert!(matches!(run.steps[0].state, StepState::Drifted(_)));
        assert_eq!(states(&run)[1..], [StepState::Healthy, StepState::Healthy, StepState::NotStarted]);
        cluster.edit(&apps[0], |object| object["spec"]["template"] = before);
        handle.order(Order::Retry(apps[0].clone())).await;
        until(&handle, |run| run.steps[0].state == StepState::Healthy && run.phase == Phase::Failed).await;
        handle.order(Order::Proceed).await;
        until(&handle, |run| run.phase == Phase::Done).await;
        assert_eq!(tags(&cluster, &apps), ["v2"; 4]);
    });
}

#[test]
fn a_stopped_batch_follows_what_runs_and_leaves_the_rest() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.order(Order::Stop).await;
        let run = ended(&handle).await;
        assert_eq!(run.phase, Phase::Failed);
        assert_eq!(states(&run), [StepState::Healthy, StepState::NotStarted, StepState::NotStarted]);
        assert!(told(&run, "stopped: nothing more starts"));
        handle.order(Order::Stop).await;
        until(&handle, |run| told(run, "the batch has ended")).await;
    });
}

#[test]
fn a_failure_reverts_or_is_passed_over_as_the_options_say() {
    for choice in [OnFailure::Revert, OnFailure::Continue] {
        run(async {
            let apps = deployments(4);
            let cluster = fleet(&apps);
            cluster.world().crashing.insert("shop/a1:v2".into());
            let mut plan = release(&cluster, &apps, "v2").await;
            (plan.options.width, plan.options.on_failure) = (1, choice);
            let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
            let run = ended(&handle).await;
            if choice == OnFailure::Revert {
                assert_eq!((run.phase.clone(), tags(&cluster, &apps)), (Phase::Reverted, vec!["v1".to_owned(); 4]));
                assert!(
                    told(&run, "deploy shop/a1 failed: everything that was touched goes back")
                        || told(&run, "a1 failed: everything that was touched goes back"),
                    "{:?}",
                    run.notes
                );
                assert_eq!(run.steps[3].state, StepState::NotStarted);
            } else {
                assert_eq!((run.phase, tags(&cluster, &apps)), (Phase::Failed, vec!["v2".to_owned(); 4]));
                assert_eq!(run.steps[3].state, StepState::Healthy);
            }
        });
    }
}

#[test]
fn some_apps_go_back_and_the_others_stay() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        ended(&handle).await;
        handle.order(Order::Revert { at_once: false, only: vec![apps[1].clone()] }).await;
        let run = until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(states(&run), [StepState::Healthy, StepState::Reverted, StepState::Healthy]);
        assert!(told(&run, "is taken back: the others stay as they are"), "{:?}", run.notes);
        assert_eq!(tags(&cluster, &apps), ["v2", "v1", "v2"]);
        handle.order(Order::Proceed).await;
        until(&handle, |run| told(run, "it was taken back")).await;
        handle.revert(true).await;
        until(&handle, |run| states(run) == [StepState::Reverted, StepState::Reverted, StepState::Reverted]).await;
        assert_eq!(tags(&cluster, &apps), ["v1", "v1", "v1"]);
    });
}

#[test]
fn a_change_that_never_gets_an_answer_fails_at_its_deadline_in_doubt() {
    run(async {
        let apps = deployments(1);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let via = ana(&cluster, vec![], None);
        via.deaf.store(true, std::sync::atomic::Ordering::SeqCst);
        let handle = launch(&via, &plan, "b1");
        let run = ended(&handle).await;
        assert!(
            matches!(&run.steps[0].state, StepState::Failed(why) if why.contains("no answer within 10 min")),
            "{run:?}"
        );
        assert!((run.ended.unwrap() - run.started).num_seconds() < 700);
        via.deaf.store(false, std::sync::atomic::Ordering::SeqCst);
        handle.revert(false).await;
        let run = until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(run.steps[0].state, StepState::NotStarted, "nothing of it had arrived");
    });
}

#[test]
fn an_expired_login_holds_the_batch_and_fails_no_app() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let faults = [vec![Fault::None; 5], vec![Fault::Unauthorized; 25]].concat();
        let handle = launch(&ana(&cluster, faults, None), &plan, "b1");
        let run = until(&handle, |run| matches!(run.phase, Phase::Held(_))).await;
        assert!(matches!(&run.phase, Phase::Held(why) if why.contains("login")), "{:?}", run.phase);
        assert_eq!(ended(&handle).await.phase, Phase::Done);
    });
}

#[test]
fn a_gate_opens_one_wave_at_a_time() {
    run(async {
        let apps = deployments(5);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        (plan.options.width, plan.options.gate) = (2, true);
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        for wave in 1..3 {
            let run = until(&handle, |run| rests(run) && run.phase != Phase::Gated(wave - 1, 3)).await;
            assert_eq!(run.phase, Phase::Gated(wave, 3));
            let through = tags(&cluster, &apps).iter().filter(|tag| **tag == "v2").count();
            assert_eq!(through, wave * 2);
            handle.order(Order::Proceed).await;
        }
        assert_eq!(ended(&handle).await.phase, Phase::Done);
    });
}
