//! `[logs]` of `config.toml`: where log files are looked for, how much is kept, how lines are shown at first.

use std::path::Path;

use rolldeck_core::logs::Begin;
use rolldeck_screens::{LogsSettings, logs::TimeStyle};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::ConfigError;

/// The least that a buffer holds, and the most, in MiB.
const BUFFER: (i64, i64) = (1, 16_384);

/// What stands in a template for a part of a pod.
const PARTS: [&str; 6] = ["node", "app", "namespace", "pod", "ip", "container"];

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Logs {
    /// Reading a container's files runs a command in it: in read-only mode, only where this says so.
    pub files_when_read_only: bool,
    /// Directories and globs.
    directories: Option<Vec<Spanned<String>>>,
    /// A URL template that has the logs of pods that are gone.
    url: Option<Spanned<String>>,
    /// MiB.
    buffer: Option<Spanned<Value>>,
    /// `off`, `local`, `utc`, `relative`.
    times: Option<Spanned<String>>,
    /// `1000` lines, `5m`, `all`.
    since: Option<Spanned<Value>>,
    /// Whether long lines go on below.
    wrap: bool,
    /// Where downloads go.
    download: Option<Spanned<String>>,
}

impl Logs {
    /// What is set, over what is usual.
    ///
    /// # Errors
    /// A value that cannot be, with its line, its key and what to write.
    pub(super) fn read(&self, file: &Path, text: &str) -> Result<LogsSettings, ConfigError> {
        let wrong = |at: usize, what: String| ConfigError::at(file.to_owned(), text, at, what);
        let mut settings = LogsSettings { wrap: self.wrap, ..LogsSettings::default() };
        if let Some(directories) = &self.directories {
            for directory in directories {
                if !directory.get_ref().starts_with('/') {
                    let what = format!(
                        "logs.directories: \"{}\" does not begin at the root: write \"/var/log\" or \"/srv/app/*.log\"",
                        directory.get_ref()
                    );
                    return Err(wrong(directory.span().start, what));
                }
            }
            settings.directories = directories.iter().map(|directory| directory.get_ref().clone()).collect();
        }
        if let Some(url) = &self.url {
            template(url.get_ref()).map_err(|what| wrong(url.span().start, what))?;
            settings.archive = Some(url.get_ref().as_str().into());
        }
        if let Some(value) = &self.buffer {
            let mib = value.get_ref().as_integer().filter(|mib| (BUFFER.0..=BUFFER.1).contains(mib));
            let bytes = mib.and_then(|mib| usize::try_from(mib).ok()).map(|mib| mib << 20);
            settings.buffer = bytes.ok_or_else(|| {
                let what = format!(
                    "logs.buffer: {} is no number of MiB that lines may take: write {} to {}, such as 128",
                    value.get_ref(),
                    BUFFER.0,
                    BUFFER.1
                );
                wrong(value.span().start, what)
            })?;
        }
        if let Some(times) = &self.times {
            settings.times = match times.get_ref().as_str() {
                "off" => TimeStyle::Off,
                "local" => TimeStyle::Local,
                "utc" => TimeStyle::Utc,
                "relative" => TimeStyle::Relative,
                other => {
                    let what = format!("logs.times: there is no \"{other}\": write off, local, utc or relative");
                    return Err(wrong(times.span().start, what));
                }
            };
        }
        if let Some(since) = &self.since {
            settings.begin = begin(since.get_ref()).map_err(|what| wrong(since.span().start, what))?;
        }
        if let Some(download) = &self.download {
            if download.get_ref().trim().is_empty() {
                let what = "logs.download is empty: write a directory such as \"~/logs\", or leave it out".to_owned();
                return Err(wrong(download.span().start, what));
            }
            settings.download = download.get_ref().trim().to_owned();
        }
        Ok(settings)
    }
}

/// A number of lines, an age, or all.
fn begin(value: &Value) -> Result<Begin, String> {
    let bad = || {
        format!("logs.since: {value} is neither a number of lines nor an age: write 1000, \"5m\", \"2h\" or \"all\"")
    };
    if let Some(lines) = value.as_integer() {
        return u64::try_from(lines).ok().filter(|lines| *lines > 0).map(Begin::Tail).ok_or_else(bad);
    }
    let text = value.as_str().ok_or_else(bad)?;
    if text == "all" {
        return Ok(Begin::Head);
    }
    let unit = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)].into_iter();
    let age = unit.filter_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number > 0)?;
        number.checked_mul(seconds)
    });
    age.map(Begin::Ago).next().ok_or_else(bad)
}

/// Whether a template can become a URL.
fn template(url: &str) -> Result<(), String> {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(format!(
            "logs.url: \"{url}\" is no URL: write \"https://HOST/{{namespace}}/{{pod}}/{{container}}.log\""
        ));
    }
    let mut rest = url;
    while let Some(open) = rest.find('{') {
        let (part, behind) = rest[open + 1..]
            .split_once('}')
            .ok_or_else(|| format!("logs.url: a {{ is not closed in \"{url}\": write {{pod}}, say"))?;
        if !PARTS.contains(&part) {
            return Err(format!(
                "logs.url: nothing is known of a pod as {{{part}}}: write one of {{{}}}",
                PARTS.join("}, {")
            ));
        }
        rest = behind;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::config::{Choice, Config};

    fn load(text: &str) -> Result<LogsSettings, String> {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("config.toml"), text).unwrap();
        Config::load(place.path(), &Choice::default()).map(|config| config.logs).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_set_is_taken_and_the_rest_is_usual() {
        assert_eq!(load(""), Ok(LogsSettings::default()));
        let text = "[logs]\ndirectories = ['/srv/*.log']\nbuffer = 2\ntimes = 'utc'\nsince = '5m'\nwrap = true\ndownload = '~/x'\nurl = 'https://logs/{node}/{pod}'";
        let want = LogsSettings {
            directories: vec!["/srv/*.log".to_owned()],
            archive: Some("https://logs/{node}/{pod}".into()),
            buffer: 2 << 20,
            times: TimeStyle::Utc,
            begin: Begin::Ago(300),
            wrap: true,
            download: "~/x".to_owned(),
        };
        assert_eq!(load(text), Ok(want));
        assert_eq!(load("logs.since = 50").map(|settings| settings.begin), Ok(Begin::Tail(50)));
        assert_eq!(load("logs.since = 'all'").map(|settings| settings.begin), Ok(Begin::Head));
    }

    #[rstest]
    #[case(
        "\nlogs.buffer = 0",
        "line 2: logs.buffer: 0 is no number of MiB that lines may take: write 1 to 16384, such as 128"
    )]
    #[case("logs.times = 'gmt'", "line 1: logs.times: there is no \"gmt\": write off, local, utc or relative")]
    #[case(
        "logs.since = '-5m'",
        "line 1: logs.since: \"-5m\" is neither a number of lines nor an age: write 1000, \"5m\", \"2h\" or \"all\""
    )]
    #[case(
        "logs.directories = ['var/log']",
        "line 1: logs.directories: \"var/log\" does not begin at the root: write \"/var/log\" or \"/srv/app/*.log\""
    )]
    #[case(
        "logs.url = 'https://x/{host}'",
        "line 1: logs.url: nothing is known of a pod as {host}: write one of {node}, {app}, {namespace}, {pod}, {ip}, {container}"
    )]
    #[case(
        "logs.url = 'ftp://x'",
        "line 1: logs.url: \"ftp://x\" is no URL: write \"https://HOST/{namespace}/{pod}/{container}.log\""
    )]
    #[case(
        "logs.download = ' '",
        "line 1: logs.download is empty: write a directory such as \"~/logs\", or leave it out"
    )]
    #[case("logs.bufer = 1", "line 1: unknown key \"bufer\"; did you mean \"buffer\"?")]
    fn a_value_that_cannot_be_names_its_line_and_the_way_out(#[case] text: &str, #[case] want: &str) {
        let error = load(text).unwrap_err();
        assert!(error.ends_with(&format!("config.toml, {want}")), "{error}");
    }
}
