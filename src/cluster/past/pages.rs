//! Lists, page by page, bounded.

use rolldeck_core::{batch::PortError, fleet::Scope};
use serde::de::DeserializeOwned;

use crate::{
    access::{encoded, get_packed},
    connect::Cluster,
};

/// Objects a page, and pages of one list at most.
const PAGE: usize = 500;
const PAGES: usize = 20;

pub(super) const JSON: &str = "application/json";
/// Metadata alone, where the server can.
pub(super) const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// A page of a list, of whose items only what `T` has is kept.
#[derive(serde::Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: Meta,
    items: Option<Vec<T>>,
}

#[derive(Default, serde::Deserialize)]
struct Meta {
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

/// Where a resource of a scope is: `place("/apis/apps/v1", scope, "replicasets")`.
pub(super) fn place(root: &str, scope: &Scope, plural: &str) -> String {
    match scope {
        Some(namespace) => format!("{root}/namespaces/{}/{plural}", encoded(namespace)),
        None => format!("{root}/{plural}"),
    }
}

/// The items of a list; an error where they are more than 10,000. `query` is encoded already, and `what` names the list in errors.
pub(super) async fn items<T: DeserializeOwned>(
    cluster: &Cluster,
    (path, query, accept): (&str, &str, &str),
    what: &str,
) -> Result<Vec<T>, PortError> {
    let (mut found, mut next) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let uri = format!("{path}?limit={PAGE}{query}&continue={}", encoded(&next));
        let bytes = get_packed(&cluster.client, &uri, what, accept).await?;
        let page: Page<T> =
            serde_json::from_slice(&bytes).map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
        found.extend(page.items.unwrap_or_default());
        next = page.metadata.next.unwrap_or_default();
        if next.is_empty() {
            return Ok(found);
        }
    }
    Err(PortError::Refused(format!("{what} are more than {}", PAGE * PAGES)))
}
