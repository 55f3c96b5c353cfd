//! What happens to logs in earnest: a killed API server, rotations, containers that cannot start, great ones.

use std::time::Duration;

use rolldeck_cluster::logs::Wanted;
use rolldeck_core::logs::{Begin, Ended, Kind, LogsOf, Reading, SourceState, Why};

use super::{COUNTS, Room, connected, of_pod, pod, web};
use crate::real::{Cluster, Space, links::component};

/// Writes faster than a kubelet keeps: 900 bytes a line, as fast as a shell can.
fn flood(lines: u32) -> String {
    let wide = "x".repeat(900);
    format!("i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo line $i {wide}; done; sleep 3600")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_is_killed_costs_no_line_or_says_where_they_are_missing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let Some(testbed) = Cluster::testbed() else { return };
    let cluster = cluster.alone();
    let space = Space::new(&cluster, "logs-killed");
    space.apply(COUNTS);
    space.wait_rolled_out(&["deployment/web"]);
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let mut slow = Room::of(&reader, web(&space), Begin::Head);
    slow.until("both are read", |room| room.lines.len() == 2).await;
    let after = "while :; do i=$((i+1)); echo line $i; sleep 0.2; done";
    space.apply(&pod("busy", &flood(100_000).replace("sleep 3600", after)));
    space.apply(&pod("still", &flood(100_000)));
    let mut busy = Room::of(&reader, of_pod(&space, "busy"), Begin::Head);
    let mut still = Room::of(&reader, of_pod(&space, "still"), Begin::Head);
    busy.until("the busy one is read", |room| room.texts.len() > 100).await;
    still.until("the other one is read", |room| room.texts.len() > 100).await;
    component(&testbed, "kill");
    tokio::join!(slow.lost(), busy.lost(), still.lost());
    // The kubelet looks every ten seconds whether a log is to be rotated.
    tokio::time::sleep(Duration::from_secs(25)).await;
    component(&testbed, "start");
    let newest = |room: &Room| room.lines.values().map(|lines| lines[lines.len() - 1]).min().unwrap_or(0);
    let before = (newest(&slow), newest(&busy));
    slow.until("the slow ones go on", |room| newest(room) > before.0 + 200).await;
    busy.until("the busy one goes on", |room| newest(room) > before.1 + 200).await;
    slow.assert_nothing_is_lost_or_doubled();
    assert_eq!(slow.gaps, [], "the slow ones are whole");
    let says = |room: &Room| room.gaps.iter().any(|gap| gap.why == Why::Rotated && gap.count.is_none());
    busy.until("what is missing, at the latest when it is written again", |room| says(room) || newest(room) > 100_000)
        .await;
    busy.assert_gaps_are_marked();
    still.until("what is missing, though it writes no more", |room| says(room) || newest(room) == 100_000).await;
    still.assert_gaps_are_marked();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_told_with_its_time_and_the_node_has_what_went_with_it() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-turned");
    // Seconds pass between the start and the flood, and behind it: what the kubelet has begins later than the container.
    let script = format!(
        "echo line 0; sleep 12; {}",
        flood(40_000).replace("sleep 3600", "sleep 15; echo line 40001; sleep 3600")
    );
    space.apply(&pod("busy", &script));
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let key = ("busy".to_owned(), false);
    let mut whole = Room::of(&reader, of_pod(&space, "busy"), Begin::Head);
    whole.until("the last line", |room| room.lines.get(&key).and_then(|lines| lines.last()) == Some(&40_001)).await;
    whole.assert_gaps_are_marked();
    assert_eq!(whole.rotated, [], "followed from its first line on");
    let mut late = Room::of(&reader, of_pod(&space, "busy"), Begin::Head);
    late.until("what the kubelet has", |room| {
        room.lines.get(&key).and_then(|lines| lines.last()) == Some(&40_001) && !room.rotated.is_empty()
    })
    .await;
    let (rotated, first) = (late.rotated[0], late.lines[&key][0]);
    assert!(first > 1, "the kubelet has rotated the first lines away");
    assert!(rotated.first.zip(rotated.started).is_some_and(|(first, started)| first > started), "{rotated:?}");
    let wanted = Wanted { of: vec![of_pod(&space, "busy")], reading: Reading::Rotated, ..Wanted::default() };
    let mut node = Room::new(&reader, wanted);
    node.until("what the node says", |room| room.complete).await;
    let Some(lines) = node.lines.get(&key) else {
        let at = space.get("pod/busy")["spec"]["nodeName"].as_str().expect("a node").to_owned();
        assert!(!cluster.passes_on(&at), "its API server passes requests on: {:?}", node.states);
        let refused = |state: &SourceState| matches!(state, SourceState::Ended(_, Ended::Refused(why)) if why.contains("on node "));
        assert!(node.states.iter().any(refused), "{:?}", node.states);
        return;
    };
    assert_eq!((lines[0], lines.last()), (0, Some(&(first - 1))), "from the first line on, up to the kubelet's own");
    node.assert_nothing_is_lost_or_doubled();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_container_cannot_start_stands_in_one_place() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-why");
    let crash = "echo line 1; echo line 2; echo out of luck >/dev/termination-log; sleep 1; exit 7";
    space.apply(&pod("crash", crash));
    let image = pod("no-image", "true").replace("gateway:v1.0.0", "gateway:never-was");
    space.apply(&image.replace("    command", "    imagePullPolicy: IfNotPresent\n    command"));
    space.apply(&pod("no-command", "true").replace("[sh, -c, ", "[/no/such/program, "));
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let why = |name: &str| {
        let of = vec![of_pod(&space, name)];
        Room::new(&reader, Wanted { of, reading: Reading::WhyNot, follows: true, ..Wanted::default() })
    };
    let has = |room: &Room, part: &str| room.texts.iter().any(|text| text.contains(part));
    let mut crash = why("crash");
    crash
        .until("its message, its log and its events", |room| {
            ["ended: Error, exit code 7", "out of luck", "line 2", "waits: CrashLoopBackOff", "Warning BackOff"]
                .iter()
                .all(|part| has(room, part))
        })
        .await;
    let kinds: Vec<Kind> = crash.sources.iter().map(|(_, source)| source.kind.clone()).collect();
    assert!([Kind::Events, Kind::Termination, Kind::Previous].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    why("no-command")
        .until("that there is no such program", |room| has(room, "/no/such/program") && has(room, "Warning Failed"))
        .await;
    why("no-image").until("that there is no such image", |room| has(room, "never-was") && has(room, "waits: ")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_a_hundred_megabytes_is_read_whole_and_counted() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-great");
    const LINES: u64 = 105_000;
    let script = format!("seq 1 {LINES} | sed 's/^/line /; s/$/ {}/'; sleep 3600", "y".repeat(950));
    space.apply(&pod("great", &script));
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let mut room = Room::of(&reader, of_pod(&space, "great"), Begin::Head);
    let key = ("great".to_owned(), false);
    room.until("the last line", |room| room.lines.get(&key).and_then(|lines| lines.last()) == Some(&LINES)).await;
    room.assert_gaps_are_marked();
    let bytes: usize = room.texts.iter().map(|text| text.len() + 1).sum();
    if room.gaps.is_empty() {
        assert_eq!(room.lines[&key].len() as u64, LINES);
        assert!(bytes > 100_000_000, "{bytes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_is_gone_when_it_is_looked_for_says_so() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-gone");
    space.apply(&pod("short", "echo line 1; sleep 3600"));
    space.kubectl(&["wait", "--for=condition=Ready", "pod/short", "--timeout=60s"]);
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let container = match of_pod(&space, "short") {
        LogsOf::Pod(name) => LogsOf::Container(name, "main".into()),
        other => other,
    };
    let mut room = Room::of(&reader, container, Begin::Tail(5));
    room.until("its line", |room| room.texts == ["line 1"]).await;
    space.kubectl(&["delete", "pod", "short", "--now"]);
    room.until("its end", |room| {
        room.states.iter().any(|state| matches!(state, SourceState::Ended(_, Ended::PodGone | Ended::Exited(_))))
    })
    .await;
    assert_eq!(room.texts, ["line 1"], "what was read stays");
}
