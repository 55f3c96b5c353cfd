//! Shells, commands and files in the demo's made-up containers.

use std::time::Duration;

use rolldeck_cluster::{
    connect::{Options, connect},
    exec::FollowEvent,
    writer::Writer,
};
use rolldeck_core::{
    act::PodId,
    shell::{
        Command, CopyOptions, End, FilePattern, From, Input, Place, Progress, RunEnd, RunWanted, ShellWanted, Size,
    },
};
use tokio::{sync::watch, time::timeout};

use super::Demo;

const PATIENCE: Duration = Duration::from_secs(30);

async fn stage(demo: &Demo) -> (Writer, Place) {
    let (reader, writer) = connect(&Options { kubeconfig: Some(demo.kubeconfig.clone()), ..Options::default() })
        .await
        .expect("a connection");
    let request = http::Request::get("/api/v1/namespaces/dev/pods").body(Vec::new()).expect("a request");
    let pods: serde_json::Value = reader.client.request(request).await.expect("pods");
    let ready = |pod: &&serde_json::Value| pod["status"]["containerStatuses"][0]["state"].get("running").is_some();
    let pod = pods["items"].as_array().expect("a list").iter().find(ready).expect("a pod that runs");
    let text = |field: &str| pod["metadata"][field].as_str().expect("a text").into();
    let id = PodId { namespace: "dev".into(), name: text("name"), uid: text("uid") };
    let container = pod["spec"]["containers"][0]["name"].as_str().expect("a name").into();
    (writer, Place { pod: id, container })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_opens_runs_and_tells_its_exit_code() {
    let demo = Demo::start();
    let (writer, place) = stage(&demo).await;
    let wanted = ShellWanted { command: Vec::new(), size: Size { cols: 80, rows: 24 } };
    let mut session = writer.shell(&place, &wanted).await.expect("a shell");
    assert!(session.first_line.starts_with("this container's own limits: CPU "), "{}", session.first_line);
    session.input.send(Input::Bytes(b"echo $TERM $COLORTERM\rexit 4\r".to_vec())).await.expect("an open session");
    let mut seen = Vec::new();
    while let Some(block) = timeout(PATIENCE, session.output.recv()).await.expect("an end") {
        seen.extend_from_slice(&block);
    }
    let seen = String::from_utf8_lossy(&seen);
    assert!(seen.contains("xterm-256color truecolor"), "{seen:?}");
    assert_eq!((&mut session.end).await, Ok(End::Exit(4)));
    let run = RunWanted { command: Command::Shell("echo out; exit 3".into()), limit: PATIENCE, keep: 1000 };
    let said = writer.run(&place, &run).await.expect("a command");
    assert_eq!((&said.stdout[..], &said.end), (&b"out\n"[..], &RunEnd::Ended(End::Exit(3))), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_files_are_listed_followed_and_downloaded() {
    let demo = Demo::start();
    let (writer, place) = stage(&demo).await;
    let pattern = FilePattern::new("/data/logs/*/*.log").expect("a pattern");
    let listing = writer.list_files(&place, &[pattern]).await.expect("files");
    let app = listing.files.iter().find(|file| file.path.ends_with("/access.log")).expect("an access log").clone();
    assert!(app.size.is_some() && app.modified.is_some(), "{app:?}");
    let mut follow =
        writer.follow_files(&place, std::slice::from_ref(&app.path), From::Lines(2)).await.expect("a file");
    let mut bytes = Vec::new();
    while bytes.iter().filter(|byte| **byte == b'\n').count() < 3 {
        match timeout(PATIENCE, follow.events.recv()).await.expect("lines").expect("an open stream") {
            FollowEvent::Bytes { bytes: more, .. } => bytes.extend_from_slice(&more),
            FollowEvent::Ended(end) => panic!("{end:?}"),
            _ => {}
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let progress = watch::Sender::new(Progress::default());
    let copied = writer.download(&place, &app.path, folder.path(), CopyOptions::default(), &progress).await;
    let copied = copied.expect("a copy");
    assert_eq!(copied.files.len(), 1, "{copied:?}");
    assert_eq!(std::fs::metadata(folder.path().join("access.log")).expect("a file").len(), copied.files[0].bytes);
}
