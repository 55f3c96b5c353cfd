//! Autoscalers: what they undo, and what other bounds do at once.

use serde_json::Value;

use super::managed::keda;
use crate::{
    batch::{Change, Intent, Problem, ProblemKind, Step},
    text::Clean,
};

/// What a scale and the app's autoscaler make of each other, and what it means that nothing is left.
pub(super) fn of_scale(step: &Step) -> Option<Problem> {
    (step.intent == Intent::Scale && !step.hpa.is_empty()).then(|| {
        let zero = matches!(step.change, Some(Change::Scale(0)));
        let text = if zero {
            format!("the autoscaler {} stops scaling it while it is at 0, until someone scales it up", step.hpa)
        } else {
            format!("the autoscaler {} will undo this scale: change its bounds instead", step.hpa)
        };
        Problem::warning(ProblemKind::Autoscaler, text)
    })
}

/// Nothing runs any more.
pub(super) fn to_zero(step: &Step) -> Option<Problem> {
    let before = step.replicas_before().filter(|before| *before > 0)?;
    let pods = if before == 1 { "its only pod stops".to_owned() } else { format!("all {before} pods stop") };
    matches!(step.change, Some(Change::Scale(0))).then(|| {
        Problem::warning(
            ProblemKind::Zero,
            format!("nothing of it runs any more: {pods}, and a revert goes back to {before}"),
        )
    })
}

/// What other bounds do at once.
pub(super) fn of_bounds(step: &Step) -> Option<Problem> {
    let Some(Change::Bounds(bounds)) = &step.change else { return None };
    let now = step.replicas_before()?;
    let hpa: &Clean = &step.hpa;
    let text = if now == 0 {
        format!("it is at 0 replicas, where the autoscaler {hpa} does nothing until someone scales it up")
    } else if bounds.max < now {
        format!("{now} run and the autoscaler {hpa} may keep {} at most: {} stop at once", bounds.max, now - bounds.max)
    } else if bounds.min > now {
        format!(
            "{now} run and the autoscaler {hpa} has to keep {}: {} more start at once",
            bounds.min,
            bounds.min - now
        )
    } else {
        return None;
    };
    Some(Problem::warning(ProblemKind::Autoscaler, text))
}

/// Whose the autoscaler is: KEDA writes its bounds anew from its own object.
pub(super) fn by_keda(step: &Step, autoscaler: &Value) -> Option<Problem> {
    let scaled = keda(autoscaler)?;
    let text = match step.intent {
        Intent::Bounds => format!(
            "KEDA makes the autoscaler {} of its ScaledObject {scaled} and will undo this: change that one",
            step.hpa
        ),
        Intent::Scale => format!(
            "KEDA scales it by its ScaledObject {scaled} and will undo this: change that one, or pause it there"
        ),
        _ => return None,
    };
    Some(Problem::warning(ProblemKind::Managed, text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Bounds, findings::samples};

    fn bounds(now: u32, min: u32, max: u32) -> Step {
        let mut step = samples::step(Intent::Bounds, samples::deployment(now), Change::Bounds(Bounds { min, max }));
        step.hpa = "orders".into();
        step.autoscaler = Some(Arc::new(json!({"spec": {"minReplicas": 2, "maxReplicas": 9}})));
        step
    }

    #[rstest]
    #[case(6, 2, 4, Some("6 run and the autoscaler orders may keep 4 at most: 2 stop at once"))]
    #[case(3, 5, 9, Some("3 run and the autoscaler orders has to keep 5: 2 more start at once"))]
    #[case(3, 2, 9, None)]
    #[case(0, 2, 9, Some("it is at 0 replicas, where the autoscaler orders does nothing until someone scales it up"))]
    fn bounds_say_what_they_do_at_once(
        #[case] now: u32,
        #[case] min: u32,
        #[case] max: u32,
        #[case] says: Option<&str>,
    ) {
        assert_eq!(of_bounds(&bounds(now, min, max)).as_ref().map(|problem| problem.text.as_str()), says);
    }

    #[test]
    fn a_scale_to_zero_is_a_kind_of_its_own_and_stops_the_autoscaler() {
        let mut step = samples::step(Intent::Scale, samples::deployment(3), Change::Scale(0));
        step.hpa = "orders".into();
        let found = [to_zero(&step).unwrap(), of_scale(&step).unwrap()];
        assert_eq!(found.each_ref().map(|problem| problem.kind), [ProblemKind::Zero, ProblemKind::Autoscaler]);
        assert_eq!(
            samples::texts(&found),
            [
                "nothing of it runs any more: all 3 pods stop, and a revert goes back to 3",
                "the autoscaler orders stops scaling it while it is at 0, until someone scales it up"
            ]
        );
        assert_eq!(to_zero(&samples::step(Intent::Scale, samples::deployment(0), Change::Scale(0))), None);
    }

    #[test]
    fn an_autoscaler_of_keda_is_told_as_such() {
        let step = bounds(3, 2, 9);
        let labelled = json!({"metadata": {"labels": {"scaledobject.keda.sh/name": "orders"}}});
        let owned =
            json!({"metadata": {"ownerReferences": [{"kind": "ScaledObject", "name": "orders", "controller": true}]}});
        for autoscaler in [labelled, owned] {
            assert!(by_keda(&step, &autoscaler).unwrap().text.contains("ScaledObject orders"));
        }
        assert_eq!(by_keda(&step, &json!({"metadata": {}})), None);
    }
}
