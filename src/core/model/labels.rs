//! Labels of an object.

use std::sync::{Arc, LazyLock};

use crate::text::Clean;

/// Labels by key, in the order of the keys. Objects that have the same share one copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Labels(Arc<[(Clean, Clean)]>);

/// Many objects have none: they share one copy, too.
static NONE: LazyLock<Arc<[(Clean, Clean)]>> = LazyLock::new(|| Arc::new([]));

impl Labels {
    /// The value of a label.
    pub fn get(&self, key: &str) -> Option<&Clean> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok().map(|at| &self.0[at].1)
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = &(Clean, Clean)> {
        self.0.iter()
    }

    /// Whether nobody else holds this copy.
    pub(crate) fn is_unshared(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self(NONE.clone())
    }
}

impl FromIterator<(Clean, Clean)> for Labels {
    fn from_iter<I: IntoIterator<Item = (Clean, Clean)>>(pairs: I) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        if pairs.is_empty() {
            return Self::default();
        }
        pairs.sort_unstable();
        Self(pairs.into())
    }
}

/// A set is found by its pairs, without a copy of them.
impl std::borrow::Borrow<[(Clean, Clean)]> for Labels {
    fn borrow(&self) -> &[(Clean, Clean)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_found_by_its_key_whatever_the_order_it_came_in() {
        let labels: Labels =
            [("team", "blue"), ("app", "web")].map(|(k, v)| (k.into(), v.into())).into_iter().collect();
        assert_eq!(labels.get("team").map(Clean::as_str), Some("blue"));
        assert_eq!((labels.get("tea"), Labels::default().get("team")), (None, None));
        assert_eq!(labels.iter().next().map(|(key, _)| key.as_str()), Some("app"));
    }
}
