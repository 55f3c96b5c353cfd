//! The rights that a plan needs, and those that the user lacks in one sentence.

use rolldeck_core::{
    batch::{Step, Target},
    model::AppKind,
};

/// A question of permission: verb, group, resource, namespace.
pub(super) type Question = (&'static str, &'static str, &'static str, String);

/// What the driver will need in the namespace of a step.
pub(super) fn questions(step: &Step) -> Vec<Question> {
    let namespace = step.key.namespace.to_string();
    let ask = |verb, group, resource| (verb, group, resource, namespace.clone());
    let (group, resource) = match step.target() {
        target @ Target::Autoscaler { .. } => ("autoscaling", resource(&target)),
        target @ Target::App(_) => ("apps", resource(&target)),
    };
    let mut questions = vec![
        ask("get", group, resource),
        ask("patch", group, resource),
        ask("list", "apps", step.key.kind.resource()),
        ask("watch", "apps", step.key.kind.resource()),
        ask("list", "", "pods"),
        ask("watch", "", "pods"),
        ask("list", "", "configmaps"),
        ask("create", "", "configmaps"),
        ask("update", "", "configmaps"),
        ask("get", "coordination.k8s.io", "leases"),
        ask("create", "coordination.k8s.io", "leases"),
        ask("update", "coordination.k8s.io", "leases"),
    ];
    if step.key.kind == AppKind::StatefulSet && step.intent.writes_template() {
        questions.push(ask("delete", "", "pods"));
    }
    questions
}

/// The resource of what a step writes.
pub(super) fn resource(target: &Target) -> &'static str {
    match target {
        Target::App(app) => app.kind.resource(),
        Target::Autoscaler { .. } => "horizontalpodautoscalers",
    }
}

/// `you may not patch deployments.apps, nor list, create configmaps in namespace shop: ask for these rights`, with what
/// the server said of it. Every question is of the same namespace.
pub(super) fn lacking(refused: &[(&Question, &str)]) -> Option<String> {
    let namespace = &refused.first()?.0.3;
    let mut objects: Vec<(String, Vec<&str>)> = Vec::new();
    let mut reasons: Vec<&str> = Vec::new();
    for ((verb, group, resource, _), reason) in refused {
        let object = if group.is_empty() { (*resource).to_owned() } else { format!("{resource}.{group}") };
        match objects.iter_mut().find(|(known, _)| *known == object) {
            Some((_, verbs)) => verbs.push(verb),
            None => objects.push((object, vec![verb])),
        }
        if !reason.is_empty() && !reasons.contains(reason) {
            reasons.push(reason);
        }
    }
    let objects: Vec<String> =
        objects.into_iter().map(|(object, verbs)| format!("{} {object}", verbs.join(", "))).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
    let rights = if refused.len() == 1 { "that right" } else { "these rights" };
    Some(format!("you may not {} in namespace {namespace}{reasons}: ask for {rights}", objects.join(", nor ")))
}

#[cfg(test)]
mod tests {
    use rolldeck_core::{
        batch::Intent,
        model::{AppKey, AppKind},
    };

    use super::*;

    fn asked(kind: AppKind, intent: Intent) -> Vec<String> {
        let mut step = Step::new(intent, AppKey { namespace: "shop".into(), name: "orders".into(), kind });
        step.hpa = "orders".into();
        questions(&step).iter().map(|(verb, _, resource, _)| format!("{verb} {resource}")).collect()
    }

    #[test]
    fn each_change_asks_for_the_rights_to_what_it_writes() {
        let bounds = asked(AppKind::Deployment, Intent::Bounds);
        assert!(bounds.contains(&"patch horizontalpodautoscalers".to_owned()), "{bounds:?}");
        assert!(!bounds.contains(&"patch deployments".to_owned()), "{bounds:?}");
        assert!(asked(AppKind::Deployment, Intent::Scale).contains(&"patch deployments".to_owned()));
        let deletes = "delete pods".to_owned();
        assert!(asked(AppKind::StatefulSet, Intent::Release).contains(&deletes));
        assert!(!asked(AppKind::StatefulSet, Intent::Scale).contains(&deletes));
    }

    #[test]
    fn rights_that_lack_are_one_sentence_by_resource() {
        let shop = || "shop".to_owned();
        let patch: Question = ("patch", "apps", "deployments", shop());
        let list: Question = ("list", "", "configmaps", shop());
        let create: Question = ("create", "", "configmaps", shop());
        assert_eq!(lacking(&[]), None);
        assert_eq!(
            lacking(&[(&patch, "no role allows it")]).as_deref(),
            Some("you may not patch deployments.apps in namespace shop (no role allows it): ask for that right")
        );
        assert_eq!(
            lacking(&[(&patch, ""), (&list, ""), (&create, "")]).as_deref(),
            Some(
                "you may not patch deployments.apps, nor list, create configmaps in namespace shop: ask for these rights"
            )
        );
    }
}
