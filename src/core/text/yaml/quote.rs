//! Scalars: plain where every parser of YAML 1.1 and 1.2 reads the same text, else quoted.

use serde_json::Value;

use crate::text::clean::is_harmless;

/// A value without parts in one line: a text plain, in single quotes, or in double quotes with escapes.
pub(super) fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    if text.chars().any(is_escaped) {
        return format!("\"{}\"", escaped(text));
    }
    match () {
        () if is_plain(text) => text.clone(),
        () if is_other_type(text) => format!("\"{}\"", escaped(text)),
        () => format!("'{}'", text.replace('\'', "''")),
    }
}

/// A text of several lines as a literal block: its head (`|-`) and its lines. `None` where a block cannot hold it exactly.
pub(super) fn block(text: &str) -> Option<(String, impl Iterator<Item = &str>)> {
    let body = text.trim_end_matches('\n');
    let hollow = |line: &str| !line.is_empty() && line.chars().all(|c| c == ' ' || c == '\t');
    if body.is_empty() || text.chars().any(|c| c != '\n' && c != '\t' && is_escaped(c)) || text.split('\n').any(hollow)
    {
        return None;
    }
    let chomp = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let depth = if text.starts_with([' ', '\t', '\n']) { "2" } else { "" };
    Some((format!("|{depth}{chomp}"), text.strip_suffix('\n').unwrap_or(text).split('\n')))
}

/// A text of several lines in double quotes, broken after each of its own breaks: the first line, and the others.
pub(super) fn folded_quotes(text: &str) -> (String, Vec<String>) {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(escaped).collect();
    let last = lines.len() - 1;
    for (n, line) in lines.iter_mut().enumerate() {
        // Blanks at the beginning of a broken line are not part of the text unless they are escaped.
        if n > 0 && line.starts_with(' ') {
            line.insert(0, '\\');
        }
        line.push(if n == last { '"' } else { '\\' });
    }
    let head = format!("\"{}", lines.remove(0));
    (head, lines)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_escaped(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out
}

/// What neither a terminal nor a reader is to meet as it is: what is not [`Clean`](crate::text::Clean), and what YAML does not call printable.
fn is_escaped(c: char) -> bool {
    !is_harmless(c) || (c as u32) & 0xfffe == 0xfffe
}

/// Whether the text may stand without quotes, as a key and as a value.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second = text.chars().nth(1);
    let starts = match first {
        '-' => {
            second.is_some_and(|c| c != ' ' && c != '-')
                || text.trim_start_matches('-').starts_with(char::is_alphabetic)
        }
        '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            false
        }
        ' ' | '\u{a0}' | '\u{3000}' => false,
        _ => true,
    };
    starts
        && !text.ends_with(|c: char| c == ':' || c.is_whitespace())
        && !text.contains(": ")
        && !text.contains(" #")
        && !is_other_type(text)
}

/// Whether a parser of YAML 1.1 or 1.2 would take the plain text for something else than a text: null, a truth, a number, a date,
/// a merge.
fn is_other_type(text: &str) -> bool {
    const WORDS: [&str; 16] =
        ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<", ".inf", ".nan", "-.inf", "+.inf"];
    let lower = text.to_ascii_lowercase();
    let signless = lower.strip_prefix(['-', '+']).unwrap_or(&lower);
    WORDS.contains(&&*lower)
        || lower.parse::<f64>().is_ok()
        || ["0x", "0o", "0b"].iter().any(|prefix| signless.starts_with(prefix))
        || signless.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && signless.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | ':' | '.' | 'e' | '+' | '-'))
            && signless.matches('.').count() < 2
        || is_date(&lower)
}

/// `2026-11-22`, and what begins so.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, most| {
        part.is_some_and(|p| (1..=most).contains(&p.len()) && p.bytes().all(|c| c.is_ascii_digit()))
    };
    let year = text.len() > 4 && text.is_char_boundary(4) && text[..4].bytes().all(|c| c.is_ascii_digit());
    year && digits(parts.next(), 4)
        && digits(parts.next(), 2)
        && parts.next().is_some_and(|p| p.starts_with(|c: char| c.is_ascii_digit()))
}
