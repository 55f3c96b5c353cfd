//! Where the user's files are, and which of them are taken.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use rolldeck_screens::{Keymap, Theme};
use serde::Deserialize;

use super::{
    ConfigError,
    keymap::keymap,
    theme::{BUILT_IN, built_in, theme},
};

/// Keys and colours, ready for the screens.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The keys.
    pub keymap: Keymap,
    /// The colours, as many as the theme has.
    pub theme: Theme,
}

/// What the command line and the terminal say about it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// `--theme`.
    pub theme: Option<String>,
    /// `--keymap`.
    pub keymap: Option<PathBuf>,
    /// The terminal hints at a light background.
    pub light: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    theme: Option<String>,
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
    /// `config.toml`, else the one for the terminal's background.
    ///
    /// # Errors
    /// A file that is there and cannot be read or understood; a file or theme that was asked for and is not there.
    pub fn load(place: &Path, choice: &Choice) -> Result<Self, ConfigError> {
        let file = match optional(place.join("config.toml"))? {
            Some((path, text)) => toml::from_str(&text).map_err(|error| ConfigError::from_toml(path, &text, &error))?,
            None => File::default(),
        };
        let keys = match &choice.keymap {
            Some(path) => Some((path.clone(), required(path)?)),
            None => optional(place.join("keymaps/default.toml"))?,
        };
        let fallback = if choice.light { "light" } else { "dark" };
        let name = choice.theme.as_deref().or(file.theme.as_deref()).unwrap_or(fallback);
        Ok(Self { keymap: keymap(keys)?, theme: named(place, name)? })
    }
}

/// The user's theme of this name, else the built-in one.
fn named(place: &Path, name: &str) -> Result<Theme, ConfigError> {
    let plain = !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
    if plain && let Some((path, text)) = optional(place.join("themes").join(format!("{name}.toml")))? {
        return theme(path, &text);
    }
    built_in(name).unwrap_or_else(|| {
        let known = BUILT_IN.map(|(name, _)| name).join(" and ");
        Err(ConfigError::NoTheme { name: name.to_owned(), known, place: place.to_owned() })
    })
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
    use super::*;

    fn dark_and_light() -> [Theme; 2] {
        ["dark", "light"].map(|name| built_in(name).unwrap().unwrap())
    }

    #[test]
    fn the_theme_is_the_flags_then_the_files_then_the_backgrounds() {
        let place = tempfile::tempdir().unwrap();
        let [dark, light] = dark_and_light();
        let load = |theme: Option<&str>, light| {
            Config::load(place.path(), &Choice { theme: theme.map(str::to_owned), light, ..Choice::default() }).unwrap()
        };
        assert_eq!(load(None, false).theme, dark);
        assert_eq!(load(None, true).theme, light);
        fs::write(place.path().join("config.toml"), "theme = 'light'").unwrap();
        assert_eq!(load(None, false).theme, light);
        assert_eq!(load(Some("dark"), true).theme, dark);
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
        assert!(error.contains("no theme \"../dark\": known are dark and light"), "{error}");
    }

    #[test]
    fn a_users_theme_goes_before_the_built_in_of_its_name() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("themes")).unwrap();
        fs::write(place.path().join("themes/dark.toml"), "[scopes]\ntext = { bold = true }").unwrap();
        let theme = Config::load(place.path(), &Choice::default()).unwrap().theme;
        assert_eq!(theme.styles.len(), 1);
    }

    #[test]
    fn a_keymap_that_was_asked_for_and_is_not_there_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let choice = Choice { keymap: Some(place.path().join("none.toml")), ..Choice::default() };
        assert!(matches!(Config::load(place.path(), &choice), Err(ConfigError::Read { .. })));
    }
}
