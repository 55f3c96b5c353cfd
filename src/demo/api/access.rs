//! Who may do what: the one user may do everything that was not taken away.

use std::sync::{Arc, PoisonError, RwLock};

/// The user that every request acts as.
pub const USER: &str = "demo";

/// What a request wants to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deed {
    /// Kubernetes' verb: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// API group, empty for the core.
    pub group: String,
    /// Plural.
    pub resource: String,
    /// Subresource, or empty.
    pub subresource: String,
    /// Namespace; empty for a cluster-wide kind or for all namespaces.
    pub namespace: String,
    /// Name, or empty.
    pub name: String,
}

impl Deed {
    /// `pods` or `pods/log`.
    pub fn path(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.clone()
        } else {
            format!("{}/{}", self.resource, self.subresource)
        }
    }

    /// What the API server says when it may not be done.
    pub fn forbidden(&self) -> String {
        let place = if self.namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace \"{}\"", self.namespace)
        };
        let (verb, path, group) = (&self.verb, self.path(), &self.group);
        format!("User \"{USER}\" cannot {verb} resource \"{path}\" in API group \"{group}\" {place}")
    }
}

/// A right that was taken away. Empty lists mean everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denial {
    /// Verbs.
    pub verbs: Vec<String>,
    /// API groups; the core is the empty string.
    pub groups: Vec<String>,
    /// Plurals, with the subresource where one is meant: `pods`, `pods/log`.
    pub resources: Vec<String>,
    /// Namespaces. A request for all namespaces is denied as well, as a right in some namespaces is none in all.
    pub namespaces: Vec<String>,
}

impl Denial {
    fn meets(&self, deed: &Deed) -> bool {
        let among = |list: &[String], word: &str| list.is_empty() || list.iter().any(|one| one == "*" || one == word);
        among(&self.verbs, &deed.verb)
            && among(&self.groups, &deed.group)
            && among(&self.resources, &deed.path())
            && (deed.namespace.is_empty() || among(&self.namespaces, &deed.namespace))
    }
}

/// The rights. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Access {
    denied: Arc<RwLock<Vec<Denial>>>,
}

impl Access {
    /// Takes a right away.
    pub fn deny(&self, denial: Denial) {
        self.denied.write().unwrap_or_else(PoisonError::into_inner).push(denial);
    }

    /// Gives every right back.
    pub fn restore(&self) {
        self.denied.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What was taken away.
    pub fn denials(&self) -> Vec<Denial> {
        self.denied.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it may be done.
    pub fn may(&self, deed: &Deed) -> bool {
        !self.denied.read().unwrap_or_else(PoisonError::into_inner).iter().any(|denial| denial.meets(deed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(verb: &str, resource: &str, namespace: &str) -> Deed {
        Deed { verb: verb.into(), resource: resource.into(), namespace: namespace.into(), ..Deed::default() }
    }

    #[test]
    fn a_right_taken_away_in_one_namespace_is_gone_for_all_of_them_at_once_but_not_for_another() {
        let access = Access::default();
        access.deny(Denial {
            verbs: vec!["list".into()],
            resources: vec!["pods".into()],
            namespaces: vec!["prod".into()],
            ..Denial::default()
        });
        assert!(!access.may(&deed("list", "pods", "prod")) && !access.may(&deed("list", "pods", "")));
        assert!(access.may(&deed("list", "pods", "dev")) && access.may(&deed("get", "pods", "prod")));
        access.restore();
        assert!(access.may(&deed("list", "pods", "prod")));
    }

    #[test]
    fn a_refusal_names_the_verb_the_resource_and_the_place() {
        let mut deed = deed("get", "pods", "prod");
        deed.subresource = "log".into();
        assert_eq!(
            deed.forbidden(),
            "User \"demo\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"prod\""
        );
    }
}
