//! What was typed into the palette, and what it means.

use std::collections::BTreeSet;

use rolldeck_core::text::{Clean, nearest::nearest};

use super::{
    Place,
    find::{self, candidates},
};
use crate::{
    Command, Room,
    views::{self, Takes, View},
};

/// Where to go, or what to do.
#[derive(Clone, Debug)]
pub enum Goal {
    /// The fleet; with a filter, its text.
    Fleet(Option<&'static str>),
    /// A view, with its argument.
    View(&'static View, String),
    /// A command of the room on top.
    Command(Command),
    /// These namespaces; empty: all.
    Namespaces(BTreeSet<Clean>),
}

/// Words for the fleet, what each is, and the filter that it stands for.
pub(super) const FLEET: [(&str, &str, Option<&str>); 6] = [
    ("fleet", "every app in view", None),
    ("apps", "every app in view", None),
    ("deploy", "the Deployments", Some("kind:deployment")),
    ("dp", "the Deployments", Some("kind:deployment")),
    ("sts", "the StatefulSets", Some("kind:statefulset")),
    ("ds", "the DaemonSets", Some("kind:daemonset")),
];

/// Words that vim's and k9s's users type for commands.
const SAID: [(&str, Command); 4] =
    [("q", Command::Quit), ("q!", Command::Quit), ("exit", Command::Quit), ("h", Command::Help)];

/// Words for plans of what is under the cursor or marked, as people say them.
const PLANS: [(&str, Command); 3] =
    [("hpa", Command::Bounds), ("pause", Command::PauseRollout), ("resume", Command::ResumeRollout)];

/// Splits a list of namespaces before its last entry: `ns a,b` is `("ns a,", "b")`. `None` where it is no list.
pub(super) fn list(text: &str) -> Option<(&str, &str)> {
    let word = text.split(' ').next().unwrap_or_default();
    let from = match names_namespaces(word) && text.len() > word.len() {
        true => word.len() + 1,
        false if !text.contains(' ') => text.find(',').map(|_| 0)?,
        false => return None,
    };
    let at = text[from..].rfind(',').map_or(from, |at| from + at + 1);
    Some(text.split_at(at))
}

/// Kinds that have no screen of their own, as k9s users type them, and where they stand.
const ON_THE_PAGE: [(&[&str], &str); 5] = [
    (&["cm", "configmap", "configmaps", "sec", "secret", "secrets"], "ConfigMaps and Secrets"),
    (&["svc", "service", "services", "ep", "endpoints", "ing", "ingress", "ingresses"], "Services and routes"),
    (&["hpa", "hpas"], "the autoscaler"),
    (&["rs", "replicaset", "replicasets", "rev", "revisions"], "revisions"),
    (&["pvc", "pdb"], "claims and the disruption budget"),
];

/// Whether namespaces may follow this word.
fn names_namespaces(word: &str) -> bool {
    views::find(word).is_some_and(|view| view.takes == Takes::Namespaces)
}

/// Reads what was entered; `None` is nothing. The error says what would be understood.
pub(super) fn read(place: &Place, text: &str) -> Result<Option<Goal>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Some((head, _)) = list(text) {
        let from = head.find(' ').map_or(0, |at| at + 1);
        return several(&text[from..]).map(Some);
    }
    let (word, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    if let Some(view) = views::find(word) {
        let under = place.under.as_ref().filter(|_| rest.is_empty() && view.takes == Takes::App);
        return Ok(Some(Goal::View(view, under.map_or(rest.to_owned(), ToString::to_string))));
    }
    if !rest.is_empty() {
        return Err(match known(place, word) {
            true => format!("{word} takes no argument"),
            false => unknown(place, word),
        });
    }
    match exact(place, word)? {
        Some(goal) => Ok(Some(goal)),
        None => begun(place, word),
    }
}

/// What a whole name means: a word for the fleet, a command, a namespace, a context or an app.
fn exact(place: &Place, word: &str) -> Result<Option<Goal>, String> {
    if let Some((.., filter)) = FLEET.iter().find(|(name, ..)| *name == word) {
        return Ok(Some(Goal::Fleet(*filter)));
    }
    if word == "all" {
        return several(word).map(Some);
    }
    if let Some(command) = find::commands(place).find(|row| row.run.to_string() == word).map(|row| row.run) {
        return Ok(Some(Goal::Command(command)));
    }
    if place.namespaces.iter().any(|namespace| **namespace == *word) {
        return several(word).map(Some);
    }
    if let Some((_, command)) = SAID.iter().find(|(said, _)| *said == word) {
        return Ok(Some(Goal::Command(*command)));
    }
    // Where releases are planned, everything else is, too: keys for the rarer plans are not on every screen.
    let plans = find::commands(place).any(|row| row.run == Command::Release);
    if let Some((_, command)) = PLANS.iter().find(|(said, _)| plans && *said == word) {
        return Ok(Some(Goal::Command(*command)));
    }
    if let Some(view) =
        views::find("contexts").filter(|_| place.ctx.contexts.iter().any(|context| *context.name == *word))
    {
        return Ok(Some(Goal::View(view, word.to_owned())));
    }
    if let Some(view) = views::find("app").filter(|_| place.ctx.fleet.rows().any(|row| *row.app.key.name == *word)) {
        return views::app(place.ctx, "app", word).map(|key| Some(Goal::View(view, key.to_string())));
    }
    Ok(None)
}

/// What the beginning of a name means, where it can be one thing only.
fn begun(place: &Place, word: &str) -> Result<Option<Goal>, String> {
    let found = candidates(place, word);
    let starts: Vec<&str> =
        found.list.iter().filter(|found| found.name.starts_with(word)).map(|found| &*found.text).collect();
    match starts.as_slice() {
        [] => Err(unknown(place, word)),
        [one] if *one != word => read(place, one),
        many => {
            let more = if many.len() > 6 { format!(" and {} more", many.len() - 6) } else { String::new() };
            Err(format!("{word} may be {}{more}", many[..many.len().min(6)].join(", ")))
        }
    }
}

fn known(place: &Place, word: &str) -> bool {
    exact(place, word).is_ok_and(|goal| goal.is_some())
}

/// Nothing has this name here: says where it would be understood, or what is named nearly so.
fn unknown(place: &Place, word: &str) -> String {
    let rooms: Vec<&str> = Room::ALL
        .into_iter()
        .filter(|room| place.ctx.keymap.rows.iter().any(|row| row.on == *room && row.run.to_string() == word))
        .map(Room::title)
        .collect();
    if !rooms.is_empty() {
        return format!("{word} means nothing on this screen, but on: {}", rooms.join(", "));
    }
    if let Some((_, what)) = ON_THE_PAGE.iter().find(|(words, _)| words.contains(&word)) {
        return format!("{word} is no screen: {what} of an app stand on its page, \":app NAME\"");
    }
    let said = format!("no screen, command, app or known namespace {word}");
    let commands: Vec<String> = find::commands(place).map(|row| row.run.to_string()).collect();
    let names = views::VIEWS.iter().map(|view| view.name).chain(FLEET.iter().map(|(name, ..)| *name));
    let names = names.chain(commands.iter().map(String::as_str)).chain(place.namespaces.iter().map(|name| &**name));
    let names = names.chain(place.ctx.contexts.iter().map(|context| &*context.name));
    let apps = place.ctx.fleet.rows().map(|row| &*row.app.key.name);
    match nearest(word, names.chain(apps)) {
        Some(near) => format!("{said}: did you mean {near}?"),
        None if is_label(word) => format!("{said}: \"ns {word}\" goes to a namespace all the same"),
        None => said,
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
