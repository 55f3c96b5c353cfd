//! The fields of a structured line, read when somebody asks for them.

use crate::{
    logs::json::{Members, string_end},
    text::Clean,
};

/// So many fields are read of a line at most.
const MOST: usize = 256;
/// So many bytes of a value are read at most.
const VALUE: usize = 4 << 10;
/// So far into a line fields are looked for.
const FAR: usize = 1 << 20;

/// The fields of a line of JSON or logfmt, in its order: of the first MiB, 256 at most, each cut behind 4 KiB. What is nested stays JSON.
/// Empty: it has none.
pub fn fields(text: &[u8]) -> Vec<(Clean, Clean)> {
    let text = &text[..text.len().min(FAR)];
    match Members::of(text) {
        Some(members) => members.take(MOST).map(|(key, value)| (inner(key), decoded(value))).collect(),
        None => {
            let pairs: Vec<_> = Pairs { text, at: 0 }.take(MOST).collect();
            // One alone is more often a part of a sentence: "retry=3 was given".
            let structured = pairs.len() > 1 && text.starts_with(pairs[0].0);
            let pairs = pairs.into_iter().filter(|_| structured);
            pairs.map(|(key, value)| (Clean::from_bytes(key), decoded(value))).collect()
        }
    }
}

/// What a structured line is about: its field `msg`, `message` or the like, without quotes, escapes as they are. `None`: it has none.
pub fn message(text: &[u8]) -> Option<&[u8]> {
    let text = &text[..text.len().min(8 << 10)];
    let value = match Members::of(text) {
        Some(mut members) => members.find(|(key, _)| is_message(key)).map(|(_, value)| value),
        None => {
            let first = Pairs { text, at: 0 }.next()?;
            let structured = text.starts_with(first.0);
            structured.then(|| Pairs { text, at: 0 }.find(|(key, _)| is_message(key)).map(|(_, value)| value)).flatten()
        }
    }?;
    Some(unquoted(value))
}

fn is_message(key: &[u8]) -> bool {
    matches!(
        key,
        b"msg" | b"message" | b"Message" | b"MESSAGE" | b"@m" | b"@mt" | b"short_message" | b"log" | b"event" | b"body"
    )
}

fn unquoted(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value)
}

/// A key of JSON, whose quotes are off.
fn inner(key: &[u8]) -> Clean {
    if key.contains(&b'\\') { decoded(&[b"\"", key, b"\""].concat()) } else { Clean::from_bytes(key) }
}

/// A value: a string without its quotes and escapes, everything else as it stands.
fn decoded(value: &[u8]) -> Clean {
    if value.len() > VALUE {
        return Clean::new(&(String::from_utf8_lossy(&unquoted(value)[..VALUE]) + "…"));
    }
    match serde_json::from_slice::<String>(value) {
        Ok(text) => text.into(),
        Err(_) => Clean::from_bytes(unquoted(value)),
    }
}

/// `key=value` and `key="quoted value"`, words without `=` passed over.
struct Pairs<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let equals = self.at + memchr::memchr(b'=', rest)?;
            let begin = self.text[self.at..equals].iter().rposition(|byte| matches!(byte, b' ' | b'\t'));
            let key = &self.text[begin.map_or(self.at, |blank| self.at + blank + 1)..equals];
            let value = equals + 1;
            let blank =
                || memchr::memchr2(b' ', b'\t', &self.text[value..]).map_or(self.text.len(), |found| value + found);
            let end = string_end(self.text, value).unwrap_or_else(blank);
            self.at = end;
            let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'/' | b'@');
            if !key.is_empty() && key.iter().all(is_key) {
                return Some((key, &self.text[value..end]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"level":"info","n":3,"m\u00e4":"a\tb","o":{"x":[1]}}"#, &[("level", "info"), ("n", "3"), ("mä", "a␉b"), ("o", r#"{"x":[1]}"#)])]
    #[case(r#"{"a":"b","broken"#, &[("a", "b")])]
    #[case(r#"ts=1 level=info msg="a \"b\"" word k.v=x=y"#, &[("ts", "1"), ("level", "info"), ("msg", "a \"b\""), ("k.v", "x=y")])]
    #[case("retry=3 was given", &[])]
    #[case("GET /?a=1&b=2 x=3", &[])]
    #[case("no fields", &[])]
    #[case("", &[])]
    fn fields_come_in_the_order_of_the_line(#[case] line: &str, #[case] want: &[(&str, &str)]) {
        let fields = fields(line.as_bytes());
        let got: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(got, want);
    }

    #[rstest]
    #[case(r#"{"level":"info","msg":"a b"}"#, Some("a b"))]
    #[case(r#"level=info msg="a b" x=1"#, Some("a b"))]
    #[case("level=info msg=ab", Some("ab"))]
    #[case(r#"{"level":"info"}"#, None)]
    #[case("plain msg=x", None)]
    fn what_a_line_is_about_is_its_message(#[case] line: &str, #[case] want: Option<&str>) {
        assert_eq!(message(line.as_bytes()).map(|text| std::str::from_utf8(text).unwrap()), want);
    }

    #[test]
    fn a_huge_value_is_cut() {
        let line = format!(r#"{{"a":"{}","b":1}}"#, "x".repeat(100_000));
        let fields = fields(line.as_bytes());
        assert_eq!((fields[0].1.chars().count(), fields[1].1.as_str()), (VALUE + 1, "1"));
    }
}
