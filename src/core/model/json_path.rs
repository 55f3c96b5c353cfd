//! JSONPath as kubectl's custom columns use it (k8s.io/client-go/util/jsonpath, of which this is a part).

use std::fmt;

use serde_json::Value;

use crate::text::Clean;

/// A path into an object: `.a.b[0].c`, `['key']`, `[*]`, `[?(@.type=="Ready")].status`, with or without braces around it
/// and a dot before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    /// From the end where negative.
    At(i64),
    Each,
    /// Those whose field at this path is, or is not, this text.
    Where {
        path: Vec<Step>,
        equal: bool,
        value: String,
    },
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{path}\" is no JSONPath: {what}; write .a.b[0].c, ['key'], [*] or [?(@.type==\"Ready\")].status")]
pub struct JsonPathError {
    path: String,
    what: String,
}

/// What is found is joined by commas, up to so many bytes.
const LONGEST: usize = 256;

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// What cannot be understood in it.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        let bare = text.trim();
        let bare = bare.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(bare);
        let bare = bare.strip_prefix('$').unwrap_or(bare);
        let steps = if bare.starts_with(['.', '[']) { steps(bare) } else { steps(&format!(".{bare}")) };
        match steps {
            Ok(steps) if !steps.is_empty() => Ok(Self { text: text.to_owned(), steps }),
            Ok(_) => Err(JsonPathError { path: text.to_owned(), what: "it is empty".into() }),
            Err(what) => Err(JsonPathError { path: text.to_owned(), what }),
        }
    }

    /// What it finds, as text: values one after another with commas between, objects and lists as JSON. Empty where nothing.
    pub fn read(&self, object: &Value) -> Clean {
        let mut out = String::new();
        for value in found(&self.steps, object) {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            if !out.is_empty() {
                out.push(',');
            }
            out.push_str(&text);
            if out.len() > LONGEST {
                let cut = (0..=LONGEST).rev().find(|at| out.is_char_boundary(*at)).unwrap_or(0);
                out.truncate(cut);
                out.push('…');
                break;
            }
        }
        Clean::new(&out)
    }
}

/// As it was written.
impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn found<'a>(steps: &[Step], value: &'a Value) -> Vec<&'a Value> {
    steps.iter().fold(vec![value], |values, step| values.into_iter().flat_map(|value| taken(step, value)).collect())
}

fn taken<'a>(step: &Step, value: &'a Value) -> Vec<&'a Value> {
    match (step, value) {
        (Step::Key(key), Value::Object(map)) => map.get(key).into_iter().collect(),
        (Step::At(at), Value::Array(list)) => {
            let at = if *at < 0 {
                usize::try_from(at.unsigned_abs()).ok().and_then(|n| list.len().checked_sub(n))
            } else {
                usize::try_from(*at).ok()
            };
            at.and_then(|at| list.get(at)).into_iter().collect()
        }
        (Step::Each, Value::Array(list)) => list.iter().collect(),
        (Step::Each, Value::Object(map)) => map.values().collect(),
        (Step::Where { path, equal, value: wanted }, Value::Array(list)) => {
            let is = |item: &Value| {
                found(path, item).iter().any(|found| match found {
                    Value::String(text) => text == wanted,
                    other => other.to_string() == *wanted,
                })
            };
            list.iter().filter(|item| is(item) == *equal).collect()
        }
        _ => Vec::new(),
    }
}

fn steps(text: &str) -> Result<Vec<Step>, String> {
    let (mut out, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let end = closing(after).ok_or_else(|| format!("[{after} has no ]"))?;
            out.push(bracket(after[..end].trim())?);
            rest = &after[end + 1..];
        } else if let Some(after) = rest.strip_prefix('.') {
            if after.starts_with('.') {
                return Err(".. (any depth) is not understood".into());
            }
            let (key, left) = key(after);
            match key.as_str() {
                "" if after.is_empty() && out.is_empty() => {}
                // `.[0]` is `[0]`.
                "" if after.starts_with('[') => {}
                "" => return Err("a dot without a name behind it".into()),
                "*" => out.push(Step::Each),
                _ => out.push(Step::Key(key)),
            }
            rest = left;
        } else {
            return Err(format!("{rest} begins with neither . nor ["));
        }
    }
    Ok(out)
}

/// A name up to the next dot or bracket; `\.` is a dot within it.
fn key(text: &str) -> (String, &str) {
    let (mut out, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '.' | '[' => return (out, &text[at..]),
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            c => out.push(c),
        }
    }
    (out, "")
}

/// Where the bracket that is open closes: not within quotes or brackets of its own.
fn closing(text: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 0 => return Some(at),
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn bracket(text: &str) -> Result<Step, String> {
    if text == "*" {
        return Ok(Step::Each);
    }
    if let Some(key) = string(text) {
        return Ok(Step::Key(key.to_owned()));
    }
    if let Some(filter) = text.strip_prefix("?(").and_then(|rest| rest.strip_suffix(')')) {
        return condition(filter);
    }
    text.parse().map(Step::At).map_err(|_| format!("[{text}] is neither a number, a quoted name, * nor ?(…)"))
}

fn condition(text: &str) -> Result<Step, String> {
    let (at, equal) = match (text.find("=="), text.find("!=")) {
        (Some(at), None) => (at, true),
        (None, Some(at)) => (at, false),
        (Some(a), Some(b)) => (a.min(b), a < b),
        (None, None) => return Err(format!("?({text}) compares neither with == nor with !=")),
    };
    let path = text[..at].trim();
    let Some(path) = path.strip_prefix('@') else { return Err(format!("?({text}) does not begin with @")) };
    let raw = text[at + 2..].trim();
    let value = string(raw).unwrap_or(raw).to_owned();
    Ok(Step::Where { path: steps(path)?, equal, value })
}

fn string(text: &str) -> Option<&str> {
    let within = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    within('\'').or_else(|| within('"'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(".spec.template.spec.timeZone", "UTC")]
    #[case("{.spec.template.spec.timeZone}", "UTC")]
    #[case("spec.replicas", "3")]
    #[case("$.spec.paused", "true")]
    #[case(".containers[0].name", "main")]
    #[case(".containers[-1].name", "sidecar")]
    #[case(".containers[9].name", "")]
    #[case(".containers[*].name", "main,sidecar")]
    #[case(".metadata.annotations['example.com/owner']", "dana")]
    #[case(r".metadata.annotations.example\.com/owner", "dana")]
    #[case(".conditions[?(@.type==\"Ready\")].status", "True")]
    #[case(".conditions[?(@.type != 'Ready')].status", "False")]
    #[case(".conditions[?(@.n==7)].type", "Ready")]
    #[case(".conditions[0]", r#"{"n":7,"status":"True","type":"Ready"}"#)]
    #[case(".metadata.annotations.*", "dana")]
    #[case(".nothing.at.all", "")]
    #[case(".none", "")]
    fn a_path_finds_what_kubectl_finds(#[case] path: &str, #[case] wanted: &str) {
        let object = json!({
            "metadata": {"annotations": {"example.com/owner": "dana"}},
            "spec": {"replicas": 3, "paused": true, "template": {"spec": {"timeZone": "UTC"}}},
            "containers": [{"name": "main"}, {"name": "sidecar"}],
            "conditions": [{"type": "Ready", "status": "True", "n": 7}, {"type": "Other", "status": "False"}],
            "none": null,
        });
        assert_eq!(JsonPath::parse(path).unwrap().read(&object).as_str(), wanted);
    }

    #[rstest]
    #[case("", "it is empty")]
    #[case(".a[", "has no ]")]
    #[case(".a[b]", "neither a number")]
    #[case(".a..b", "any depth")]
    #[case(".a.", "a dot without a name")]
    #[case(".a[?(@.b)]", "compares neither")]
    #[case(".a[?(b==1)]", "does not begin with @")]
    fn what_is_no_path_is_refused_with_the_way_out(#[case] path: &str, #[case] what: &str) {
        let error = JsonPath::parse(path).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains("write .a.b[0].c"), "{error}");
    }

    #[test]
    fn what_is_long_is_cut_and_what_is_hostile_is_harmless() {
        let path = JsonPath::parse(".a").unwrap();
        let text = path.read(&json!({"a": format!("\u{1b}[2J{}", "订".repeat(400))}));
        assert!(text.starts_with("␛[2J订") && text.ends_with('…') && text.len() < 300);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in r#"[.\[\]{}$@?()='"*a-c0-9!\\-]{0,30}|.{0,20}"#) {
            if let Ok(path) = JsonPath::parse(&text) {
                let _ = path.read(&json!({"a": [{"b": 1, "c": ["x"]}], "b": {"a": "é"}}));
            }
        }
    }
}
