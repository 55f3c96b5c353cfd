//! What the operator has to know before the start: how much a problem weighs in this plan, and the warnings that were acknowledged,
//! a kind at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Intent, Level, Plan, Problem, ProblemKind, Step};
use crate::{model::AppKey, text::Clean};

/// What weighs less in an incident: the app is broken already, and waiting for room costs more than trying.
const NOTES_IN_AN_INCIDENT: [ProblemKind; 3] = [ProblemKind::InProgress, ProblemKind::Quota, ProblemKind::Surge];

impl Plan {
    /// How much a problem weighs in this plan: in a rollback that is marked as an incident, a rollout in progress, quota and surge are
    /// notes.
    pub fn level(&self, problem: &Problem) -> Level {
        let incident = self.options.incident && self.intent == Intent::Rollback;
        match problem.level {
            Level::Warning if incident && NOTES_IN_AN_INCIDENT.contains(&problem.kind) => Level::Note,
            level => level,
        }
    }

    /// The warnings of what will be written, acknowledged or not: kind → the apps that it is of, in the plan's order.
    pub fn warnings(&self) -> BTreeMap<ProblemKind, Vec<AppKey>> {
        let mut warnings: BTreeMap<ProblemKind, Vec<AppKey>> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| may_write(step)) {
            let kinds: BTreeSet<ProblemKind> =
                step.problems.iter().filter(|p| self.level(p) == Level::Warning).map(|problem| problem.kind).collect();
            for kind in kinds {
                warnings.entry(kind).or_default().push(step.key.clone());
            }
        }
        warnings
    }

    /// The warnings that nobody has acknowledged yet: kind → apps.
    pub fn unacknowledged(&self) -> BTreeMap<ProblemKind, Vec<AppKey>> {
        let mut warnings = self.warnings();
        warnings.retain(|kind, apps| !self.is_acknowledged(*kind, apps));
        warnings
    }

    /// The operator has read the warnings of this kind that the plan has now.
    pub fn acknowledge(&mut self, kind: ProblemKind) {
        if let Some(apps) = self.warnings().remove(&kind) {
            self.acknowledged.insert(kind);
            self.known.insert(kind, apps.into_iter().collect());
        }
    }

    /// Acknowledges a kind, or takes that back; returns whether it is acknowledged now.
    pub fn toggle(&mut self, kind: ProblemKind) -> bool {
        if self.acknowledged.contains(&kind) {
            self.acknowledged.remove(&kind);
            self.known.remove(&kind);
        } else {
            self.acknowledge(kind);
        }
        self.acknowledged.contains(&kind)
    }

    /// Acknowledges every kind that the plan warns of now.
    pub fn acknowledge_all(&mut self) {
        for kind in self.warnings().into_keys() {
            self.acknowledge(kind);
        }
    }

    /// `2 apps: rollout in progress: acknowledge it first`: the first kind that nobody has acknowledged.
    pub fn lacks_acknowledgement(&self) -> Option<Clean> {
        let (kind, apps) = self.unacknowledged().into_iter().next()?;
        let apps = match apps.as_slice() {
            [app] => app.to_string(),
            apps => format!("{} apps", apps.len()),
        };
        Some(format!("{apps}: {kind}: acknowledge it first").into())
    }

    /// Takes back what was acknowledged of a kind that an app warns of now which did not when it was acknowledged.
    pub(super) fn renew_acknowledgements(&mut self) {
        if self.acknowledged.is_empty() {
            return;
        }
        let warnings = self.warnings();
        let renewed = warnings.iter().filter(|(kind, apps)| !self.is_acknowledged(**kind, apps));
        for kind in renewed.map(|(kind, _)| *kind).collect::<Vec<_>>() {
            self.acknowledged.remove(&kind);
            self.known.remove(&kind);
        }
    }

    fn is_acknowledged(&self, kind: ProblemKind, apps: &[AppKey]) -> bool {
        let known = |app| self.known.get(&kind).is_none_or(|known| known.contains(app));
        self.acknowledged.contains(&kind) && apps.iter().all(known)
    }
}

/// Whether it is going to be written, as far as is known.
fn may_write(step: &Step) -> bool {
    matches!(step.check, Check::Checking | Check::Passed { .. })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::AppKind;

    const PROGRESS: ProblemKind = ProblemKind::InProgress;

    fn key(name: &str) -> AppKey {
        AppKey { namespace: "shop".into(), name: name.into(), kind: AppKind::Deployment }
    }

    /// Restarts of these apps; each that is named in `rolling` warns of a rollout in progress.
    fn plan(intent: Intent, apps: &[&str], rolling: &[&str]) -> Plan {
        let mut plan = Plan::new(intent, apps.iter().map(|name| key(name)).collect());
        for app in apps {
            check(&mut plan, app, rolling.contains(app));
        }
        plan
    }

    fn check(plan: &mut Plan, app: &str, rolling: bool) {
        let problem = Problem::warning(PROGRESS, "1 of 3 pods are updated");
        let step = plan.steps.iter_mut().find(|step| *step.key.name == *app).unwrap();
        (step.check, step.problems) = (Check::Checking, Vec::new());
        let problems = if rolling { vec![problem] } else { Vec::new() };
        plan.checked(&key(app), step_serial(plan, app), Some(Arc::new(json!({}))), problems);
        let step = plan.steps.iter_mut().find(|step| *step.key.name == *app).unwrap();
        step.check = Check::Passed { after: Arc::new(json!({})) };
    }

    fn step_serial(plan: &Plan, app: &str) -> u64 {
        plan.steps.iter().find(|step| *step.key.name == *app).unwrap().serial
    }

    #[test]
    fn a_kind_is_acknowledged_for_all_its_apps_at_once() {
        let mut plan = plan(Intent::Restart, &["a", "b", "c"], &["a", "c"]);
        assert_eq!(plan.warnings(), BTreeMap::from([(PROGRESS, vec![key("a"), key("c")])]));
        assert_eq!(plan.lacks_acknowledgement().as_deref(), Some("2 apps: rollout in progress: acknowledge it first"));
        plan.acknowledge(PROGRESS);
        assert_eq!((plan.lacks_acknowledgement(), plan.warnings().len()), (None, 1));
        assert!(!plan.toggle(PROGRESS));
        assert!(plan.lacks_acknowledgement().is_some());
    }

    #[test]
    fn a_warning_of_another_app_takes_the_acknowledgement_back_and_that_of_the_same_app_does_not() {
        let mut plan = plan(Intent::Restart, &["a", "b"], &["a"]);
        plan.acknowledge_all();
        check(&mut plan, "a", true);
        assert_eq!(plan.lacks_acknowledgement(), None);
        check(&mut plan, "b", true);
        assert!(plan.acknowledged.is_empty());
        assert_eq!(plan.unacknowledged()[&PROGRESS].len(), 2);
    }

    #[test]
    fn what_the_plan_does_not_warn_of_cannot_be_acknowledged_beforehand() {
        let mut plan = plan(Intent::Restart, &["a"], &[]);
        assert!(!plan.toggle(PROGRESS));
        check(&mut plan, "a", true);
        assert!(plan.lacks_acknowledgement().is_some());
    }

    #[test]
    fn an_app_that_is_not_written_asks_for_no_acknowledgement() {
        let mut plan = plan(Intent::Restart, &["a"], &["a"]);
        plan.steps[0].check = Check::NoChange;
        assert_eq!(plan.lacks_acknowledgement(), None);
    }

    #[test]
    fn in_a_rollback_of_an_incident_what_only_delays_is_a_note() {
        for (intent, incident, level) in [
            (Intent::Rollback, true, Level::Note),
            (Intent::Rollback, false, Level::Warning),
            (Intent::Release, true, Level::Warning),
        ] {
            let mut plan = plan(intent, &["a"], &["a"]);
            plan.options.incident = incident;
            assert_eq!(plan.level(&plan.steps[0].problems[0]), level);
            assert_eq!(plan.warnings().len(), usize::from(level == Level::Warning));
            assert_eq!(plan.level(&Problem::warning(ProblemKind::Managed, "Helm")), Level::Warning);
            assert_eq!(plan.level(&Problem::error(PROGRESS, "no")), Level::Error);
        }
    }
}
