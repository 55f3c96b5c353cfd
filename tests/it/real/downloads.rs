//! Whole logs and files of real containers, saved.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rolldeck_cluster::{
    connect::{Cluster as Reader, Options, connect},
    logs::{Outcome, download},
    writer::Writer,
};
use rolldeck_core::{
    kept::Name,
    logs::{
        Begin, LogsOf,
        download::{Compress, Download, Saved},
    },
};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{Cluster, Space};
use crate::support::until;

const PATIENCE: Duration = Duration::from_secs(180);

/// A pod that runs a script, and says that it is done by a file.
fn pod(name: &str, script: &str) -> String {
    let script = format!("mkdir -p /data; {script}; touch /data/done; sleep 3600");
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name} }}\nspec:\n  terminationGracePeriodSeconds: 0\n  containers:\n  \
         - name: main\n    image: registry.local/yun/gateway:v1.0.0\n    command: [sh, -c, {script:?}]\n"
    )
}

/// A pod that has done what its script says, and what reads it.
struct Stage<'a> {
    cluster: &'a Cluster,
    space: Space<'a>,
    reader: Reader,
    writer: std::sync::Arc<Writer>,
    folder: tempfile::TempDir,
}

impl<'a> Stage<'a> {
    async fn new(cluster: &'a Cluster, name: &str, script: &str) -> Self {
        let space = Space::new(cluster, &format!("down-{name}"));
        space.apply(&pod("wide", script));
        space.kubectl(&["wait", "--for=condition=Ready", "pod/wide", "--timeout=60s"]);
        let options = Options { kubeconfig: Some(cluster.kubeconfig.clone()), ..Options::default() };
        let (reader, writer) = connect(&options).await.expect("a connection");
        let folder = tempfile::tempdir().expect("a folder");
        let stage = Self { cluster, space, reader, writer: writer.into(), folder };
        until(PATIENCE, "all is written", || stage.try_exec(&["cat", "/data/done"]).map(drop));
        stage
    }

    fn try_exec(&self, argv: &[&str]) -> Result<String, String> {
        let args = [&["-n", &self.space.name, "exec", "wide", "--"][..], argv].concat();
        self.cluster.try_kubectl(&args, "")
    }

    /// What the container says that the SHA-256 of a file is.
    fn sum(&self, path: &str) -> String {
        let said = self.try_exec(&["sha256sum", path]).expect("a sum");
        said.split(' ').next().expect("a sum").to_owned()
    }

    fn wanted(&self, places: &[&str], compress: Compress) -> Download {
        Download {
            of: vec![LogsOf::Pod(Name { namespace: self.space.name.as_str().into(), name: "wide".into() })],
            container: None,
            stdout: true,
            previous: true,
            places: places.iter().map(|place| (*place).to_owned()).collect(),
            begin: Begin::Head,
            to: String::new(),
            compress,
        }
    }

    /// A download to its end, which is cancelled once so many bytes have come.
    async fn download(&self, wanted: &Download, cut: Option<u64>) -> Outcome {
        let (progress, mut far) = mpsc::channel(1);
        let (stop, stopped) = watch::channel(false);
        let to = (self.folder.path(), None);
        let saving = download(self.writer.clone(), &self.reader, wanted, to, (progress, stopped));
        tokio::pin!(saving);
        let end = async {
            loop {
                tokio::select! {
                    outcome = &mut saving => return outcome,
                    Some(far) = far.recv() => if cut.is_some_and(|cut| far.bytes > cut) { stop.send_replace(true); },
                }
            }
        };
        timeout(PATIENCE, end).await.expect("an end")
    }

    async fn done(&self, wanted: &Download) -> (Saved, PathBuf, Value) {
        match self.download(wanted, None).await {
            Outcome::Done(saved) => {
                let directory = PathBuf::from(saved.path.as_str());
                let manifest = manifest(&directory);
                (saved, directory, manifest)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn manifest(directory: &Path) -> Value {
    let text = std::fs::read_to_string(directory.join("MANIFEST.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

fn entry<'m>(manifest: &'m Value, kind: &str) -> &'m Value {
    let mut files = manifest["files"].as_array().expect("files").iter();
    files.find(|entry| entry["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {manifest:#}"))
}

/// What `sha256sum` of this machine says of the output of a command.
fn piped(command: &str, file: &Path) -> String {
    let line = format!("{command} {file:?} | sha256sum");
    let output = std::process::Command::new("sh").args(["-c", &line]).output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).split(' ').next().expect("a sum").to_owned()
}

/// A log of 100 MB cannot be had of a kubelet whole: it rotates at 10 MiB. What it has and what it rotated away are.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_a_hundred_megabytes_and_a_binary_file_come_as_the_container_has_them() {
    let Some(cluster) = Cluster::from_env() else { return };
    let wide = "y".repeat(900);
    let script = format!(
        "i=0; while [ $i -lt 9000 ]; do i=$((i+1)); echo line $i {wide}; done | tee /data/out.log; \
         dd if=/dev/urandom of=/data/big.bin bs=1048576 count=100 2>/dev/null; \
         i=0; while [ $i -lt 110000 ]; do i=$((i+1)); echo line $i {wide}; done >/data/long.log"
    );
    let stage = Stage::new(&cluster, "whole", &script).await;
    let (saved, directory, manifest) =
        stage.done(&stage.wanted(&["/data/*.bin", "/data/long.log"], Compress::No)).await;
    assert_eq!(saved.problems, []);
    for (kind, path) in
        [("stdout", "/data/out.log"), ("/data/big.bin", "/data/big.bin"), ("/data/long.log", "/data/long.log")]
    {
        let entry = entry(&manifest, kind);
        assert_eq!(entry["sha256"], stage.sum(path), "{kind}");
        assert_eq!(piped("cat", &directory.join(entry["path"].as_str().expect("a path"))), stage.sum(path), "{kind}");
        assert_eq!(entry["complete"], true);
    }
    assert!(entry(&manifest, "/data/long.log")["bytes"].as_u64() > Some(100_000_000));
    assert_eq!(entry(&manifest, "/data/big.bin")["verified"], true);
    assert_eq!(manifest["state"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_download_that_was_cut_in_the_middle_is_gone_on_with() {
    let Some(cluster) = Cluster::from_env() else { return };
    let script = "dd if=/dev/urandom of=/data/big.bin bs=1048576 count=100 2>/dev/null; echo out";
    let stage = Stage::new(&cluster, "cut", script).await;
    for (compress, unpack) in [(Compress::No, "cat"), (Compress::Gzip, "gzip -dc")] {
        let wanted = stage.wanted(&["/data/big.bin"], compress);
        let Outcome::Cut { why, directory, .. } = stage.download(&wanted, Some(20 << 20)).await else {
            panic!("it was cut")
        };
        assert_eq!(&*why, "cancelled");
        let left = manifest(&directory);
        assert_eq!(left["state"], "cancelled");
        let half = entry(&left, "/data/big.bin");
        assert_eq!(half["complete"], false);
        assert!(half["bytes"].as_u64() > Some(1 << 20), "{half:#}");
        assert_eq!(half["sha256"], piped("cat", &directory.join(half["path"].as_str().expect("a path"))));

        let (saved, again, whole) = stage.done(&wanted).await;
        assert!(saved.resumed && again == directory, "{saved:?}");
        let file = entry(&whole, "/data/big.bin");
        let path = directory.join(file["path"].as_str().expect("a path"));
        assert_eq!((piped(unpack, &path), piped("cat", &path)), (stage.sum("/data/big.bin"), text(&file["sha256"])));
        assert_eq!((&file["verified"], &file["complete"]), (&true.into(), &true.into()), "{file:#}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_grows_and_is_rotated_meanwhile_is_whole_up_to_where_it_was_opened() {
    let Some(cluster) = Cluster::from_env() else { return };
    let wide = "z".repeat(1000);
    // A writer that goes on, and rotations under it.
    let script = format!(
        "mkdir -p /data/logs/sub; ln -s app.log /data/logs/now.log; printf x >/data/logs/sub_b.log; printf y >/data/logs/sub/b.log; \
         (i=0; while :; do i=$((i+1)); echo line $i {wide} >>/data/logs/app.log; \
         [ $((i % 3000)) = 0 ] && mv /data/logs/app.log /data/logs/app.log.1; done) & sleep 3"
    );
    let stage = Stage::new(&cluster, "grows", &script).await;
    let (saved, directory, manifest) = stage.done(&stage.wanted(&["/data/logs"], Compress::No)).await;
    assert_eq!(saved.problems, []);
    let link = saved
        .left_out
        .iter()
        .any(|words| words.ends_with("/data/logs/now.log: a link is not followed: name it to have it"));
    assert!(link, "{saved:?}");
    let read = |kind: &str| std::fs::read(directory.join(text(&entry(&manifest, kind)["path"]))).expect("a file");
    assert_eq!((read("/data/logs/sub/b.log"), read("/data/logs/sub_b.log")), (b"y".to_vec(), b"x".to_vec()));
    for kind in ["/data/logs/app.log", "/data/logs/app.log.1"] {
        let (entry, text) = (entry(&manifest, kind), String::from_utf8(read(kind)).expect("text"));
        assert_eq!((&entry["verified"], &entry["complete"]), (&true.into(), &true.into()), "{entry:#}");
        let numbers: Vec<u64> = text.lines().filter_map(|line| line.split(' ').nth(1)?.parse().ok()).collect();
        assert!(numbers.windows(2).all(|two| two[1] == two[0] + 1), "{kind} has a hole");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_kubelet_has_rotated_away_comes_with_it() {
    let Some(cluster) = Cluster::from_env() else { return };
    let wide = "w".repeat(900);
    let script =
        format!("i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo line $i {wide}; done; sleep 15; echo line 30001 end");
    let stage = Stage::new(&cluster, "rotated", &script).await;
    let (saved, directory, manifest) = stage.done(&stage.wanted(&[], Compress::Zstd)).await;
    assert_eq!(saved.problems, []);
    let numbers = |kind: &str| {
        let path = directory.join(text(&entry(&manifest, kind)["path"]));
        let output = std::process::Command::new("zstd").arg("-dc").arg(path).output().expect("zstd").stdout;
        let lines: Vec<u64> =
            String::from_utf8_lossy(&output).lines().filter_map(|line| line.split(' ').nth(1)?.parse().ok()).collect();
        lines
    };
    let log = entry(&manifest, "stdout");
    let newer = numbers("stdout");
    if let Some(why) = saved.left_out.iter().find(|words| words.contains("what its node has rotated away: ")) {
        // Then that is said, and from when the log is whole.
        let node = stage.space.get("pod/wide")["spec"]["nodeName"].as_str().expect("a node").to_owned();
        assert!(!cluster.passes_on(&node), "{why}");
        assert!(why.contains("address not allowed"), "{why}");
        assert_eq!((&log["wholeFrom"], saved.rotated.len()), (&log["first"], 1), "{log:#}");
        assert_eq!(newer.last(), Some(&30_001));
        return;
    }
    let older = numbers("rotated");
    let all = [older.clone(), newer].concat();
    assert!(
        all.windows(2).all(|two| two[1] == two[0] + 1),
        "a line is missing or doubled: {} and {}",
        all[0],
        all.len()
    );
    assert_eq!(all.last(), Some(&30_001));
    assert_eq!(log["wholeFrom"].is_null(), older[0] == 1, "{log:#}");
}
