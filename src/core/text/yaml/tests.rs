//! What is written is what was there.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::yaml;

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

#[test]
fn an_object_is_written_as_people_of_the_field_write_it() {
    let object = json!({
        "kind": "ConfigMap", "apiVersion": "v1", "status": {}, "immutable": false,
        "metadata": { "namespace": "qa", "labels": { "app": "web", "on": "8080" }, "name": "web", "annotations": {} },
        "data": { "run.sh": "#!/bin/sh\n  echo hi\n\nexit 0\n", "bare": "no\nbreak", "two": "x\n\n", "first": "\n  a\nb" },
        "items": [{ "image": "r/a:1", "name": "a", "args": ["--port=80", "-", "- x", "a: b", "10m"] }, [1, [2]], "x\ny", {}],
        "windows": "a\r\n b\r\n",
    });
    insta::assert_snapshot!(yaml(&object).text);
    assert_eq!(read(&yaml(&object).text), object);
}

#[test]
fn what_a_terminal_would_obey_is_escaped_and_not_lost() {
    let object =
        json!({ "a": "x\u{1b}[2J\u{202e}y", "b": "l\u{1b}\n  m\n", "\u{7}k": "\u{feff}", "c": "\u{e0001}\u{ffff}" });
    let text = yaml(&object).text;
    assert!(text.chars().all(|c| c == '\n' || crate::text::clean::is_harmless(c)), "{text}");
    assert_eq!(read(&text), object);
}

#[test]
fn lines_know_what_they_head() {
    let object = json!({ "metadata": { "name": "a" }, "spec": { "containers": [{ "name": "x", "ports": [1, 2] }], "t": "a\nb" } });
    let yaml = yaml(&object);
    let told: Vec<_> = yaml.lines.iter().enumerate().map(|(n, line)| (yaml.line(n), line.end)).collect();
    assert_eq!(
        told,
        [
            ("metadata:", 2),
            ("  name: a", 2),
            ("spec:", 11),
            ("  containers:", 8),
            ("  - name: x", 8),
            ("    ports:", 8),
            ("    - 1", 7),
            ("    - 2", 8),
            ("  t: |-", 11),
            ("    a", 10),
            ("    b", 11),
        ]
    );
    assert_eq!(yaml.part(8..11), "  t: |-\n    a\n    b\n");
    assert_eq!(yaml.part(0..11), yaml.text);
}

#[test]
fn a_line_keeps_its_path_when_others_come_before_it() {
    let one = yaml(&json!({ "spec": [{ "name": "b", "x": 1 }] }));
    let two = yaml(&json!({ "spec": [{ "name": "a", "x": 1 }, { "name": "b", "x": 2 }] }));
    assert_eq!(one.lines[2].path, two.lines[4].path);
    assert_ne!(two.lines[2].path, two.lines[4].path);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n\t\r]{0,12}",
        "[-a-z0-9:#.,_+ \n'\"\\\\|>&*!%@`{}\\[\\]?~=<]{0,8}",
        "\\PC{0,6}",
        any::<String>(),
        "(null|Yes|0x1f|1e3|1_000|12:30|2026-11-22|2026-11-22T14:05:02Z|[.]5|-1|[+]1|0o7|[.]inf|~|on|10[.]0[.]0[.]1|010)",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_parser_reads_back_what_was_written(value in value()) {
        let object = json!({ "v": value });
        let written = yaml(&object);
        prop_assert_eq!(&read(&written.text), &object, "{}", written.text);
        let whole: String = (0..written.lines.len()).map(|n| format!("{}\n", written.line(n))).collect();
        prop_assert_eq!(whole, written.text);
    }
}
