//! A line of JSON unfolded: one field a line.

use crate::{logs::json::Members, text::Clean};

/// A longer line is shown as it is.
const LONGEST: usize = 4 << 20;
/// What is nested deeper stands on one line.
const DEEPEST: usize = 32;

/// The object of a line as YAML, in its own order, two blanks a level; texts of several lines stand as such. What is before the object
/// is the first line. `None`: there is no whole object to the line's end, or it is of more than 4 MiB; then the line is shown as it is.
pub fn pretty(text: &[u8]) -> Option<Vec<Clean>> {
    let begin = memchr::memchr(b'{', text)?;
    let object = &text[begin..];
    if object.len() > LONGEST || serde_json::from_slice::<serde::de::IgnoredAny>(object).is_err() {
        return None;
    }
    let mut lines = Vec::new();
    if !text[..begin].trim_ascii().is_empty() {
        lines.push(Clean::from_bytes(text[..begin].trim_ascii_end()));
    }
    members(object, 0, &mut lines);
    Some(lines)
}

fn members(object: &[u8], depth: usize, lines: &mut Vec<Clean>) {
    for (key, value) in Members::of(object).into_iter().flatten() {
        let key = plain(&[b"\"", key, b"\""].concat());
        entry(&format!("{}{key}:", blanks(depth)), value, depth, lines);
    }
}

fn items(list: &[u8], depth: usize, lines: &mut Vec<Clean>) {
    // A list is an object without keys: what parses one is shown the values alone.
    for value in serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(list).unwrap_or_default() {
        entry(&format!("{}-", blanks(depth)), value.get().as_bytes(), depth, lines);
    }
}

/// What stands before a value, and the value behind it or below it.
fn entry(head: &str, value: &[u8], depth: usize, lines: &mut Vec<Clean>) {
    let mut line = |text: &str| lines.push(Clean::new(&format!("{head} {text}")));
    let empty = value.len() > 1 && value[1..value.len() - 1].trim_ascii().is_empty();
    match value.first() {
        Some(b'{') if !empty && depth < DEEPEST => {
            lines.push(Clean::new(head));
            members(value, depth + 1, lines);
        }
        Some(b'[') if !empty && depth < DEEPEST => {
            lines.push(Clean::new(head));
            items(value, depth + 1, lines);
        }
        Some(b'"') => match serde_json::from_slice::<String>(value) {
            Ok(text) if text.trim_end().contains('\n') => {
                line(if text.ends_with('\n') { "|" } else { "|-" });
                let indent = blanks(depth + 1);
                lines.extend(
                    text.trim_end_matches('\n')
                        .lines()
                        .map(|text| Clean::new(&format!("{indent}{}", text.replace('\t', "    ")))),
                );
            }
            _ => line(&plain(value)),
        },
        _ => line(&String::from_utf8_lossy(value)),
    }
}

fn blanks(depth: usize) -> String {
    "  ".repeat(depth)
}

/// A string without its quotes, where it cannot be taken for anything else.
fn plain(value: &[u8]) -> String {
    let inner = &value[1..value.len() - 1];
    let first = inner.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/' || *byte >= 0x80);
    let word = matches!(inner, b"true" | b"false" | b"null" | b"yes" | b"no" | b"on" | b"off");
    let harmless = |byte: &u8| !matches!(byte, b'"' | b'\\' | b'#' | b':') && *byte >= b' ';
    let bare = first && !word && inner.iter().all(harmless) && !inner.ends_with(b" ");
    String::from_utf8_lossy(if bare { inner } else { value }).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Option<String> {
        let lines = pretty(text.as_bytes())?;
        Some(lines.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn an_object_is_unfolded_in_its_own_order() {
        let text = r#"{"z":"a b","a":{"n":1.50,"list":[1,{"x":"true"},[]],"e":{}},"t":"10:30","s":"line 1\n\tat x","esc":"\u001b[31m"}"#;
        let want = "z: a b\na:\n  n: 1.50\n  list:\n    - 1\n    -\n      x: \"true\"\n    - []\n  e: {}\nt: \"10:30\"\ns: |-\n  line 1\n      at x\nesc: \"\\u001b[31m\"";
        assert_eq!(lines(text).as_deref(), Some(want));
    }

    #[test]
    fn what_it_shows_is_the_same_object_to_yaml() {
        let text = r#"{"a":"x: y","b":["- 1",null,true,{"c":"\n","d":" "}],"k: 1":-1e3,"订":"单","deep":{"er":[[1,2],[3]]},"m":"a\nb\n"}"#;
        let yaml = lines(text).unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{yaml}");
    }

    #[test]
    fn what_stands_before_the_object_is_kept() {
        assert_eq!(lines(r#"2026 INFO {"a":1}"#).as_deref(), Some("2026 INFO\na: 1"));
    }

    #[test]
    fn what_is_broken_is_left_as_it_is() {
        for text in [r#"{"a":1"#, r#"{"a":}"#, "plain", "", "[1]", r#"{"a":1} and more"#, "{a: 1}"] {
            assert_eq!(lines(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_nests_too_deep() {
        let text = format!(r#"{{"a":{}1{}}}"#, "[".repeat(100), "]".repeat(100));
        let longest = pretty(text.as_bytes()).unwrap();
        assert!(longest.len() <= DEEPEST + 2, "{}", longest.len());
        let broken = "{\"a\":".repeat(100_000);
        assert!(pretty(broken.as_bytes()).is_none());
    }
}
