//! Label selectors.

use serde_json::Value;

use super::json::{items, text};
use crate::text::Clean;

/// What labels must be. Source: k8s.io/apimachinery/pkg/apis/meta/v1, `LabelSelector`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    equal: Vec<(Clean, Clean)>,
    /// Label, operator, values.
    expressions: Vec<(Clean, Clean, Vec<Clean>)>,
    /// There is none: it takes nothing.
    absent: bool,
}

impl Selector {
    /// Of a map of labels, as a Service has it: an empty one, or none, takes nothing.
    pub fn of_map(map: &Value) -> Self {
        let equal: Vec<_> =
            map.as_object().into_iter().flatten().map(|(name, value)| (Clean::new(name), text(value))).collect();
        Self { absent: equal.is_empty(), equal, expressions: Vec::new() }
    }

    /// Of `matchLabels` and `matchExpressions`: an empty one takes everything, none takes nothing.
    pub fn of(selector: &Value) -> Self {
        let expression = |from: &Value| {
            (text(&from["key"]), text(&from["operator"]), items(&from["values"]).iter().map(text).collect())
        };
        let expressions = items(&selector["matchExpressions"]).iter().map(expression).collect();
        Self { absent: !selector.is_object(), expressions, ..Self::of_map(&selector["matchLabels"]) }
            .with_absent(!selector.is_object())
    }

    fn with_absent(mut self, absent: bool) -> Self {
        self.absent = absent;
        self
    }

    /// Whether it takes an object of these labels (a map of the raw object).
    pub fn takes(&self, labels: &Value) -> bool {
        self.takes_by(|label| labels.get(label).and_then(Value::as_str))
    }

    /// Whether it takes an object whose labels are asked for one by one.
    pub fn takes_by<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        !self.absent
            && self.equal.iter().all(|(label, wanted)| value(label) == Some(wanted))
            && self.expressions.iter().all(|(label, operator, values)| {
                holds(value(label), operator, values.iter().map(Clean::as_str)).unwrap_or(false)
            })
    }
}

/// Whether a label that has this value, or is absent, is as an operator wants. `None`: labels have no such operator.
/// Source: k8s.io/apimachinery/pkg/labels, `Requirement.Matches`.
pub(crate) fn holds<'a>(has: Option<&str>, operator: &str, mut values: impl Iterator<Item = &'a str>) -> Option<bool> {
    let mut within = || has.is_some_and(|has| values.any(|value| value == has));
    Some(match operator {
        "In" => within(),
        "NotIn" => !within(),
        "Exists" => has.is_some(),
        "DoesNotExist" => has.is_none(),
        _ => return None,
    })
}
