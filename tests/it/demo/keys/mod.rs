//! A script for every row of the keymap: how to get there, the row's key, and what the screen must show then.

mod batches;
mod logs;
mod pages;
mod plans;
mod stage;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use Step::{All, Cursor, Do, Ends, Gone, Key, Off, Restart, Row, Run, See, Type, Unfiltered};
pub use stage::Stage;

/// The built-in keymap.
const KEYMAP: &str = include_str!("../../../../keymaps/default.toml");

/// One step of a script. Those that name a screen wait for it.
#[derive(Clone, Copy)]
pub enum Step {
    /// Presses the key that the row of the keymap has. What the first condition after it says must not be so before.
    Run,
    /// Presses a key, by the name that keymaps use.
    Key(&'static str),
    /// Types text; `\r` is return.
    Type(&'static str),
    /// The screen has this text.
    See(&'static str),
    /// The screen has this text no more.
    Gone(&'static str),
    /// One row of the screen has all of these.
    Row(&'static [&'static str]),
    /// The row under the cursor has all of these.
    Cursor(&'static [&'static str]),
    /// The row under the cursor is another one.
    Off(&'static [&'static str]),
    /// No filter and no search is shown.
    Unfiltered,
    /// Does something to the world.
    Do(fn(&Stage)),
    /// These, one after the other.
    All(&'static [Step]),
    /// The program ends, and is started again.
    Restart,
    /// The program ends, and leaves the terminal as it was.
    Ends,
}

/// What a row's key must do.
pub struct Script {
    /// The command of the row.
    pub run: &'static str,
    /// From the beginning of the place, and back to it.
    pub steps: &'static [Step],
}

/// Where scripts are played.
pub struct Place {
    /// The screen, as keymaps call it.
    pub on: &'static str,
    /// Columns and rows.
    pub size: (u16, u16),
    /// From the fleet of all namespaces to the place.
    pub enter: &'static [Step],
    /// What is so at the place, before and after each script.
    pub home: &'static [Step],
    /// The scripts, in the order in which they are played.
    pub scripts: &'static [Script],
}

/// A terminal that shows much.
pub const WIDE: (u16, u16) = (160, 50);

fn places() -> impl Iterator<Item = &'static Place> {
    tables::PLACES.iter().chain(pages::PLACES).chain(batches::PLACES).chain(plans::PLACES).chain(logs::PLACES)
}

/// The rows of the keymap: screen and command, with their keys.
fn rows() -> BTreeMap<(String, String), Vec<String>> {
    let keymap: toml::Table = KEYMAP.parse().expect("the keymap is TOML");
    let rows = keymap["bind"].as_array().expect("rows");
    let text = |row: &toml::Value, field: &str| row[field].as_str().expect("a text").to_owned();
    let keys = |row: &toml::Value| {
        row["keys"].as_array().expect("keys").iter().map(|key| key.as_str().expect("a key").to_owned()).collect()
    };
    rows.iter().map(|row| ((text(row, "on"), text(row, "run")), keys(row))).collect()
}

#[test]
fn every_row_of_the_keymap_has_a_script_and_every_script_a_row() {
    let rows: BTreeSet<_> = rows().into_keys().collect();
    let scripts: BTreeSet<_> = places()
        .flat_map(|place| place.scripts.iter().map(|script| (place.on.to_owned(), script.run.to_owned())))
        .collect();
    let without: Vec<_> = rows.difference(&scripts).collect();
    let astray: Vec<_> = scripts.difference(&rows).collect();
    assert!(without.is_empty() && astray.is_empty(), "rows without a script: {without:?}; without a row: {astray:?}");
}

#[test]
fn every_script_presses_its_key_and_then_looks() {
    for (place, script) in places().flat_map(|place| place.scripts.iter().map(move |script| (place, script))) {
        let after = script.steps.iter().skip_while(|step| !matches!(step, Run)).skip(1);
        let looks = after.filter(|step| matches!(step, See(_) | Gone(_) | Row(_) | Cursor(_) | Off(_) | Ends)).count();
        assert!(looks > 0, "{}: {} looks at nothing", place.on, script.run);
    }
}

/// Plays the scripts of every place on this screen, once with each key of their rows.
fn play(on: &str) {
    let rows = rows();
    for place in places().filter(|place| place.on == on) {
        let mut stage = Stage::open(place);
        for script in place.scripts {
            for key in &rows[&(on.to_owned(), script.run.to_owned())] {
                stage.play(script, key);
            }
        }
    }
}

macro_rules! screens {
    ($($on:ident)*) => {
        $(#[test]
        fn $on() {
            play(stringify!($on));
        })*

        #[test]
        fn every_place_is_played() {
            let played = BTreeSet::from([$(stringify!($on)),*]);
            assert_eq!(places().map(|place| place.on).collect::<BTreeSet<_>>(), played);
        }
    };
}

screens! {
    everywhere fleet pods app plan batch batches trouble changes events nodes namespaces contexts containers describe yaml logs
    shell forwards downloads run copies
}
