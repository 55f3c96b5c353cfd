//! Keymaps: the built-in one, and the user's rows over it.

use std::path::{Path, PathBuf};

use rolldeck_screens::{Binding, Keymap, KeymapError, KeymapFile};

use super::ConfigError;

/// The keymaps that are built in, by name. The first is whole; the others are laid over it.
pub const BUILT_IN: [(&str, &str); 2] =
    [("default", include_str!("../../keymaps/default.toml")), ("vim", include_str!("../../keymaps/vim.toml"))];

/// The built-in keymap of this name (any other: the default one), with the rows of `user` (a file's path and text) over it.
pub fn keymap(name: &str, user: Option<(PathBuf, String)>) -> Result<Keymap, ConfigError> {
    let named = |(known, text): &(&str, &str)| (PathBuf::from(format!("keymaps/{known}.toml")), (*text).to_owned());
    let variant = BUILT_IN[1..].iter().filter(|(known, _)| *known == name).map(named);
    let mut keymap = Keymap::default();
    for (file, text) in std::iter::once(named(&BUILT_IN[0])).chain(variant).chain(user) {
        let own = rows(&file, &text)?;
        keymap = Keymap::new(laid_over(keymap.rows, own)).map_err(|error| twice(file, &text, &error))?;
    }
    Ok(keymap)
}

/// A file's rows, which must make a keymap by themselves.
fn rows(file: &Path, text: &str) -> Result<Vec<Binding>, ConfigError> {
    let parsed: KeymapFile =
        toml::from_str(text).map_err(|error| ConfigError::from_toml(file.to_owned(), text, &error))?;
    let rows = parsed.bind;
    Keymap::new(rows.clone()).map_err(|error| twice(file.to_owned(), text, &error))?;
    Ok(rows)
}

fn twice(file: PathBuf, text: &str, error: &KeymapError) -> ConfigError {
    let KeymapError::Twice { key, .. } = error;
    ConfigError::about(file, text, &key.to_string(), error.to_string())
}

/// A row of the user's replaces the built-in row of the same command on the same screen, and takes its keys away from every
/// other built-in row of that screen. A row left without keys goes.
fn laid_over(built_in: Vec<Binding>, own: Vec<Binding>) -> Vec<Binding> {
    let mut rows = built_in;
    for row in &mut rows {
        if own.iter().any(|mine| mine.on == row.on && mine.run == row.run) {
            row.keys.clear();
        }
        row.keys.retain(|key| !own.iter().any(|mine| mine.on == row.on && mine.keys.contains(key)));
    }
    for mine in own {
        match rows.iter_mut().find(|row| row.on == mine.on && row.run == mine.run && row.keys.is_empty()) {
            Some(row) => *row = mine,
            None => rows.push(mine),
        }
    }
    rows.retain(|row| !row.keys.is_empty());
    rows
}

#[cfg(test)]
mod tests {
    use rolldeck_screens::{Command, Room};

    use super::*;

    fn user(text: &str) -> Result<Keymap, String> {
        keymap("default", Some(("keys.toml".into(), text.to_owned()))).map_err(|error| error.to_string())
    }

    fn key(text: &str) -> rolldeck_screens::Key {
        text.parse().unwrap()
    }

    #[test]
    fn the_built_in_keymap_is_sound() {
        let keymap = keymap("default", None).unwrap();
        assert_eq!(keymap.command(Room::Fleet, key("i")), Some(Command::Release));
        assert_eq!(keymap.command(Room::Fleet, key("ctrl-c")), Some(Command::Quit));
        assert_eq!(keymap.command(Room::Fleet, key("ctrl-\\")), Some(Command::ClearMarks));
    }

    #[test]
    fn vims_keys_are_laid_over_the_default_ones() {
        let keymap = keymap("vim", None).unwrap();
        assert_eq!(keymap.command(Room::Fleet, key("h")), Some(Command::Back));
        assert_eq!(keymap.command(Room::Fleet, key("l")), Some(Command::Open));
        assert_eq!(keymap.command(Room::Fleet, key("ctrl-u")), Some(Command::PageUp));
        assert_eq!(keymap.command(Room::Plan, key("h")), Some(Command::Back));
        assert_eq!(keymap.command(Room::Fleet, key("i")), Some(Command::Release));
        assert_eq!(keymap.command(Room::Fleet, key("j")), Some(Command::Down));
    }

    #[test]
    fn in_no_built_in_keymap_a_key_writes_on_one_screen_and_is_harmless_on_another_nor_is_ctrl_d_bound() {
        for (name, _) in BUILT_IN {
            let keymap = keymap(name, None).unwrap();
            assert!(Room::ALL.into_iter().all(|room| keymap.command(room, key("ctrl-d")).is_none()), "{name}");
            for row in keymap.rows.iter().filter(|row| row.run.writes()) {
                for at in row.keys.iter().filter(|at| **at != key("s")) {
                    for here in Room::ALL.into_iter().filter_map(|room| keymap.command(room, *at)) {
                        // It asks first, and a download writes nothing to the cluster.
                        let asks = (row.run, here) == (Command::Confirm, Command::Download);
                        assert!(
                            here.writes() || asks,
                            "{name}: {at} is {} on {} and {here} elsewhere",
                            row.run,
                            row.on
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_row_of_vims_changes_something() {
        let default = keymap("default", None).unwrap();
        for row in rows(Path::new("vim.toml"), BUILT_IN[1].1).unwrap() {
            assert!(!default.rows.contains(&row), "{} on {}", row.run, row.on);
        }
    }

    #[test]
    fn a_row_without_keys_takes_the_command_off_its_screen() {
        let keymap = user("[[bind]]\non = 'fleet'\nkeys = []\nrun = 'restart'\ndesc = ''").unwrap();
        assert_eq!(keymap.command(Room::Fleet, key("r")), None);
    }

    #[test]
    fn a_row_of_the_users_replaces_the_row_of_its_command_and_takes_its_keys() {
        let keymap = user("[[bind]]\non = 'fleet'\nkeys = ['u', 'f5']\nrun = 'release'\ndesc = 'ship it'").unwrap();
        assert_eq!(keymap.command(Room::Fleet, key("u")), Some(Command::Release));
        assert_eq!(keymap.command(Room::Fleet, key("f5")), Some(Command::Release));
        assert_eq!(keymap.command(Room::Fleet, key("i")), None);
        assert_eq!(keymap.key(Room::Fleet, Command::Rollback), None);
        assert_eq!(keymap.command(Room::Fleet, key("s")), Some(Command::Scale));
    }

    #[test]
    fn an_unknown_command_is_named_with_its_line_and_its_nearest() {
        let error = user("# mine\n[[bind]]\non = 'fleet'\nkeys = ['i']\nrun = 'relase'\ndesc = ''").unwrap_err();
        assert_eq!(error, "keys.toml, line 5: unknown name \"relase\"; did you mean \"release\"?");
    }

    #[test]
    fn an_unknown_key_of_the_file_is_named_with_its_line_and_its_nearest() {
        let error = user("[[bind]]\non = 'fleet'\nkesy = ['i']\nrun = 'release'\ndesc = ''").unwrap_err();
        assert_eq!(error, "keys.toml, line 3: unknown key \"kesy\"; did you mean \"keys\"?");
    }

    #[test]
    fn a_text_that_names_no_key_is_named_with_its_line() {
        let error =
            user("[[bind]]\non = 'fleet'\nkeys = [\n'i',\n'control-x']\nrun = 'release'\ndesc = ''").unwrap_err();
        assert!(error.starts_with("keys.toml, line 5: \"control-x\" is no key"), "{error}");
    }

    #[test]
    fn a_key_with_two_meanings_on_one_screen_is_refused() {
        let error = user(
            "[[bind]]\non = 'fleet'\nkeys = ['i']\nrun = 'release'\ndesc = ''\n[[bind]]\non = 'fleet'\nkeys = ['i']\nrun = 'scale'\ndesc = ''",
        );
        assert!(error.unwrap_err().contains("the key i is bound twice"));
    }

    #[test]
    fn what_is_no_toml_is_named_with_its_line() {
        assert!(user("[[bind]]\non = ").unwrap_err().starts_with("keys.toml, line 2: "));
    }
}
