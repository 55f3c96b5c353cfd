//! What a text can become: screens, namespaces, contexts, commands and apps, best first.

use std::collections::HashMap;

use rolldeck_core::{
    model::AppKey,
    query::{Query, Rank},
};

use super::{Place, goal};
use crate::{
    Binding, Command, Key, Room,
    views::{self, Takes},
};

/// So many candidates are kept; the rest is counted.
const MOST: usize = 200;

/// One thing that the text can become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What the line becomes.
    pub text: String,
    /// The name that was matched.
    pub name: String,
    /// What it is.
    pub desc: String,
    /// The key that does the same.
    pub key: Option<Key>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The best, at most [`MOST`].
    pub list: Vec<Candidate>,
    /// How many there are in all.
    pub total: usize,
}

/// How well something matches: the manner of the match, the sort of thing, then the details. Less is better.
type Score = (u32, u8, Rank);

/// A match that is no candidate yet: an app's needs text, which is made for the best only.
enum Match<'a> {
    Made(Candidate),
    App(&'a AppKey),
}

/// The rows of the keymap whose commands can be named here: all but movements, each command once.
pub(super) fn commands<'a>(place: &Place<'a>) -> impl Iterator<Item = &'a Binding> {
    let (room, keymap) = (place.room, place.ctx.keymap);
    let moves = |run| {
        use Command::{Bottom, Down, PageDown, PageUp, Palette, Top, Up};
        matches!(run, Up | Down | PageUp | PageDown | Top | Bottom | Palette)
    };
    let here = move |on| keymap.rows.iter().filter(move |row| row.on == on);
    let own = move |run| here(room).any(|row| row.run == run);
    let common = here(Room::Everywhere).filter(move |row| room == Room::Everywhere || !own(row.run));
    here(room).filter(move |_| room != Room::Everywhere).chain(common).filter(move |row| !moves(row.run))
}

/// What `text` can become. After a view's name: its arguments.
pub(super) fn candidates(place: &Place, text: &str) -> Found {
    let text = text.trim_start();
    if let Some((head, last)) = goal::list(text) {
        return namespaces(place, head, last);
    }
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => arguments(place, word, rest.trim_start()),
        None => words(place, text),
    }
}

fn words(place: &Place, text: &str) -> Found {
    let query = Query::of_words(text);
    let mut found = Vec::new();
    let mut add = |sort: u8, names: &[&str], text: String, desc: String, key: Option<Key>| {
        if let Some(score) = names.iter().filter_map(|name| score(&query, sort, name)).min() {
            found.push((score, Match::Made(Candidate { text, name: names[0].to_owned(), desc, key })));
        }
    };
    // Before anything is typed, one word for the fleet is enough.
    let words = if text.is_empty() { 1 } else { goal::FLEET.len() };
    for (name, desc, _) in &goal::FLEET[..words] {
        add(0, &[name], (*name).to_owned(), (*desc).to_owned(), None);
    }
    for view in views::VIEWS {
        let names: Vec<&str> = std::iter::once(view.name).chain(view.aliases.iter().copied()).collect();
        add(0, &names, view.name.to_owned(), view.desc.to_owned(), None);
    }
    add(1, &["all"], "all".to_owned(), "all namespaces".to_owned(), None);
    for name in place.namespaces {
        add(1, &[name], format!("ns {name}"), "namespace".to_owned(), None);
    }
    for name in place.ctx.contexts.iter().map(|context| &context.name) {
        add(2, &[name], format!("ctx {name}"), "context".to_owned(), None);
    }
    for row in commands(place).filter(|row| views::find(&row.run.to_string()).is_none()) {
        let name = row.run.to_string();
        add(3, &[&name], name.clone(), row.desc.clone(), row.keys.first().copied());
    }
    if !query.is_empty() {
        let apps = place.ctx.fleet.rows().map(|row| &row.app.key);
        found.extend(apps.filter_map(|key| Some((score(&query, 4, &key.name)?, Match::App(key)))));
    }
    best(place, "app", found)
}

fn score(query: &Query, sort: u8, name: &str) -> Option<Score> {
    let rank = query.rank_name(name)?;
    Some((rank.0 >> 20, sort, rank))
}

fn arguments(place: &Place, word: &str, rest: &str) -> Found {
    let Some(view) = views::find(word) else { return Found::default() };
    match view.takes {
        Takes::Nothing | Takes::Namespaces => Found::default(),
        Takes::Text(hint) => {
            let text = format!("{word} {rest}");
            let list = vec![Candidate { name: text.clone(), text, desc: hint.to_owned(), key: None }];
            Found { total: list.len(), list }
        }
        Takes::Context => {
            let query = Query::of_words(rest);
            let contexts = place.ctx.contexts.iter().map(|context| &context.name).filter_map(|name| {
                let text = format!("{word} {name}");
                let made = Candidate { text, name: name.to_string(), desc: "context".to_owned(), key: None };
                Some((score(&query, 0, name)?, Match::Made(made)))
            });
            best(place, word, contexts.collect())
        }
        Takes::App => {
            let (query, whole) = (Query::of_words(rest), rest.contains('/'));
            let apps = place.ctx.fleet.rows().map(|row| &row.app.key).filter_map(|key| {
                let score = match whole {
                    true => score(&query, 0, &format!("{}/{}", key.namespace, key.name)),
                    false => score(&query, 0, &key.name),
                };
                Some((score?, Match::App(key)))
            });
            best(place, word, apps.collect())
        }
    }
}

fn namespaces(place: &Place, head: &str, last: &str) -> Found {
    let query = Query::of_words(last);
    let found = place.namespaces.iter().filter(|namespace| ***namespace != *last).filter_map(|name| {
        let text = format!("{head}{name}");
        let made = Candidate { text, name: name.to_string(), desc: "namespace".to_owned(), key: None };
        Some((score(&query, 0, name)?, Match::Made(made)))
    });
    best(place, "app", found.collect())
}

/// The best of what was found, in order; apps as arguments of `word`, as short as they can be told apart.
fn best(place: &Place, word: &str, mut found: Vec<(Score, Match)>) -> Found {
    let total = found.len();
    let name = |one: &Match| match one {
        Match::Made(_) => None,
        Match::App(key) => Some((key.name.clone(), key.namespace.clone())),
    };
    if total > MOST {
        found.select_nth_unstable_by_key(MOST, |(score, _)| *score);
        found.truncate(MOST);
    }
    found.sort_by_cached_key(|(score, one)| (*score, name(one)));
    let mut namesakes: HashMap<&str, (usize, HashMap<&str, usize>)> = HashMap::new();
    for (_, one) in &found {
        if let Match::App(key) = one {
            namesakes.entry(&key.name).or_default();
        }
    }
    let named = if namesakes.is_empty() { 0 } else { usize::MAX };
    for key in place.ctx.fleet.rows().map(|row| &row.app.key).take(named) {
        if let Some((all, places)) = namesakes.get_mut(&*key.name) {
            *all += 1;
            *places.entry(&key.namespace).or_default() += 1;
        }
    }
    let short = |key: &AppKey| match namesakes.get(&*key.name) {
        Some((1, _)) | None => key.name.to_string(),
        Some((_, places)) if places.get(&*key.namespace) == Some(&1) => format!("{}/{}", key.namespace, key.name),
        Some(_) => key.to_string(),
    };
    let made = |one: &Match| match one {
        Match::Made(candidate) => candidate.clone(),
        Match::App(key) => Candidate {
            text: format!("{word} {}", short(key)),
            name: key.name.to_string(),
            desc: format!("{} in {}", key.kind.name(), key.namespace),
            key: None,
        },
    };
    Found { list: found.iter().map(|(_, one)| made(one)).collect(), total }
}
