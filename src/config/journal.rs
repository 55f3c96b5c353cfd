//! `[journal]` of `config.toml`: what becomes of the journals of ended batches. Those of unfinished ones always stay.

use std::path::Path;

use rolldeck_driver::Keep;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::ConfigError;

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Journal {
    /// Days after its end; 0: for ever.
    keep_days: Option<Spanned<Value>>,
    /// How many of the newest at most.
    keep: Option<Spanned<Value>>,
}

impl Journal {
    /// Which stay; `None`: all.
    ///
    /// # Errors
    /// A number that is none, with its line, its key and what to write.
    pub(super) fn read(&self, file: &Path, text: &str) -> Result<Option<Keep>, ConfigError> {
        let usual = Keep::default();
        let wrong = |value: &Spanned<Value>, key: &str, why: String| {
            let what = format!("journal.{key}: {} is no number of {why}", value.get_ref());
            ConfigError::at(file.to_owned(), text, value.span().start, what)
        };
        let number = |value: &Spanned<Value>| value.get_ref().as_integer().and_then(|n| u32::try_from(n).ok());
        let days = self.keep_days.as_ref().map_or(Ok(usual.days), |value| {
            let why = format!("days: write {}, or 0 to keep all of them for ever", usual.days);
            number(value).ok_or_else(|| wrong(value, "keep-days", why))
        })?;
        let count = self.keep.as_ref().map_or(Ok(usual.count), |value| {
            let why = format!("batches to keep: write 1 or more, such as {}", usual.count);
            let count = number(value).and_then(|n| usize::try_from(n).ok()).filter(|count| *count > 0);
            count.ok_or_else(|| wrong(value, "keep", why))
        })?;
        Ok((days > 0).then_some(Keep { days, count }))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::{Choice, Config};

    use super::*;

    fn load(text: &str) -> Result<Option<Keep>, String> {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("config.toml"), text).unwrap();
        Config::load(place.path(), &Choice::default()).map(|config| config.keep).map_err(|error| error.to_string())
    }

    #[rstest]
    #[case("", Some((90, 500)))]
    #[case("[journal]", Some((90, 500)))]
    #[case("[journal]\nkeep-days = 7", Some((7, 500)))]
    #[case("journal.keep = 20", Some((90, 20)))]
    #[case("[journal]\nkeep-days = 0\nkeep = 3", None)]
    fn journals_are_kept_as_long_as_it_says(#[case] text: &str, #[case] keep: Option<(u32, usize)>) {
        assert_eq!(load(text), Ok(keep.map(|(days, count)| Keep { days, count })));
    }

    #[rstest]
    #[case(
        "[journal]\nkeep-days = -1",
        "line 2: journal.keep-days: -1 is no number of days: write 90, or 0 to keep all of them for ever"
    )]
    #[case("[journal]\n\nkeep-days = 'a week'", "line 3: journal.keep-days: \"a week\" is no number of days: write 90")]
    #[case("journal.keep-days = 1.5", "line 1: journal.keep-days: 1.5 is no number of days")]
    #[case("[journal]\nkeep-days = 99999999999", "line 2: journal.keep-days: 99999999999 is no number of days")]
    #[case(
        "[journal]\nkeep = 0",
        "line 2: journal.keep: 0 is no number of batches to keep: write 1 or more, such as 500"
    )]
    #[case("[journal]\nkeep = true", "line 2: journal.keep: true is no number of batches to keep")]
    #[case("[journal]\nkeep-day = 7", "line 2: unknown key \"keep-day\"; did you mean \"keep-days\"?")]
    #[case("\njournal = 7", "line 2: ")]
    fn what_is_wrong_is_told_with_its_line_its_key_and_what_to_write(#[case] text: &str, #[case] told: &str) {
        let error = load(text).unwrap_err();
        assert!(error.contains(&format!("config.toml, {told}")), "{error}");
    }
}
