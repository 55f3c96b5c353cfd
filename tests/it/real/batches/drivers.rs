//! Two drivers: one that lives, and one that is gone.

use std::time::Duration;

use rolldeck_core::batch::{Holder, Order, Phase, StepState};
use rolldeck_driver::{Finder, Identity};

use super::{Field, app, apps, is_rolling, object, templates};
use crate::{
    hand,
    real::{Cluster, Space},
};

/// A console on another host: it cannot look at the processes of this one.
fn elsewhere() -> Identity {
    Identity { who: "eva@elsewhere".into(), pid: 1, started: 1, world: "another".into() }
}

#[test]
fn a_second_console_is_refused_a_live_lease_and_takes_over_one_that_has_expired() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "two");
    let names = ["gateway", "orders"];
    space.apply(&names.map(|name| apps::deployment(name, "v1.0.0", 1)).concat());
    let goals = vec![(app(&space, "gateway"), "v2.0.0-bad"), (app(&space, "orders"), "v1.1.0")];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let (first, second) = (Field::new(&cluster.kubeconfig), Field::new(&cluster.kubeconfig));
    // A crash is called one only after many restarts, so that the batch is still at work when it is looked at.
    let plan = first.release(&goals, |plan| (plan.options.width, plan.options.max_restarts) = (1, 1000));
    let handle = first.start(&plan);
    first.until(&handle, "the first rolls", |run| is_rolling(run, "gateway"));
    let place = [space.name.as_str().into()].into();
    let mut finder = Finder::new(second.port.clone(), elsewhere());
    let id = handle.id().clone();
    let look = |finder: &mut Finder<_>| {
        let found = second.runtime.block_on(finder.look(&place)).expect("a look");
        found.into_iter().find(|batch| batch.id == id).expect("the batch is found").holder
    };
    let back = || Order::Revert { at_once: false, only: Vec::new() };
    crate::support::until(Duration::from_secs(30), "its driver is seen to live", || match look(&mut finder) {
        Holder::Alive(_) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let refused = second.runtime.block_on(finder.take_over(&id, back(), false, hand::clock()));
    let why = refused.err().expect("a live lease is refused");
    assert!(why.contains("drives"), "{why}");
    // As a crash would: its tasks end where they are, and nothing is released.
    first.runtime.shutdown_background();
    drop(handle);
    crate::support::until(Duration::from_secs(60), "its lease has expired", || match look(&mut finder) {
        Holder::Gone => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let taken = second.runtime.block_on(finder.take_over(&id, back(), false, hand::clock()));
    let handle = taken.unwrap_or_else(|why| panic!("{why}"));
    let run = second.until(&handle, "it is taken back", |run| run.phase.ended());
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    assert!(run.steps.iter().all(|step| matches!(step.state, StepState::Reverted | StepState::NotStarted)), "{run:#?}");
    second.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}
