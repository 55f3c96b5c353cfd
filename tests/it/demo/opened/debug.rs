//! Debug containers beside one whose image has no shell.

use std::time::Duration;

use rolldeck_core::shell::{DebugWanted, End, FilePattern, Place, ShellWanted, Size};
use serde_json::Value;

use super::{PATIENCE, Stage};
use crate::support;
use crate::support::session::{say, until};

fn shell() -> ShellWanted {
    ShellWanted { command: Vec::new(), size: Size { cols: 80, rows: 24 } }
}

fn wanted() -> DebugWanted {
    DebugWanted {
        image: "busybox:1.37".into(),
        files: true,
        processes: true,
        life: Duration::from_secs(600),
        patience: PATIENCE,
    }
}

/// What the pod's status says of a debug container.
fn state(stage: &Stage, place: &Place) -> Value {
    let (_, pod) = stage.demo.send("GET", &format!("/api/v1/namespaces/dev/pods/{}", place.pod.name), "");
    let statuses = pod["status"]["ephemeralContainerStatuses"].as_array().cloned().unwrap_or_default();
    let found = statuses.into_iter().find(|one| one["name"] == *place.container);
    found.map(|status| status["state"].clone()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_without_a_shell_gets_one_beside_it_that_sees_its_files() {
    let stage = Stage::new().await;
    let place = stage.place("tariff-lookup");
    let mut none = stage.writer.shell(&place, &shell()).await.expect("a session");
    while none.output.recv().await.is_some() {}
    assert!(matches!((&mut none.end).await, Ok(End::NoShell(tried)) if tried.iter().any(|name| name == "/busybox/sh")));
    let debugger = stage.writer.debug(&place, &wanted()).await.expect("a debug container");
    assert!(debugger.shares_processes && debugger.mounts.len() >= 2, "{debugger:?}");
    let files = stage.writer.list_files(&debugger.place, &[FilePattern::new("/var/log").expect("a pattern")]).await;
    let files = files.expect("files").files;
    assert!(files.iter().any(|file| file.path == "/var/log/tariff-lookup/access.log"), "{files:?}");
    let mut session = stage.writer.shell(&debugger.place, &shell()).await.expect("a shell");
    say(&session, "echo no > /var/log/tariff-lookup/x; stty size\r").await;
    let said = until(&mut session, "24 80").await;
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(state(&stage, &debugger.place).get("running").is_some());
    stage.writer.end_debug(&debugger.place).await.expect("it is told to end");
    support::until(PATIENCE, "it has ended", || match state(&stage, &debugger.place) {
        state if state["terminated"]["exitCode"] == 143 => Ok(()),
        state => Err(state.to_string()),
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debug_container_ends_by_itself_and_cannot_be_changed() {
    let stage = Stage::new().await;
    let debugger = stage.writer.debug(&stage.place("tariff-lookup"), &wanted()).await.expect("a debug container");
    let name = &*debugger.place.pod.name;
    let path = format!("/api/v1/namespaces/dev/pods/{name}/ephemeralcontainers");
    let (_, mut pod) = stage.demo.send("GET", &path, "");
    pod["spec"]["ephemeralContainers"][0]["image"] = "other".into();
    let (status, answer) = stage.demo.send("PUT", &path, &pod.to_string());
    assert_eq!(status, 422, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|why| why.contains("may not be changed or removed")), "{answer}");
    stage.advance(601);
    support::until(PATIENCE, "it has ended", || match state(&stage, &debugger.place) {
        state if state["terminated"]["reason"] == "Completed" => Ok(()),
        state => Err(state.to_string()),
    });
}
