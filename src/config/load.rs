//! Where the user's files are, and which of them are taken.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use rolldeck_core::{batch::guard::Guards, text::nearest::nearest};
use rolldeck_driver::Keep;
use rolldeck_screens::{Keymap, LogsSettings, ShellSettings, Theme, widgets::Columns};
use serde::Deserialize;

use super::{
    ConfigError,
    columns::{Tables, columns},
    guard::{Rule, guards},
    journal::Journal,
    keymap::{BUILT_IN as KEYMAPS, keymap},
    logs::Logs,
    shell::Shell,
    theme::{BUILT_IN as THEMES, theme},
};

/// Keys and colours, ready for the screens.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The keys.
    pub keymap: Keymap,
    /// The colours, as many as the theme has.
    pub theme: Theme,
    /// The mouse is listened to.
    pub mouse: bool,
    /// The theme for a light background, where nobody has chosen one and nothing tells how the background is.
    pub light: Option<Theme>,
    /// The columns of tables, where they were chosen.
    pub columns: Columns,
    /// Places that ask for more before they are written to, or forbid it.
    pub guards: Guards,
    /// Which journals of ended batches stay when the console starts; `None`: all.
    pub keep: Option<Keep>,
    /// Where nothing may be written, files in containers are listed, followed and downloaded all the same.
    pub files_when_readonly: bool,
    /// How logs are read and shown.
    pub logs: LogsSettings,
    /// How shells are opened and led.
    pub shell: ShellSettings,
}

/// What the command line and the terminal say about it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `--theme`.
    pub theme: Option<String>,
    /// `--keymap`: a name, or a file.
    pub keymap: Option<String>,
    /// Whether the terminal's background is light, where the environment tells.
    pub light: Option<bool>,
    /// Whether the terminal has no more than sixteen colours.
    pub few: bool,
}

/// `config.toml`: every setting, each of which may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    /// The name of a theme.
    theme: Option<String>,
    /// The name of a keymap.
    keymap: Option<String>,
    /// Whether the mouse is listened to; it is, unless this says no.
    mouse: Option<bool>,
    /// Which columns each table shows.
    columns: Tables,
    /// Places that ask for more before they are written to, or forbid it.
    guard: Vec<toml::Spanned<Rule>>,
    /// How long the journals of ended batches are kept.
    journal: Journal,
    /// How logs are read and shown, and what of them is allowed.
    logs: Logs,
    /// How shells are opened and led.
    shell: Shell,
    /// Whether every batch needs a reason.
    #[serde(rename = "reason-required")]
    reason_required: bool,
}

/// `$XDG_CONFIG_HOME/rolldeck`; `None` where there is no home.
pub fn directory() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("rolldeck"))
}

/// `$XDG_STATE_HOME/rolldeck`; `None` where there is no home.
pub fn state_directory() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.state_dir().unwrap_or_else(|| base.data_dir()).join("rolldeck"))
}

impl Config {
    /// Reads the user's files under `place` over what is built in. The theme is that of the command line, else of
    /// `config.toml`, else the one for as few colours as the terminal has, else the one for its background.
    ///
    /// # Errors
    /// A file that is there and cannot be read or understood; a file or theme that was asked for and is not there.
    pub fn load(place: &Path, choice: &Choice) -> Result<Self, ConfigError> {
        let (file, columns, guards, keep, logs, shell) = match optional(place.join("config.toml"))? {
            Some((path, text)) => {
                let file: File =
                    toml::from_str(&text).map_err(|error| ConfigError::from_toml(path.clone(), &text, &error))?;
                let columns = columns(&path, &text, &file.columns)?;
                let mut guards = guards(&path, &text, &file.guard)?;
                guards.reason_required = file.reason_required;
                let keep = file.journal.read(&path, &text)?;
                let logs = file.logs.read(&path, &text)?;
                let shell = file.shell.read(&path, &text)?;
                (file, columns, guards, keep, logs, shell)
            }
            None => {
                let (logs, shell) = (LogsSettings::default(), ShellSettings::default());
                (File::default(), Columns::default(), Guards::default(), Some(Keep::default()), logs, shell)
            }
        };
        let fallback = match (choice.few, choice.light) {
            (true, _) => "16-colour",
            (false, Some(true)) => "light",
            (false, _) => "dark",
        };
        let name = choice.theme.as_deref().or(file.theme.as_deref());
        Ok(Self {
            keymap: keys(place, choice.keymap.as_deref().or(file.keymap.as_deref()).unwrap_or("default"))?,
            theme: named(place, name.unwrap_or(fallback))?,
            mouse: file.mouse.unwrap_or(true),
            light: match name.is_none() && choice.light.is_none() && !choice.few {
                true => Some(named(place, "light")?),
                false => None,
            },
            columns,
            guards,
            keep,
            files_when_readonly: file.logs.files_when_read_only,
            logs,
            shell,
        })
    }
}

/// The keymap of a name or a file: the built-in one of the name, with the user's of the same name over it. A file is laid over
/// the default one.
fn keys(place: &Path, name: &str) -> Result<Keymap, ConfigError> {
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        let file = PathBuf::from(name);
        let text = required(&file)?;
        return keymap(name, Some((file, text)));
    }
    let user = if is_plain(name) { optional(place.join("keymaps").join(format!("{name}.toml")))? } else { None };
    let known = KEYMAPS.map(|(known, _)| known);
    if user.is_none() && !known.contains(&name) {
        return Err(missing("keymap", name, &known, place));
    }
    keymap(name, user)
}

/// The theme of a name: the built-in one, with the user's of the same name over it.
fn named(place: &Path, name: &str) -> Result<Theme, ConfigError> {
    let user = if is_plain(name) { optional(place.join("themes").join(format!("{name}.toml")))? } else { None };
    theme(name, user).unwrap_or_else(|| Err(missing("theme", name, &THEMES.map(|(known, _)| known), place)))
}

/// Whether a name can be that of a file and nothing else.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.')
}

fn missing(what: &'static str, name: &str, known: &[&str], place: &Path) -> ConfigError {
    let meant = nearest(name, known.iter().copied());
    let meant = meant.map_or(format!("known are {}.", known.join(", ")), |near| format!("did you mean \"{near}\"?"));
    let file = place.join(format!("{what}s")).join(format!("{name}.toml"));
    ConfigError::Missing { what, name: name.to_owned(), meant, file }
}

fn optional(file: PathBuf) -> Result<Option<(PathBuf, String)>, ConfigError> {
    match fs::read_to_string(&file) {
        Ok(text) => Ok(Some((file, text))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(ConfigError::Read { file, source }),
    }
}

fn required(file: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(file).map_err(|source| ConfigError::Read { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use rolldeck_screens::{Command, Room, Scope};

    use super::*;

    fn dark_and_light() -> [Theme; 2] {
        ["dark", "light"].map(|name| theme(name, None).unwrap().unwrap())
    }

    #[test]
    fn the_theme_is_the_flags_then_the_files_then_the_backgrounds() {
        let place = tempfile::tempdir().unwrap();
        let [dark, light] = dark_and_light();
        let load = |theme: Option<&str>, light: bool| {
            let light = light.then_some(true);
            Config::load(place.path(), &Choice { theme: theme.map(str::to_owned), light, ..Choice::default() }).unwrap()
        };
        assert_eq!(load(None, false).theme, dark);
        assert_eq!(load(None, true).theme, light);
        fs::write(place.path().join("config.toml"), "theme = 'light'").unwrap();
        assert_eq!(load(None, false).theme, light);
        assert_eq!(load(Some("dark"), true).theme, dark);
        assert_eq!(load(None, false).light, None, "one was chosen");
        fs::remove_file(place.path().join("config.toml")).unwrap();
        assert_eq!(load(None, false).light, Some(light), "the terminal may still answer that it is light");
    }

    #[test]
    fn a_terminal_of_sixteen_colours_has_the_theme_made_for_it_unless_another_was_chosen() {
        let place = tempfile::tempdir().unwrap();
        let few = |theme: Option<&str>, light| {
            let choice = Choice { theme: theme.map(str::to_owned), light, few: true, ..Choice::default() };
            Config::load(place.path(), &choice).unwrap()
        };
        let sixteen = theme("16-colour", None).unwrap().unwrap();
        for light in [None, Some(false), Some(true)] {
            let config = few(None, light);
            assert_eq!((config.theme, config.light), (sixteen.clone(), None), "it is for every background");
        }
        assert_eq!(few(Some("dark"), None).theme, dark_and_light()[0]);
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line_and_its_nearest() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("config.toml"), "\nthem = 'light'").unwrap();
        let error = Config::load(place.path(), &Choice::default()).unwrap_err().to_string();
        assert!(error.ends_with("config.toml, line 2: unknown key \"them\"; did you mean \"theme\"?"), "{error}");
    }

    #[test]
    fn a_theme_that_is_nowhere_is_refused_with_those_that_there_are() {
        let place = tempfile::tempdir().unwrap();
        let choice = Choice { theme: Some("../dark".into()), ..Choice::default() };
        let error = Config::load(place.path(), &choice).unwrap_err().to_string();
        assert!(error.contains("no theme \"../dark\": did you mean \"dark\"?"), "{error}");
    }

    #[test]
    fn a_users_theme_is_laid_over_the_built_in_one_of_its_name() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("themes")).unwrap();
        fs::write(place.path().join("themes/dark.toml"), "[scopes]\ntext = { bold = true }").unwrap();
        let theme = Config::load(place.path(), &Choice::default()).unwrap().theme;
        assert_eq!(theme.style(Scope::Text), ratatui::style::Style::new().bold());
        assert_eq!(theme.style(Scope::Bad), dark_and_light()[0].style(Scope::Bad));
    }

    #[test]
    fn a_keymap_that_was_asked_for_and_is_not_there_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("none.toml").display().to_string();
        let load =
            |keymap: &str| Config::load(place.path(), &Choice { keymap: Some(keymap.to_owned()), ..Choice::default() });
        assert!(matches!(load(&file), Err(ConfigError::Read { .. })));
        let error = load("vmi").unwrap_err().to_string();
        assert!(error.contains("no keymap \"vmi\": did you mean \"vim\"?"), "{error}");
    }

    #[test]
    fn the_keymap_is_the_flags_then_the_files_and_the_users_rows_lie_over_the_one_of_their_name() {
        let place = tempfile::tempdir().unwrap();
        let key = |text: &str| text.parse().unwrap();
        let load = |keymap: Option<&str>| {
            let choice = Choice { keymap: keymap.map(str::to_owned), ..Choice::default() };
            Config::load(place.path(), &choice).unwrap().keymap
        };
        assert_eq!(load(None).command(Room::Fleet, key("l")), Some(Command::Logs));
        fs::write(place.path().join("config.toml"), "keymap = 'vim'").unwrap();
        assert_eq!(load(None).command(Room::Fleet, key("l")), Some(Command::Open));
        assert_eq!(load(Some("default")).command(Room::Fleet, key("l")), Some(Command::Logs));
        fs::create_dir(place.path().join("keymaps")).unwrap();
        let row = "[[bind]]\non = 'fleet'\nkeys = ['L']\nrun = 'open'\ndesc = 'mine'";
        fs::write(place.path().join("keymaps/vim.toml"), row).unwrap();
        assert_eq!(load(None).command(Room::Fleet, key("L")), Some(Command::Open));
        assert_eq!(load(None).command(Room::Fleet, key("h")), Some(Command::Back), "the rest is vim's");
        assert_eq!(load(None).command(Room::Fleet, key("l")), Some(Command::Logs), "the row is replaced");
        assert_eq!(load(Some("default")).command(Room::Fleet, key("L")), None);
        let file = place.path().join("mine.toml");
        fs::write(&file, row).unwrap();
        let mine = load(Some(&file.display().to_string()));
        assert_eq!(mine.command(Room::Fleet, key("L")), Some(Command::Open));
        assert_eq!(mine.command(Room::Fleet, key("h")), None, "a file is laid over the default");
    }

    #[test]
    fn the_mouse_is_listened_to_unless_it_is_switched_off() {
        let place = tempfile::tempdir().unwrap();
        assert!(Config::load(place.path(), &Choice::default()).unwrap().mouse);
        fs::write(place.path().join("config.toml"), "mouse = false").unwrap();
        assert!(!Config::load(place.path(), &Choice::default()).unwrap().mouse);
        fs::write(place.path().join("config.toml"), "\n\nmouse = 'no'").unwrap();
        let error = Config::load(place.path(), &Choice::default()).unwrap_err().to_string();
        assert!(error.contains("config.toml, line 3: "), "{error}");
    }
}
