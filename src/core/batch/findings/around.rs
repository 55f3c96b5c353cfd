//! What a look around an app tells, once the server has said what the object will be.

use std::sync::Arc;

use serde_json::Value;

use super::{Demand, Places, Quotas, autoscaler, budget, config, images, interrupts, quota, room};
use crate::{
    around::{ConfigUse, Known},
    batch::{Change, Problem, ProblemKind, Step, seen::Seen},
    text::Clean,
};

/// What was looked at, or why it could not be.
pub type Looked<T> = Result<T, Clean>;

/// What stands around the app of a step.
#[derive(Clone, Debug)]
pub struct Around {
    /// The ResourceQuotas of its namespace, and what the plan brings there.
    pub quotas: Looked<Arc<Quotas>>,
    /// The PodDisruptionBudgets of its namespace, raw.
    pub budgets: Looked<Arc<[Value]>>,
    /// What the nodes have left; `None` where the change brings no pod that needs a node.
    pub room: Option<Looked<Arc<Places>>>,
    /// The ConfigMaps and Secrets of the template after.
    pub configs: Vec<(ConfigUse, Known)>,
    /// Its autoscaler, raw; `None` where it has none, or the change is not about replicas.
    pub autoscaler: Option<Looked<Value>>,
    /// Whether the revision that it goes back to still exists; `None` where none was asked for.
    pub revision: Option<Looked<bool>>,
    /// The images that the cluster has seen; `None` where nobody looked for them.
    pub seen: Option<Arc<Seen>>,
}

/// Everything that can be said of a step whose object will be `after`.
pub fn judge(step: &Step, after: &Value, around: &Around) -> Vec<Problem> {
    let demand = Demand::of(step, after);
    let mut problems = target(step, around);
    problems.extend(config::configuration(step, &around.configs));
    problems.extend(interrupts::interrupts(step, after));
    problems.extend(around.seen.iter().flat_map(|seen| images::images(step, after, seen)));
    match (&around.quotas, &demand) {
        (Ok(quotas), Some(demand)) => {
            problems.extend(quota::holds(demand, quotas));
        }
        (Err(why), Some(_)) => problems.push(unknown("whether the quota of its namespace holds this", why)),
        (_, None) => {}
    }
    match &around.budgets {
        Ok(budgets) => problems.extend(budget::kept(step, after, budgets)),
        Err(why) => problems.push(unknown("whether it stays above its disruption budgets", why)),
    }
    match (&around.room, &demand) {
        (Some(Ok(room)), Some(demand)) => {
            problems.extend(room::fits(demand, room));
        }
        (Some(Err(why)), Some(_)) => problems.push(unknown("whether its new pods fit the nodes", why)),
        _ => {}
    }
    match &around.autoscaler {
        Some(Ok(autoscaler)) => problems.extend(autoscaler::by_keda(step, autoscaler)),
        Some(Err(why)) => problems.push(unknown("whose its autoscaler is", why)),
        None => {}
    }
    problems
}

/// Whether the journal of a batch finds its place in the namespace of these quotas.
pub fn journal_room(quotas: &Quotas) -> Option<Problem> {
    quota::holds_journal(quotas)
}

fn target(step: &Step, around: &Around) -> Vec<Problem> {
    let Some(Change::Template { revision, .. }) = &step.change else { return Vec::new() };
    match &around.revision {
        Some(Ok(false)) => vec![Problem::error(
            ProblemKind::Target,
            format!(
                "revision {revision} has gone from its history since the plan was made: read the app again and pick another"
            ),
        )],
        Some(Err(why)) => vec![unknown(&format!("whether revision {revision} is still in its history"), why)],
        Some(Ok(true)) | None => Vec::new(),
    }
}

fn unknown(what: &str, why: &Clean) -> Problem {
    Problem::warning(ProblemKind::Unknown, format!("{what} is not known: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::batch::{Intent, findings::samples};

    fn quiet() -> Around {
        Around {
            quotas: Ok(Arc::default()),
            budgets: Ok([].into()),
            room: None,
            configs: Vec::new(),
            autoscaler: None,
            revision: None,
            seen: None,
        }
    }

    fn rollback() -> (Step, Value) {
        let mut live = samples::deployment(4);
        live["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = json!({"tcpSocket": {"port": 80}});
        let to = Arc::new(live["spec"]["template"].clone());
        let change = Change::Template { to, revision: 7, cause: "".into() };
        (samples::step(Intent::Rollback, live.clone(), change), live)
    }

    #[test]
    fn nothing_around_is_nothing_to_say() {
        let (step, after) = rollback();
        assert_eq!(judge(&step, &after, &quiet()), []);
    }

    #[test]
    fn what_could_not_be_looked_at_is_said_to_be_unknown_check_by_check() {
        let (step, after) = rollback();
        let no = || Clean::from("not allowed: cannot list");
        let around = Around {
            quotas: Err(no()),
            budgets: Err(no()),
            room: Some(Err(no())),
            revision: Some(Err(no())),
            ..quiet()
        };
        let problems = judge(&step, &after, &around);
        assert!(problems.iter().all(|problem| problem.kind == ProblemKind::Unknown && !problem.blocks()));
        assert_eq!(
            samples::texts(&problems),
            [
                "whether revision 7 is still in its history is not known: not allowed: cannot list",
                "whether the quota of its namespace holds this is not known: not allowed: cannot list",
                "whether it stays above its disruption budgets is not known: not allowed: cannot list",
                "whether its new pods fit the nodes is not known: not allowed: cannot list",
            ]
        );
    }

    #[test]
    fn a_revision_that_has_gone_blocks() {
        let (step, after) = rollback();
        let problems = judge(&step, &after, &Around { revision: Some(Ok(false)), ..quiet() });
        assert!(problems[0].blocks() && problems[0].kind == ProblemKind::Target);
    }
}
