//! `[shell]` of `config.toml`: how shells are opened and led.

use std::{path::Path, time::Duration};

use rolldeck_screens::{Code, Key, ShellSettings};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::ConfigError;

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Shell {
    /// The key that commands of the console begin with.
    prefix: Option<Spanned<String>>,
    /// A program and its arguments, instead of the first of bash, ash and sh.
    command: Option<Spanned<Value>>,
    /// The image of debug containers.
    debug_image: Option<Spanned<String>>,
    /// Minutes that a debug container lives.
    debug_minutes: Option<Spanned<Value>>,
    /// Sessions are recorded.
    record: bool,
    /// Lines kept above the screen.
    scrollback: Option<Spanned<Value>>,
}

/// The most lines that a session keeps: 24 bytes for each cell of them.
const SCROLLBACK: i64 = 100_000;

impl Shell {
    /// What is asked for, over what is usual.
    ///
    /// # Errors
    /// A key that is none or that types text, a command without words, a number that is none: each with its line, its key and what to
    /// write.
    pub(super) fn read(&self, file: &Path, text: &str) -> Result<ShellSettings, ConfigError> {
        let usual = ShellSettings::default();
        let wrong = |at: usize, what: String| ConfigError::at(file.to_owned(), text, at, format!("shell.{what}"));
        let number = |value: &Option<Spanned<Value>>, key: &str, usual: i64, most: i64| match value {
            None => Ok(usual),
            Some(value) => value.get_ref().as_integer().filter(|n| (1..=most).contains(n)).ok_or_else(|| {
                let what = format!("{key}: {} is no number from 1 to {most}: write {usual}", value.get_ref());
                wrong(value.span().start, what)
            }),
        };
        let minutes = number(&self.debug_minutes, "debug-minutes", 240, 7 * 24 * 60)?;
        let lines = number(&self.scrollback, "scrollback", 2000, SCROLLBACK)?;
        Ok(ShellSettings {
            prefix: match &self.prefix {
                None => usual.prefix,
                Some(name) => prefix(name.get_ref()).map_err(|what| wrong(name.span().start, what))?,
            },
            command: match &self.command {
                None => usual.command,
                Some(words) => command(words.get_ref()).map_err(|what| wrong(words.span().start, what))?,
            },
            debug_image: match &self.debug_image {
                None => usual.debug_image,
                Some(image) if image.get_ref().trim().is_empty() => {
                    let what = format!("debug-image names no image: write one such as \"{}\"", usual.debug_image);
                    return Err(wrong(image.span().start, what));
                }
                Some(image) => image.get_ref().trim().to_owned(),
            },
            debug_life: Duration::from_secs(minutes.unsigned_abs() * 60),
            record: self.record,
            scrollback: usize::try_from(lines).unwrap_or(usual.scrollback),
        })
    }
}

/// The prefix: a key that types nothing by itself.
fn prefix(name: &str) -> Result<Key, String> {
    let key: Key = name.parse().map_err(|error| format!("prefix: {error}"))?;
    let types = matches!(key.code, Code::Char(_)) && !key.ctrl && !key.alt;
    let moves = matches!(key.code, Code::Enter | Code::Tab | Code::Backspace | Code::Esc) && !key.ctrl && !key.alt;
    if types || moves {
        return Err(format!(
            "prefix: {name} is typed in every shell: write one with ctrl- or alt-, such as \"ctrl-]\""
        ));
    }
    Ok(key)
}

/// The words of a command.
fn command(words: &Value) -> Result<Vec<String>, String> {
    let list = words.as_array().map(|list| list.iter().map(|word| word.as_str().map(str::to_owned)).collect());
    match list {
        Some(Some(list)) if !Vec::is_empty(&list) && !list[0].is_empty() => Ok(list),
        _ => Err(format!("command: {words} is no list of words: write one such as [\"zsh\", \"-l\"]")),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::{Choice, Config};

    use super::*;

    fn load(text: &str) -> Result<ShellSettings, String> {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("config.toml"), text).unwrap();
        Config::load(place.path(), &Choice::default()).map(|config| config.shell).map_err(|error| error.to_string())
    }

    #[test]
    fn shells_are_led_as_it_says() {
        assert_eq!(load(""), Ok(ShellSettings::default()));
        let text = "[shell]\nprefix = 'ctrl-o'\ncommand = ['zsh', '-l']\ndebug-image = 'alpine:3'\ndebug-minutes = 5\nrecord = true";
        let wanted = ShellSettings {
            prefix: "ctrl-o".parse().unwrap(),
            command: vec!["zsh".to_owned(), "-l".to_owned()],
            debug_image: "alpine:3".to_owned(),
            debug_life: Duration::from_secs(300),
            record: true,
            ..ShellSettings::default()
        };
        assert_eq!(load(text), Ok(wanted));
    }

    #[rstest]
    #[case("[shell]\n\nprefix = 'x'", "line 3: shell.prefix: x is typed in every shell: write one with ctrl- or alt-")]
    #[case("[shell]\nprefix = 'ctrl-nix'", "line 2: shell.prefix: \"ctrl-nix\" is no key")]
    #[case(
        "[shell]\ncommand = 'zsh'",
        "line 2: shell.command: \"zsh\" is no list of words: write one such as [\"zsh\""
    )]
    #[case("shell.command = []", "line 1: shell.command: [] is no list of words")]
    #[case(
        "[shell]\ndebug-image = ' '",
        "line 2: shell.debug-image names no image: write one such as \"busybox:1.37\""
    )]
    #[case("[shell]\nscrollback = 0", "line 2: shell.scrollback: 0 is no number from 1 to 100000: write 2000")]
    #[case("[shell]\ndebug-minutes = 'long'", "line 2: shell.debug-minutes: \"long\" is no number from 1 to 10080")]
    #[case("[shell]\nprefx = 'ctrl-o'", "line 2: unknown key \"prefx\"; did you mean \"prefix\"?")]
    fn what_is_wrong_is_told_with_its_line_its_key_and_what_to_write(#[case] text: &str, #[case] told: &str) {
        let error = load(text).unwrap_err();
        assert!(error.contains(&format!("config.toml, {told}")), "{error}");
    }
}
