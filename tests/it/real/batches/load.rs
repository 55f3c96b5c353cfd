//! A hundred apps of the load fleet, in a control plane of their own.

use rolldeck_core::{
    batch::{Phase, StepState},
    model::AppKind,
};

use super::Field;
use crate::{hand, load, real::Cluster};

#[test]
fn a_hundred_apps_are_released_and_taken_back_as_one() {
    let Some(_) = Cluster::testbed() else { return };
    let fleet = load::Load::start(100, false).expect("a control plane with a hundred apps");
    let field = Field::new(&fleet.kubeconfig());
    // One in forty of the load fleet crashes, whatever it runs.
    let healthy = (0..100).filter(|number| number % 40 != 7);
    let goals: Vec<_> = healthy
        .map(|number| (hand::key(load::NAMESPACE, AppKind::Deployment, &load::app(number)), "v77.0.0"))
        .collect();
    let handle = field.start(&field.release(&goals, |plan| plan.options.width = 25));
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    assert!(run.steps.iter().all(|step| step.state == StepState::Healthy), "{run:#?}");
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    assert!(run.steps.iter().all(|step| step.state == StepState::Reverted), "{run:#?}");
    field.leave(handle);
}
