//! Logs of real containers under a real kubelet.

mod files;
mod hard;
mod rotated;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use rolldeck_cluster::{
    connect::{Cluster as Reader, Options, connect},
    logs::{Hub, Wanted, open},
    writer::Writer,
};
use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, Gap, Kind, LogsOf, Reading, Rotated, SourceState, Sources, Told, Why},
    model::{AppKey, AppKind},
};
use tokio::{sync::mpsc, time::timeout};

use super::{Cluster, Space, proxy::Proxy};

const PATIENCE: Duration = Duration::from_secs(150);

/// Two pods that count, five times a second.
const COUNTS: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: registry.local/yun/gateway:v1.0.0
        command: [sh, -c, "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done"]
"#;

/// A pod that runs a script.
fn pod(name: &str, script: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name} }}\nspec:\n  terminationGracePeriodSeconds: 0\n  containers:\n  \
         - name: main\n    image: registry.local/yun/gateway:v1.0.0\n    command: [sh, -c, {script:?}]\n"
    )
}

async fn connected(kubeconfig: &Path) -> (Reader, Writer) {
    let options = Options { kubeconfig: Some(kubeconfig.to_owned()), ..Options::default() };
    connect(&options).await.expect("a connection")
}

/// A reading, and all that it told.
struct Room {
    _hub: Hub,
    told: mpsc::Receiver<Vec<Told>>,
    sources: Sources,
    /// The numbers of lines by pod and kind.
    lines: BTreeMap<(String, bool), Vec<u64>>,
    texts: Vec<String>,
    gaps: Vec<Gap>,
    rotated: Vec<Rotated>,
    notes: Vec<String>,
    /// How sources stood, in order.
    states: Vec<SourceState>,
    complete: bool,
}

impl Room {
    fn new(cluster: &Reader, wanted: Wanted) -> Self {
        let (to, told) = mpsc::channel(2);
        Self::over(open(cluster, wanted, to), told)
    }

    fn over(hub: Hub, told: mpsc::Receiver<Vec<Told>>) -> Self {
        let (sources, lines, texts, gaps, rotated) = Default::default();
        let (notes, states) = Default::default();
        Self { _hub: hub, told, sources, lines, texts, gaps, rotated, notes, states, complete: false }
    }

    fn of(cluster: &Reader, of: LogsOf, begin: Begin) -> Self {
        Self::new(cluster, Wanted { of: vec![of], begin, follows: true, ..Wanted::default() })
    }

    fn take(&mut self, told: Told) {
        if let Told::State(_, state) = &told {
            self.states.push(state.clone());
        }
        match told {
            Told::Sources(sources) => {
                for (id, source) in sources {
                    let number = source.revision.number;
                    assert_eq!(self.sources.add(source), Ok(id));
                    if let Some((revision, number)) = self.sources.revision_of(id).zip(number) {
                        self.sources.set_number(revision, number);
                    }
                }
            }
            Told::State(id, SourceState::Ended(at, why)) => self.sources.end(id, at, why),
            Told::State(id, SourceState::Live) => self.sources.resume(id),
            Told::Lines(blocks) => {
                for line in blocks.iter().flat_map(|block| block.lines()) {
                    if let Some(gap) = line.gap() {
                        self.gaps.push(gap);
                        continue;
                    }
                    let text = String::from_utf8_lossy(line.text).into_owned();
                    let source = self.sources.get(line.source).expect("a source that was told");
                    if let Some(number) =
                        text.strip_prefix("line ").and_then(|number| number.split(' ').next()?.parse().ok())
                    {
                        let key = (source.pod.to_string(), source.kind == Kind::Previous);
                        self.lines.entry(key).or_default().push(number);
                    }
                    self.texts.push(text);
                }
            }
            Told::Failed(why) => panic!("{why}"),
            Told::Complete => self.complete = true,
            Told::Rotated(_, rotated) => self.rotated.push(rotated),
            Told::Note(note) => self.notes.push(note.to_string()),
            Told::Pods(_) | Told::State(..) => {}
        }
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let listen = async {
            while !holds(self) {
                let Some(batch) = self.told.recv().await else { return };
                batch.into_iter().for_each(|told| self.take(told));
            }
        };
        let _ = timeout(PATIENCE, listen).await;
        let ends: Vec<_> = self.lines.iter().map(|(key, lines)| (key, lines.first(), lines.last())).collect();
        assert!(holds(self), "{what}: {ends:?}, {:?}, {:?}, {:?}", self.gaps, self.states.last(), self.notes);
    }

    /// Every place where numbers are missing has a mark, and none came twice.
    fn assert_gaps_are_marked(&self) {
        for (pod, lines) in &self.lines {
            assert!(lines.windows(2).all(|two| two[0] < two[1]), "{pod:?}: a line came twice or out of order");
        }
        let holes = |lines: &Vec<u64>| lines.windows(2).filter(|two| two[1] != two[0] + 1).count();
        let missing: usize = self.lines.values().map(holes).sum();
        let marked = self.gaps.iter().filter(|gap| gap.count != Some(0)).count();
        assert!(missing <= marked, "{missing} places where lines are missing, {marked} marks: {:?}", self.gaps);
    }

    /// Waits until a stream is told as lost.
    async fn lost(&mut self) {
        let lost = |state: &SourceState| matches!(state, SourceState::Reconnecting(..));
        let from = self.states.len();
        self.until("it is told that the stream was lost", |room| room.states[from..].iter().any(lost)).await;
    }

    fn ended(&self, pod: &str) -> Option<Ended> {
        let source = self.sources.iter().find(|(_, source)| &*source.pod == pod)?.1;
        source.ended.clone().map(|(_, why)| why)
    }

    /// Each number came once, in order, from the first on.
    fn assert_nothing_is_lost_or_doubled(&self) {
        for (pod, lines) in &self.lines {
            let wanted: Vec<u64> = (lines[0]..).take(lines.len()).collect();
            assert_eq!(lines, &wanted, "{pod:?}");
        }
    }
}

/// A kubeconfig in `folder` whose way to the cluster can be cut.
fn proxied(cluster: &Cluster, folder: &Path) -> (Proxy, PathBuf) {
    let mut config = cluster.config();
    let server = config["clusters"][0]["cluster"]["server"].as_str().expect("a server").to_owned();
    let address = server.trim_start_matches("https://").to_owned();
    let proxy = Proxy::new(&address);
    config["clusters"][0]["cluster"]["server"] = format!("https://{}", proxy.address).into();
    let host = address.rsplit_once(':').expect("a port").0;
    config["clusters"][0]["cluster"]["tls-server-name"] = host.into();
    let path = folder.join("config");
    std::fs::write(&path, config.to_string()).expect("a kubeconfig");
    (proxy, path)
}

fn web(space: &Space<'_>) -> LogsOf {
    LogsOf::App(AppKey { namespace: space.name.as_str().into(), name: "web".into(), kind: AppKind::Deployment })
}

fn of_pod(space: &Space<'_>, name: &str) -> LogsOf {
    LogsOf::Pod(Name { namespace: space.name.as_str().into(), name: name.into() })
}

fn pods(space: &Space<'_>) -> Vec<String> {
    let names = space.kubectl(&["get", "pods", "-l", "app=web", "-o", "name"]);
    names.lines().map(|name| name.trim_start_matches("pod/").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_pod_stays_readable_and_those_of_a_rollout_join() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-rollout");
    space.apply(COUNTS);
    space.wait_rolled_out(&["deployment/web"]);
    let before = pods(&space);
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let mut room = Room::of(&reader, web(&space), Begin::Head);
    room.until("both are read", |room| room.lines.len() == 2).await;
    space.kubectl(&["delete", "pod", &before[0], "--wait=false"]);
    room.until("another one has joined", |room| room.lines.len() == 3).await;
    // Its exit may be seen before it goes.
    let ended = |room: &Room| matches!(room.ended(&before[0]), Some(Ended::PodGone | Ended::Exited(_)));
    room.until("the killed one has ended", ended).await;
    space.kubectl(&["rollout", "restart", "deployment/web"]);
    room.until("two of the new revision have joined", |room| room.lines.len() == 5).await;
    room.until("both revisions are numbered", |room| {
        room.sources.revisions().iter().map(|revision| revision.number).collect::<Vec<_>>() == [Some(1), Some(2)]
    })
    .await;
    room.assert_nothing_is_lost_or_doubled();
    assert!(room.lines.values().all(|lines| lines[0] == 1), "each from its first line on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_crashes_goes_on_with_its_next_instance_and_has_a_previous_log() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-crash");
    // It lives longer than a second, so that its instances are told apart by their times.
    space.apply(&pod("crash", "sleep 2; i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; sleep 2; exit 3"));
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let mut room = Room::of(&reader, of_pod(&space, "crash"), Begin::Head);
    let key = ("crash".to_owned(), false);
    room.until("two instances", |room| room.lines.get(&key).is_some_and(|lines| lines.len() >= 100)).await;
    let lines = &room.lines[&key];
    assert_eq!(lines[..100], (1..=50).chain(1..=50).collect::<Vec<u64>>());
    assert_eq!(room.gaps.iter().map(|gap| (gap.why, gap.count)).collect::<Vec<_>>()[0], (Why::Restarted, Some(0)));
    let why = Wanted { of: vec![of_pod(&space, "crash")], reading: Reading::WhyNot, ..Wanted::default() };
    let mut why = Room::new(&reader, why);
    why.until("all is read", |room| room.complete).await;
    assert!(why.texts.iter().any(|text| text == "ended: Error, exit code 3"), "{:?}", why.texts);
    assert!(why.texts.iter().any(|text| text.starts_with("Normal Started")), "{:?}", why.texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_swallows_everything_loses_nothing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-net");
    space.apply(COUNTS);
    space.wait_rolled_out(&["deployment/web"]);
    let folder = tempfile::tempdir().expect("a folder");
    let (proxy, path) = proxied(&cluster, folder.path());
    let (reader, _writer) = connected(&path).await;
    let mut room = Room::of(&reader, web(&space), Begin::Head);
    room.until("both are read", |room| room.lines.len() == 2).await;
    proxy.swallow(true);
    let newest = |room: &Room| room.lines.values().map(|lines| *lines.last().expect("a line")).min().unwrap_or(0);
    let before = newest(&room);
    // Lines go on being written meanwhile.
    room.lost().await;
    proxy.swallow(false);
    room.until("it goes on", |room| newest(room) > before + 100).await;
    room.assert_nothing_is_lost_or_doubled();
    assert_eq!(room.gaps, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_container_is_followed_over_rotations_or_says_what_is_missing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-busy");
    let wide = "x".repeat(900);
    let script = format!("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo line $i {wide}; done; sleep 3600");
    space.apply(&pod("busy", &script));
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let mut room = Room::of(&reader, of_pod(&space, "busy"), Begin::Head);
    let key = ("busy".to_owned(), false);
    room.until("the last line", |room| room.lines.get(&key).and_then(|lines| lines.last()) == Some(&60_000)).await;
    room.assert_gaps_are_marked();
}
