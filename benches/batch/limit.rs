//! How large a batch may be: the record of a namespace is one object.

use rolldeck_core::{
    batch::{
        BatchId, Intent, Options,
        journal::{FORMAT, Note, Record, RecordPhase},
    },
    model::AppKind,
};
use serde_json::{Value, json};

/// What etcd and the API server take of one ConfigMap's data.
const LIMIT: usize = 1 << 20;

/// How many bytes the record of a batch takes, by its apps in one namespace.
pub fn table() -> String {
    let mut text =
        "The record of a namespace, with names of 30 characters (the API server takes 1,048,576 bytes)\n\n".to_owned();
    text +=
        "| apps | bytes, all waiting | bytes, all failed with a reason of 400 characters |\n| ---: | ---: | ---: |\n";
    for apps in [100, 500, 1000, 2000] {
        text += &format!("| {apps} | {} | {} |\n", bytes(apps, ""), bytes(apps, &"x".repeat(400)));
    }
    let largest = |why: &str| (1..).find(|apps| bytes(*apps, why) > LIMIT).unwrap_or(usize::MAX) - 1;
    text += &format!(
        "\nThe most apps of one namespace in one batch: {} waiting, {} all failed.\n",
        largest(""),
        largest(&"x".repeat(400))
    );
    text
}

fn bytes(apps: usize, why: &str) -> usize {
    let first = note(0, why).to_string().len();
    let empty = empty().encode("load", "").data.values().map(String::len).sum::<usize>();
    // Beyond the first, a comma and up to three more digits of its index.
    empty + apps * (first + 3)
}

fn note(index: usize, why: &str) -> Value {
    let at = "2026-11-22T14:05:01.123456789Z";
    let note = json!({
        "index": index, "kind": AppKind::Deployment, "name": "n".repeat(30), "mark": if why.is_empty() { "waiting" } else { "failed" },
        "why": why, "since": at, "before": "v1.100.0", "after": "v1.101.0", "old": ["0123456789"],
    });
    let whole: Note = serde_json::from_value(note).expect("a note");
    serde_json::to_value(whole).expect("JSON")
}

fn empty() -> Record {
    let at: chrono::DateTime<chrono::Utc> = "2026-11-22T14:05:01Z".parse().expect("a time");
    Record {
        format: FORMAT,
        id: BatchId::new(at, 1),
        intent: Intent::Release,
        by: "ana".into(),
        claimed: "ana@console".into(),
        reason: "".into(),
        started: at,
        ended: None,
        epoch: 1,
        driver: "ana@console 4711 8812345 5f3c0a12-4026531836".into(),
        phase: RecordPhase::Running,
        unfinished: true,
        home: "load".into(),
        namespaces: vec!["load".into()],
        options: Options::new(Intent::Release, 1),
        log: Vec::new(),
        steps: Vec::new(),
    }
}
