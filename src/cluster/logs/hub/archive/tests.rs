//! Archives against a server that replays.

use std::time::Duration;

use async_compression::tokio::write::GzipEncoder;
use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, Kind, LogsOf, Reading, SourceState, Told},
    model::{AppKey, AppKind},
};
use tokio::{io::AsyncWriteExt, sync::mpsc, time::timeout};

use super::Seen;
use crate::{
    logs::{Wanted, hub::open_seeing},
    replay::{Answer, Replay},
};

const JSON: &str = "application/json";

fn web() -> LogsOf {
    LogsOf::App(AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::Deployment })
}

/// Reads to the end what an archive has.
async fn told(server: &Replay, of: LogsOf, archive: &str, begin: Begin) -> Vec<Told> {
    let (to, mut told) = mpsc::channel(1);
    let reading = Reading::Archive(archive.into());
    let wanted = Wanted { of: vec![of], reading, begin, follows: true, ..Wanted::default() };
    let _hub = open_seeing(&server.cluster, wanted, &Seen::default(), to);
    let mut all = Vec::new();
    while !matches!(all.last(), Some(Told::Complete | Told::Failed(_))) {
        all.extend(timeout(Duration::from_secs(30), told.recv()).await.expect("more").expect("more"));
    }
    all
}

fn texts(all: &[Told]) -> Vec<String> {
    let blocks = all.iter().filter_map(|told| if let Told::Lines(blocks) = told { Some(blocks) } else { None });
    let lines = blocks.flatten().flat_map(|block| block.lines());
    lines.map(|line| String::from_utf8_lossy(line.text).into_owned()).collect()
}

fn ends(all: &[Told]) -> Vec<Ended> {
    let end = |told: &Told| match told {
        Told::State(_, SourceState::Ended(_, end)) => Some(end.clone()),
        _ => None,
    };
    all.iter().filter_map(end).collect()
}

/// An API server with one event, about a pod that is gone.
fn api(path: &str) -> Answer {
    match path {
        path if path.ends_with("/deployments/web") => {
            Answer::ok(JSON, br#"{"spec":{"selector":{"matchLabels":{"app":"web"}}}}"#)
        }
        path if path.contains("/events") => Answer::ok(
            JSON,
            br#"{"metadata":{},"items":[
                {"involvedObject":{"kind":"Pod","name":"web-69c9fdcbb7-h8xdc","uid":"u1","fieldPath":"spec.containers{main}"},"source":{"host":"n1"}},
                {"involvedObject":{"kind":"Pod","name":"other-69c9fdcbb7-h8xdc","uid":"u2"}}]}"#,
        ),
        _ => Answer::ok(JSON, br#"{"metadata":{},"items":[]}"#),
    }
}

#[tokio::test]
async fn a_pod_that_only_events_know_is_read_from_its_url_and_nothing_of_the_cluster_goes_there() {
    let packed = {
        let mut packer = GzipEncoder::new(Vec::new());
        packer.write_all(b"2026-11-23T09:00:00Z one\n2026-11-23T09:00:01Z \x1b[2Jtwo").await.unwrap();
        packer.shutdown().await.unwrap();
        packer.into_inner()
    };
    let archive = Replay::new(move |_| Answer::ok("text/plain", &packed)).await;
    let server = Replay::new(api).await;
    let url = format!("{}/{{node}}/{{namespace}}/{{app}}/{{pod}}/{{container}}", archive.address());
    let all = told(&server, web(), &url, Begin::Head).await;
    assert_eq!(texts(&all), ["2026-11-23T09:00:00Z one", "2026-11-23T09:00:01Z \x1b[2Jtwo"]);
    assert_eq!(archive.asked(""), ["/n1/qa/web/web-69c9fdcbb7-h8xdc/main"]);
    assert_eq!(ends(&all), [Ended::Complete]);
    let kind = all.iter().find_map(|told| match told {
        Told::Sources(sources) => Some(sources[0].1.kind.clone()),
        _ => None,
    });
    let shown = format!("{}/n1/qa/web/web-69c9fdcbb7-h8xdc/main", archive.address());
    assert_eq!(kind, Some(Kind::File(shown.into())));
}

#[tokio::test]
async fn a_refusal_names_the_url_and_its_status_and_a_cut_what_was_read() {
    let archive = Replay::new(|path| match path {
        path if path.starts_with("/gone") => Answer::no(404, "NotFound"),
        _ => Answer::ok("text/plain", b"one\ntw").then_cut(),
    })
    .await;
    let server = Replay::new(api).await;
    let gone = told(&server, web(), &format!("{}/gone?token=secret", archive.address()), Begin::Head).await;
    let [Ended::Refused(why)] = &ends(&gone)[..] else { panic!("{gone:?}") };
    assert!(why.starts_with(&format!("GET {}/gone?…: 404 Not Found", archive.address())), "{why}");
    assert!(!why.contains("secret"));
    let cut = told(&server, web(), &format!("{}/cut", archive.address()), Begin::Head).await;
    assert_eq!(texts(&cut), ["one", "tw"]);
    let [Ended::Refused(why)] = &ends(&cut)[..] else { panic!("{cut:?}") };
    assert!(why.contains("it broke off behind 6 bytes"), "{why}");
}

#[tokio::test]
async fn the_last_lines_and_those_of_a_moment_are_all_that_is_shown() {
    let text = b"1970-01-01T00:00:01Z a\n1970-01-01T00:00:02Z b\n1970-01-01T00:00:03Z c\n";
    let archive = Replay::new(move |_| Answer::ok("text/plain", text)).await;
    let server = Replay::new(api).await;
    let tail = told(&server, web(), &archive.address(), Begin::Tail(1)).await;
    assert_eq!(texts(&tail), ["1970-01-01T00:00:03Z c"]);
    let since = told(&server, web(), &archive.address(), Begin::At(2_000_000_000)).await;
    assert_eq!(texts(&since), ["1970-01-01T00:00:02Z b", "1970-01-01T00:00:03Z c"]);
}

#[tokio::test]
async fn what_a_url_needs_and_nobody_knows_is_said() {
    let archive = Replay::new(|_| Answer::ok("text/plain", b"")).await;
    let server = Replay::new(api).await;
    let pod = LogsOf::Pod(Name { namespace: "qa".into(), name: "long-gone".into() });
    let all = told(&server, pod, &format!("{}/{{ip}}", archive.address()), Begin::Head).await;
    let [Ended::Refused(why)] = &ends(&all)[..] else { panic!("{all:?}") };
    assert!(why.starts_with("logs.url needs {ip} of qa/long-gone, which is not known"), "{why}");
    assert_eq!(archive.asked(""), Vec::<String>::new());
}
