//! `[[guard]]` of config.toml: places that ask for more before they are written to, or forbid it.

use std::path::Path;

use rolldeck_core::{
    batch::guard::{Glob, Guard, GuardRule, Guards},
    text::{Clean, nearest::nearest},
};
use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// A rule as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    context: Option<Spanned<String>>,
    server: Option<Spanned<String>>,
    namespace: Option<Spanned<String>>,
    label: Option<Spanned<String>>,
    what: Option<Spanned<String>>,
}

/// The user's rules.
///
/// # Errors
/// A rule that does not say what it asks for, or asks for something that there is not; a pattern or a label without text. Each
/// with file and line.
pub(super) fn guards(file: &Path, text: &str, rules: &[Spanned<Rule>]) -> Result<Guards, ConfigError> {
    let rules: Result<Vec<_>, _> = rules.iter().map(|rule| guard(file, text, rule)).collect();
    Ok(Guards::new(rules?))
}

fn guard(file: &Path, text: &str, rule: &Spanned<Rule>) -> Result<GuardRule, ConfigError> {
    let wrong = |at: usize, what: String| ConfigError::at(file.to_owned(), text, at, what);
    let start = rule.span().start;
    let Rule { context, server, namespace, label, what } = rule.get_ref();
    let Some(what) = what else {
        let what = "this guard does not say what it asks for: add what = \"confirm\", \"type\" or \"read-only\"";
        return Err(wrong(start, what.to_owned()));
    };
    let asked = asked(what.get_ref()).map_err(|error| wrong(what.span().start, error))?;
    let glob = |key: &str, pattern: &Option<Spanned<String>>| match pattern {
        None => Ok(None),
        Some(pattern) => Glob::new(pattern.get_ref()).map(Some).ok_or_else(|| {
            let way_out =
                format!("{key} is empty and would match nothing: write a pattern such as \"prod*\", or leave it out");
            wrong(pattern.span().start, way_out)
        }),
    };
    let name = file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned());
    let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
    Ok(GuardRule {
        context: glob("context", context)?,
        server: glob("server", server)?,
        namespace: glob("namespace", namespace)?,
        label: match label {
            None => None,
            Some(label) => Some(labelled(label.get_ref()).map_err(|error| wrong(label.span().start, error))?),
        },
        ..GuardRule::new(asked, format!("{name}, line {line}"))
    })
}

fn asked(what: &str) -> Result<Guard, String> {
    if let Some((_, guard)) = Guard::NAMES.iter().find(|(name, _)| *name == what) {
        return Ok(*guard);
    }
    let meant = nearest(what, Guard::NAMES.map(|(name, _)| name))
        .map_or("known are confirm, type, read-only".to_owned(), |near| format!("did you mean \"{near}\"?"));
    Err(format!("no guard asks for \"{what}\": {meant}"))
}

/// `env=prod*`; a key alone means any value.
fn labelled(label: &str) -> Result<(Clean, Glob), String> {
    let (key, value) = label.split_once('=').unwrap_or((label, "*"));
    match Glob::new(value.trim()) {
        Some(value) if !key.trim().is_empty() => Ok((Clean::new(key.trim()), value)),
        _ => Err(format!("\"{label}\" is no label: write its key and a pattern of its value, as in \"env=prod*\"")),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use rolldeck_core::batch::guard::Guard;
    use rstest::rstest;

    use crate::config::{Choice, Config, ConfigError};

    fn load(text: &str) -> Result<Config, ConfigError> {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("config.toml"), text).unwrap();
        Config::load(Path::new(place.path()), &Choice::default())
    }

    #[test]
    fn rules_are_read_with_where_they_stand() {
        let text = "reason-required = true\n\n[[guard]]\ncontext = 'prod*'\nwhat = 'type'\n\n[[guard]]\nlabel = 'env=prod'\nwhat = 'read-only'\n";
        let guards = load(text).unwrap().guards;
        assert!(guards.reason_required);
        let (guard, words) = guards.of("prod-eu", "https://x", "shop", Some(&Default::default()));
        assert_eq!(guard, Guard::Type);
        assert_eq!(&*words, "type, by the rule at config.toml, line 3 (context prod*)");
        assert_eq!(guards.of("qa", "https://x", "shop", None).0, Guard::ReadOnly);
        assert!(!load("").unwrap().guards.reason_required);
    }

    #[rstest]
    #[case(
        "[[guard]]\ncontext = 'a'\n",
        "line 1: this guard does not say what it asks for: add what = \"confirm\", \"type\" or \"read-only\""
    )]
    #[case("[[guard]]\nwhat = 'readonly'\n", "line 2: no guard asks for \"readonly\": did you mean \"read-only\"?")]
    #[case("[[guard]]\nwhat = 'type'\nnamespace = ''\n", "line 3: namespace is empty and would match nothing")]
    #[case("[[guard]]\nwhat = 'type'\n\nlabel = '=x'\n", "line 4: \"=x\" is no label")]
    #[case(
        "[[guard]]\nwhat = 'type'\nnamspace = 'x'\n",
        "line 3: unknown key \"namspace\"; did you mean \"namespace\"?"
    )]
    fn what_is_wrong_with_a_rule_is_said_with_its_line(#[case] text: &str, #[case] wanted: &str) {
        let error = load(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}
