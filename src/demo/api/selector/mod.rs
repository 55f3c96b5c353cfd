//! Which objects a list or watch is about.

mod field;
mod label;

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

use field::Term;
use label::Requirement;

use super::query::Query;
use crate::store::{Kind, Refusal, Stored};

/// A namespace, a label selector and a field selector together.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only this namespace.
    pub namespace: Option<String>,
    labels: Vec<Requirement>,
    fields: Vec<Term>,
}

/// The parts of an object that labels are read from.
#[derive(Deserialize)]
struct Labelled<'a> {
    #[serde(borrow, default)]
    metadata: LabelledMeta<'a>,
}

#[derive(Deserialize, Default)]
struct LabelledMeta<'a> {
    #[serde(borrow, default)]
    labels: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
}

impl Selection {
    /// Reads `labelSelector` and `fieldSelector` for a kind.
    ///
    /// # Errors
    /// 400 for what is no selector, or for a field that the kind cannot be selected by.
    pub fn read(kind: &Kind, namespace: Option<&str>, query: &Query) -> Result<Selection, Refusal> {
        Ok(Selection {
            namespace: namespace.map(str::to_owned),
            labels: query.text("labelSelector").map(label::parse).transpose()?.unwrap_or_default(),
            fields: query.text("fieldSelector").map(|text| field::parse(kind, text)).transpose()?.unwrap_or_default(),
        })
    }

    /// Narrows it to one name.
    pub fn only(&mut self, name: &str) {
        self.fields.push(Term { path: "metadata.name".into(), value: name.to_owned(), equal: true });
    }

    /// The name, where only one object can be meant.
    pub fn name(&self) -> Option<&str> {
        self.fields.iter().find(|term| term.path == "metadata.name" && term.equal).map(|term| term.value.as_str())
    }

    /// Whether it is about all objects of the namespace (or of all namespaces).
    pub fn everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether this object is meant.
    pub fn takes(&self, object: &Stored) -> bool {
        if self.namespace.as_deref().is_some_and(|namespace| namespace != &*object.namespace) {
            return false;
        }
        self.fields.iter().all(|term| term.takes(object)) && self.takes_labels(object.json())
    }

    fn takes_labels(&self, json: &[u8]) -> bool {
        if self.labels.is_empty() {
            return true;
        }
        let Ok(object) = serde_json::from_slice::<Labelled<'_>>(json) else { return false };
        let labels = object.metadata.labels.unwrap_or_default();
        self.labels.iter().all(|requirement| requirement.takes(labels.get(requirement.key.as_str()).map(|v| &**v)))
    }
}
