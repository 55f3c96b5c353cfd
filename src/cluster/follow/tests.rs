//! A followed resource against a server that replays.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use rolldeck_core::{
    fleet::{Freshness, Resource, Source},
    kept::{Kept, KeptEvent, Name},
};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use super::{Following, Target, follow_at};
use crate::{
    replay::{Answer, Replay},
    watch::{link::Pace, watch},
};

const JSON: &str = "application/json";
const QUICK: Pace = Pace {
    silence: Duration::from_millis(150),
    patience: Duration::from_millis(150),
    again: Duration::from_millis(50),
};

fn node(name: &str, size: i64, version: u32) -> Value {
    json!({"metadata": {"name": name, "resourceVersion": version.to_string()}, "size": size})
}

fn list(nodes: &[Value], version: u32, next: &str) -> Answer {
    let meta = json!({"resourceVersion": version.to_string(), "continue": next});
    Answer::ok(JSON, json!({"kind": "NodeList", "metadata": meta, "items": nodes}).to_string().as_bytes())
}

fn watched(events: &[(&str, Value)]) -> Answer {
    let line = |(kind, object): &(&str, Value)| format!("{}\n", json!({"type": kind, "object": object}));
    Answer::ok(JSON, events.iter().map(line).collect::<String>().as_bytes())
}

fn size(object: &Value) -> Option<i64> {
    object["size"].as_i64()
}

fn nodes() -> Target {
    Target::new("/api/v1/nodes", "nodes")
}

/// What a room would keep.
struct Room {
    following: Option<Following>,
    events: mpsc::Receiver<Vec<KeptEvent<i64>>>,
    kept: Kept<i64>,
}

impl Room {
    fn at(pace: Pace, server: &Replay) -> Self {
        let (to, events) = mpsc::channel(4);
        let following = Some(follow_at(pace, &server.cluster, nodes(), size, to));
        Self { following, events, kept: Kept::default() }
    }

    fn of(server: &Replay) -> Self {
        Self::at(Pace::default(), server)
    }

    async fn until(&mut self, holds: impl Fn(&Kept<i64>) -> bool) {
        let listen = async {
            while !holds(&self.kept) {
                let batch = self.events.recv().await.expect("the stream ended");
                assert!(batch.len() <= 512);
                self.kept.take_all(batch);
            }
        };
        if timeout(Duration::from_secs(30), listen).await.is_err() {
            panic!("not so, but {:?}", self.kept);
        }
    }

    fn size(&self, name: &str) -> Option<i64> {
        self.kept.get(&Name { namespace: "".into(), name: name.into() }).copied()
    }
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_changes_follow() {
    let server = Replay::new(|path| match path {
        path if path.contains("watch=true") => {
            watched(&[("MODIFIED", node("a", 5, 11)), ("DELETED", node("b", 2, 12)), ("ADDED", node("d", 4, 13))])
                .then_silence()
        }
        path if path.contains("continue=more") => list(&[node("c", 3, 3)], 10, ""),
        _ => list(&[node("a", 1, 1), node("b", 2, 2)], 10, "more"),
    })
    .await;
    let mut room = Room::of(&server);
    room.until(|kept| kept.len() == 3 && kept.listed() && kept.iter().any(|(name, _)| &*name.name == "d")).await;
    assert_eq!((room.size("a"), room.size("b"), room.size("c"), room.size("d")), (Some(5), None, Some(3), Some(4)));
    assert_eq!(room.kept.freshness(), &Freshness::Live);
    let (lists, watches) = (server.asked("limit=500"), server.asked("watch=true"));
    assert_eq!(lists.len(), 2, "{lists:?}");
    assert!(watches[0].contains("resourceVersion=10") && watches[0].contains("allowWatchBookmarks=true"));
    assert!(server.asked("sendInitialEvents").is_empty());
}

#[tokio::test]
async fn a_watch_goes_on_after_the_last_bookmark_and_nobody_sees_it() {
    let mut streams = 0;
    let server = Replay::new(move |path| {
        if !path.contains("watch=true") {
            return list(&[node("a", 1, 1)], 10, "");
        }
        streams += 1;
        match streams {
            1 => watched(&[("BOOKMARK", json!({"metadata": {"resourceVersion": "40"}}))]).then_cut(),
            _ => watched(&[("MODIFIED", node("a", 2, 41))]).then_silence(),
        }
    })
    .await;
    let mut room = Room::of(&server);
    room.until(|kept| kept.iter().any(|(_, size)| *size == 2)).await;
    assert!(server.asked("watch=true")[1].contains("resourceVersion=40"));
    assert_eq!(server.asked("limit=500").len(), 1);
}

#[tokio::test]
async fn an_expired_version_lists_anew_and_what_is_gone_goes() {
    let (mut streams, mut lists) = (0, 0);
    let server = Replay::new(move |path| {
        if !path.contains("watch=true") {
            lists += 1;
            return if lists == 1 {
                list(&[node("a", 1, 1), node("b", 1, 1)], 10, "")
            } else {
                list(&[node("b", 2, 2)], 20, "")
            };
        }
        streams += 1;
        match streams {
            1 => watched(&[("ERROR", json!({"kind": "Status", "code": 410, "message": "too old"}))]),
            _ => watched(&[]).then_silence(),
        }
    })
    .await;
    let mut room = Room::of(&server);
    room.until(|kept| kept.len() == 1 && kept.iter().all(|(_, size)| *size == 2)).await;
    assert!(room.size("a").is_none());
}

#[tokio::test]
async fn refusals_are_told_apart_and_name_what_was_asked() {
    type Expected = fn(&Freshness) -> bool;
    let cases: [(u16, &str, Expected); 4] = [
        (401, "Unauthorized", |fresh| matches!(fresh, Freshness::Unauthorized(_))),
        (403, "Forbidden", |fresh| *fresh == Freshness::Forbidden("list nodes".into())),
        (404, "NotFound", |fresh| *fresh == Freshness::Absent),
        (503, "ServiceUnavailable", |fresh| matches!(fresh, Freshness::Stale { .. })),
    ];
    for (code, reason, expected) in cases {
        let server = Replay::new(move |_| Answer::no(code, reason)).await;
        Room::of(&server).until(|kept| expected(kept.freshness())).await;
    }
}

#[tokio::test]
async fn an_object_that_cannot_be_understood_is_counted_and_ends_nothing() {
    let server = Replay::new(|path| match path {
        path if path.contains("watch=true") => watched(&[("ADDED", node("c", 3, 12))]).then_silence(),
        _ => list(&[json!({"metadata": {"name": "odd"}}), node("a", 1, 1)], 10, ""),
    })
    .await;
    let mut room = Room::of(&server);
    room.until(|kept| kept.len() == 2).await;
    assert_eq!(room.kept.unreadable_count(), 1);
}

#[tokio::test]
async fn a_link_that_dies_in_silence_is_stale_and_comes_back_without_a_new_list() {
    let (dead, is_dead) = tokio::sync::watch::channel(false);
    let server = Replay::new(move |path| match path {
        _ if *is_dead.borrow() => Answer::never(),
        "/livez" => Answer::ok("text/plain", b"ok"),
        path if path.contains("watch=true") => watched(&[]).then_silence(),
        _ => list(&[node("a", 1, 1)], 10, ""),
    })
    .await;
    let mut room = Room::at(QUICK, &server);
    room.until(|kept| kept.listed() && *kept.freshness() == Freshness::Live).await;
    dead.send_replace(true);
    room.until(|kept| matches!(kept.freshness(), Freshness::Stale { .. })).await;
    assert_eq!(room.size("a"), Some(1), "what was known stays");
    dead.send_replace(false);
    room.until(|kept| *kept.freshness() == Freshness::Live).await;
    assert_eq!(server.asked("limit=500").len(), 1);
}

#[tokio::test]
async fn a_room_that_opens_while_the_cluster_is_gone_is_stale_at_once() {
    let alive = Arc::new(AtomicBool::new(true));
    let lives = alive.clone();
    let server = Replay::new(move |path| match path {
        _ if !lives.load(Ordering::Relaxed) => Answer::never(),
        "/livez" => Answer::ok("text/plain", b"ok"),
        path if path.contains("watch=true") => watched(&[]).then_silence(),
        _ => list(&[], 10, ""),
    })
    .await;
    let mut first = Room::at(QUICK, &server);
    first.until(|kept| *kept.freshness() == Freshness::Live).await;
    alive.store(false, Ordering::Relaxed);
    first.until(|kept| matches!(kept.freshness(), Freshness::Stale { .. })).await;
    let mut second = Room::at(Pace::default(), &server);
    timeout(Duration::from_secs(10), second.until(|kept| matches!(kept.freshness(), Freshness::Stale { .. })))
        .await
        .expect("sooner than a request is given up");
}

#[tokio::test]
async fn rooms_and_the_fleet_share_one_monitor() {
    let (probed, mut probes) = tokio::sync::watch::channel(0);
    let server = Replay::new(move |path| match path {
        "/livez" => {
            probed.send_modify(|count| *count += 1);
            Answer::ok("text/plain", b"ok")
        }
        path if path.contains("watch=true") => watched(&[]).then_silence(),
        _ => list(&[], 10, ""),
    })
    .await;
    let mut room = Room::at(QUICK, &server);
    let (to, _updates) = mpsc::channel(64);
    let fleet = watch(&server.cluster, vec![Source { resource: Resource::Pods, scope: None }], to);
    room.until(|kept| kept.listed()).await;
    let link = |pace| server.cluster.pulse.link(&server.cluster.client, pace);
    assert!(Arc::ptr_eq(&link(QUICK), &link(Pace::default())));
    drop(room);
    let before = *probes.borrow_and_update();
    timeout(Duration::from_secs(30), probes.wait_for(|count| *count > before + 1)).await.unwrap().unwrap();
    drop(fleet);
}

#[tokio::test]
async fn dropping_the_handle_ends_the_stream() {
    let server = Replay::new(|path| match path {
        path if path.contains("watch=true") => watched(&[]).then_silence(),
        _ => list(&[], 10, ""),
    })
    .await;
    let mut room = Room::of(&server);
    room.until(|kept| kept.listed()).await;
    room.following = None;
    let ended = async { while room.events.recv().await.is_some() {} };
    timeout(Duration::from_secs(30), ended).await.expect("the stream still speaks");
}

#[test]
fn a_target_names_its_place_and_its_selectors() {
    let target = Target::within("/api/v1", "events", "events", "qa").only("fieldSelector", "involvedObject.name=a&b");
    assert_eq!(target.path, "/api/v1/namespaces/qa/events");
    assert_eq!(target.query, "fieldSelector=involvedObject.name%3Da%26b");
    assert_eq!(&*target.what, "events in namespace qa");
    assert_eq!(&*Target::within("/api/v1", "events", "events", "").what, "events in all namespaces");
}
