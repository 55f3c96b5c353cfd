//! Files in real containers: listed, followed through rotation and truncation, copied both ways.

use std::{path::Path, time::Duration};

use rolldeck_cluster::{
    connect::{Options, connect},
    exec::{Follow, FollowEvent},
};
use rolldeck_core::shell::{CopyError, CopyOptions, FilePattern, From, Progress, Refused};
use tokio::{sync::watch, time::timeout};

use super::{Cluster, shell::Stage};

const PATIENCE: Duration = Duration::from_secs(30);

fn pattern(text: &str) -> FilePattern {
    FilePattern::new(text).expect("a pattern")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_with_what_the_image_has_whatever_their_names() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "list").await;
    stage
        .run("busy", "cd /data/logs; mkdir -p web; printf 12345 >app.log; printf x >'a b$(id).log'; printf y >web/'two\nlines.log'; ln -s app.log now.log; touch -d @1000000000 app.log")
        .await;
    for container in ["busy", "gnu"] {
        let listing = stage.writer.list_files(&stage.place(container), &[pattern("/data/logs")]).await.expect("files");
        let names: Vec<&str> = listing.files.iter().map(|file| file.path.as_str()).collect();
        let expected =
            ["/data/logs/a b$(id).log", "/data/logs/app.log", "/data/logs/now.log", "/data/logs/web/two\nlines.log"];
        assert_eq!(names, expected, "{container}: {:?}", listing.complaints);
        let app = &listing.files[1];
        assert_eq!((app.size, app.modified.map(|at| at.timestamp())), (Some(5), Some(1_000_000_000)), "{container}");
        assert!(listing.files[2].link && listing.files[1].mode == Some(0o644), "{container}: {:?}", listing.files);
        let globbed =
            stage.writer.list_files(&stage.place(container), &[pattern("/data/*/a*.log"), pattern("/nothing")]).await;
        let globbed = globbed.expect("files");
        assert_eq!(globbed.files.len(), 2, "{container}: {globbed:?}");
        assert_eq!(globbed.complaints.len(), 1, "{container}: {:?}", globbed.complaints);
    }
    let none = stage.writer.list_files(&stage.place("none"), &[pattern("/data")]).await;
    assert!(matches!(none, Err(Refused::Missing(..))), "{none:?}");
}

/// What was read of each file, with the events that are no bytes.
#[derive(Default)]
struct Seen {
    text: [String; 2],
    told: Vec<FollowEvent>,
}

impl Seen {
    async fn until(&mut self, follow: &mut Follow, what: &str, done: impl Fn(&Self) -> bool) {
        let read = async {
            while !done(self) {
                match follow.events.recv().await.expect("an open stream") {
                    FollowEvent::Bytes { file, bytes, .. } => self.text[file] += &String::from_utf8_lossy(&bytes),
                    told => self.told.push(told),
                }
            }
        };
        let read = timeout(PATIENCE, read).await;
        assert!(read.is_ok(), "{what}: {:?} {:?}", self.text, self.told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_followed_through_rotation_and_truncation_without_a_loss() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "follow").await;
    for container in ["busy", "gnu"] {
        stage.run("busy", "rm -f /data/logs/*; seq 1 100 >/data/logs/a.log").await;
        let paths = ["/data/logs/a.log", "/data/logs/b.log"].map(str::to_owned);
        let mut follow =
            stage.writer.follow_files(&stage.place(container), &paths, From::Lines(3)).await.expect("files");
        let mut seen = Seen::default();
        seen.until(&mut follow, "a missing file", |seen| seen.told.contains(&FollowEvent::Missing { file: 1 })).await;
        assert_eq!(seen.text[0], "98\n99\n100\n");
        stage.run("busy", "echo new >/data/logs/b.log; echo 101 >>/data/logs/a.log").await;
        seen.until(&mut follow, "a new file", |seen| seen.text[1] == "new\n" && seen.text[0].ends_with("101\n")).await;
        // What is written into the old file after it was renamed belongs to it, and comes first.
        stage.run("busy", "cd /data/logs; mv a.log a.log.1; echo 102 >>a.log.1; echo 103 >a.log").await;
        seen.until(&mut follow, "a rotation", |seen| seen.text[0].ends_with("101\n102\n103\n")).await;
        assert!(seen.told.contains(&FollowEvent::Rotated { file: 0, whole: true }), "{:?}", seen.told);
        stage.run("busy", "cd /data/logs; : >b.log").await;
        seen.until(&mut follow, "a truncation", |seen| seen.told.contains(&FollowEvent::Truncated { file: 1 })).await;
        stage.run("busy", "cd /data/logs; printf 'a\\0b\\377\\n' >>b.log; rm a.log; sleep 1; echo 1 >a.log").await;
        seen.until(&mut follow, "a file that was gone", |seen| seen.text[0].ends_with("103\n1\n")).await;
        seen.until(&mut follow, "bytes of any kind", |seen| seen.text[1].ends_with("a\0b\u{fffd}\n")).await;
        stage.run("busy", "seq 1 400000 >>/data/logs/a.log").await;
        seen.until(&mut follow, "a burst", |seen| seen.text[0].ends_with("\n399999\n400000\n")).await;
        assert_eq!(seen.text[0].lines().count(), 3 + 4 + 400_000, "{container}");
        drop(follow);
        let left = "ps -o args 2>/dev/null | grep -c '[L]C_ALL=C; export'";
        for attempt in 0.. {
            let said = stage.run("busy", left).await;
            if said.stdout.starts_with(b"0") || container == "gnu" {
                break;
            }
            assert!(attempt < 50, "the script still runs");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_come_whole_and_a_cut_download_goes_on() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "copy").await;
    stage.run("busy", "mkdir -p /data/logs/in; dd if=/dev/urandom of=/data/logs/big bs=1M count=100; printf 'a\\0b' >/data/logs/in/bin; chmod 600 /data/logs/in/bin; ln -s /etc/passwd /data/logs/out").await;
    let folder = tempfile::tempdir().expect("a folder");
    let (progress, seen) = watch::channel(Progress::default());
    let place = stage.place("busy");
    let download =
        |options: CopyOptions| stage.writer.download(&place, "/data/logs", folder.path(), options, &progress);
    let resumed = CopyOptions { resume: true, ..CopyOptions::default() };
    {
        let cut = download(resumed);
        tokio::pin!(cut);
        let mut seen = seen.clone();
        let enough = seen.wait_for(|progress| progress.done > 10 << 20);
        tokio::select! {
            copied = &mut cut => panic!("it was not cut: {copied:?}"),
            _ = enough => {}
        }
    }
    let part = std::fs::metadata(folder.path().join("big.part")).expect("a part").len();
    assert!(part > 0 && part < 100 << 20, "{part}");
    let copied = download(resumed).await.expect("a copy");
    let sums: Vec<(bool, u64)> = copied.files.iter().map(|file| (file.verified, file.bytes)).collect();
    assert_eq!(sums, [(true, 100 << 20), (true, 3)], "{copied:?}");
    assert_eq!(copied.skipped.len(), 1, "{:?}", copied.skipped);
    let theirs = stage.run("busy", "sha256sum /data/logs/big").await;
    assert!(String::from_utf8_lossy(&theirs.stdout).starts_with(&copied.files[0].sha256));
    use std::os::unix::fs::PermissionsExt;
    let binary = folder.path().join("in/bin");
    assert_eq!(std::fs::read(&binary).expect("a file"), b"a\0b");
    assert_eq!(std::fs::metadata(&binary).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!((seen.borrow().done, seen.borrow().files_done), ((100 << 20) + 3, 2));
    let again = download(CopyOptions::default()).await;
    assert!(matches!(again, Err(CopyError::Exists(_))), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_uploaded_arrives_whole_and_replaces_nothing_unasked() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "upload").await;
    let folder = tempfile::tempdir().expect("a folder");
    let bytes: Vec<u8> = (0..3_000_000u32).map(|number| (number % 251) as u8).collect();
    std::fs::create_dir(folder.path().join("in")).expect("a folder");
    std::fs::write(folder.path().join("in/big $(id)"), &bytes).expect("a file");
    std::fs::write(folder.path().join("empty"), b"").expect("a file");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).expect("a link");
    let progress = watch::Sender::new(Progress::default());
    for container in ["busy", "gnu"] {
        let place = stage.place(container);
        let to = format!("/data/up-{container}");
        let upload = |options| stage.writer.upload(&place, folder.path(), &to, options, &progress);
        let copied = upload(CopyOptions::default()).await.expect("a copy");
        assert!(copied.files.len() == 2 && copied.files.iter().all(|file| file.verified), "{copied:?}");
        assert_eq!(copied.skipped.len(), 1);
        let size = stage.run("busy", &format!("cat '{to}/in/big $(id)' | wc -c")).await;
        assert_eq!(String::from_utf8_lossy(&size.stdout).trim(), "3000000");
        assert!(matches!(upload(CopyOptions::default()).await, Err(CopyError::Exists(_))));
        upload(CopyOptions { overwrite: true, ..CopyOptions::default() }).await.expect("a copy");
    }
    let none = stage
        .writer
        .upload(&stage.place("none"), Path::new("/etc/hostname"), "/x", CopyOptions::default(), &progress)
        .await;
    assert!(matches!(none, Err(CopyError::Remote(..))), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_mode_reads_files_only_where_the_setting_says_so() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "reading").await;
    stage.run("busy", "echo hello >/data/logs/app.log").await;
    let place = stage.place("busy");
    let look = |allowed: bool| {
        let kubeconfig = Some(cluster.kubeconfig.clone());
        let options = Options { kubeconfig, readonly: true, files_when_readonly: allowed, ..Options::default() };
        async move { connect(&options).await.expect("a connection").1 }
    };
    let never = look(false).await;
    let refused = never.list_files(&place, &[pattern("/data/logs")]).await;
    assert!(matches!(refused, Err(Refused::ReadOnly(..))), "{refused:?}");
    let reads = look(true).await;
    let listing = reads.list_files(&place, &[pattern("/data/logs")]).await.expect("files");
    assert_eq!(listing.files.len(), 1);
    let mut follow = reads.follow_files(&place, &["/data/logs/app.log".to_owned()], From::Start).await.expect("files");
    let mut seen = Seen::default();
    seen.until(&mut follow, "the file", |seen| seen.text[0] == "hello\n").await;
    let progress = watch::Sender::new(Progress::default());
    let upload = reads.upload(&place, Path::new("/etc/hostname"), "/data/x", CopyOptions::default(), &progress).await;
    assert!(matches!(upload, Err(CopyError::Refused(Refused::ReadOnly(..)))), "{upload:?}");
}
