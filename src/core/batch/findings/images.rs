//! Images that the cluster has seen fail, or has never seen.

use crate::{
    batch::{
        Problem, ProblemKind, Step,
        reference::Reference,
        seen::{Reach, Seen, Sight},
        template,
    },
    model::Image,
};

/// What the cluster has seen of the images that a step would start anew: those of `after` that do not run in the app now.
pub(super) fn images(step: &Step, after: &serde_json::Value, seen: &Seen) -> Vec<Problem> {
    let new = new(step, after);
    let told = new.iter().filter_map(|image| match seen.sight(&image.image) {
        Some(sight) => failed(&image.image, sight),
        None if seen.lacks().is_empty() => unseen(&image.image, seen),
        None => None,
    });
    let mut told: Vec<_> = told.collect();
    if let Some(why) = seen.lacks().first().filter(|_| !new.is_empty()) {
        let text = format!("whether its new images were seen before, and whether they failed, is not known: {why}");
        told.push(Problem::warning(ProblemKind::Unknown, text));
    }
    told
}

fn new(step: &Step, after: &serde_json::Value) -> Vec<Image> {
    if !step.intent.writes_template() {
        return Vec::new();
    }
    let before = step.images_before();
    template::images(&after["spec"]["template"]).into_iter().filter(|image| !before.contains(image)).collect()
}

fn failed(image: &str, sight: &Sight) -> Option<Problem> {
    let (app, why) = sight.failed.first()?;
    let more = match sight.failed.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let text = format!("{image} failed before in this cluster, in {app}{more}: {why}");
    Some(Problem::warning(ProblemKind::FailedBefore, text))
}

fn unseen(image: &str, seen: &Seen) -> Option<Problem> {
    let reference = Reference::split(image);
    let version = reference.version();
    if seen.has(&reference.repository, &version) {
        return None;
    }
    let hint = match (seen.nearest(&reference.repository, &version), seen.newest(&reference.repository)) {
        (Some(near), _) => format!("the nearest that was seen is {}", near.version),
        (None, Some(newest)) => format!("the newest that was seen is {}", newest.version),
        (None, None) => "no other of that repository was seen".to_owned(),
    };
    let (who, but) = match seen.reach() {
        Reach::InView => ("of these namespaces has had", String::new()),
        Reach::Everywhere => ("of this cluster runs, and none of these namespaces has had,", String::new()),
        Reach::Only(why) => ("of these namespaces has had", format!("; others were not looked at: {why}")),
    };
    let text = format!("no app {who} {version} of {}: {hint}{but}", reference.repository);
    Some(Problem::warning(ProblemKind::UnknownTag, text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::{
        batch::{Change, Intent, findings::samples, patch},
        model::AppKind,
    };

    fn seen() -> Seen {
        let (orders, till) = (samples::key(AppKind::Deployment, "orders"), samples::key(AppKind::Deployment, "till"));
        let image =
            |tag: &str| [Image { container: "main".into(), image: format!("shop/orders:{tag}").into(), init: false }];
        let (v1, v2) = (image("v1.4.0"), image("v1.5.0"));
        let mut seen = Seen::new([(&orders, &v1[..]), (&till, &v2[..])], &[]);
        seen.fail("shop/orders:v1.5.0", &till, "the container main crashes".into());
        seen
    }

    fn texts(tag: &str) -> Vec<String> {
        told(tag, &seen())
    }

    fn told(tag: &str, seen: &Seen) -> Vec<String> {
        let to = BTreeMap::from([("main".into(), format!("shop/orders:{tag}").into())]);
        let step = samples::step(Intent::Release, samples::deployment(3), Change::SetImages(to));
        let mut after: Value = (**step.live.as_ref().unwrap()).clone();
        after["spec"]["template"] = patch::template_after(&after, step.change.as_ref().unwrap()).unwrap();
        images(&step, &after, seen).iter().map(|problem| format!("{}: {}", problem.kind, problem.text)).collect()
    }

    #[test]
    fn an_image_that_failed_says_where_and_why() {
        let till = samples::key(AppKind::Deployment, "till");
        assert_eq!(
            texts("v1.5.0"),
            [format!(
                "failed before: shop/orders:v1.5.0 failed before in this cluster, in {till}: the container main crashes"
            )]
        );
    }

    #[test]
    fn a_tag_that_was_never_seen_names_the_nearest() {
        assert_eq!(
            texts("v1.4.1"),
            [
                "tag not seen before: no app of these namespaces has had v1.4.1 of shop/orders: the nearest that was seen is v1.4.0"
            ]
        );
    }

    #[test]
    fn a_tag_is_not_called_unseen_where_not_everything_could_be_read() {
        let mut seen = seen();
        seen.lack("not allowed: cannot list replicasets".into());
        assert_eq!(
            told("v9.9.9", &seen),
            [
                "not checked: whether its new images were seen before, and whether they failed, is not known: not allowed: cannot list replicasets"
            ]
        );
    }

    #[test]
    fn how_far_it_was_looked_for_a_tag_is_said() {
        let elsewhere = samples::key(AppKind::Deployment, "elsewhere");
        let image = [Image { container: "main".into(), image: "shop/orders:v1.9.0".into(), init: false }];
        let mut all = seen();
        all.look([(&elsewhere, &image[..])], Reach::Everywhere);
        assert_eq!(told("v1.9.0", &all), [""; 0], "another namespace runs it");
        let unseen = told("v1.9.1", &all);
        assert!(
            unseen[0].contains("no app of this cluster runs, and none of these namespaces has had, v1.9.1"),
            "{unseen:?}"
        );
        let mut only = seen();
        only.look([], Reach::Only("not allowed: cannot list deployments".into()));
        let unseen = told("v1.9.0", &only);
        assert!(unseen[0].ends_with("; others were not looked at: not allowed: cannot list deployments"), "{unseen:?}");
    }

    #[test]
    fn what_runs_well_elsewhere_or_here_already_is_nothing_to_say() {
        assert_eq!(texts("v1.4.0"), [""; 0]);
        assert_eq!(texts("v1"), [""; 0]);
    }
}
