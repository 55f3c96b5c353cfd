//! ConfigMaps and Secrets that the new pods mount or read: gone, or not what they were. By their metadata alone.

use std::sync::Arc;

use crate::{
    Time,
    around::{ConfigKind, ConfigUse, Known},
    batch::{Change, Problem, ProblemKind, Step},
    model::Revision,
};

/// What was found of each ConfigMap and Secret that the template after names.
pub(super) fn configuration(step: &Step, found: &[(ConfigUse, Known)]) -> Vec<Problem> {
    [gone(found), changed(step, found), unread(found)].into_iter().flatten().collect()
}

fn gone(found: &[(ConfigUse, Known)]) -> Option<Problem> {
    let missing = found.iter().filter(|(of, known)| *known == Known::Missing && !of.optional);
    let names: Vec<String> = missing.map(|(of, _)| name(of)).collect();
    let are = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty()).then(|| {
        Problem::warning(
            ProblemKind::Config,
            format!(
                "{} {are} gone and its pods need {}: new ones will not start until that exists again",
                names.join(", "),
                if names.len() == 1 { "it" } else { "them" }
            ),
        )
    })
}

/// Of a rollback: what changed after the revision was live is not what its pods ran with.
fn changed(step: &Step, found: &[(ConfigUse, Known)]) -> Option<Problem> {
    let Some(Change::Template { revision, .. }) = &step.change else { return None };
    let (since, replaced) = live_until(&step.revisions, *revision)?;
    let mut names = Vec::new();
    for (of, known) in found {
        if let Known::There(Some(at), by) = known
            && *at > since
        {
            let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
            names.push(format!("{} ({}{by})", name(of), at.format("%Y-%m-%d %H:%M:%SZ")));
        }
    }
    let (was, what) = match (names.len(), replaced) {
        (1, true) => ("has changed", "was replaced"),
        (_, true) => ("have changed", "was replaced"),
        (1, false) => ("has changed", "was made"),
        (_, false) => ("have changed", "was made"),
    };
    (!names.is_empty()).then(|| {
        Problem::warning(
            ProblemKind::Config,
            format!(
                "{} {was} since revision {revision} {what}: it comes back with the configuration of today",
                names.join(", ")
            ),
        )
    })
}

/// When the revision ceased to be live, and whether that is what the time tells: else it is when it was made, because no later
/// one shows when it was replaced.
fn live_until(revisions: &Arc<[Revision]>, number: i64) -> Option<(Time, bool)> {
    let made = revisions.iter().find(|revision| revision.number == number)?.created?;
    let next = revisions.iter().filter(|revision| revision.number > number).min_by_key(|revision| revision.number);
    // One that is older than its predecessor was made earlier and has come back since: it does not tell when.
    match next.and_then(|next| next.created).filter(|at| *at > made) {
        Some(at) => Some((at, true)),
        None => Some((made, false)),
    }
}

fn unread(found: &[(ConfigUse, Known)]) -> Option<Problem> {
    let failed = found.iter().filter_map(|(of, known)| match known {
        Known::Failed(why) => Some((name(of), why)),
        Known::There(..) | Known::Missing => None,
    });
    let (names, reasons): (Vec<String>, Vec<_>) = failed.unzip();
    let why = reasons.first()?;
    Some(Problem::warning(
        ProblemKind::Unknown,
        format!("whether its pods find {} as they need it is not known: {why}", names.join(", ")),
    ))
}

fn name(of: &ConfigUse) -> String {
    match of.kind {
        ConfigKind::ConfigMap => format!("configmap {}", of.name),
        ConfigKind::Secret => format!("secret {}", of.name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::batch::{Intent, findings::samples};

    fn at(time: &str) -> Option<Time> {
        Some(format!("2026-11-22T{time}Z").parse().unwrap())
    }

    fn of(kind: ConfigKind, name: &str, optional: bool) -> ConfigUse {
        ConfigUse { kind, name: name.into(), optional, ways: Vec::new() }
    }

    fn revision(number: i64, made: &str) -> Revision {
        Revision {
            number,
            name: format!("orders-{number}").into(),
            created: at(made),
            cause: "".into(),
            images: [].into(),
            live: false,
            replicas: None,
            template: Arc::new(json!({})),
        }
    }

    fn rollback(revisions: Vec<Revision>) -> Step {
        let change = Change::Template { to: Arc::new(json!({})), revision: 7, cause: "".into() };
        let mut step = samples::step(Intent::Rollback, samples::deployment(3), change);
        step.revisions = revisions.into();
        step
    }

    #[test]
    fn what_is_gone_is_named_unless_the_pods_start_without_it() {
        let found = [
            (of(ConfigKind::ConfigMap, "env", false), Known::Missing),
            (of(ConfigKind::Secret, "db", false), Known::Missing),
            (of(ConfigKind::Secret, "extra", true), Known::Missing),
        ];
        let step = samples::step(Intent::Restart, samples::deployment(3), samples::restart());
        assert_eq!(
            samples::texts(&configuration(&step, &found)),
            [
                "configmap env, secret db are gone and its pods need them: new ones will not start until that exists again"
            ]
        );
    }

    #[test]
    fn what_changed_after_the_revision_was_replaced_is_named_with_when_and_by_whom() {
        let step = rollback(vec![revision(8, "12:00:00"), revision(7, "10:00:00")]);
        let found = [
            (of(ConfigKind::ConfigMap, "env", false), Known::There(at("13:00:00"), "kubectl-edit".into())),
            (of(ConfigKind::ConfigMap, "old", false), Known::There(at("11:00:00"), "helm".into())),
        ];
        assert_eq!(
            samples::texts(&configuration(&step, &found)),
            [
                "configmap env (2026-11-22 13:00:00Z by kubectl-edit) has changed since revision 7 was replaced: it comes back with the configuration of today"
            ]
        );
        let restart = samples::step(Intent::Restart, samples::deployment(3), samples::restart());
        assert_eq!(configuration(&restart, &found), []);
    }

    #[test]
    fn a_later_revision_that_is_older_does_not_tell_when_this_one_was_replaced() {
        let step = rollback(vec![revision(8, "09:00:00"), revision(7, "10:00:00")]);
        let found = [(of(ConfigKind::ConfigMap, "env", false), Known::There(at("11:00:00"), "".into()))];
        assert!(
            configuration(&step, &found)[0]
                .text
                .contains("(2026-11-22 11:00:00Z) has changed since revision 7 was made")
        );
    }

    #[test]
    fn what_may_not_be_read_is_not_known() {
        let why = "not allowed: secrets \"db\" is forbidden: User \"ana\" cannot get resource \"secrets\"";
        let found = [(of(ConfigKind::Secret, "db", false), Known::Failed(why.into()))];
        let problems = configuration(&rollback(Vec::new()), &found);
        assert_eq!(problems[0].kind, ProblemKind::Unknown);
        assert_eq!(
            samples::texts(&problems),
            [format!("whether its pods find secret db as they need it is not known: {why}")]
        );
    }
}
