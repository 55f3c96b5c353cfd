//! `metadata` of objects and lists (k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto).

use bytes::Bytes;
use serde::Deserialize;

use super::scalars::{Entry, Time, entries, or_default, text};

/// `ObjectMeta`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectMeta {
    /// The name.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// The namespace.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub namespace: Bytes,
    /// The uid.
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "text")]
    pub uid: Bytes,
    /// Where a watch resumes after this object.
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "text")]
    pub resource_version: Bytes,
    /// Raised by each change of the spec.
    #[prost(int64, tag = "7")]
    pub generation: i64,
    /// When it was created.
    #[prost(message, optional, tag = "8")]
    pub creation_timestamp: Option<Time>,
    /// When it is to be gone, once it is being deleted.
    #[prost(message, optional, tag = "9")]
    pub deletion_timestamp: Option<Time>,
    /// The labels.
    #[prost(message, repeated, tag = "11")]
    #[serde(deserialize_with = "entries")]
    pub labels: Vec<Entry>,
    /// The annotations.
    #[prost(message, repeated, tag = "12")]
    #[serde(deserialize_with = "entries")]
    pub annotations: Vec<Entry>,
    /// Who owns it.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "or_default")]
    pub owner_references: Vec<OwnerReference>,
}

impl ObjectMeta {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&Bytes> {
        find(&self.labels, key)
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&Bytes> {
        find(&self.annotations, key)
    }

    /// The owner that controls it.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller == Some(true))
    }
}

fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Bytes> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// `OwnerReference`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnerReference {
    /// Its kind.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub kind: Bytes,
    /// Its name.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// Its group and version.
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "text")]
    pub api_version: Bytes,
    /// Whether it is the one that controls the object.
    #[prost(bool, optional, tag = "6")]
    pub controller: Option<bool>,
}

/// `ListMeta`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ListMeta {
    /// Where a watch goes on after this list.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub resource_version: Bytes,
    /// Names the next page; empty on the last.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(rename = "continue", deserialize_with = "text")]
    pub next: Bytes,
    /// Objects on the pages that follow, where the server counts them.
    #[prost(int64, optional, tag = "4")]
    pub remaining_item_count: Option<i64>,
}

/// Any object, of which only the metadata is read.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct MetaOnly {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
}
