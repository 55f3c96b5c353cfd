//! The version column.

use rstest::rstest;

use super::version::version;
use crate::model::{
    AppKind, Container, Image, Pod,
    samples::{app, container, image, pod},
};

#[rstest]
#[case("main", "latest")]
#[case("main:v1.2", "v1.2")]
#[case("registry:5000/shop/main", "latest")]
#[case("registry:5000/shop/main:v1.2", "v1.2")]
#[case("shop/main@sha256:3f9a21cd00", "@3f9a21c")]
#[case("registry:5000/main:v1@sha256:3f9a21cd00", "v1@3f9a21c")]
#[case("", "latest")]
fn a_version_is_the_tag_or_the_digest(#[case] image: &str, #[case] version: &str) {
    assert_eq!(&*super::version_label(image), version);
}

/// A pod that runs these containers: `name=image#digest`, the digest where known.
fn runs(containers: &str) -> Pod {
    let containers = containers.split_whitespace().map(|text| {
        let (name, image) = text.split_once('=').expect("a container has an image");
        let (image, digest) = image.split_once('#').unwrap_or((image, ""));
        let digest = if digest.is_empty() { String::new() } else { format!("sha256:{digest}0000000") };
        Container { image: image.into(), digest: digest.into(), init: name == "init", ..container(name) }
    });
    Pod { containers: containers.collect(), ..pod(&app(AppKind::Deployment, "qa", "web").key, "x", "new") }
}

#[rstest]
#[case::the_same("a=x:v1", "a=x:v1#aa | a=x:v1#aa", "v1", "")]
#[case::no_pods("a=x:v1", "", "v1", "")]
#[case::rolling("a=x:v2", "a=x:v2#aa | a=x:v1#bb | a=x:v1#bb", "v2", "v1")]
#[case::two_old_ones("a=x:v3", "a=x:v2#aa | a=x:v1#bb", "v3", "v1,v2")]
#[case::two_digests("a=x:v1", "a=x:v1#aa | a=x:v1#bb", "v1", "v1@aa00000,v1@bb00000")]
#[case::digest_not_known_yet("a=x:v1", "a=x:v1#aa | a=x:v1", "v1", "")]
#[case::by_digest("a=x@sha256:3f9a21cd", "a=x@sha256:11aa22bb#aa", "@3f9a21c", "@11aa22b")]
#[case::alike("a=x:v1 b=y:v1", "a=x:v1 b=y:v1", "v1", "")]
#[case::unlike("a=x:v1 b=y:v2", "a=x:v1 b=y:v2", "a=v1 b=v2", "")]
#[case::one_of_two("a=x:v1 b=y:v2", "a=x:v0 b=y:v2", "a=v1 b=v2", "a=v0 b=v2")]
#[case::injected("a=x:v1", "a=x:v1 mesh=m:v9", "v1", "")]
#[case::init_does_not_count("init=i:v7 a=x:v1", "init=i:v7 a=x:v1", "v1", "")]
#[case::init_that_changes("init=i:v8 a=x:v1", "init=i:v7 a=x:v1", "init=v8 a=v1", "init=v7 a=v1")]
#[case::mirrored("a=x:v1", "a=mirror/x:v1#aa", "v1", "")]
fn what_runs_is_shown_where_it_is_not_what_is_wanted(
    #[case] template: &str,
    #[case] pods: &str,
    #[case] wanted: &str,
    #[case] running: &str,
) {
    let mut app = app(AppKind::Deployment, "qa", "web");
    let containers = runs(template).containers.into_iter();
    app.images = containers.map(|c| Image { init: c.init, ..image(&c.name, &c.image) }).collect();
    let pods: Vec<Pod> = pods.split('|').filter(|pod| !pod.is_empty()).map(runs).collect();
    let version = version(&app, &pods.iter().collect::<Vec<_>>());
    assert_eq!((&*version.wanted, &*version.running), (wanted, running));
}

#[test]
fn what_leaves_does_not_run() {
    let app = app(AppKind::Deployment, "qa", "web");
    let leaving = Pod { ending: true, ..runs("main=x:v0#aa") };
    assert_eq!(&*version(&app, &[&leaving]).running, "");
}
