//! Downloads from a server that replays.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rolldeck_core::{
    batch::guard::Guards,
    kept::Name,
    logs::{
        Begin, LogsOf,
        download::{Compress, Download},
    },
};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    Outcome, download,
    lock::Lock,
    manifest::{Entry, Manifest, State},
    pack::{Disk, summed},
    plan, run,
};
use crate::{
    replay::{Answer, Replay},
    writer::Writer,
};

const TEXT: &str = "text/plain";
const LONG: Duration = Duration::from_secs(30);

fn pods(state: &Value) -> Answer {
    pods_after(state, &json!({}))
}

/// Of a container whose last instance but one ended like `last`.
fn pods_after(state: &Value, last: &Value) -> Answer {
    let pod = json!({
        "metadata": { "namespace": "qa", "name": "web-1", "uid": "u-1" },
        "spec": { "nodeName": "n1", "containers": [{ "name": "main" }] },
        "status": { "phase": "Running", "containerStatuses": [
            { "name": "main", "containerID": "c://1", "restartCount": 0, "state": state, "lastState": last } ] },
    });
    let list = json!({ "kind": "PodList", "metadata": { "resourceVersion": "10" }, "items": [pod] });
    Answer::ok("application/json", list.to_string().as_bytes())
}

fn runs() -> Answer {
    pods(&json!({ "running": { "startedAt": "2026-11-23T08:00:00Z" } }))
}

fn may(allowed: bool) -> Answer {
    let said = json!({ "status": { "allowed": allowed, "reason": "no rule" } });
    Answer::ok("application/json", said.to_string().as_bytes())
}

/// A server of one pod, whose log is this.
async fn of_log(log: impl Fn() -> Answer + Send + 'static) -> Replay {
    Replay::new(move |path| match path {
        path if path.contains("selfsubjectaccessreviews") => may(false),
        path if path.contains("/log?") => log(),
        _ => runs(),
    })
    .await
}

fn wanted() -> Download {
    Download {
        of: vec![LogsOf::Pod(Name { namespace: "qa".into(), name: "web-1".into() })],
        container: None,
        stdout: true,
        previous: true,
        places: Vec::new(),
        begin: Begin::Head,
        to: String::new(),
        compress: Compress::No,
    }
}

fn writer(server: &Replay) -> Arc<Writer> {
    Arc::new(Writer::new(server.cluster.client.clone(), server.cluster.clone(), Guards::default(), false))
}

/// A download to its end.
async fn whole(server: &Replay, wanted: &Download, to: &Path) -> Outcome {
    let (progress, _far) = mpsc::channel(1);
    let (_stop, stopped) = watch::channel(false);
    let download = download(writer(server), &server.cluster, wanted, (to, None), (progress, stopped));
    timeout(LONG, download).await.expect("an end")
}

/// A download that is cancelled once the server was asked for `part`.
async fn cancelled(server: &Replay, wanted: &Download, to: &Path, once: impl Fn(&Path) -> bool) -> Outcome {
    let (progress, mut far) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    let saving = download(writer(server), &server.cluster, wanted, (to, None), (progress, stopped));
    tokio::pin!(saving);
    let end = async {
        loop {
            tokio::select! {
                outcome = &mut saving => return outcome,
                Some(_) = far.recv() => if once(to) { stop.send_replace(true); },
            }
        }
    };
    timeout(LONG, end).await.expect("an end")
}

fn done(outcome: Outcome) -> rolldeck_core::logs::download::Saved {
    match outcome {
        Outcome::Done(saved) => saved,
        other => panic!("{other:?}"),
    }
}

/// The one directory that was made.
fn made(to: &Path) -> PathBuf {
    let all: Vec<PathBuf> = std::fs::read_dir(to).expect("a directory").map(|entry| entry.unwrap().path()).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

async fn manifest(to: &Path) -> Manifest {
    Manifest::read(&made(to)).await.expect("a manifest")
}

fn entry<'a>(manifest: &'a Manifest, kind: &str) -> &'a Entry {
    manifest.files.iter().find(|entry| entry.kind == kind).unwrap_or_else(|| panic!("no {kind}: {manifest:#?}"))
}

#[tokio::test]
async fn what_was_cancelled_in_the_middle_says_so_and_the_next_run_goes_on_with_it() {
    const ONE: &[u8] = b"2026-11-23T08:00:01Z one\n2026-11-23T08:00:02Z two\n2026-11-23T08:00:03Z th";
    let folder = tempfile::tempdir().unwrap();
    for compress in [Compress::No, Compress::Zstd] {
        let to = folder.path().join(format!("{compress:?}"));
        let wanted = Download { compress, ..wanted() };
        let server = of_log(|| Answer::ok(TEXT, ONE).then_silence()).await;
        let asked = |_: &Path| !server.asked("/log?").is_empty();
        let read = |to: &Path| asked(to) && made(to).join("qa/no-app/web-1/main").exists();
        let outcome = cancelled(&server, &wanted, &to, read).await;
        let Outcome::Cut { why, directory, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!((&*why, &directory), ("cancelled", &made(&to)));
        let left = manifest(&to).await;
        assert_eq!((left.state, left.why.as_deref()), (State::Cancelled, Some("cancelled")));
        let log = entry(&left, "stdout");
        assert_eq!((log.complete, log.problem.as_deref()), (false, Some("cancelled")));
        let on_disk = summed(&directory.join(&log.path)).await.unwrap();
        assert_eq!(on_disk, (log.saved, log.sha256.clone()), "what is there is what the manifest says");

        let all = "2026-11-23T08:00:01Z one\n2026-11-23T08:00:02Z two\n2026-11-23T08:00:03Z three\n";
        let server = of_log(move || Answer::ok(TEXT, all.as_bytes())).await;
        let saved = done(whole(&server, &wanted, &to).await);
        assert!(saved.resumed && saved.problems.is_empty(), "{saved:?}");
        let whole = manifest(&to).await;
        let log = entry(&whole, "stdout");
        assert_eq!((whole.state, log.complete, log.lines, log.bytes), (State::Complete, true, 3, 14), "{log:?}");
        if compress == Compress::No {
            assert_eq!(std::fs::read(directory.join(&log.path)).unwrap(), b"one\ntwo\nthree\n");
        }
        assert_eq!(summed(&directory.join(&log.path)).await.unwrap(), (log.saved, log.sha256.clone()));
    }
}

#[tokio::test]
async fn after_the_program_was_killed_the_next_run_goes_on_in_the_same_directory() {
    let folder = tempfile::tempdir().unwrap();
    let server = of_log(|| Answer::ok(TEXT, b"2026-11-23T08:00:01Z one\n").then_silence()).await;
    let (progress, mut far) = mpsc::channel(1);
    let (_stop, stopped) = watch::channel(false);
    let to = folder.path().to_owned();
    let (port, cluster) = (writer(&server), server.cluster.clone());
    let killed =
        tokio::spawn(async move { download(port, &cluster, &wanted(), (&to, None), (progress, stopped)).await });
    while server.asked("/log?").is_empty() {
        timeout(LONG, far.recv()).await.expect("progress");
    }
    killed.abort();
    let _ = killed.await;
    assert_eq!(manifest(folder.path()).await.state, State::Running);
    let server = of_log(|| Answer::ok(TEXT, b"2026-11-23T08:00:01Z one\n2026-11-23T08:00:02Z two\n")).await;
    assert!(done(whole(&server, &wanted(), folder.path()).await).resumed);
    let log = made(folder.path()).join("qa/no-app/web-1/main/stdout.log");
    assert_eq!(std::fs::read(log).unwrap(), b"one\ntwo\n");
}

#[tokio::test]
async fn what_is_whole_is_looked_at_and_kept_and_what_somebody_changed_is_saved_anew_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = of_log(|| Answer::ok(TEXT, b"2026-11-23T08:00:01Z one\n")).await;
    let directory = PathBuf::from(done(whole(&server, &wanted(), folder.path()).await).path.as_str());
    let go_on = async || {
        let (progress, _far) = mpsc::channel(1);
        let (_stop, stopped) = watch::channel(false);
        let to = (folder.path(), Some(directory.clone()));
        done(download(writer(&server), &server.cluster, &wanted(), to, (progress, stopped)).await)
    };
    let asked = server.asked("/log?").len();
    go_on().await;
    assert_eq!(server.asked("/log?").len(), asked, "what is whole is not asked for again");
    let log = directory.join("qa/no-app/web-1/main/stdout.log");
    std::fs::write(&log, "mine").unwrap();
    go_on().await;
    assert_eq!(std::fs::read(&log).unwrap(), b"one\n");
    assert_eq!(std::fs::read(log.with_extension("log.before-1")).unwrap(), b"mine");
    let other = Download { of: vec![LogsOf::Pod(Name { namespace: "qa".into(), name: "web-2".into() })], ..wanted() };
    let (progress, _far) = mpsc::channel(1);
    let (_stop, stopped) = watch::channel(false);
    let to = (folder.path(), Some(directory.clone()));
    let outcome = download(writer(&server), &server.cluster, &other, to, (progress, stopped)).await;
    let Outcome::Failed(why) = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("it is of pod qa/web-1: name that, or another directory"), "{why}");
}

/// A server whose kubelet has rotated away what was written before nine.
async fn rotated(allowed: bool) -> Replay {
    Replay::new(move |path| match path {
        path if path.contains("selfsubjectaccessreviews") => may(allowed),
        path if path.ends_with("/main/") => Answer::ok(
            "text/html",
            br#"<a href="0.log">0.log</a><a href="0.log.20261123-083000">x</a><a href="0.log.20261123-093000">x</a><a href="1.log.20261123-093000">x</a>"#,
        ),
        path if path.ends_with("083000") => Answer::ok(
            TEXT,
            b"2026-11-23T08:00:02Z stdout F old\n2026-11-23T08:29:00Z stderr P hal\n2026-11-23T08:29:00Z stderr F ves\n",
        ),
        // What was read from the kubelet was rotated meanwhile.
        path if path.contains("/proxy/") => Answer::ok(TEXT, b"2026-11-23T09:00:00Z stdout F new\n"),
        path if path.contains("/log?") => Answer::ok(TEXT, b"2026-11-23T09:00:00Z new\n"),
        _ => runs(),
    })
    .await
}

#[tokio::test]
async fn what_the_kubelet_has_rotated_away_is_part_of_it_where_the_user_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotated(true).await;
    let saved = done(whole(&server, &wanted(), folder.path()).await);
    assert_eq!((saved.problems.len(), saved.rotated.len(), saved.left_out.len()), (0, 0, 0), "{saved:?}");
    let manifest = manifest(folder.path()).await;
    let (log, older) = (entry(&manifest, "stdout"), entry(&manifest, "rotated"));
    assert_eq!((&log.whole_from, older.lines, older.complete), (&None, 2, true), "{manifest:#?}");
    assert_eq!(older.first.as_deref(), Some("2026-11-23T08:00:02Z"));
    let text = std::fs::read(made(folder.path()).join(&older.path)).unwrap();
    assert_eq!(text, b"old\nhalves\n", "and nothing twice, nor of another instance");
    assert!(server.asked("1.log").is_empty());
}

#[tokio::test]
async fn without_the_right_no_node_is_asked_and_the_manifest_says_from_when_the_log_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotated(false).await;
    let saved = done(whole(&server, &wanted(), folder.path()).await);
    assert_eq!((saved.problems.len(), saved.rotated.len()), (0, 1), "{saved:?}");
    let words = "qa/web-1 [main] what its node has rotated away: not allowed: get nodes/proxy in the cluster: no rule";
    assert_eq!(saved.left_out, [words.into()]);
    let manifest = manifest(folder.path()).await;
    assert_eq!(entry(&manifest, "stdout").whole_from.as_deref(), Some("2026-11-23T09:00:00Z"));
    assert_eq!(server.asked("/proxy/"), Vec::<String>::new());
}

#[tokio::test]
async fn a_previous_log_says_from_when_it_is_whole_by_the_start_of_its_instance() {
    for (started, whole_from) in [("08:00:00", Some("2026-11-23T09:00:00Z")), ("08:59:55", None)] {
        let last = json!({ "terminated": { "containerID": "c://0", "exitCode": 1,
            "startedAt": format!("2026-11-23T{started}Z"), "finishedAt": "2026-11-23T09:30:00Z" } });
        let server = Replay::new(move |path| match path {
            path if path.contains("selfsubjectaccessreviews") => may(false),
            path if path.contains("previous=true") => Answer::ok(TEXT, b"2026-11-23T09:00:00Z before\n"),
            path if path.contains("/log?") => Answer::ok(TEXT, b"2026-11-23T09:31:00Z now\n"),
            _ => pods_after(&json!({ "running": { "startedAt": "2026-11-23T09:31:00Z" } }), &last),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let saved = done(whole(&server, &wanted(), folder.path()).await);
        let manifest = manifest(folder.path()).await;
        let previous = entry(&manifest, "previous");
        assert_eq!((previous.whole_from.as_deref(), previous.complete), (whole_from, true), "{manifest:#?}");
        assert_eq!(entry(&manifest, "stdout").whole_from, None);
        assert_eq!(
            (saved.rotated.len(), saved.left_out.len()),
            (usize::from(whole_from.is_some()), usize::from(whole_from.is_some()))
        );
    }
}

#[tokio::test]
async fn a_full_disk_names_the_file_and_the_way_out_and_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let log: String = (0..20_000).map(|n| format!("2026-11-23T08:00:{:02}Z line {n}\n", n / 1_000)).collect();
    let text = log.clone();
    let server = of_log(move || Answer::ok(TEXT, text.as_bytes())).await;
    let Ok(begun) = plan::anew(&server.cluster, &wanted(), folder.path()).await else { panic!("a directory") };
    let (progress, _far) = mpsc::channel(1);
    let (_stop, stopped) = watch::channel(false);
    let disk = Disk::of(100_000);
    let outcome = run::on(writer(&server), &server.cluster, &wanted(), begun, (progress, stopped), disk).await;
    let Outcome::Cut { why, directory, .. } = outcome else { panic!("{outcome:?}") };
    let path = directory.join("qa/no-app/web-1/main/stdout.log");
    assert_eq!(*why, format!("{}: the disk is full: make room, and go on; what was saved stays", path.display()));
    let left = manifest(folder.path()).await;
    assert_eq!((left.state, left.why.as_deref()), (State::Failed, Some(&*why)));
    assert_eq!((entry(&left, "stdout").complete, entry(&left, "stdout").problem.as_deref()), (false, Some(&*why)));
    assert!(path.exists(), "what was saved stays");
    done(whole(&server, &wanted(), folder.path()).await);
    let wanted: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
    assert_eq!(std::fs::read_to_string(path).unwrap(), wanted);
}

#[tokio::test]
async fn a_place_that_cannot_be_written_and_a_name_that_is_taken_are_told_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = of_log(|| Answer::ok(TEXT, b"")).await;
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "mine").unwrap();
    let Outcome::Failed(why) = whole(&server, &wanted(), &taken.join("logs")).await else { panic!("it is a file") };
    let words = "a file is where a directory should be: name another directory";
    assert_eq!(*why, format!("{}: {words}", taken.join("logs").display()));
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    let Outcome::Failed(why) = whole(&server, &wanted(), &taken).await else { panic!("it is a file") };
    assert!(why.contains("is there already") || why.contains(words), "{why}");

    let to = folder.path().join("logs");
    let directory = PathBuf::from(done(whole(&server, &wanted(), &to).await).path.as_str());
    let lock = Lock::take(&directory).unwrap();
    let (progress, _far) = mpsc::channel(1);
    let (_stop, stopped) = watch::channel(false);
    let again = (to.as_path(), Some(directory));
    let outcome = download(writer(&server), &server.cluster, &wanted(), again, (progress, stopped)).await;
    let Outcome::Failed(why) = outcome else { panic!("{outcome:?}") };
    assert!(why.ends_with("another download writes there: wait for it, or name another directory"), "{why}");
    drop(lock);
}
