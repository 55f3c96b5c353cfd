//! The runner against recorded answers, refusals, cuts and silence.

use std::{collections::BTreeSet, time::Duration};

use prost::Message;
use rolldeck_core::fleet::{Freshness, Object, Resource, Source, SourceEvent, Update};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    replay::{Answer, PROTOBUF, PROTOBUF_WATCH, Replay, cluster},
    watch::{Watching, link::Pace, watch, watch_at},
    wire::{Encoding, Frames, List, Part, event, meta::ListMeta},
};

const PODS: &[u8] = include_bytes!("../../wire/fixtures/pods.pb");
const PODS_JSON: &[u8] = include_bytes!("../../wire/fixtures/pods.json");
const WATCH: &[u8] = include_bytes!("../../wire/fixtures/watch.pb");
const WATCH_JSON: &[u8] = include_bytes!("../../wire/fixtures/watch.json");
const EXPIRED: &[u8] = include_bytes!("../../wire/fixtures/expired.pb");
/// The recorded pods.
const COUNT: usize = 9;

fn pods() -> Vec<Source> {
    vec![Source { resource: Resource::Pods, scope: None }]
}

/// What one stream said so far.
struct Heard {
    _watching: Watching,
    updates: mpsc::Receiver<Vec<Update>>,
    events: Vec<SourceEvent>,
}

impl Heard {
    fn of(server: &Replay) -> Self {
        let (to, updates) = mpsc::channel(4);
        Self { _watching: watch(&server.cluster, pods(), to), updates, events: Vec::new() }
    }

    fn at(pace: Pace, server: &Replay) -> Self {
        let (to, updates) = mpsc::channel(4);
        Self {
            _watching: watch_at(pace, &server.cluster, pods(), &Default::default(), to),
            updates,
            events: Vec::new(),
        }
    }

    /// Listens until an event is as it should be.
    async fn until(&mut self, holds: impl Fn(&SourceEvent) -> bool) {
        let listen = async {
            loop {
                let batch = self.updates.recv().await.expect("the stream ended");
                assert!(batch.len() <= 512);
                let begin = self.events.len();
                self.events.extend(batch.into_iter().map(|update| update.event));
                if self.events[begin..].iter().any(&holds) {
                    return;
                }
            }
        };
        if timeout(Duration::from_secs(30), listen).await.is_err() {
            panic!("not heard; but {:?}", self.events);
        }
    }

    async fn until_fresh(&mut self, holds: impl Fn(&Freshness) -> bool) {
        self.until(|event| matches!(event, SourceEvent::Fresh(fresh) if holds(fresh))).await;
    }

    fn names(&self) -> BTreeSet<String> {
        let applied = self.events.iter().filter_map(|event| match event {
            SourceEvent::Applied(Object::Pod(pod)) => Some(pod.name.to_string()),
            _ => None,
        });
        applied.collect()
    }

    fn count(&self, holds: impl Fn(&SourceEvent) -> bool) -> usize {
        self.events.iter().filter(|event| holds(event)).count()
    }
}

/// A page in protobuf of the recorded pods from `from` to `to`, with the `continue` that follows.
fn page(from: usize, to: usize, next: &'static str, remaining: i64) -> Vec<u8> {
    let mut list = List::new(Encoding::Protobuf);
    list.feed(PODS);
    let mut items = Vec::new();
    while let Some(part) = list.pull().unwrap() {
        if let Part::Item(item) = part {
            items.push(item);
        }
    }
    let meta = ListMeta { resource_version: "500".into(), next: next.into(), remaining_item_count: Some(remaining) };
    let mut body = field(1, &meta.encode_to_vec());
    items[from..to].iter().for_each(|item| body.extend(field(2, item)));
    [b"k8s\0".to_vec(), field(2, &body)].concat()
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    prost::encoding::encode_varint(value.len() as u64, &mut bytes);
    [bytes, value.to_vec()].concat()
}

/// The first frame of the recorded watch.
fn first_frame() -> &'static [u8] {
    let mut frames = Frames::default();
    frames.feed(WATCH);
    let frame = frames.pull().unwrap().unwrap();
    event(Encoding::Protobuf, &frame).unwrap();
    &WATCH[..4 + frame.len()]
}

fn silence() -> Answer {
    Answer::ok(PROTOBUF_WATCH, b"").then_silence()
}

#[tokio::test]
async fn both_encodings_over_http_give_the_same_rows() {
    let protobuf = Replay::new(|path| match path {
        path if path.contains("watch=true") => silence(),
        _ => Answer::ok(PROTOBUF, PODS),
    });
    let json = Replay::new(|path| match path {
        path if path.contains("watch=true") => Answer::ok("application/json", WATCH_JSON).then_silence(),
        _ => Answer::ok("application/json", PODS_JSON),
    });
    let (protobuf, json) = (protobuf.await, json.await);
    let (mut ours, mut theirs) = (Heard::of(&protobuf), Heard::of(&json));
    ours.until_fresh(|fresh| *fresh == Freshness::Live).await;
    theirs.until_fresh(|fresh| *fresh == Freshness::Live).await;
    assert_eq!((ours.names().len(), ours.names()), (COUNT, theirs.names()));
}

#[tokio::test]
async fn the_first_page_comes_first_and_a_watch_list_brings_the_rest() {
    let server = Replay::new(|path| match path {
        path if path.contains("sendInitialEvents=true") => Answer::ok(PROTOBUF_WATCH, WATCH).then_silence(),
        _ => Answer::ok(PROTOBUF, &page(0, 2, "more", 7)),
    })
    .await;
    let mut heard = Heard::of(&server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    assert_eq!(heard.names().len(), COUNT);
    assert_eq!(heard.count(|event| *event == SourceEvent::Listing), 1);
    assert_eq!(heard.count(|event| matches!(event, SourceEvent::Deleted { .. })), 0);
    assert!(server.asked("sendInitialEvents")[0].contains("resourceVersion=500"));
}

#[tokio::test]
async fn without_watch_lists_pages_follow_and_no_stream_asks_again() {
    let server = Replay::new(|path| match path {
        path if path.contains("sendInitialEvents=true") => Answer::no(422, "Invalid"),
        path if path.contains("watch=true") => silence(),
        path if path.contains("continue=more") => Answer::ok(PROTOBUF, &page(2, COUNT, "", 0)),
        _ => Answer::ok(PROTOBUF, &page(0, 2, "more", 7)),
    })
    .await;
    let mut heard = Heard::of(&server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    assert_eq!(heard.names().len(), COUNT);
    assert_eq!((server.asked("sendInitialEvents").len(), server.asked("limit=50").len()), (1, 1));
}

#[tokio::test]
async fn a_cut_within_a_frame_resumes_where_it_was_and_nobody_sees_it() {
    let mut streams = 0;
    let server = Replay::new(move |path| {
        if !path.contains("watch=true") {
            return Answer::ok(PROTOBUF, PODS);
        }
        streams += 1;
        match streams {
            1 => Answer::ok(PROTOBUF_WATCH, &first_frame()[..50]).then_cut(),
            _ => Answer::ok(PROTOBUF_WATCH, first_frame()).then_silence(),
        }
    })
    .await;
    let mut heard = Heard::of(&server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    heard.until(|event| matches!(event, SourceEvent::Applied(_))).await;
    let asked = server.asked("watch=true");
    let version = |path: &str| path.split("resourceVersion=").nth(1).map(str::to_owned);
    assert_eq!(version(&asked[0]), version(&asked[1]));
    assert_eq!(heard.count(|event| matches!(event, SourceEvent::Fresh(Freshness::Stale { .. }))), 0);
    assert_eq!(heard.count(|event| *event == SourceEvent::Listing), 1);
}

#[tokio::test]
async fn an_expired_version_lists_anew_and_stays_live() {
    let mut streams = 0;
    let server = Replay::new(move |path| match path {
        path if path.contains("sendInitialEvents=true") => Answer::ok(PROTOBUF_WATCH, WATCH).then_silence(),
        path if path.contains("watch=true") => {
            streams += 1;
            if streams == 1 { Answer::ok(PROTOBUF_WATCH, EXPIRED) } else { silence() }
        }
        _ => Answer::ok(PROTOBUF, PODS),
    })
    .await;
    let mut heard = Heard::of(&server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    heard.until(|event| *event == SourceEvent::Listed).await;
    let after_first = heard.events.iter().skip_while(|event| **event != SourceEvent::Listed);
    let fresh = after_first.filter(|event| matches!(event, SourceEvent::Fresh(fresh) if *fresh != Freshness::Live));
    assert_eq!(fresh.count(), 0);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    type Expected = fn(&Freshness) -> bool;
    let cases: [(u16, &str, Expected); 5] = [
        (401, "Unauthorized", |fresh| matches!(fresh, Freshness::Unauthorized(why) if &**why == "Unauthorized indeed")),
        (
            403,
            "Forbidden",
            |fresh| matches!(fresh, Freshness::Forbidden(what) if &**what == "list pods in all namespaces"),
        ),
        (404, "NotFound", |fresh| *fresh == Freshness::Absent),
        (429, "TooManyRequests", |fresh| matches!(fresh, Freshness::Stale { .. })),
        (503, "ServiceUnavailable", |fresh| matches!(fresh, Freshness::Stale { why, .. } if why.contains("503"))),
    ];
    for (code, reason, expected) in cases {
        let server = Replay::new(move |_| Answer::no(code, reason).with("Retry-After: 1\r\n")).await;
        Heard::of(&server).until_fresh(expected).await;
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_stale_at_once_and_says_why() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (to, updates) = mpsc::channel(4);
    let mut heard = Heard { _watching: watch(&cluster(port), pods(), to), updates, events: Vec::new() };
    heard.until_fresh(|fresh| matches!(fresh, Freshness::Stale { why, .. } if &**why == "connection refused")).await;
}

const QUICK: Pace = Pace {
    silence: Duration::from_millis(150),
    patience: Duration::from_millis(150),
    again: Duration::from_millis(50),
};

#[tokio::test]
async fn a_link_that_dies_in_silence_is_stale_and_comes_back_without_a_new_list() {
    let (dead, is_dead) = tokio::sync::watch::channel(false);
    let server = Replay::new(move |path| match path {
        _ if *is_dead.borrow() => Answer::never(),
        "/livez" => Answer::ok("text/plain", b"ok"),
        path if path.contains("watch=true") => silence(),
        _ => Answer::ok(PROTOBUF, PODS),
    })
    .await;
    let mut heard = Heard::at(QUICK, &server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    dead.send_replace(true);
    heard.until_fresh(|fresh| matches!(fresh, Freshness::Stale { .. })).await;
    dead.send_replace(false);
    heard.until_fresh(|fresh| *fresh == Freshness::Live).await;
    assert_eq!(heard.count(|event| *event == SourceEvent::Listing), 1);
}

#[tokio::test]
async fn an_idle_link_that_lives_stays_live_and_opens_nothing_anew() {
    let (probed, mut probes) = tokio::sync::watch::channel(0);
    let server = Replay::new(move |path| match path {
        "/livez" => {
            probed.send_modify(|count| *count += 1);
            Answer::ok("text/plain", b"ok")
        }
        path if path.contains("watch=true") => silence(),
        _ => Answer::ok(PROTOBUF, PODS),
    })
    .await;
    let mut heard = Heard::at(QUICK, &server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    timeout(Duration::from_secs(30), probes.wait_for(|count| *count >= 4)).await.unwrap().unwrap();
    assert_eq!(server.asked("watch=true").len(), 1);
    while let Ok(batch) = heard.updates.try_recv() {
        heard.events.extend(batch.into_iter().map(|update| update.event));
    }
    assert_eq!(heard.count(|event| matches!(event, SourceEvent::Fresh(Freshness::Stale { .. }))), 0);
}

#[tokio::test]
async fn whoever_listens_no_more_ends_the_stream() {
    let server = Replay::new(|path| match path {
        path if path.contains("watch=true") => silence(),
        _ => Answer::ok(PROTOBUF, PODS),
    })
    .await;
    let mut heard = Heard::of(&server);
    heard.until(|event| *event == SourceEvent::Listed).await;
    let Heard { mut _watching, updates, .. } = heard;
    drop(updates);
    let ended = timeout(Duration::from_secs(30), _watching._tasks.join_next());
    assert!(ended.await.is_ok());
}
