//! What can be typed into the palette, and what it means.

use std::collections::BTreeSet;

use rolldeck_core::text::Clean;

/// Where to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The fleet.
    Fleet,
    /// The pods of the app under the cursor.
    Pods,
    /// The batch in flight.
    Batch,
    /// Unfinished batches.
    Unfinished,
    /// The keys.
    Help,
    /// Out.
    Quit,
    /// These namespaces; empty: all.
    Namespaces(BTreeSet<Clean>),
}

const SCREENS: [(&str, Goal); 6] = [
    ("fleet", Goal::Fleet),
    ("pods", Goal::Pods),
    ("batch", Goal::Batch),
    ("unfinished", Goal::Unfinished),
    ("help", Goal::Help),
    ("quit", Goal::Quit),
];

/// Words that are understood, but not offered.
const ALIASES: [(&str, Goal); 3] = [("q", Goal::Quit), ("q!", Goal::Quit), ("apps", Goal::Fleet)];

/// What `text` can become, best first: screens, `all`, then namespaces. After `ns `, namespaces only, the last of the list.
pub(super) fn candidates(text: &str, namespaces: &[Clean]) -> Vec<String> {
    let text = text.trim_start();
    if let Some((head, last)) = list(text) {
        let rest = namespaces.iter().filter(|namespace| namespace.starts_with(last) && ***namespace != *last);
        return rest.map(|namespace| format!("{head}{namespace}")).collect();
    }
    let names = SCREENS.iter().map(|(name, _)| *name).chain(["all"]).chain(namespaces.iter().map(|n| &**n));
    let (mut starts, mut holds) = (Vec::new(), Vec::new());
    for name in names {
        if name.starts_with(text) {
            starts.push(name.to_owned());
        } else if name.contains(text) {
            holds.push(name.to_owned());
        }
    }
    starts.append(&mut holds);
    starts
}

/// Splits a list of namespaces before its last entry: `ns a,b` is `("ns a,", "b")`. `None` where it is no list.
fn list(text: &str) -> Option<(&str, &str)> {
    let from = if text.starts_with("ns ") { 3 } else { text.find(',').map(|_| 0)? };
    let at = text.rfind(',').map_or(from, |at| at + 1);
    Some(text.split_at(at))
}

/// Reads what was entered; `None` is nothing. The error says what would be understood.
pub(super) fn read(text: &str, namespaces: &[Clean]) -> Result<Option<Goal>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let forced = text.strip_prefix("ns ").or_else(|| text.contains(',').then_some(text));
    if let Some(names) = forced {
        return several(names).map(Some);
    }
    if let Some((_, goal)) = SCREENS.iter().chain(&ALIASES).find(|(name, _)| *name == text) {
        return Ok(Some(goal.clone()));
    }
    if text == "all" || namespaces.iter().any(|namespace| &**namespace == text) {
        return several(text).map(Some);
    }
    let starts: Vec<String> =
        candidates(text, namespaces).into_iter().filter(|candidate| candidate.starts_with(text)).collect();
    match starts.as_slice() {
        [one] => read(one, namespaces),
        [] => Err(format!("no screen or known namespace {text}: \"ns {text}\" goes to a namespace all the same")),
        many => Err(format!("{text} may be {}", many.join(", "))),
    }
}

fn several(names: &str) -> Result<Goal, String> {
    let names: Vec<&str> = names.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    if names == ["all"] {
        return Ok(Goal::Namespaces(BTreeSet::new()));
    }
    match names.iter().find(|name| !is_label(name)) {
        Some(bad) => Err(format!("{bad} cannot be a namespace: lower-case letters, digits and - only, 63 at most")),
        None if names.is_empty() => Err("which namespace?".to_owned()),
        None => Ok(Goal::Namespaces(names.into_iter().map(Clean::new).collect())),
    }
}

/// Whether the text is a DNS label (RFC 1123), as a namespace's name must be.
fn is_label(name: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Clean> {
        ["qa", "qa-2", "prod", "fleet-tools"].map(Clean::new).into()
    }

    fn namespaces(names: &[&str]) -> Result<Option<Goal>, String> {
        Ok(Some(Goal::Namespaces(names.iter().map(|&name| Clean::new(name)).collect())))
    }

    #[test]
    fn screens_come_before_namespaces_and_an_exact_name_before_a_prefix() {
        assert_eq!(read("fleet", &known()), Ok(Some(Goal::Fleet)));
        assert_eq!(read("qa", &known()), namespaces(&["qa"]));
        assert_eq!(read("pr", &known()), namespaces(&["prod"]));
        assert_eq!(read("unf", &known()), Ok(Some(Goal::Unfinished)));
        assert!(read("f", &known()).is_err_and(|error| error.contains("fleet, fleet-tools")));
    }

    #[test]
    fn namespaces_may_be_unknown_when_said_plainly_but_not_malformed() {
        assert_eq!(read("ns other", &known()), namespaces(&["other"]));
        assert_eq!(read("ns a,b", &known()), namespaces(&["a", "b"]));
        assert_eq!(read("a,b", &known()), namespaces(&["a", "b"]));
        assert_eq!(read("all", &known()), namespaces(&[]));
        assert_eq!(read("ns all", &known()), namespaces(&[]));
        assert!(read("other", &known()).is_err());
        assert!(read("ns ../x", &known()).is_err());
    }

    #[test]
    fn completion_offers_the_last_of_a_list() {
        assert_eq!(candidates("ns qa,p", &known()), ["ns qa,prod"]);
        assert_eq!(candidates("q", &known()), ["quit", "qa", "qa-2"]);
    }
}
