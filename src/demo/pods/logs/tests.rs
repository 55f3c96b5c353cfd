//! What a log shows, whatever window is asked for.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Bursts, Options, answer};
use crate::{
    clock::rfc3339,
    pods::testing::{noon, pod, store},
    store::{Store, kind::POD},
};

fn options(pairs: &[(&str, &str)]) -> Options {
    let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    Options::read(get, noon()).unwrap()
}

async fn text(store: &Store, pod: &Value, pairs: &[(&str, &str)]) -> String {
    let blocks: Vec<Bytes> = answer(store, 1, &Bursts::default(), pod.clone(), options(pairs)).unwrap().collect().await;
    String::from_utf8(blocks.concat()).unwrap()
}

fn refused(pod: &Value, pairs: &[(&str, &str)]) -> (u16, String) {
    let refusal = answer(&store(pod), 1, &Bursts::default(), pod.clone(), options(pairs)).err().unwrap();
    (refusal.code, refusal.message)
}

#[tokio::test]
async fn a_window_of_a_log_is_the_same_whichever_way_it_is_asked_for() {
    let pod = pod("orders");
    let store = store(&pod);
    let whole = text(&store, &pod, &[("timestamps", "true")]).await;
    assert!(whole.lines().count() > 200, "an hour of work: {}", whole.lines().count());
    assert_eq!(whole, text(&store, &pod, &[("timestamps", "true")]).await);
    let tail = text(&store, &pod, &[("timestamps", "true"), ("tailLines", "30")]).await;
    assert_eq!(tail.lines().count(), 30);
    assert!(whole.ends_with(&tail));
    let since = text(&store, &pod, &[("timestamps", "true"), ("sinceSeconds", "600")]).await;
    assert!(whole.ends_with(&since) && since.len() < whole.len());
    let time = rfc3339(noon() - TimeDelta::seconds(600));
    assert_eq!(since, text(&store, &pod, &[("timestamps", "true"), ("sinceTime", &time)]).await);
    let plain = text(&store, &pod, &[]).await;
    let cut: Vec<&str> = whole.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(plain.lines().collect::<Vec<_>>(), cut);
    assert_eq!(text(&store, &pod, &[("limitBytes", "100")]).await, plain[..100]);
    assert_eq!(text(&store, &pod, &[("tailLines", "0")]).await, "");
}

#[tokio::test]
async fn times_rise_from_line_to_line_and_none_is_of_the_future() {
    let pod = pod("orders");
    let whole = text(&store(&pod), &pod, &[("timestamps", "true")]).await;
    let times: Vec<DateTime<Utc>> = whole
        .lines()
        .map(|line| DateTime::parse_from_rfc3339(line.split_once(' ').unwrap().0).unwrap().to_utc())
        .collect();
    assert!(times.is_sorted());
    assert!(*times.last().unwrap() <= noon() && times[0] >= noon() - TimeDelta::hours(1));
}

#[tokio::test]
async fn a_follower_gets_what_is_written_as_time_goes_on_and_ends_with_its_pod() {
    let pod = pod("orders");
    let store = store(&pod);
    let stream = answer(
        &store,
        1,
        &Bursts::default(),
        pod.clone(),
        options(&[("follow", "true"), ("tailLines", "1"), ("timestamps", "true")]),
    )
    .unwrap();
    let mut stream = Box::pin(stream);
    let first = stream.next().await.unwrap();
    assert_eq!(first.iter().filter(|byte| **byte == b'\n').count(), 1);
    let waits = tokio::time::timeout(Duration::ZERO, stream.next()).await;
    assert!(waits.is_err(), "time stands still, and a line came: {waits:?}");
    store.clock().advance(Duration::from_secs(120));
    let next = stream.next().await.unwrap();
    let lines = String::from_utf8(next.to_vec()).unwrap();
    assert!(lines.lines().count() > 3, "{lines}");
    assert!(lines.lines().all(|line| line.starts_with("2026-11-23T04:0")), "{lines}");
    store.delete(&POD, "prod", "orders-0").unwrap();
    store.clock().advance(Duration::from_secs(2));
    let rest: Vec<Bytes> = stream.collect().await;
    assert!(rest.len() <= 1, "what came before the end, and no more");
}

#[tokio::test]
async fn the_instance_before_ends_with_what_killed_it_and_the_one_that_runs_says_that_memory_runs_out() {
    let mut pod = pod("orders");
    let at = |minutes: i64| rfc3339(noon() - TimeDelta::minutes(minutes));
    let status = &mut pod["status"]["containerStatuses"][0];
    status["lastState"] = json!({ "terminated": {
        "reason": "OOMKilled", "exitCode": 137, "startedAt": at(21), "finishedAt": at(10), "containerID": "containerd://1",
    } });
    status["state"] = json!({ "running": { "startedAt": at(10) } });
    let store = store(&pod);
    let previous = text(&store, &pod, &[("previous", "true")]).await;
    assert!(previous.contains("OutOfMemoryError") || previous.contains("out of memory"), "{previous}");
    let live = text(&store, &pod, &[("sinceSeconds", "60")]).await.to_lowercase();
    assert!(live.contains("full gc") || live.contains("memory") || live.contains("heap"), "{live}");
}

#[tokio::test]
async fn a_container_that_crashed_shows_why_until_the_next_one_starts() {
    let mut pod = pod("orders");
    let status = &mut pod["status"]["containerStatuses"][0];
    let at = |seconds: i64| rfc3339(noon() - TimeDelta::seconds(seconds));
    status["lastState"] = json!({ "terminated": {
        "reason": "Error", "exitCode": 1, "startedAt": at(40), "finishedAt": at(33), "containerID": "containerd://1",
    } });
    status["state"] = json!({ "waiting": { "reason": "CrashLoopBackOff" } });
    let log = text(&store(&pod), &pod, &[]).await;
    assert!(log.contains("routing") && log.contains("配置缺失"), "{log}");
}

#[rstest]
#[case(&[("container", "nope")], 400, "container nope is not valid for pod orders-0")]
#[case(&[("previous", "true")], 400, "previous terminated container \"main\" in pod \"orders-0\" not found")]
fn what_is_not_there_is_refused_in_the_servers_words(
    #[case] pairs: &[(&str, &str)],
    #[case] code: u16,
    #[case] message: &str,
) {
    assert_eq!(refused(&pod("orders"), pairs), (code, message.to_owned()));
}

#[test]
fn a_container_that_waits_says_for_what() {
    let mut pod = pod("orders");
    pod["status"]["containerStatuses"][0]["state"] = json!({ "waiting": { "reason": "ContainerCreating" } });
    assert_eq!(refused(&pod, &[]).1, "container \"main\" in pod \"orders-0\" is waiting to start: ContainerCreating");
    pod["status"]["containerStatuses"][0]["state"] = json!({ "waiting": { "reason": "ImagePullBackOff" } });
    assert_eq!(
        refused(&pod, &[]).1,
        "container \"main\" in pod \"orders-0\" is waiting to start: trying and failing to pull image"
    );
}

#[test]
fn of_several_containers_one_must_be_named() {
    let mut pod = pod("orders");
    pod["spec"]["containers"] = json!([{ "name": "main" }, { "name": "agent" }]);
    pod["spec"]["initContainers"] = json!([{ "name": "wait" }]);
    assert_eq!(
        refused(&pod, &[]).1,
        "a container name must be specified for pod orders-0, choose one of: [main agent] or one of the init containers: [wait]"
    );
}

#[rstest]
#[case(&[("tailLines", "x")], 400)]
#[case(&[("tailLines", "-1")], 422)]
#[case(&[("sinceSeconds", "0")], 422)]
#[case(&[("sinceSeconds", "5"), ("sinceTime", "2026-11-23T00:00:00Z")], 422)]
fn options_that_cannot_be_are_refused(#[case] pairs: &[(&str, &str)], #[case] code: u16) {
    let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    assert_eq!(Options::read(get, noon()).unwrap_err().code, code);
}
