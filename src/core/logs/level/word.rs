//! Words and numbers for levels.

use super::Level;

/// The level that a word means, in whatever case.
pub(super) fn level(word: &[u8]) -> Option<Level> {
    let mut lower = [0; 11];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"trace" | b"trc" | b"trce" | b"finest" | b"finer" | b"verbose" | b"vrb" => Level::Trace,
        b"debug" | b"dbg" | b"dbug" | b"fine" => Level::Debug,
        b"info" | b"inf" | b"information" | b"notice" => Level::Info,
        b"warn" | b"warning" | b"wrn" => Level::Warn,
        b"error" | b"err" | b"fail" | b"severe" => Level::Error,
        b"fatal" | b"ftl" | b"panic" | b"critical" | b"crit" | b"emerg" | b"emergency" | b"alert" | b"dpanic" => {
            Level::Fatal
        }
        _ => return None,
    })
}

/// The level that a number means: from 10 on those of pino and bunyan (10 trace … 60 fatal), below 8 the severities of syslog
/// (0 emergency … 7 debug, RFC 5424).
pub(super) fn number(number: u32) -> Level {
    match number {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5..=6 => Level::Info,
        7 => Level::Debug,
        10..20 => Level::Trace,
        20..30 => Level::Debug,
        30..40 => Level::Info,
        40..50 => Level::Warn,
        50..60 => Level::Error,
        60..=69 => Level::Fatal,
        _ => Level::Unknown,
    }
}

/// The value of a field that holds a level: a word, in quotes or not, or a number.
pub(super) fn value(value: &[u8]) -> Level {
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let end = value.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(value.len());
    let value = &value[..end];
    let digits = value.len() <= 3 && value.iter().all(u8::is_ascii_digit) && !value.is_empty();
    match digits {
        true => number(value.iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'))),
        false => level(value).unwrap_or_else(|| letter(value)),
    }
}

/// One letter, as klog and logcat write it.
pub(super) fn letter(value: &[u8]) -> Level {
    match value {
        b"T" | b"V" => Level::Trace,
        b"D" => Level::Debug,
        b"I" => Level::Info,
        b"W" => Level::Warn,
        b"E" => Level::Error,
        b"F" => Level::Fatal,
        _ => Level::Unknown,
    }
}

/// Whether a field of this name holds the level.
pub(super) fn is_key(key: &[u8]) -> bool {
    const KEYS: [&[u8]; 10] = [
        b"level",
        b"lvl",
        b"severity",
        b"loglevel",
        b"log.level",
        b"log_level",
        b"levelname",
        b"level_name",
        b"@l",
        b"severity_text",
    ];
    key.len() <= 13 && KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}
