//! The members of a JSON object on one line, found without building anything.

/// The members of the object that a text begins with: raw keys (escapes as they are, without quotes) and raw values. It ends where
/// the object does, or where it is broken.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Members<'a> {
    text: &'a [u8],
    at: usize,
    /// The closing brace was met: the object is whole, as far as its members go.
    pub(in crate::logs) whole: bool,
}

impl<'a> Members<'a> {
    /// Of a text that begins with `{`, blanks before it passed over.
    pub(in crate::logs) fn of(text: &'a [u8]) -> Option<Self> {
        let at = blanks(text, 0);
        (text.get(at) == Some(&b'{')).then(|| Self { text, at: at + 1, whole: false })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = blanks(self.text, self.at);
        if self.text.get(at) == Some(&b',') {
            at = blanks(self.text, at + 1);
        }
        if self.text.get(at) == Some(&b'}') {
            (self.whole, self.at) = (true, at + 1);
            return None;
        }
        let key_end = string_end(self.text, at)?;
        let colon = blanks(self.text, key_end);
        if self.text.get(colon) != Some(&b':') {
            return None;
        }
        let value = blanks(self.text, colon + 1);
        let end = value_end(self.text, value)?;
        self.at = end;
        Some((&self.text[at + 1..key_end - 1], &self.text[value..end]))
    }
}

/// The first byte at or behind `at` that is no blank.
pub(in crate::logs) fn blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(rest.len())
}

/// Where the string that begins at `at` ends, behind its quote.
pub(in crate::logs) fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', text.get(from..)?)?;
        match text[found] {
            b'"' => return Some(found + 1),
            _ => from = found + 2,
        }
    }
}

/// Where the value that begins at `at` ends.
fn value_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => string_end(text, at),
        b'{' | b'[' => nested_end(text, at),
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t');
            let length = text[at..].iter().position(ends).unwrap_or(text.len() - at);
            (length > 0).then_some(at + length)
        }
    }
}

fn nested_end(text: &[u8], from: usize) -> Option<usize> {
    let (mut depth, mut at) = (0usize, from);
    loop {
        match text.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"a":1,"b":"x\"y","c":{"d":["}",2]},"e":null}"#, &[("a", "1"), ("b", r#""x\"y""#), ("c", r#"{"d":["}",2]}"#), ("e", "null")], true)]
    #[case(r#" { "a" : true , "b" : [ ] } "#, &[("a", "true"), ("b", "[ ]")], true)]
    #[case("{}", &[], true)]
    #[case(r#"{"a":1,"b":"never ends"#, &[("a", "1")], false)]
    #[case(r#"{"a":1,"b":{"c":1"#, &[("a", "1")], false)]
    #[case(r#"{"a" 1}"#, &[], false)]
    #[case(r#"{"a":}"#, &[], false)]
    #[case(r#"{"a":"\"#, &[], false)]
    fn members_are_found_as_far_as_the_object_is_whole(
        #[case] text: &str,
        #[case] found: &[(&str, &str)],
        #[case] whole: bool,
    ) {
        let mut members = Members::of(text.as_bytes()).unwrap();
        let got: Vec<_> = members.by_ref().map(|(key, value)| (str(key), str(value))).collect();
        assert_eq!((got.as_slice(), members.whole), (found, whole));
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        assert!(["", "[1]", "x{}", "\"a\""].iter().all(|text| Members::of(text.as_bytes()).is_none()));
    }

    fn str(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }
}
