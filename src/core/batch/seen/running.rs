//! What runs in a cluster, as far as it could be listed.

use std::collections::{BTreeMap, BTreeSet};

use super::Like;
use crate::{
    model::{AppKey, AppKind, Image},
    text::Clean,
};

/// A list that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The kind whose apps were asked for.
    pub kind: AppKind,
    /// Of this namespace; `None`: of all at once.
    pub namespace: Option<Clean>,
    /// Why: verb, resource and place, where the server names them.
    pub why: Clean,
}

/// The apps of a cluster and what their templates say, cut down to images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// The apps.
    pub apps: Vec<(AppKey, Box<[Image]>)>,
    /// The namespaces that alone were looked at where not all could be listed at once; `None`: all were.
    pub only: Option<BTreeSet<Clean>>,
    /// What was refused.
    pub unread: Vec<Unread>,
}

impl Running {
    /// Why the apps of this kind in this namespace are not known; `None` where they are.
    pub fn unknown(&self, kind: AppKind, namespace: &Clean) -> Option<&Clean> {
        let of_kind = || self.unread.iter().filter(|unread| unread.kind == kind);
        let here = of_kind().find(|unread| unread.namespace.as_ref() == Some(namespace));
        let looked = self.only.as_ref().is_none_or(|only| only.contains(namespace));
        let everywhere = || of_kind().find(|unread| unread.namespace.is_none() && !looked);
        here.or_else(everywhere).map(|unread| &unread.why)
    }

    /// What a namespace runs, to release like it. `from` names the place in words.
    pub fn like(&self, from: impl Into<Clean>, namespace: &Clean) -> Like {
        let apps = self.apps.iter().filter(|(key, _)| key.namespace == *namespace);
        let unknown = AppKind::ALL.iter().filter_map(|kind| Some((*kind, self.unknown(*kind, namespace)?.clone())));
        Like { unknown: unknown.collect(), ..Like::new(from, apps.map(|(key, images)| (key, &**images))) }
    }

    /// The namespaces that have an app of such a name, and how many.
    pub fn namespaces(&self, names: &BTreeSet<&Clean>) -> BTreeMap<&Clean, usize> {
        let mut found = BTreeMap::new();
        for (key, _) in self.apps.iter().filter(|(key, _)| names.contains(&key.name)) {
            *found.entry(&key.namespace).or_default() += 1;
        }
        found
    }
}
