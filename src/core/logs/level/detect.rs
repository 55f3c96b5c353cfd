//! The level of a line, found in its first bytes.

use super::{Level, word};
use crate::logs::json::{Members, string_end};

/// So far a level is looked for in plain text.
const HEAD: usize = 160;
/// So far in fields.
const FIELDS: usize = 4 << 10;

/// Finds levels of the lines of one source.
///
/// Known are fields of JSON (words, and the numbers of pino and syslog) and logfmt, klog (`E0102 15:04:05.000000`), syslog (`<11>`), and
/// words where loggers put them: `ERROR` in capitals, `[error]`, `error:`; stack traces and panics by how they begin.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    /// How a line begins whose first field is the level: where it begins so again, nothing is searched.
    begin: Vec<u8>,
}

impl Detector {
    /// The level of a line.
    pub fn level(&mut self, text: &[u8]) -> Level {
        let text = behind_colours(text);
        match text {
            [b'{', ..] => self.json(text),
            [first @ (b'I' | b'W' | b'E' | b'F'), rest @ ..] if is_klog(rest) => word::letter(&[*first]),
            [b'<', rest @ ..] => priority(rest).unwrap_or_else(|| plain(text)),
            [b'T', ..] if text.starts_with(b"Traceback (most recent call last)") => Level::Error,
            [b'E', ..] if text.starts_with(b"Exception in thread ") => Level::Error,
            [b'f', ..] if text.starts_with(b"fatal error: ") => Level::Fatal,
            _ => plain(text),
        }
    }

    fn json(&mut self, text: &[u8]) -> Level {
        let head = &text[..text.len().min(FIELDS)];
        if !self.begin.is_empty()
            && let Some(value) = head.strip_prefix(self.begin.as_slice())
        {
            return word::value(value);
        }
        let Some(members) = Members::of(head) else { return Level::Unknown };
        for (at, (key, value)) in members.enumerate() {
            if word::is_key(key) {
                let begin = [b"{\"", key, b"\":"].concat();
                if at == 0 && text.starts_with(&begin) {
                    self.begin = begin;
                }
                return word::value(value);
            }
        }
        Level::Unknown
    }
}

/// `text` without the colours that it begins with.
pub(in crate::logs) fn behind_colours(mut text: &[u8]) -> &[u8] {
    while let [0x1b, b'[', rest @ ..] = text
        && let Some(end) = rest.iter().take(32).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))
        && rest[end] == b'm'
    {
        text = &rest[end + 1..];
    }
    text
}

/// `mmdd hh:mm:ss.uuuuuu`, behind the letter.
fn is_klog(rest: &[u8]) -> bool {
    rest.len() > 8 && rest[..4].iter().all(u8::is_ascii_digit) && rest[4] == b' ' && rest[7] == b':'
}

/// Syslog: the number in `<…>` is eight times the facility, and the severity (RFC 5424, 6.2.1).
fn priority(rest: &[u8]) -> Option<Level> {
    let end = rest.iter().take(4).position(|byte| *byte == b'>')?;
    let number: u32 = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
    (number < 192).then(|| word::number(number % 8))
}

/// The level by words and by fields of logfmt.
fn plain(text: &[u8]) -> Level {
    let head = &text[..text.len().min(HEAD)];
    let mut at = 0;
    while at < head.len() {
        match head[at] {
            byte if is_word(byte) => {
                let end = at + head[at..].iter().position(|byte| !is_word(*byte)).unwrap_or(head.len() - at);
                let found = match head.get(end) {
                    Some(b'=') if at == 0 => return logfmt(text),
                    Some(b'=') if word::is_key(&head[at..end]) => Some(word::value(&head[end + 1..])),
                    _ => by_word(head, at, end),
                };
                if let Some(level) = found {
                    return level;
                }
                at = end;
            }
            0x1b => at += escape(&head[at..]),
            _ => at += 1,
        }
    }
    Level::Unknown
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How long an escape sequence is: what follows its last letter is a word of its own.
fn escape(text: &[u8]) -> usize {
    match text {
        [_, b'[', rest @ ..] => 3 + rest.iter().position(|byte| (0x40..0x7f).contains(byte)).unwrap_or(rest.len()),
        _ => 1,
    }
}

/// The level that the word `from..to` means where it stands.
fn by_word(text: &[u8], from: usize, to: usize) -> Option<Level> {
    if !(3..=11).contains(&(to - from)) {
        return None;
    }
    let stands = match (from.checked_sub(1).map(|at| text[at]), text.get(to)) {
        (_, Some(b':' | b']')) | (Some(b'['), _) | (Some(b'|'), Some(b'|')) | (Some(b'<'), Some(b'>')) => true,
        _ => text[from..to].iter().all(u8::is_ascii_uppercase),
    };
    // Most words do not stand so, and are not looked up.
    if stands { word::level(&text[from..to]) } else { None }
}

/// The level among `key=value key="quoted value"`.
fn logfmt(text: &[u8]) -> Level {
    let text = &text[..text.len().min(FIELDS)];
    let mut at = 0;
    while let Some(equals) = memchr::memchr(b'=', &text[at..]).map(|found| at + found) {
        let key = text[at..equals].rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        if word::is_key(key) {
            return word::value(&text[equals + 1..]);
        }
        let value = equals + 1;
        let end = match text.get(value) {
            Some(b'"') => string_end(text, value),
            _ => memchr::memchr(b' ', &text[value..]).map(|found| value + found),
        };
        let Some(end) = end else { break };
        at = end;
    }
    Level::Unknown
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::json(r#"{"level":"warn","msg":"ERROR"}"#, Level::Warn)]
    #[case::json_last(r#"{"msg":"level=error","nested":{"level":"fatal"},"severity":"INFO"}"#, Level::Info)]
    #[case::pino(r#"{"level":50,"time":1,"msg":"x"}"#, Level::Error)]
    #[case::pino_fatal(r#"{"level":60}"#, Level::Fatal)]
    #[case::gelf(r#"{"short_message":"x","level":4}"#, Level::Warn)]
    #[case::json_without(r#"{"msg":"ERROR"}"#, Level::Unknown)]
    #[case::logstash(r#"{"@timestamp":"x","message":"m","log.level":"DEBUG"}"#, Level::Debug)]
    #[case::logfmt(r#"time="2026-11-23" level=warning msg="level=error""#, Level::Warn)]
    #[case::logfmt_late(r#"ts=1 caller=x.go:1 msg="an ERROR, level=info" lvl=dbug"#, Level::Debug)]
    #[case::klog("E0102 15:04:05.000000       1 x.go:1] INFO", Level::Error)]
    #[case::klog_info("I0102 15:04:05.000000       1 x.go:1] failed", Level::Info)]
    #[case::log4j("2026-11-23 07:50:29,123 ERROR [main] c.f.Foo - x", Level::Error)]
    #[case::logback("07:50:29.123 [http-nio-1] WARN  c.f.Foo - INFO", Level::Warn)]
    #[case::jul("Nov 23, 2026 SEVERE: x", Level::Error)]
    #[case::syslog("<11>Nov 23 07:50:29 host app: x", Level::Error)]
    #[case::rfc5424("<165>1 2026-11-23T07:50:29Z host app - - - x", Level::Info)]
    #[case::python("WARNING:root:x", Level::Warn)]
    #[case::nginx("2026/11/23 07:50:29 [error] 29#29: *1 open() failed", Level::Error)]
    #[case::postgres("2026-11-23 07:50:29 UTC [1] FATAL:  x", Level::Fatal)]
    #[case::dotnet("fail: Microsoft.Hosting[0]", Level::Error)]
    #[case::zerolog("7:50AM INF started", Level::Info)]
    #[case::coloured("\x1b[36mINFO\x1b[0m[0000] x", Level::Info)]
    #[case::coloured_json("\x1b[1;31m{\"level\":\"error\"}", Level::Error)]
    #[case::coloured_within("07:50 \x1b[31mERROR\x1b[0m x", Level::Error)]
    #[case::go("panic: runtime error: index out of range", Level::Fatal)]
    #[case::java("Exception in thread \"main\" java.lang.Error", Level::Error)]
    #[case::prose("no error was found in the information", Level::Unknown)]
    #[case::access("10.0.0.1 - - \"GET /error HTTP/1.1\" 500", Level::Unknown)]
    #[case::part_of_a_word("the TERROR_INFO table", Level::Unknown)]
    #[case::empty("", Level::Unknown)]
    #[case::bare_escape("\x1b[", Level::Unknown)]
    fn a_level_is_found_where_loggers_put_it(#[case] line: &str, #[case] level: Level) {
        assert_eq!(Detector::default().level(line.as_bytes()), level);
    }

    #[test]
    fn a_source_that_changes_its_fields_is_still_understood() {
        let mut detector = Detector::default();
        let mut level = |line: &str| detector.level(line.as_bytes());
        assert_eq!(level(r#"{"level":"info"}"#), Level::Info);
        assert_eq!(level(r#"{"level":"error"}"#), Level::Error);
        assert_eq!(level(r#"{"msg":"x","level":"warn"}"#), Level::Warn);
        assert_eq!(level("ERROR x"), Level::Error);
        assert_eq!(level(r#"{"level": 30}"#), Level::Info);
    }

    #[test]
    fn a_line_that_says_nothing_passes_as_usual() {
        let passing = |least| Level::ALL.into_iter().filter(|level| level.reaches(least)).count();
        assert_eq!([Level::Trace, Level::Info, Level::Warn, Level::Fatal].map(passing), [7, 5, 3, 1]);
    }
}
