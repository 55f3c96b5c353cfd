//! Lines that leave the console: raw, and as JSON.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json as value};

use crate::logs::{
    line::{Flags, Line},
    source::{Kind, Source},
    stamp::rfc3339,
};

/// Appends the bytes of a line as they came, behind its time where `stamped` says so, with a line feed. Of a mark of missing lines its
/// sentence. A line that was cut has no line feed: the next one goes on with it.
pub fn raw(line: &Line<'_>, stamped: bool, out: &mut Vec<u8>) {
    if stamped {
        out.extend_from_slice(rfc3339(line.time).as_bytes());
        out.push(b' ');
    }
    out.extend_from_slice(line.text);
    if !line.flags.has(Flags::CUT) {
        out.push(b'\n');
    }
}

/// Appends a line as one object of JSON, with a line feed: `time` (RFC 3339), `namespace`, `pod`, `container`, `source` (`stdout`,
/// `previous`, `file`, …), `file`, `app`, `revision`, `level`, and `message`; in place of `message` for bytes that are no UTF-8
/// `bytes` (base64), and for a mark of missing lines `gap`.
pub fn json(line: &Line<'_>, source: Option<&Source>, out: &mut Vec<u8>) {
    let mut object = Map::new();
    let mut put = |key: &str, text: Value| _ = object.insert(key.into(), text);
    put("time", rfc3339(line.time).into());
    if let Some(source) = source {
        put("namespace", source.namespace.as_str().into());
        put("pod", source.pod.as_str().into());
        put("container", source.container.as_str().into());
        put("source", name(&source.kind).into());
        if let Kind::File(path) = &source.kind {
            put("file", path.as_str().into());
        }
        put("app", source.revision.app.as_str().into());
        put("revision", source.revision.hash.as_str().into());
    }
    match (line.gap(), std::str::from_utf8(line.text)) {
        (Some(gap), _) => {
            let (from, to) = (rfc3339(gap.from), rfc3339(gap.to));
            put("gap", value!({ "from": from, "to": to, "count": gap.count, "why": gap.why.text() }));
        }
        (None, Ok(text)) => {
            put("level", line.level.name().into());
            put("message", text.into());
        }
        (None, Err(_)) => put("bytes", BASE64_STANDARD.encode(line.text).into()),
    }
    object.retain(|_, value| value != "");
    if !object.contains_key("gap") && !object.contains_key("bytes") {
        object.entry("message").or_insert_with(|| "".into());
    }
    out.extend_from_slice(Value::Object(object).to_string().as_bytes());
    out.push(b'\n');
}

fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Stdout => "stdout",
        Kind::Previous => "previous",
        Kind::File(_) => "file",
        Kind::Termination => "termination",
        Kind::Events => "events",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Gap, Why, samples::line};

    fn exported(line: &Line<'_>) -> Value {
        let source = Source {
            namespace: "qa".into(),
            pod: "web-1".into(),
            container: "web".into(),
            kind: Kind::File("/var/log/a.log".into()),
            ..Source::default()
        };
        let mut out = Vec::new();
        json(line, Some(&source), &mut out);
        assert_eq!(out.pop(), Some(b'\n'));
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_line_is_one_object_that_says_where_it_is_from() {
        let place = value!({ "time": "1970-01-01T00:00:00Z", "namespace": "qa", "pod": "web-1", "container": "web",
            "source": "file", "file": "/var/log/a.log" });
        let with = |more: Value| {
            let mut object = place.clone();
            object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            object
        };
        assert_eq!(
            exported(&line("a\x1b[1m \"b\"")),
            with(value!({ "level": "unknown", "message": "a\u{1b}[1m \"b\"" }))
        );
        assert_eq!(exported(&line("")), with(value!({ "level": "unknown", "message": "" })));
        let bytes = Line { text: b"\xff\0", ..line("") };
        assert_eq!(exported(&bytes), with(value!({ "bytes": "/wA=" })));
        let text = Gap { from: 0, to: 1, count: Some(3), why: Why::Burst }.text();
        let gap = Line { flags: Flags::GAP, ..line(&text) };
        let told = value!({ "from": "1970-01-01T00:00:00Z", "to": "1970-01-01T00:00:00.000000001Z", "count": 3, "why": Why::Burst.text() });
        assert_eq!(exported(&gap), with(value!({ "gap": told })));
    }

    #[test]
    fn raw_lines_are_the_bytes_that_came() {
        let mut out = Vec::new();
        raw(&Line { text: b"\x1b[1ma\xff", ..line("") }, false, &mut out);
        raw(&Line { flags: Flags::CUT, ..line("half ") }, true, &mut out);
        raw(&line("whole"), false, &mut out);
        assert_eq!(out, b"\x1b[1ma\xff\n1970-01-01T00:00:00Z half whole\n");
    }
}
