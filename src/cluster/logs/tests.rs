//! A reading against a server that replays.

use std::{sync::Arc, time::Duration};

use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, LogsOf, Reading, Rotated, SourceId, SourceState, Told, Why},
};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    time::timeout,
};

use super::{
    Hub, Wanted,
    machine::{Machine, Of},
    open,
    request::Address,
    stream::{self, Plan, Said},
    subject::{Instance, Status},
};
use crate::{
    replay::{Answer, Replay},
    watch::link::Pace,
};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

fn pod(name: &str, state: Value, last: Value) -> Value {
    json!({
        "metadata": { "namespace": "qa", "name": name, "uid": format!("u-{name}"), "resourceVersion": "1" },
        "spec": { "nodeName": "n1", "containers": [{ "name": "main" }] },
        "status": { "phase": "Running", "containerStatuses": [
            { "name": "main", "containerID": "c://1", "restartCount": 0, "state": state, "lastState": last } ] },
    })
}

fn running(name: &str) -> Value {
    pod(name, json!({ "running": { "startedAt": "2026-11-23T08:00:00Z" } }), json!({}))
}

fn list(pods: &[Value]) -> Answer {
    let list = json!({ "kind": "PodList", "metadata": { "resourceVersion": "10" }, "items": pods });
    Answer::ok(JSON, list.to_string().as_bytes())
}

fn of_pod(name: &str) -> LogsOf {
    LogsOf::Pod(Name { namespace: "qa".into(), name: name.into() })
}

/// What a reading has told.
struct Room {
    _hub: Hub,
    told: mpsc::Receiver<Vec<Told>>,
    all: Vec<Told>,
}

impl Room {
    fn of(server: &Replay, wanted: Wanted) -> Self {
        let (to, told) = mpsc::channel(1);
        Self { _hub: open(&server.cluster, wanted, to), told, all: Vec::new() }
    }

    async fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        let listen = async {
            while !holds(self) {
                let batch = self.told.recv().await.expect("the reading ended");
                self.all.extend(batch);
            }
        };
        if timeout(Duration::from_secs(30), listen).await.is_err() {
            panic!("not so, but {:?} and {:?}", self.texts(), self.states());
        }
    }

    fn texts(&self) -> Vec<String> {
        let blocks =
            self.all.iter().filter_map(|told| if let Told::Lines(blocks) = told { Some(blocks) } else { None });
        let lines = blocks.flatten().flat_map(|block| block.lines());
        lines.map(|line| String::from_utf8_lossy(line.text).into_owned()).collect()
    }

    fn states(&self) -> Vec<&SourceState> {
        self.all.iter().filter_map(|told| if let Told::State(_, state) = told { Some(state) } else { None }).collect()
    }
}

#[tokio::test]
async fn after_a_cut_the_log_goes_on_where_it_was_and_no_line_comes_twice() {
    let mut logs = 0;
    let server = Replay::new(move |path| match path {
        path if path.contains("limitBytes") => Answer::ok(TEXT, b"2026-11-23T09:00:00.1Z one"),
        path if path.contains("/log?") => {
            logs += 1;
            match logs {
                1 => Answer::ok(
                    TEXT,
                    b"2026-11-23T09:00:00.1Z one\n2026-11-23T09:00:01.5Z two\n2026-11-23T09:00:02Z thr",
                )
                .then_cut(),
                _ => Answer::ok(TEXT, b"2026-11-23T09:00:01.5Z two\n2026-11-23T09:00:02Z three\n").then_silence(),
            }
        }
        path if path.contains("watch=true") => Answer::ok(JSON, b"").then_silence(),
        _ => list(&[running("web-1")]),
    })
    .await;
    let mut room = Room::of(&server, Wanted { of: vec![of_pod("web-1")], follows: true, ..Wanted::default() });
    room.until(|room| room.texts().len() >= 3).await;
    assert_eq!(room.texts(), ["one", "two", "three"]);
    let asked = server.asked("follow=true");
    assert!(asked[1].contains("sinceTime=2026-11-23T09%3A00%3A00Z"), "{asked:?}");
    assert!(room.states().iter().any(|state| matches!(state, SourceState::Reconnecting(..))));
    let rotated =
        room.all.iter().find_map(|told| if let Told::Rotated(_, rotated) = told { Some(rotated) } else { None });
    assert!(
        matches!(rotated, Some(Rotated { started: Some(_), first: Some(_) })),
        "it began an hour before its first line"
    );
}

#[tokio::test]
async fn a_stream_that_stands_still_while_its_log_goes_on_is_opened_again() {
    let mut follows = 0;
    let server = Replay::new(move |path| match path {
        path if path.contains("tailLines=1&limitBytes") => {
            Answer::ok(TEXT, b"2026-11-23T09:00:30Z t").with("Date: Mon, 23 Nov 2026 09:01:00 GMT\r\n")
        }
        _ => {
            follows += 1;
            let lines: &[u8] = match follows {
                1 => b"2026-11-23T09:00:00.5Z one\n",
                _ => b"2026-11-23T09:00:29Z two\n2026-11-23T09:00:30Z three\n",
            };
            Answer::ok(TEXT, lines).then_silence()
        }
    })
    .await;
    let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main".into() };
    let status = Status::There(Instance::default());
    let (_tell, told) = watch::channel(status.clone());
    let (to, mut said) = mpsc::channel(8);
    let plan = Plan {
        client: server.cluster.client.clone(),
        link: server.cluster.pulse.link(&server.cluster.client, Pace::default()),
        source: SourceId(0),
        address: address.clone(),
        machine: Machine::new(SourceId(0), address, (Of::Newest, Begin::Head), status, 1),
        status: told,
        permits: Arc::new(Semaphore::new(1)),
        looks_back: false,
        quiet: Duration::from_millis(50),
        to,
    };
    let mut blocks = Vec::new();
    let read = async {
        while blocks.iter().map(|block: &Arc<rolldeck_core::logs::Block>| block.lines().count()).sum::<usize>() < 4 {
            if let Said::Blocks(more) = said.recv().await.expect("it goes on") {
                blocks.extend(more);
            }
        }
    };
    tokio::select! {
        () = stream::run(plan) => panic!("it goes on"),
        read = timeout(Duration::from_secs(30), read) => read.expect("all lines come"),
    }
    let lines = blocks.iter().flat_map(|block| block.lines());
    let lines: Vec<_> =
        lines.map(|line| line.gap().map_or_else(|| Ok(line.text.to_vec()), |gap| Err(gap.why))).collect();
    let line = |text: &str| Ok(text.as_bytes().to_vec());
    assert_eq!(lines, [line("one"), Err(Why::Rotated), line("two"), line("three")]);
    let again = &server.asked("follow=true")[1];
    assert!(again.contains("sinceTime=2026-11-23T08%3A59%3A59Z"), "{again}");
}

#[tokio::test]
async fn what_is_not_followed_ends_and_two_containers_come_in_the_order_of_time() {
    let server = Replay::new(|path| match path {
        path if path.contains("limitBytes") => Answer::ok(TEXT, b""),
        path if path.contains("web-1/log?") => Answer::ok(TEXT, b"2026-11-23T08:00:01Z a1\n2026-11-23T08:00:03Z a3\n"),
        path if path.contains("web-2/log?") => Answer::ok(TEXT, b"2026-11-23T08:00:02Z b2\n2026-11-23T08:00:04Z b4"),
        path if path.contains("watch=true") => Answer::ok(JSON, b"").then_silence(),
        path if path.contains("web-1") => list(&[running("web-1")]),
        _ => list(&[running("web-2")]),
    })
    .await;
    let mut room = Room::of(&server, Wanted { of: vec![of_pod("web-1"), of_pod("web-2")], ..Wanted::default() });
    room.until(|room| matches!(room.all.last(), Some(Told::Complete))).await;
    assert_eq!(room.texts(), ["a1", "b2", "a3", "b4"]);
    let ended = |state: &&&SourceState| matches!(state, SourceState::Ended(_, Ended::Complete));
    assert_eq!(room.states().iter().filter(ended).count(), 2);
}

#[tokio::test]
async fn what_is_not_followed_waits_for_pods_and_logs_that_come_late_and_keeps_one_order() {
    const LINES: usize = 60_000;
    let log = |odd: usize| {
        let line = |n: usize| {
            let at = 2 * n + odd;
            format!(
                "2026-11-23T08:00:{:02}.{:09}Z {at:06} and more that is the same in all\n",
                at / 10_000,
                at % 10_000
            )
        };
        (0..LINES).map(line).collect::<String>().into_bytes()
    };
    let (pods, lines) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (late_pods, late_lines) = (pods.clone(), lines.clone());
    let server = Replay::new(move |path| match path {
        path if path.contains("limitBytes") => Answer::ok(TEXT, b""),
        path if path.contains("web-1/log?") => Answer::ok(TEXT, &log(0)),
        path if path.contains("web-2/log?") => Answer::ok(TEXT, &log(1)).when(&late_lines),
        path if path.contains("watch=true") => Answer::ok(JSON, b"").then_silence(),
        path if path.contains("web-1") => list(&[running("web-1")]),
        _ => list(&[running("web-2")]).when(&late_pods),
    })
    .await;
    let mut room = Room::of(&server, Wanted { of: vec![of_pod("web-1"), of_pod("web-2")], ..Wanted::default() });
    room.until(|room| room.states().contains(&&SourceState::Live)).await;
    pods.notify_one();
    let joined = |told: &Told| matches!(told, Told::State(id, _) if id.0 == 1);
    room.until(|room| room.all.iter().any(joined)).await;
    assert_eq!(room.texts(), Vec::<String>::new(), "nobody knows yet what the other has");
    lines.notify_one();
    room.until(|room| matches!(room.all.last(), Some(Told::Complete))).await;
    let texts = room.texts();
    assert!(texts.is_sorted() && texts.len() == 2 * LINES, "{} lines", texts.len());
}

#[tokio::test]
async fn what_may_not_be_read_and_what_has_not_started_say_so() {
    let waits = pod("new", json!({ "waiting": { "reason": "ContainerCreating" } }), json!({}));
    let server = Replay::new(move |path| match path {
        path if path.contains("/log?") => Answer::no(403, "Forbidden"),
        path if path.contains("watch=true") => Answer::ok(JSON, b"").then_silence(),
        path if path.contains("web-1") => list(&[running("web-1")]),
        _ => list(std::slice::from_ref(&waits)),
    })
    .await;
    let of = vec![of_pod("web-1"), of_pod("new")];
    let mut room = Room::of(&server, Wanted { of, follows: true, begin: Begin::Tail(10), ..Wanted::default() });
    room.until(|room| room.states().len() >= 3).await;
    let forbidden = "get pods/log in namespace qa: Forbidden indeed";
    assert!(room.states().iter().any(|state| matches!(state, SourceState::Forbidden(what) if &**what == forbidden)));
    assert!(room.states().contains(&&SourceState::Waiting("ContainerCreating".into())));
}

#[tokio::test]
async fn a_slow_reader_holds_the_streams_back_and_misses_nothing() {
    const LINES: usize = 200_000;
    let log: String =
        (0..LINES).map(|n| format!("2026-11-23T08:00:{:02}.{:09}Z line {n}\n", n / 10_000, n % 10_000)).collect();
    let server = Replay::new(move |path| match path {
        path if path.contains("limitBytes") => Answer::ok(TEXT, b""),
        path if path.contains("/log?") => Answer::ok(TEXT, log.as_bytes()),
        path if path.contains("watch=true") => Answer::ok(JSON, b"").then_silence(),
        _ => list(&[running("web-1")]),
    })
    .await;
    let wanted = Wanted { of: vec![of_pod("web-1")], reading: Reading::Stdout, ..Wanted::default() };
    let mut room = Room::of(&server, wanted);
    let mut lines = 0;
    while !matches!(room.all.last(), Some(Told::Complete)) {
        room.all = timeout(Duration::from_secs(30), room.told.recv()).await.expect("more").expect("more");
        let texts = room.texts();
        if let Some(first) = texts.first() {
            assert_eq!(*first, format!("line {lines}"));
        }
        lines += texts.len();
        tokio::task::yield_now().await;
    }
    assert_eq!(lines, LINES);
}

#[tokio::test]
async fn revisions_are_numbered_once_their_pods_are_there() {
    let of_app = |name: &str, hash: &str| {
        let mut pod = running(name);
        pod["metadata"]["labels"] = json!({ "app": "web", "pod-template-hash": hash });
        pod["metadata"]["ownerReferences"] =
            json!([{ "controller": true, "kind": "ReplicaSet", "name": format!("web-{hash}") }]);
        pod
    };
    let server = Replay::new(move |path| match path {
        path if path.ends_with("/deployments/web") => {
            Answer::ok(JSON, br#"{"spec":{"selector":{"matchLabels":{"app":"web"}}}}"#)
        }
        path if path.ends_with("/replicasets/web-old") => {
            Answer::ok(JSON, br#"{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"7"}}}"#)
        }
        path if path.contains("/replicasets/") => Answer::no(403, "Forbidden"),
        path if path.contains("limitBytes") => Answer::ok(TEXT, b""),
        path if path.contains("/log?") || path.contains("watch=true") => Answer::ok(TEXT, b"").then_silence(),
        _ => list(&[of_app("web-old-1", "old"), of_app("web-new-1", "new")]),
    })
    .await;
    let key = rolldeck_core::model::AppKey {
        namespace: "qa".into(),
        name: "web".into(),
        kind: rolldeck_core::model::AppKind::Deployment,
    };
    let mut room = Room::of(&server, Wanted { of: vec![LogsOf::App(key)], follows: true, ..Wanted::default() });
    let numbers = |room: &Room| {
        let of = |told: &Told| match told {
            Told::Sources(sources) => sources.clone(),
            _ => Vec::new(),
        };
        let sources = room.all.iter().flat_map(of).collect::<std::collections::BTreeMap<_, _>>();
        sources.values().map(|source| (source.revision.hash.to_string(), source.revision.number)).collect::<Vec<_>>()
    };
    room.until(|room| numbers(room).contains(&("old".to_owned(), Some(7)))).await;
    assert_eq!(numbers(&room), [("old".to_owned(), Some(7)), ("new".to_owned(), None)], "one may not be read");
}
