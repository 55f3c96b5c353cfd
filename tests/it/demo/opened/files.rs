//! Files in containers: listed, followed over rotation and truncation, copied both ways.

use std::{fs::Permissions, os::unix::fs::PermissionsExt};

use rolldeck_cluster::exec::{Follow, FollowEvent};
use rolldeck_core::shell::{CopyOptions, FilePattern, From, Progress, Refused};
use tokio::{sync::watch, time::timeout};

use super::{PATIENCE, Stage};

fn log_files() -> [FilePattern; 1] {
    [FilePattern::new("/var/log").expect("a pattern")]
}

/// Listens until `met`, and keeps what was read of the file.
async fn listen(follow: &mut Follow, bytes: &mut Vec<u8>, met: impl Fn(&FollowEvent) -> bool) {
    loop {
        let event = timeout(PATIENCE, follow.events.recv()).await.expect("an event").expect("an open stream");
        if let FollowEvent::Bytes { bytes: more, .. } = &event {
            bytes.extend_from_slice(more);
        }
        assert!(!matches!(event, FollowEvent::Ended(_) | FollowEvent::Missing { .. }), "{event:?}");
        if met(&event) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_with_what_the_image_has() {
    let stage = Stage::new().await;
    let listing = stage.writer.list_files(&stage.place("berth-planner"), &log_files()).await.expect("files");
    for name in ["app.log", "app.log.1", "access.log", "error.log", "audit.json", "运单.log", "heap.hprof"] {
        let path = format!("/var/log/berth-planner/{name}");
        let file = listing.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{name}: {listing:?}"));
        assert!(file.size.is_some() && file.modified.is_some() && file.mode == Some(0o644), "{file:?}");
    }
    // Neither find nor stat nor tail: a shell alone has to do.
    let stripped = stage.place("weighbridge");
    let listing = stage.writer.list_files(&stripped, &log_files()).await.expect("files");
    let access = listing.files.iter().find(|file| file.path.ends_with("/access.log")).expect("an access log");
    assert!(access.size.is_some(), "{access:?}");
    let bare = stage.writer.list_files(&stage.place("tariff-lookup"), &log_files()).await;
    assert!(matches!(bare, Err(Refused::Missing(..))), "{bare:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_followed_from_one_name_to_the_next_and_nothing_is_missing() {
    let stage = Stage::new().await;
    for app in ["berth-planner", "weighbridge"] {
        let place = stage.place(app);
        let path = format!("/var/log/{app}/app.log");
        let follow = stage.writer.follow_files(&place, std::slice::from_ref(&path), From::Start).await;
        let (mut follow, mut bytes) = (follow.expect("a file"), Vec::new());
        listen(&mut follow, &mut bytes, |event| matches!(event, FollowEvent::Began { .. })).await;
        stage.advance(600);
        listen(&mut follow, &mut bytes, |event| *event == FollowEvent::Rotated { file: 0, whole: true }).await;
        let old = stage.run(&place, &format!("cat {path}.1")).await.stdout;
        let differ = bytes.iter().zip(&old).position(|(one, other)| one != other);
        let near = differ.map(|at| {
            [&bytes, &old]
                .map(|all| String::from_utf8_lossy(&all[at.saturating_sub(40)..all.len().min(at + 80)]).into_owned())
        });
        assert!(!old.is_empty() && bytes == old, "{app}: {} bytes of {}: {near:?}", bytes.len(), old.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_emptied_is_told_and_read_from_its_start() {
    let stage = Stage::new().await;
    let place = stage.place("berth-planner");
    let path = "/var/log/berth-planner/access.log".to_owned();
    // At least one line is in it, and the next rotation takes it away.
    stage.advance(420);
    let mut follow = stage.writer.follow_files(&place, &[path], From::Start).await.expect("a file");
    let mut bytes = Vec::new();
    listen(&mut follow, &mut bytes, |event| matches!(event, FollowEvent::Bytes { .. })).await;
    stage.advance(300);
    // Its length is the sign: where it is not shorter at once, it is a rotation later.
    stage.demo.control("POST", "clock", &serde_json::json!({ "rate": 30 }));
    listen(&mut follow, &mut bytes, |event| *event == FollowEvent::Truncated { file: 0 }).await;
    bytes.clear();
    listen(&mut follow, &mut bytes, |event| matches!(event, FollowEvent::Bytes { offset: Some(0), .. })).await;
    assert!(bytes.starts_with(b"10.244."), "{}", String::from_utf8_lossy(&bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_any_bytes_are_copied_both_ways_and_their_checksums_agree() {
    let stage = Stage::new().await;
    let place = stage.place("berth-planner");
    let (folder, progress) = (tempfile::tempdir().expect("a folder"), watch::Sender::new(Progress::default()));
    let options = CopyOptions::default();
    let path = "/var/log/berth-planner/heap.hprof";
    let copied = stage.writer.download(&place, path, folder.path(), options, &progress).await.expect("a copy");
    assert!(copied.files[0].verified && copied.skipped.is_empty(), "{copied:?}");
    let bytes = std::fs::read(folder.path().join("heap.hprof")).expect("a file");
    assert!(bytes.starts_with(b"JAVA PROFILE") && bytes.contains(&0) && bytes.contains(&0x1b));
    let back = folder.path().join("heap.hprof");
    let sent = stage.writer.upload(&place, &back, "/tmp/new/dump", options, &progress).await.expect("an upload");
    assert!(sent.files[0].verified && sent.files[0].sha256 == copied.files[0].sha256, "{sent:?}");
    let said = stage.run(&place, "cmp=$(sha256sum </tmp/new/dump); echo ${cmp%% *}; stat -c %s /tmp/new/dump").await;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said, format!("{}\n{}\n", copied.files[0].sha256, bytes.len()));
    let again = stage.writer.upload(&place, &back, "/tmp/new/dump", options, &progress).await;
    assert!(again.is_err(), "what is there is not replaced unasked: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_that_a_copy_makes_keep_their_permissions_and_others_theirs() {
    let stage = Stage::new().await;
    let place = stage.place("berth-planner");
    let (folder, progress) = (tempfile::tempdir().expect("a folder"), watch::Sender::new(Progress::default()));
    let at = |path: &str| folder.path().join(path);
    let mode = |path: &str, mode| std::fs::set_permissions(at(path), Permissions::from_mode(mode)).expect("a mode");
    let modes = |root: &str| {
        ["", "closed", "shared", "shared/in"].map(|path| {
            let about = std::fs::metadata(at(root).join(path)).expect("a folder");
            about.permissions().mode() & 0o7777
        })
    };
    std::fs::create_dir_all(at("tree/shared/in")).expect("folders");
    std::fs::create_dir_all(at("tree/closed")).expect("folders");
    std::fs::write(at("tree/closed/file"), "x").expect("a file");
    for (path, bits) in [("tree/closed", 0o555), ("tree/shared/in", 0o710), ("tree/shared", 0o2770), ("tree", 0o750)] {
        mode(path, bits);
    }
    let options = CopyOptions::default();
    stage.writer.upload(&place, &at("tree"), "/tmp/up", options, &progress).await.expect("an upload");
    let said = stage.run(&place, "cd /tmp/up; stat -c %a . closed closed/file shared shared/in").await;
    assert_eq!(String::from_utf8_lossy(&said.stdout), "750\n555\n644\n770\n710\n");
    stage.run(&place, "chmod 2770 /tmp/up/shared").await;
    std::fs::create_dir_all(at("there/shared")).expect("folders");
    mode("there", 0o705);
    mode("there/shared", 0o707);
    for to in ["new", "there"] {
        stage.writer.download(&place, "/tmp/up", &at(to), options, &progress).await.expect("a copy");
    }
    assert_eq!(modes("new"), [0o750, 0o555, 0o770, 0o710], "nothing runs as someone else");
    assert_eq!(modes("there"), [0o705, 0o555, 0o707, 0o710], "what was there stays as it was");
    // So that the folder can be removed by anyone.
    for path in ["tree/closed", "new/closed", "there/closed"] {
        mode(path, 0o755);
    }
}
