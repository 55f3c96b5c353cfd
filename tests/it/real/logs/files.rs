//! Log files in real containers, followed as a reading.

use std::{sync::Arc, time::Duration};

use rolldeck_cluster::logs::open_files;
use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, Kind, LogsOf, PickedFile, SourceState, Why, show::spans},
};
use tokio::sync::mpsc;

use super::{Room, connected, pod, pods, proxied, web};
use crate::{
    real::{Cluster, Deck, Space},
    support::{Home, Launch, until},
};

fn picked(space: &Space<'_>, pod: &str, path: &str) -> PickedFile {
    let pod = Name { namespace: space.name.as_str().into(), name: pod.into() };
    PickedFile { pod, container: "main".into(), path: path.into() }
}

async fn reading(kubeconfig: &std::path::Path, files: Vec<PickedFile>, begin: Begin) -> Room {
    let (reader, writer) = connected(kubeconfig).await;
    let (to, told) = mpsc::channel(2);
    let mut of: Vec<LogsOf> = files.iter().map(|file| LogsOf::Pod(file.pod.clone())).collect();
    of.dedup();
    Room::over(open_files(Arc::new(writer), &reader, of, files.into(), begin, to), told)
}

fn started(space: &Space<'_>, name: &str, script: &str) {
    space.apply(&pod(name, script));
    space.kubectl(&["wait", "--for=condition=Ready", &format!("pod/{name}"), "--timeout=60s"]);
}

fn exec(space: &Space<'_>, name: &str, script: &str) {
    space.kubectl(&["exec", name, "--", "sh", "-c", script]);
}

/// Counts into a file, five times a second.
const COUNTS: &str = "mkdir -p /data; i=0; while :; do i=$((i+1)); echo line $i >>/data/app.log; sleep 0.2; done";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_followed_over_a_dead_link_loses_and_doubles_nothing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-file");
    started(&space, "counts", COUNTS);
    let folder = tempfile::tempdir().expect("a folder");
    let (proxy, path) = proxied(&cluster, folder.path());
    let mut room = reading(&path, vec![picked(&space, "counts", "/data/app.log")], Begin::Head).await;
    let key = ("counts".to_owned(), false);
    let newest = |room: &Room| room.lines.get(&key).and_then(|lines| lines.last()).copied().unwrap_or(0);
    room.until("it is followed", |room| newest(room) > 10).await;
    let before = newest(&room);
    proxy.swallow(true);
    room.lost().await;
    proxy.swallow(false);
    room.until("it goes on", |room| newest(room) > before + 200).await;
    room.assert_nothing_is_lost_or_doubled();
    assert_eq!(room.gaps, []);
    assert_eq!(room.states.last(), Some(&SourceState::Live));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_files_join_and_what_a_rotation_renames_is_not_read_twice() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-join");
    started(&space, "box", "mkdir -p /data; echo line 1 >/data/app.log; sleep 3600");
    let mut room = reading(&cluster.kubeconfig, vec![picked(&space, "box", "/data/")], Begin::Head).await;
    room.until("what is there", |room| room.texts.len() == 1).await;
    exec(&space, "box", "cd /data; mv app.log app.log.1; echo line 2 >>app.log.1; echo line 3 >app.log");
    room.until("what came with a rotation", |room| room.texts.len() == 3).await;
    exec(
        &space,
        "box",
        "cd /data; echo other 1 >other.log; gzip -c app.log.1 >app.log.2.gz; cp app.log app.log.3; : >app.log",
    );
    room.until("a file that is new", |room| room.texts.contains(&"other 1".to_owned())).await;
    exec(&space, "box", "cd /data; echo line 4 >>app.log");
    room.until("what comes after a truncation", |room| room.texts.contains(&"line 4".to_owned())).await;
    assert_eq!(room.lines[&("box".to_owned(), false)], [1, 2, 3, 4]);
    assert_eq!(room.sources.len(), 2);
    let whys: Vec<(Why, Option<u64>)> = room.gaps.iter().map(|gap| (gap.why, gap.count)).collect();
    assert_eq!(whys, [(Why::Rotated, Some(0)), (Why::Truncated, None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_from_a_moment_on_by_the_times_of_its_lines() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-ago");
    started(&space, "box", "mkdir -p /data; sleep 3600");
    // 60,000 lines of the last 60,000 seconds, a file of long ago, and one that tells no times.
    let script = "now=$(date +%s); i=60000; while [ $i -gt 0 ]; do i=$((i-1000)); j=1000; t=$(date -u -d @$((now-i)) +%Y-%m-%dT%H:%M:%S); \
        while [ $j -gt 0 ]; do j=$((j-1)); echo $t.${j}Z line $i of a text that has some length, as lines of logs do; done; done >/data/app.log; \
        echo long ago >/data/old.log; touch -d '2020-01-01 00:00:00' /data/old.log; echo no time >/data/plain.log";
    exec(&space, "box", script);
    let mut room = reading(&cluster.kubeconfig, vec![picked(&space, "box", "/data/")], Begin::Ago(3_500)).await;
    room.until("the last hour", |room| room.texts.len() > 4_000).await;
    let texts: Vec<&str> =
        room.texts.iter().map(|text| text.split_once(' ').map_or(&**text, |(_, text)| text)).collect();
    assert!(
        texts.iter().any(|text| text.starts_with("line 3000"))
            && !texts.iter().any(|text| text.starts_with("line 4000"))
    );
    assert!(room.texts.contains(&"no time".to_owned()) && !room.texts.contains(&"long ago".to_owned()));
    assert_eq!(room.notes.len(), 1, "{:?}", room.notes);
    exec(&space, "box", "echo and now >>/data/old.log");
    room.until("what comes", |room| room.texts.contains(&"and now".to_owned())).await;
    let mut tail = reading(&cluster.kubeconfig, vec![picked(&space, "box", "/data/app.log")], Begin::Tail(3)).await;
    tail.until("the tail", |room| room.texts.len() == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_file_of_escapes_is_shown_and_not_obeyed() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-binary");
    started(&space, "box", "mkdir -p /data; sleep 3600");
    exec(
        &space,
        "box",
        "head -c 3000000 /bin/busybox >/data/bin.log; printf '\\033]0;title\\007\\033[2J\\033[31mred\\nlast\\n' >>/data/bin.log",
    );
    let mut room = reading(&cluster.kubeconfig, vec![picked(&space, "box", "/data/bin.log")], Begin::Head).await;
    room.until("its end", |room| room.texts.last().is_some_and(|text| text == "last")).await;
    let mut shown = String::new();
    for text in &room.texts {
        spans(text.as_bytes(), 0..text.len()).iter().for_each(|span| shown.push_str(&span.text));
        shown.push('\n');
    }
    assert!(!shown.chars().any(|char| char.is_control() && char != '\n'), "nothing that moves a cursor is left");
    assert!(shown.contains("␛]0;title") && shown.contains("␛[2J"), "{:?}", shown.get(shown.len() - 200..));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_hundred_megabytes_is_followed_whole_and_counted() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-wide");
    let script = format!(
        "mkdir -p /data; seq 1 105000 | sed 's/^/line /; s/$/ {}/' >/data/a.log; touch /data/done; sleep 3600",
        "z".repeat(950)
    );
    started(&space, "box", &script);
    until(Duration::from_secs(90), "all is written", || {
        cluster.try_kubectl(&["-n", &space.name, "exec", "box", "--", "cat", "/data/done"], "").map(drop)
    });
    let mut room = reading(&cluster.kubeconfig, vec![picked(&space, "box", "/data/a.log")], Begin::Head).await;
    let key = ("box".to_owned(), false);
    room.until("the last line", |room| room.lines.get(&key).is_some_and(|lines| lines.len() == 105_000)).await;
    room.assert_nothing_is_lost_or_doubled();
    assert_eq!(room.gaps, []);
}

/// A pod that counts into a file, five times a second, and has none for some seconds.
const WRITES: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: registry.local/yun/gateway:v1.0.0
        command: [sh, -c, "mkdir -p /data; sleep 4; i=0; while :; do i=$((i+1)); echo line $i >>/data/app.log; sleep 0.2; done"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_new_pods_join_over_a_rollout_and_a_scaling_from_their_first_lines_on() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-files-rollout");
    space.apply(WRITES);
    space.wait_rolled_out(&["deployment/web"]);
    let before = pods(&space).remove(0);
    let (reader, writer) = connected(&cluster.kubeconfig).await;
    let (to, told) = mpsc::channel(2);
    let picks = vec![picked(&space, &before, "/data/*.log")];
    let mut room =
        Room::over(open_files(Arc::new(writer), &reader, vec![web(&space)], picks.into(), Begin::Tail(10), to), told);
    room.until("it is read", |room| room.lines.len() == 1).await;
    room.states.clear();
    space.kubectl(&["rollout", "restart", "deployment/web"]);
    let waits = |state: &SourceState| matches!(state, SourceState::Waiting(why) if why.contains("no file matches yet"));
    room.until("the new one has no file yet, and says so", |room| room.states.iter().any(waits)).await;
    room.until("the new one is read", |room| room.lines.len() == 2).await;
    // A pattern that nothing matched at first is a source, too, and has ended when its file was found.
    let ended = |room: &Room| {
        let is_file = |kind: &Kind| *kind == Kind::File("/data/app.log".into());
        let old = room.sources.iter().find(|(_, source)| *source.pod == before && is_file(&source.kind));
        let end = old.and_then(|(_, source)| source.ended.clone());
        end.is_some_and(|(_, why)| matches!(why, Ended::PodGone | Ended::Exited(_)))
    };
    room.until("the old one has ended", ended).await;
    space.kubectl(&["scale", "deployment/web", "--replicas=2"]);
    room.until("the third is read", |room| room.lines.len() == 3).await;
    room.until("both revisions are numbered", |room| {
        room.sources.revisions().iter().map(|revision| revision.number).collect::<Vec<_>>() == [Some(1), Some(2)]
    })
    .await;
    room.assert_nothing_is_lost_or_doubled();
    let firsts: Vec<u64> =
        room.lines.iter().filter(|((pod, _), _)| *pod != before).map(|(_, lines)| lines[0]).collect();
    assert_eq!(firsts, [1, 1], "from their first lines on");
    let files = room.sources.iter().filter(|(_, source)| source.kind == Kind::File("/data/app.log".into())).count();
    assert_eq!(files, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_a_file_of_the_container_is_a_new_one_and_a_file_on_a_volume_goes_on() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-files-restart");
    // The second instance has more lines in its own file at once than the first one ever had, and they begin with the same.
    let script = "mkdir -p /own; n=$(cat /vol/n 2>/dev/null || echo 5); echo 40 >/vol/n; \
        i=0; while [ $i -lt $n ]; do i=$((i+1)); echo own $i; done >/own/a.log; echo volume $n >>/vol/a.log; \
        while [ ! -e /vol/go ]; do sleep 0.2; done; rm /vol/go; exit 3";
    let volume = "    volumeMounts: [{ name: vol, mountPath: /vol }]\n  volumes: [{ name: vol, emptyDir: {} }]\n";
    space.apply(&format!("{}{volume}", pod("box", script)));
    space.kubectl(&["wait", "--for=condition=Ready", "pod/box", "--timeout=60s"]);
    let files = vec![picked(&space, "box", "/own/a.log"), picked(&space, "box", "/vol/a.log")];
    let mut room = reading(&cluster.kubeconfig, files, Begin::Head).await;
    room.until("what is there", |room| room.texts.len() == 6).await;
    exec(&space, "box", "touch /vol/go");
    room.until("the second instance", |room| {
        ["own 40", "volume 40"].iter().all(|last| room.texts.iter().any(|text| text == last))
    })
    .await;
    let times = |text: &str| room.texts.iter().filter(|known| *known == text).count();
    assert_eq!([times("own 1"), times("own 5"), times("own 6"), times("own 40")], [2, 2, 1, 1], "both are whole");
    assert_eq!([times("volume 5"), times("volume 40")], [1, 1], "it goes on where it was");
    let mut gaps: Vec<(Why, Option<u64>)> = room.gaps.iter().map(|gap| (gap.why, gap.count)).collect();
    gaps.sort_by_key(|(_, count)| *count);
    assert_eq!(gaps, [(Why::Restarted, None), (Why::Restarted, Some(0))]);
}

/// A pod whose container ends at once, and wrote to a volume before.
const CRASHES: &str = r#"
apiVersion: v1
kind: Pod
metadata: { name: crash }
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: registry.local/yun/gateway:v1.0.0
    command: [sh, -c, "mkdir -p /data/logs; i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done >/data/logs/app.log; exit 3"]
    volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, emptyDir: {} }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_container_that_does_not_start_are_read_through_a_debug_container() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-debug");
    space.apply(CRASHES);
    until(Duration::from_secs(60), "it has crashed", || {
        let state = space.get("pod/crash")["status"]["containerStatuses"][0]["state"].clone();
        // A kubelet calls it terminated for a while before it says that it backs off.
        let crashed = state["terminated"].is_object() || state["waiting"]["reason"] == "CrashLoopBackOff";
        if crashed { Ok(()) } else { Err(state.to_string()) }
    });
    let home = Home::new();
    home.file(".config/rolldeck/config.toml", "[shell]\ndebug-image = 'registry.local/yun/gateway:v1.0.0'\n");
    let console = Launch::new(&home).kubeconfig(&cluster.kubeconfig).args(["-n", &space.name]).start();
    let mut deck = Deck::over(console, home);
    let console = &mut deck.console;
    console.wait_text("READY");
    console.keys(":");
    console.keys(&format!("logs pod {}/crash/main", space.name));
    console.key("enter");
    console.wait_text("Logs of");
    console.key("tab");
    console.wait_text("Previous");
    console.key("tab");
    console.wait_text("does not run");
    console.key("enter");
    console.wait_text("Start a debug container?");
    console.key("tab");
    console.key("enter");
    console.wait_within(Duration::from_secs(90), "the volume's files", |screen| screen.has("/data/logs/app.log"));
    assert!(console.screen().has("rolldeck-debug-1"));
    console.key("G");
    console.key("k");
    let pods = space.get("pod/crash");
    let debugger = &pods["spec"]["ephemeralContainers"][0];
    assert_eq!(debugger["volumeMounts"][0]["readOnly"], true);
    deck.quit();
    // What the picker lists is followed as any other file is.
    let file = PickedFile { container: "rolldeck-debug-1".into(), ..picked(&space, "crash", "/data/logs/") };
    let mut room = reading(&cluster.kubeconfig, vec![file], Begin::Head).await;
    room.until("its file", |room| room.texts.iter().any(|text| text == "line 300")).await;
}
