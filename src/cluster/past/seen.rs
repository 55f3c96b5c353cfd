//! The images of every revision in view: nothing else of them is kept.

use futures::{StreamExt, stream};
use rolldeck_core::{
    Time,
    batch::{PortError, seen::SeenRevision},
    fleet::Scope,
    model::{AppKey, AppKind, Image},
    text::Clean,
};
use serde::Deserialize;

use super::pages::{JSON, items, place};
use crate::connect::Cluster;

/// Lists at a time.
const WIDTH: usize = 4;

/// Reads the ReplicaSets and ControllerRevisions of these scopes, at most 10,000 of a kind in each; and what could not be read, in
/// sentences.
pub async fn seen(cluster: &Cluster, scopes: &[Scope]) -> (Vec<SeenRevision>, Vec<Clean>) {
    let reads: Vec<_> = scopes.iter().flat_map(|scope| [true, false].map(|sets| list(cluster, scope, sets))).collect();
    let (mut found, mut lacks) = (Vec::new(), Vec::new());
    for read in stream::iter(reads).buffered(WIDTH).collect::<Vec<_>>().await {
        match read {
            Ok(revisions) => found.extend(revisions),
            Err(error) => lacks.push(format!("not all images that were seen are known: {error}").into()),
        }
    }
    (found, lacks)
}

async fn list(cluster: &Cluster, scope: &Scope, sets: bool) -> Result<Vec<SeenRevision>, PortError> {
    let plural = if sets { "replicasets" } else { "controllerrevisions" };
    let what = match scope {
        Some(namespace) => format!("the {plural} of namespace {namespace}"),
        None => format!("the {plural}"),
    };
    let path = place("/apis/apps/v1", scope, plural);
    let raw: Vec<Raw> = items(cluster, (&path, "", JSON), &what).await?;
    Ok(raw.into_iter().filter_map(|raw| raw.revision(sets)).collect())
}

#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    #[serde(default)]
    revision: Option<i64>,
    #[serde(default)]
    spec: Option<Spec>,
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    namespace: String,
    creation_timestamp: Option<Time>,
    annotations: Annotations,
    owner_references: Vec<Owner>,
}

#[derive(Default, Deserialize)]
struct Annotations {
    #[serde(default, rename = "deployment.kubernetes.io/revision")]
    revision: Option<String>,
}

#[derive(Deserialize)]
struct Owner {
    kind: String,
    name: String,
    #[serde(default)]
    controller: bool,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    spec: Option<Spec>,
}

/// Of a set or an app.
#[derive(Deserialize)]
pub(super) struct Spec {
    #[serde(default)]
    replicas: Option<u32>,
    #[serde(default)]
    template: Option<Template>,
}

#[derive(Deserialize)]
struct Template {
    #[serde(default)]
    spec: Option<Pods>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Pods {
    init_containers: Option<Vec<Container>>,
    containers: Option<Vec<Container>>,
}

#[derive(Deserialize)]
struct Container {
    name: String,
    #[serde(default)]
    image: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    available_replicas: Option<u32>,
}

impl Raw {
    fn revision(self, sets: bool) -> Option<SeenRevision> {
        let owner = self.metadata.owner_references.iter().find(|owner| owner.controller)?;
        let kind = AppKind::ALL.into_iter().find(|kind| kind.name() == owner.kind)?;
        let key = AppKey { namespace: self.metadata.namespace.as_str().into(), name: owner.name.as_str().into(), kind };
        let number = match self.metadata.annotations.revision {
            Some(number) => number.parse().ok()?,
            None => self.revision?,
        };
        let wanted = self.spec.as_ref().and_then(|spec| spec.replicas);
        let spec = if sets { self.spec } else { self.data.and_then(|data| data.spec) }?;
        let pods = spec.template?.spec.unwrap_or_default();
        let available = self.status.unwrap_or_default().available_replicas.unwrap_or(0);
        Some(SeenRevision {
            key,
            number,
            created: self.metadata.creation_timestamp,
            images: images(pods).into(),
            pods: wanted.filter(|_| sets).map(|wanted| (wanted, available)),
        })
    }
}

impl Spec {
    /// The images of its template.
    pub(super) fn images(self) -> Box<[Image]> {
        images(self.template.and_then(|template| template.spec).unwrap_or_default()).into()
    }
}

/// Init containers first.
fn images(pods: Pods) -> Vec<Image> {
    let of = |list: Option<Vec<Container>>, init| {
        list.into_iter().flatten().map(move |container| Image {
            container: container.name.into(),
            image: container.image.into(),
            init,
        })
    };
    of(pods.init_containers, true).chain(of(pods.containers, false)).collect()
}
