//! Themes: two built in, and the user's.

use std::path::{Path, PathBuf};

use rolldeck_screens::{Theme, ThemeError, ThemeFile};

use super::ConfigError;

/// The themes that are built in, by name.
pub const BUILT_IN: [(&str, &str); 2] =
    [("dark", include_str!("../../themes/dark.toml")), ("light", include_str!("../../themes/light.toml"))];

/// The theme of a built-in name.
pub fn built_in(name: &str) -> Option<Result<Theme, ConfigError>> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    Some(theme(Path::new(&format!("themes/{name}.toml")).to_owned(), text))
}

/// The theme of a file's text.
pub fn theme(file: PathBuf, text: &str) -> Result<Theme, ConfigError> {
    let parsed: ThemeFile = match toml::from_str(text) {
        Ok(parsed) => parsed,
        Err(error) => return Err(ConfigError::from_toml(file, text, &error)),
    };
    Theme::try_from(parsed).map_err(|error| {
        let ThemeError::Colour(colour) = &error;
        ConfigError::about(file, text, colour, error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        theme("my.toml".into(), text).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_themes_are_sound() {
        for (name, _) in BUILT_IN {
            assert!(!built_in(name).unwrap().unwrap().styles.is_empty());
        }
    }

    #[test]
    fn an_unknown_scope_is_named_with_its_line_and_its_nearest() {
        let error = wrong("[palette]\n\n[scopes]\ngood = { fg = 'green' }\nheadng = { fg = 'blue' }");
        assert_eq!(error, "my.toml, line 5: unknown name \"headng\"; did you mean \"heading\"?");
    }

    #[test]
    fn an_unknown_colour_is_named_with_its_line() {
        let error = wrong("# 'rustt' is no colour\n[scopes]\nbad = { fg = 'rustt' }");
        assert!(error.starts_with("my.toml, line 3: \"rustt\" is no colour"), "{error}");
    }
}
