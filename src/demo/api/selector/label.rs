//! Label selectors: equality and sets.

use crate::store::Refusal;

/// One requirement on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Requirement {
    /// Whether a label of this value, or none, meets it.
    pub fn takes(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.test {
            Test::Exists => value.is_some(),
            Test::Absent => value.is_none(),
            Test::In(values) => value.is_some_and(|value| values.iter().any(|one| one == value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|one| one != value)),
            Test::Above(limit) => number().is_some_and(|number| number > *limit),
            Test::Below(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}

/// Reads `a=b,c!=d,e in (f,g),!h,i`.
///
/// # Errors
/// 400 in the API server's words.
pub fn parse(text: &str) -> Result<Vec<Requirement>, Refusal> {
    let mut words = Words { rest: text };
    let mut found = Vec::new();
    loop {
        if words.peek().is_empty() {
            return Ok(found);
        }
        found.push(requirement(&mut words)?);
        match words.next() {
            "," => {}
            "" => return Ok(found),
            other => return Err(bad(&format!("found '{other}', expected: ',' or 'end of string'"))),
        }
    }
}

fn bad(why: &str) -> Refusal {
    Refusal::bad_request(format!("unable to parse requirement: {why}"))
}

fn requirement(words: &mut Words<'_>) -> Result<Requirement, Refusal> {
    if words.peek() == "!" {
        words.next();
        return Ok(Requirement { key: key(words)?, test: Test::Absent });
    }
    let key = key(words)?;
    let test = match words.peek() {
        "" | "," => return Ok(Requirement { key, test: Test::Exists }),
        "=" | "==" | "!=" => {
            let not = words.next() == "!=";
            let value = match words.peek() {
                "" | "," => String::new(),
                sign @ ("=" | "==" | "!=" | "!" | "(" | ")" | "<" | ">") => {
                    return Err(bad(&format!("found '{sign}', expected: identifier")));
                }
                _ => words.next().to_owned(),
            };
            if not { Test::NotIn(vec![value]) } else { Test::In(vec![value]) }
        }
        "in" => Test::In(values(words)?),
        "notin" => Test::NotIn(values(words)?),
        order @ (">" | "<" | "gt" | "lt") => {
            words.next();
            let limit =
                words.next().parse().map_err(|_| bad("for 'Gt', 'Lt' operators, the value must be an integer"))?;
            if matches!(order, ">" | "gt") { Test::Above(limit) } else { Test::Below(limit) }
        }
        other => return Err(bad(&format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt"))),
    };
    Ok(Requirement { key, test })
}

fn key(words: &mut Words<'_>) -> Result<String, Refusal> {
    let word = words.next();
    let fits = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    if fits { Ok(word.to_owned()) } else { Err(bad(&format!("found '{word}', expected: identifier"))) }
}

fn values(words: &mut Words<'_>) -> Result<Vec<String>, Refusal> {
    words.next();
    if words.next() != "(" {
        return Err(bad("expected: '('"));
    }
    let mut found = Vec::new();
    loop {
        match words.next() {
            ")" => return Ok(found),
            "," => {}
            "" => return Err(bad("found '', expected: ',' or ')'")),
            word => found.push(word.to_owned()),
        }
    }
}

struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn peek(&self) -> &'a str {
        Words { rest: self.rest }.next()
    }

    fn next(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let long = ["==", "!="].into_iter().find(|sign| text.starts_with(sign)).map(str::len);
        let sign = |c: char| ",()=!<>".contains(c);
        let length = long.unwrap_or_else(|| match text.chars().next() {
            Some(c) if sign(c) => 1,
            _ => text.find(|c: char| sign(c) || c.is_whitespace()).unwrap_or(text.len()),
        });
        let (word, rest) = text.split_at(length);
        self.rest = rest;
        word
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("app=shop", Some("shop"), true)]
    #[case("app==shop", Some("till"), false)]
    #[case("app!=shop", None, true)]
    #[case("app in (shop, till)", Some("till"), true)]
    #[case("app notin (shop,till)", Some("till"), false)]
    #[case("app notin (shop)", None, true)]
    #[case("app", Some(""), true)]
    #[case("app", None, false)]
    #[case("!app", None, true)]
    #[case("! app", Some("x"), false)]
    #[case("app>3", Some("4"), true)]
    #[case("app=", Some(""), true)]
    fn a_requirement_takes_what_the_api_server_takes(
        #[case] text: &str,
        #[case] value: Option<&str>,
        #[case] taken: bool,
    ) {
        let all = parse(text).expect("a selector");
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].key.as_str(), all[0].takes(value)), ("app", taken));
    }

    #[test]
    fn many_requirements_are_read_and_nonsense_is_refused_in_the_servers_words() {
        assert_eq!(parse("a=b,c in (d,e),!f").expect("a selector").len(), 3);
        let refused = parse("a b").expect_err("no selector");
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (400, "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")
        );
    }
}
