//! What is opened into real containers, under a real kubelet.

use std::time::Duration;

use rolldeck_cluster::{
    connect::{Options, connect},
    exec::{Session, rights},
    writer::Writer,
};
use rolldeck_core::{
    act::PodId,
    shell::{
        Access, Command, DebugWanted, End, ForwardWanted, Input, Place, Refused, Right, RunEnd, RunOutput, RunWanted,
        ShellWanted, Size,
    },
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{Cluster, Space};
use crate::support::session::{say, until};

/// A container with busybox, one with the node's own programs (GNU, bash), one without any shell, and one that says what it is sent.
const POD: &str = r#"
apiVersion: v1
kind: Pod
metadata: { name: box }
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: busy
    image: registry.local/yun/gateway:v1.0.0
    command: [sh, -c, "trap 'exit 5' TERM; mkdir -p /data/logs; while :; do echo tick; sleep 1; done"]
    resources: { limits: { cpu: 250m, memory: 96Mi } }
    volumeMounts: [{ name: data, mountPath: /data }, { name: data, mountPath: /part, subPath: logs }]
  - name: gnu
    image: registry.local/yun/gateway:v1.0.0
    command: [sleep, infinity]
    env: [{ name: PATH, value: "/usr/bin:/bin" }]
    volumeMounts:
    - { name: usr, mountPath: /usr, readOnly: true }
    - { name: lib, mountPath: /lib, readOnly: true }
    - { name: lib64, mountPath: /lib64, readOnly: true }
    - { name: data, mountPath: /data }
  - name: none
    image: registry.local/pause:1
  - name: echo
    image: registry.local/yun/gateway:v1.0.0
    command: [sh, -c, "while read line; do echo said $line; done"]
    stdin: true
  volumes:
  - { name: usr, hostPath: { path: /usr } }
  - { name: lib, hostPath: { path: /usr/lib } }
  - { name: lib64, hostPath: { path: /usr/lib64 } }
  - { name: data, emptyDir: {} }
"#;

const PATIENCE: Duration = Duration::from_secs(30);
const SIZE: Size = Size { cols: 80, rows: 24 };

/// The pod of these tests in a namespace of its own.
pub(super) struct Stage<'a> {
    pub(super) space: Space<'a>,
    pub(super) writer: Writer,
    pub(super) reader: rolldeck_cluster::connect::Cluster,
    uid: String,
}

impl<'a> Stage<'a> {
    pub(super) async fn new(cluster: &'a Cluster, name: &str) -> Self {
        let space = Space::new(cluster, name);
        space.apply(POD);
        space.kubectl(&["wait", "--for=condition=Ready", "pod/box", "--timeout=60s"]);
        let uid = space.get("pod/box")["metadata"]["uid"].as_str().expect("a uid").to_owned();
        let (reader, writer) = connect(&options(cluster)).await.expect("a connection");
        Self { space, writer, reader, uid }
    }

    pub(super) fn place(&self, container: &str) -> Place {
        let pod =
            PodId { namespace: self.space.name.as_str().into(), name: "box".into(), uid: self.uid.as_str().into() };
        Place { pod, container: container.into() }
    }

    async fn shell(&self, container: &str) -> Session {
        let wanted = ShellWanted { command: Vec::new(), size: SIZE };
        self.writer.shell(&self.place(container), &wanted).await.expect("a shell")
    }

    pub(super) async fn run(&self, container: &str, text: &str) -> RunOutput {
        let wanted = RunWanted { command: Command::Shell(text.into()), limit: PATIENCE, keep: 1 << 20 };
        self.writer.run(&self.place(container), &wanted).await.expect("a command")
    }
}

fn options(cluster: &Cluster) -> Options {
    Options { kubeconfig: Some(cluster.kubeconfig.clone()), ..Options::default() }
}

async fn end(mut session: Session) -> End {
    while timeout(PATIENCE, session.output.recv()).await.expect("an end").is_some() {}
    (&mut session.end).await.expect("an end")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_shell_of_the_image_is_found_and_tells_its_exit_code_and_size() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "shells").await;
    let mut busy = stage.shell("busy").await;
    assert!(busy.first_line.contains("CPU 250m, memory 96Mi, open files "), "{}", busy.first_line);
    say(&busy, "echo $0 $TERM $COLORTERM; stty size\r").await;
    let said = until(&mut busy, "24 80").await;
    assert!(said.contains("ash xterm-256color truecolor"), "{said:?}");
    busy.input.send(Input::Resize(Size { cols: 101, rows: 33 })).await.expect("an open session");
    say(&busy, "stty size\r").await;
    until(&mut busy, "33 101").await;
    say(&busy, "exit 7\r").await;
    assert_eq!(end(busy).await, End::Exit(7));
    let mut gnu = stage.shell("gnu").await;
    say(&gnu, "echo V$BASH_VERSION\r").await;
    until(&mut gnu, "V5.").await;
    let none = stage.shell("none").await;
    let End::NoShell(tried) = end(none).await else { panic!("a shell in an image without one") };
    assert!(tried.contains(&"bash".to_owned()), "{tried:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_is_killed_under_a_session_is_named_as_the_reason() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "killed").await;
    let mut session = stage.shell("busy").await;
    say(&session, "echo re''ady\r").await;
    until(&mut session, "ready").await;
    say(&session, "kill 1\r").await;
    let ended = end(session).await;
    // The end of the container is told, whatever the shell itself died of.
    let End::Container { reason, code, .. } = ended else { panic!("{ended:?}") };
    assert_eq!((&*reason, code), ("Error", Some(5)));
    let session = stage.shell("echo").await;
    stage.space.kubectl(&["delete", "pod", "box", "--grace-period=0", "--force"]);
    let ended = end(session).await;
    assert!(matches!(ended, End::PodGone | End::Container { .. }), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_closed_leaves_no_process_behind() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "left").await;
    let mut session = stage.shell("busy").await;
    say(&session, "sleep 4242\r").await;
    until(&mut session, "4242").await;
    drop(session);
    let wanted = RunWanted {
        command: Command::Argv(vec!["sleep".into(), "4343".into()]),
        limit: Duration::from_secs(1),
        keep: 10,
    };
    let late = stage.writer.run(&stage.place("busy"), &wanted).await.expect("a command");
    assert_eq!(late.end, RunEnd::TooLong(wanted.limit));
    for _ in 0..50 {
        let left = stage.run("busy", "ps -o args | grep -E 'sleep (4[2]42|4[3]43)'").await;
        if left.stdout.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let left = stage.run("busy", "ps").await;
    panic!("still there: {}", String::from_utf8_lossy(&left.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_tells_its_streams_its_exit_code_and_what_was_cut() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "runs").await;
    let said = stage.run("busy", "echo out; echo err >&2; exit 3").await;
    assert_eq!((&said.stdout[..], &said.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(said.end, RunEnd::Ended(End::Exit(3)));
    let command = Command::Argv(["dd", "if=/dev/zero", "bs=1M", "count=100"].map(str::to_owned).into());
    let wanted = RunWanted { command, limit: PATIENCE, keep: 1000 };
    let bulk = stage.writer.run(&stage.place("busy"), &wanted).await.expect("a command");
    assert_eq!((bulk.stdout.len() as u64 + bulk.stdout_cut, bulk.stdout.len()), (100 << 20, 1000));
    let missing = RunWanted { command: Command::Argv(vec!["nothing".into()]), ..wanted.clone() };
    let missing = stage.writer.run(&stage.place("busy"), &missing).await.expect("a command");
    assert_eq!(missing.end, RunEnd::Ended(End::Exit(127)));
    let none = stage.writer.run(&stage.place("none"), &wanted).await.expect("a command");
    assert_eq!(none.end, RunEnd::Ended(End::NoShell(vec!["dd".into()])));
    let gone = Place { container: "other".into(), ..stage.place("busy") };
    assert!(matches!(stage.writer.run(&gone, &wanted).await, Err(Refused::NoContainer(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn attaching_types_only_where_it_was_asked_for_and_the_spec_reads() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "attach").await;
    let mut ticks = stage.writer.attach(&stage.place("busy"), false, SIZE).await.expect("an attachment");
    until(&mut ticks, "tick").await;
    assert!(stage.writer.attach(&stage.place("busy"), true, SIZE).await.is_err());
    let mut echo = stage.writer.attach(&stage.place("echo"), true, SIZE).await.expect("an attachment");
    say(&echo, "hello\n").await;
    until(&mut echo, "said hello").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debug_container_sees_the_volumes_and_can_not_write_them() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "debug").await;
    stage.run("busy", "echo precious >/data/logs/app.log").await;
    let wanted = |image: &str| DebugWanted {
        image: image.into(),
        files: true,
        processes: true,
        life: Duration::from_secs(600),
        patience: PATIENCE,
    };
    let image = "registry.local/yun/gateway:v1.0.0";
    let debugger = stage.writer.debug(&stage.place("busy"), &wanted(image)).await.expect("a debug container");
    assert!(debugger.shares_processes);
    let seen = rolldeck_core::shell::seen_at(&debugger.mounts, "/part/app.log");
    let said = stage.run(&debugger.place.container, &format!("cat {seen}; echo no >{seen}; echo no >/data/x")).await;
    assert_eq!(String::from_utf8_lossy(&said.stdout), "precious\n");
    let refused = String::from_utf8_lossy(&said.stderr).matches("Read-only file system").count();
    assert_eq!(refused, 2, "{}", String::from_utf8_lossy(&said.stderr));
    stage.writer.end_debug(&debugger.place).await.expect("an end");
    let restarts = stage.space.get("pod/box");
    let restarts: Vec<&Value> = restarts["status"]["containerStatuses"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["restartCount"])
        .collect();
    assert!(restarts.iter().all(|count| **count == 0), "{restarts:?}");
    let why =
        stage.writer.debug(&stage.place("none"), &wanted("registry.local/no/such:1")).await.expect_err("no image");
    assert!(why.to_string().contains("does not run"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_port_carries_connections_and_counts_them() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "forward").await;
    stage
        .run("busy", "mkdir -p /tmp/www; dd if=/dev/zero of=/tmp/www/big bs=1M count=8; httpd -p 8099 -h /tmp/www")
        .await;
    let wanted = |remote| ForwardWanted { place: stage.place("busy"), remote, local: 0 };
    let forward = stage.writer.forward(&wanted(8099)).await.expect("a port");
    let get = || async {
        let mut socket = tokio::net::TcpStream::connect(forward.local).await.expect("a connection");
        socket.write_all(b"GET /big HTTP/1.0\r\n\r\n").await.expect("a request");
        let mut body = Vec::new();
        timeout(PATIENCE, socket.read_to_end(&mut body)).await.expect("an answer").expect("an answer");
        body.len()
    };
    let (one, two) = tokio::join!(get(), get());
    assert!(one == two && one > 8 << 20, "{one} {two}");
    let stats = forward.stats.borrow().clone();
    assert!(stats.connections == 2 && stats.received == 2 * one as u64 && stats.last_error.is_none(), "{stats:?}");
    let mut nobody = stage.writer.forward(&wanted(8098)).await.expect("a port");
    let _socket = tokio::net::TcpStream::connect(nobody.local).await.expect("a connection");
    let refused = nobody.stats.wait_for(|stats| stats.last_error.is_some());
    timeout(PATIENCE, refused).await.expect("a refusal").expect("a forward");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_with_create_alone_is_told_what_is_missing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "rights").await;
    let name = &stage.space.name;
    stage.space.kubectl(&["create", "role", "half", "--verb=create", "--resource=pods/exec"]);
    stage.space.kubectl(&["create", "rolebinding", "half", "--role=half", "--user=half"]);
    assert_eq!(rights(&stage.reader, Access::Exec, &stage.place("busy")).await, Right::Allowed);
    let options = Options { impersonate: Some("half".into()), namespaces: vec![name.clone()], ..options(&cluster) };
    let (half, writer) = connect(&options).await.expect("a connection");
    let Right::Denied(denied) = rights(&half, Access::Exec, &stage.place("busy")).await else { panic!("allowed") };
    assert!(denied.create_alone && denied.words().contains("you may not get pods/exec in namespace"), "{denied:?}");
    let wanted = RunWanted { command: Command::Shell("id".into()), limit: PATIENCE, keep: 10 };
    let refused = writer.run(&stage.place("busy"), &wanted).await;
    assert!(matches!(refused, Err(Refused::Forbidden(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_opened_in_read_only_mode() {
    let Some(cluster) = Cluster::from_env() else { return };
    let stage = Stage::new(&cluster, "looking").await;
    let (_, writer) = connect(&Options { readonly: true, ..options(&cluster) }).await.expect("a connection");
    let place = stage.place("busy");
    let shell = writer.shell(&place, &ShellWanted { command: Vec::new(), size: SIZE }).await.err();
    let wanted = RunWanted { command: Command::Shell("id".into()), limit: PATIENCE, keep: 10 };
    let forward = ForwardWanted { place: place.clone(), remote: 80, local: 0 };
    let debug = DebugWanted { image: "x".into(), files: false, processes: true, life: PATIENCE, patience: PATIENCE };
    let all = [
        shell,
        writer.run(&place, &wanted).await.err(),
        writer.attach(&place, false, SIZE).await.err(),
        writer.forward(&forward).await.err(),
        writer.debug(&place, &debug).await.err(),
    ];
    for refused in all {
        assert!(matches!(refused, Some(Refused::ReadOnly(..))), "{refused:?}");
    }
}
