//! Images that the cluster has seen fail, or has never seen, and tags that may have been pushed again since.

use crate::{
    batch::{
        Intent, Problem, ProblemKind, Step,
        reference::Reference,
        seen::{Reach, Repush, Seen, Sight},
        template,
    },
    model::Image,
};

/// What the cluster has seen of the images that a step would start anew: those of `after` that do not run in the app now.
pub(super) fn images(step: &Step, after: &serde_json::Value, seen: &Seen) -> Vec<Problem> {
    let new = new(step, after);
    let told = new.iter().filter_map(|image| match sight(seen, &image.image) {
        Some(sight) => failed(&image.image, sight),
        None if seen.lacks().is_empty() => unseen(&image.image, seen),
        None => None,
    });
    let mut told: Vec<_> = told.collect();
    if let Some(why) = seen.lacks().first().filter(|_| !new.is_empty()) {
        let text = format!("whether its new images were seen before, and whether they failed, is not known: {why}");
        told.push(Problem::warning(ProblemKind::Unknown, text));
    }
    told.extend(repushed(step, after, seen));
    told
}

/// What was seen of an image. What a tag did is told of what is pinned of it, too: the digest alone has no past.
fn sight<'a>(seen: &'a Seen, image: &str) -> Option<&'a Sight> {
    let tagged = || image.split_once('@').and_then(|(tagged, _)| seen.sight(tagged));
    seen.sight(image).or_else(tagged)
}

/// The images after a release or a rollback whose tags may mean something else by now, those that stay as they are included.
fn repushed(step: &Step, after: &serde_json::Value, seen: &Seen) -> Vec<Problem> {
    let (images, digests) = (template::images(&after["spec"]["template"]), seen.digests());
    let mut told: Vec<Problem> = step.repushed(&images, digests).iter().map(Repush::problem).collect();
    let starts = matches!(step.intent, Intent::Release | Intent::Rollback);
    let tagged = images.iter().any(|image| Reference::split(&image.image).digest.is_none());
    if let Some(why) = digests.lacks().first().filter(|_| starts && tagged) {
        let text = format!("whether its tags were pushed again since they ran is not known: {why}");
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
        batch::{Change, findings::samples, patch, seen::Digests},
        model::{AppKey, AppKind, Pod},
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

    /// The tag v1.4.0 runs as `a` in these namespaces' pods, and as `b` in others'.
    fn pushed_again() -> Digests {
        let digest = |of: &str| format!("sha256:{}", of.repeat(64));
        let pod = |name: &str, of: &str| {
            let app = AppKey { name: name.into(), ..samples::key(AppKind::Deployment, name) };
            let (image, digest) = ("shop/orders:v1.4.0".into(), digest(of).into());
            let runs = crate::model::Container { image, digest, ..crate::model::samples::container("main") };
            Pod { containers: [runs].into(), ..crate::model::samples::pod(&app, "x", "1") }
        };
        Digests::new(&[pod("orders", "a"), pod("till", "b")], [])
    }

    #[test]
    fn a_tag_that_was_pushed_again_warns_in_a_release_and_in_a_rollback_that_keeps_it() {
        let seen = seen().with_digests(pushed_again());
        let wanted = "tag may have moved: shop/orders:v1.4.0 has meant 2 digests: aaaaaaaaaaaa runs in pod shop/orders-x, \
                      bbbbbbbbbbbb runs in pod shop/till-x; here it ran aaaaaaaaaaaa: pin that digest to get the same again";
        assert_eq!(told("v1.4.0", &seen), [wanted]);
        let mut live = samples::deployment(3);
        live["spec"]["template"]["spec"]["containers"][0]["image"] = "shop/orders:v1.4.0".into();
        let to = std::sync::Arc::new(live["spec"]["template"].clone());
        let change = Change::Template { to, revision: 3, cause: "".into() };
        let step = samples::step(Intent::Rollback, live.clone(), change);
        assert_eq!(samples::texts(&images(&step, &live, &seen)), [&wanted["tag may have moved: ".len()..]]);
        let step = samples::step(Intent::Restart, live.clone(), samples::restart());
        assert_eq!(images(&step, &live, &seen), []);
    }

    #[test]
    fn a_pinned_image_does_not_warn_of_its_tag_and_keeps_what_is_known_of_it() {
        let seen = seen().with_digests(pushed_again());
        let pinned = |tag: &str| format!("{tag}@sha256:{}", "a".repeat(64));
        assert_eq!(told(&pinned("v1.4.0"), &seen), [""; 0]);
        let failed = told(&pinned("v1.5.0"), &seen);
        assert!(failed[0].starts_with("failed before: shop/orders:v1.5.0@sha256:aaaa"), "{failed:?}");
    }

    #[test]
    fn where_pods_could_not_be_read_it_says_that_tags_may_have_moved_unseen() {
        let mut digests = Digests::default();
        digests.lack("you may not list pods in namespace shop".into());
        let seen = seen().with_digests(digests);
        let wanted = "not checked: whether its tags were pushed again since they ran is not known: you may not list pods in \
                      namespace shop";
        assert_eq!(told("v1.4.0", &seen), [wanted]);
        assert_eq!(told(&format!("v1.4.0@sha256:{}", "a".repeat(64)), &seen), [""; 0]);
    }
}
