//! Files in containers, followed as one reading.

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    act::PodId,
    fleet::Freshness,
    kept::Name,
    logs::{
        Begin, Block, Decoder, Ended, Framing, Gap, Kind, Nanos, PickedFile, Source, SourceId, SourceState, Sources,
        Told, Why, nanos,
    },
    shell::{End, From, Place},
    text::Clean,
};
use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Duration, Instant, sleep_until},
};

use super::{
    outlet::{Gone, Outlet},
    run::Hub,
};
use crate::{
    access::{encoded, get},
    connect::Cluster,
    exec::FollowEvent,
    logs::subject,
    writer::Writer,
};

/// What files have said and nobody has taken.
const ROOM: usize = 64;
/// How long a line waits for company at most.
const DELAY: Duration = Duration::from_millis(20);

/// Follows files of containers until the handle is dropped or nobody listens. Each of them is a source; what is told comes as from
/// [`open`](super::open).
///
/// # Panics
/// Outside of a tokio runtime.
pub fn open_files(
    writer: Arc<Writer>,
    cluster: &Cluster,
    files: Vec<PickedFile>,
    begin: Begin,
    to: mpsc::Sender<Vec<Told>>,
) -> Hub {
    let mut task = JoinSet::new();
    let cluster = cluster.clone();
    task.spawn(async move {
        // Nobody listens: there is nobody to tell.
        let _ = run(writer, cluster, files, begin, Outlet::new(to)).await;
    });
    Hub::of(task)
}

/// What one container's files say.
enum Said {
    Blocks(Vec<Arc<Block>>),
    State(SourceId, SourceState),
}

async fn run(
    writer: Arc<Writer>,
    cluster: Cluster,
    files: Vec<PickedFile>,
    begin: Begin,
    mut out: Outlet,
) -> Result<(), Gone> {
    let mut sources = Sources::default();
    let (to, mut said) = mpsc::channel(ROOM);
    let mut tasks = JoinSet::new();
    let mut by_container: BTreeMap<(Name, Clean), Vec<Arc<str>>> = BTreeMap::new();
    for file in files {
        by_container.entry((file.pod, file.container)).or_default().push(file.path);
    }
    for ((pod, container), paths) in by_container {
        let base = of_pod(&cluster, &pod, &container).await;
        let mut ids = Vec::new();
        for path in &paths {
            let source = Source { kind: Kind::File(Clean::new(path)), ..base.clone() };
            let Ok(id) = sources.add(source.clone()) else { continue };
            out.say(Told::Sources(vec![(id, source)]));
            out.state(&mut sources, id, SourceState::Connecting);
            ids.push(id);
        }
        let id = PodId { namespace: pod.namespace, name: pod.name, uid: base.uid };
        let place = Place { pod: id, container };
        tasks.spawn(container_files(writer.clone(), place, (paths, ids), begin, to.clone()));
    }
    out.say(Told::Pods(Freshness::Live));
    loop {
        let full = out.is_full();
        tokio::select! {
            biased;
            Some(one) = said.recv(), if !full => match one {
                Said::Blocks(blocks) => out.take(blocks),
                Said::State(id, state) => out.state(&mut sources, id, state),
            },
            sent = out.send() => sent?,
        }
    }
}

/// The source that a container is, as far as its pod can be read.
async fn of_pod(cluster: &Cluster, pod: &Name, container: &Clean) -> Source {
    let path = format!("/api/v1/namespaces/{}/pods/{}", encoded(&pod.namespace), encoded(&pod.name));
    let read: Option<Value> = get(&cluster.client, &path, &format!("pod {}/{}", pod.namespace, pod.name)).await.ok();
    match read.as_ref().and_then(subject::read) {
        Some(subject) => subject.source((&pod.namespace, &pod.name), container),
        None => Source {
            namespace: pod.namespace.clone(),
            pod: pod.name.clone(),
            container: container.clone(),
            ..Source::default()
        },
    }
}

fn now() -> Nanos {
    nanos(chrono::Utc::now())
}

/// Follows the files of one container.
async fn container_files(
    writer: Arc<Writer>,
    place: Place,
    (paths, ids): (Vec<Arc<str>>, Vec<SourceId>),
    begin: Begin,
    to: mpsc::Sender<Said>,
) {
    let paths: Vec<String> = paths.iter().map(|path| path.to_string()).collect();
    let from = match begin {
        Begin::Tail(lines) => From::Lines(lines),
        // A file does not tell which of its lines are of which time.
        Begin::Head | Begin::Ago(_) | Begin::At(_) => From::Start,
    };
    let decoders = ids.iter().map(|id| Decoder::new(*id, Framing::Plain)).collect();
    let mut one = One { ids, decoders, to, due: None };
    let mut follow = match writer.follow_files(&place, &paths, from).await {
        Ok(follow) => follow,
        Err(refused) => {
            let ended = SourceState::Ended(now(), Ended::Refused(refused.to_string().into()));
            let _ = one.all(ended).await;
            return;
        }
    };
    loop {
        let due = one.due.unwrap_or_else(Instant::now);
        let heard = tokio::select! {
            biased;
            event = follow.events.recv() => match event {
                Some(event) => one.hear(event).await,
                None => return,
            },
            () = sleep_until(due), if one.due.is_some() => one.flush().await,
            () = one.to.closed() => return,
        };
        if heard.is_none() {
            return;
        }
    }
}

struct One {
    ids: Vec<SourceId>,
    decoders: Vec<Decoder>,
    to: mpsc::Sender<Said>,
    due: Option<Instant>,
}

impl One {
    /// Takes what became of the files. `None`: nobody listens.
    async fn hear(&mut self, event: FollowEvent) -> Option<()> {
        let at = now();
        match event {
            FollowEvent::Bytes { file, bytes, .. } => {
                let decoder = self.decoders.get_mut(file)?;
                decoder.feed(&bytes, at);
                let full = decoder.held() >= (128 << 10);
                let due = *self.due.get_or_insert_with(|| Instant::now() + DELAY);
                if full || due <= Instant::now() {
                    self.flush().await?;
                }
            }
            FollowEvent::Began { file, .. } => self.state(file, SourceState::Live).await?,
            FollowEvent::Truncated { file } => self.gap(file, Why::Truncated, None, at)?,
            FollowEvent::Rotated { file, whole } => self.gap(file, Why::Rotated, whole.then_some(0), at)?,
            FollowEvent::Missing { file } => {
                self.flush().await?;
                self.state(file, SourceState::Waiting("there is no such file".into())).await?;
            }
            FollowEvent::Interrupted(why) => {
                self.flush().await?;
                self.all(SourceState::Reconnecting(at, why)).await?;
            }
            FollowEvent::Ended(end) => {
                self.decoders.iter_mut().for_each(|decoder| decoder.finish(at));
                self.flush().await?;
                let why = match end {
                    End::PodGone => Ended::PodGone,
                    End::Container { code, .. } => Ended::Exited(code),
                    End::Closed => Ended::Stopped,
                    other => Ended::Refused(other.words()),
                };
                self.all(SourceState::Ended(at, why)).await?;
            }
        }
        Some(())
    }

    fn gap(&mut self, file: usize, why: Why, count: Option<u64>, at: Nanos) -> Option<()> {
        let decoder = self.decoders.get_mut(file)?;
        decoder.finish(at);
        let from = decoder.last().unwrap_or(at).min(at);
        decoder.gap(Gap { from, to: at, count, why });
        self.due.get_or_insert_with(Instant::now);
        Some(())
    }

    async fn flush(&mut self) -> Option<()> {
        self.due = None;
        for decoder in &mut self.decoders {
            let blocks = decoder.take();
            if !blocks.is_empty() {
                self.to.send(Said::Blocks(blocks)).await.ok()?;
            }
        }
        Some(())
    }

    async fn state(&self, file: usize, state: SourceState) -> Option<()> {
        self.to.send(Said::State(*self.ids.get(file)?, state)).await.ok()
    }

    async fn all(&self, state: SourceState) -> Option<()> {
        for file in 0..self.ids.len() {
            self.state(file, state.clone()).await?;
        }
        Some(())
    }
}
