//! The version column: what an app's template wants, and what its pods run.

use std::collections::BTreeSet;

use super::Version;
use crate::{
    health::is_over,
    model::{App, Image, Pod},
    text::Clean,
};

/// Characters of a digest that are shown.
const SHORT: usize = 7;

/// The version column of an app with these pods. Init containers count only where a pod runs another one than the template has.
pub(super) fn version(app: &App, pods: &[&Pod]) -> Version {
    let pods: Vec<&Pod> = pods.iter().copied().filter(|pod| !pod.ending && !is_over(pod)).collect();
    let counted: Vec<&Image> = app.images.iter().filter(|image| !image.init || differs(image, &pods)).collect();
    let wanted = joined(counted.iter().map(|image| (&*image.container, label(&image.image))));
    let twice: Vec<&Image> = counted.iter().copied().filter(|image| has_two_digests(image, &pods)).collect();
    let mut running = BTreeSet::new();
    for pod in pods {
        let two = |container: &str| twice.iter().any(|image| *image.container == *container);
        if twice.is_empty() && counted.iter().all(|image| runs(pod, image)) {
            continue;
        }
        let parts = counted.iter().filter_map(|image| {
            let container = pod.containers.iter().find(|c| c.name == image.container)?;
            let mut label = label(&container.image);
            if two(&container.name) && !container.digest.is_empty() && !label.contains('@') {
                label = format!("{label}{}", short(&container.digest));
            }
            Some((&*container.name, label))
        });
        running.insert(joined(parts));
    }
    running.retain(|version| !version.is_empty() && *version != wanted);
    Version { wanted: wanted.into(), running: running.into_iter().collect::<Vec<_>>().join(",").into() }
}

fn runs(pod: &Pod, image: &Image) -> bool {
    pod.containers.iter().any(|c| c.name == image.container && c.image == image.image)
}

/// Whether a pod runs another version of this container.
fn differs(image: &Image, pods: &[&Pod]) -> bool {
    let mut images = pods.iter().flat_map(|pod| &pod.containers).filter(|c| c.name == image.container);
    images.any(|c| c.image != image.image && label(&c.image) != label(&image.image))
}

/// Whether pods with the wanted image of this container run two digests of it.
fn has_two_digests(image: &Image, pods: &[&Pod]) -> bool {
    let containers = pods.iter().flat_map(|pod| &pod.containers);
    let mut digests =
        containers.filter(|c| c.name == image.container && c.image == image.image && !c.digest.is_empty());
    let Some(first) = digests.next() else { return false };
    digests.any(|container| container.digest != first.digest)
}

/// One version where all containers have the same, else each container's: `main=v2 sidecar=v1`.
fn joined<'a>(parts: impl Iterator<Item = (&'a str, String)>) -> String {
    let parts: Vec<_> = parts.collect();
    match parts.as_slice() {
        [] => String::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, label)| label == first) => first.clone(),
        _ => parts.iter().map(|(name, label)| format!("{name}={label}")).collect::<Vec<_>>().join(" "),
    }
}

/// What tells one version of an image from another: `v1.2.0`, `latest` where the reference has no tag, `@3f9a21c` of a
/// digest, `v1.2.0@3f9a21c` of both (source of the grammar: distribution/reference).
fn label(image: &str) -> String {
    let (name, digest) = image.split_once('@').map_or((image, ""), |(name, digest)| (name, digest));
    // A colon before the last slash is a registry's port.
    let last = name.rsplit('/').next().unwrap_or(name);
    match (last.split_once(':'), digest) {
        (Some((_, tag)), "") => tag.into(),
        (None, "") => "latest".into(),
        (Some((_, tag)), digest) => format!("{tag}{}", short(digest)),
        (None, digest) => short(digest),
    }
}

/// `@3f9a21c` of `sha256:3f9a21c…`.
fn short(digest: &str) -> String {
    let hex = digest.rsplit(':').next().unwrap_or(digest);
    format!("@{}", hex.chars().take(SHORT).collect::<String>())
}

/// The version that an image reference names, as the version column shows it: `v1.2.0`, `latest` without a tag, `@3f9a21c`.
pub fn version_label(image: &str) -> Clean {
    label(image).into()
}
