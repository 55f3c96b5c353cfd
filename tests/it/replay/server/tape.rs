//! What a real API server said: see `record.py`.

use std::{io::Read, sync::LazyLock};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{Answer, Request};

struct Row {
    path: String,
    watch: bool,
    proto: bool,
    content_type: String,
    body: Vec<u8>,
}

static TAPE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut text = String::new();
    flate2::read::GzDecoder::new(&include_bytes!("../tape.jsonl.gz")[..])
        .read_to_string(&mut text)
        .expect("the tape is whole");
    text.lines().map(row).collect()
});

fn row(line: &str) -> Row {
    let value: Value = serde_json::from_str(line).expect("a row of JSON");
    let text = |name: &str| value[name].as_str().expect("a text").to_owned();
    Row {
        path: text("path"),
        watch: value["watch"] == true,
        proto: value["proto"] == true,
        content_type: text("content_type"),
        body: BASE64_STANDARD.decode(text("body")).expect("base64"),
    }
}

/// Content type and body for a request: protobuf where it was recorded and is understood. A watch without initial events has no frames yet.
pub fn find(request: &Request) -> Option<(&'static str, &'static [u8])> {
    let rows = || TAPE.iter().filter(|row| row.path == request.path && row.watch == request.watch());
    let row = rows().find(|row| row.proto == request.proto()).or_else(|| rows().find(|row| !row.proto))?;
    let body = if request.watch() && !request.initial_events() { &[][..] } else { &row.body[..] };
    Some((&row.content_type, body))
}

/// What a server that knows no protobuf answers; `None` where nothing was recorded.
pub fn json(request: &Request) -> Option<Answer> {
    let asked = Request {
        method: String::new(),
        path: request.path.clone(),
        query: request.query.clone(),
        accept: String::new(),
        authorization: String::new(),
    };
    let (content_type, body) = find(&asked)?;
    Some(match request.watch() {
        true => Answer::Stream(content_type, body.to_vec()),
        false => Answer::Whole(200, content_type, body.to_vec()),
    })
}
