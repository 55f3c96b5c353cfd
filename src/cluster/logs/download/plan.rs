//! What is to be saved, and where: anew, or on in what an earlier run left.

use std::path::{Path, PathBuf};

use rolldeck_core::{
    kept::Name,
    logs::{
        LogsOf,
        download::{Compress, Download},
    },
    text::Clean,
};
use tokio::fs;

use super::{
    job::{Job, Of, moment},
    lock::Lock,
    manifest::{Asked, Entry, Manifest, NAME, State},
    names::part,
    pack::suffix,
    shared::local,
};
use crate::{
    connect::Cluster,
    logs::{
        scope::there,
        subject::{Container, Status, Subject},
    },
};

/// So many directories of the same second have names of their own.
const NAMES: u32 = 100;

/// A download that can go.
pub(super) struct Begun {
    pub(super) directory: PathBuf,
    pub(super) lock: Lock,
    pub(super) manifest: Manifest,
    pub(super) jobs: Vec<Job>,
    /// It goes on in what was left.
    pub(super) resumed: bool,
}

type Pods = Vec<(Name, Subject, Vec<Container>)>;

/// The pods that are meant, with their containers.
///
/// # Errors
/// That they cannot be read, in words.
pub(super) async fn pods(cluster: &Cluster, wanted: &Download) -> Result<Pods, Clean> {
    let mut pods = there(cluster, &wanted.of).await.map_err(|error| Clean::from(error.to_string()))?;
    if let Some(only) = &wanted.container {
        pods.iter_mut().for_each(|(_, _, containers)| containers.retain(|container| container.name == *only));
        pods.retain(|(_, _, containers)| !containers.is_empty());
    }
    Ok(pods)
}

/// The directory below `to` of a download of the same that did not end, and that nobody writes: the newest.
pub(super) async fn left(cluster: &Cluster, wanted: &Download, to: &Path) -> Option<PathBuf> {
    let asked = Asked::new(wanted);
    let mut found: Option<(String, PathBuf)> = None;
    let mut entries = fs::read_dir(to).await.ok()?;
    while let Ok(Some(entry)) = entries.next_entry().await {
        let directory = entry.path();
        let Ok(manifest) = Manifest::read(&directory).await else { continue };
        let same = manifest.asked == asked && manifest.context == *cluster.context;
        let newest = found.as_ref().is_none_or(|(begun, _)| *begun < manifest.begun);
        if same && newest && manifest.state != State::Complete && Lock::take(&directory).is_some() {
            found = Some((manifest.begun, directory));
        }
    }
    found.map(|(_, directory)| directory)
}

/// `logs-gateway-20261123T140500Z`: after the app, the pod, or the pod and the container; else after how many there are.
fn name(wanted: &Download, time: &str) -> String {
    let of = match wanted.of.as_slice() {
        [LogsOf::App(key)] => part(&key.name),
        [LogsOf::Pod(pod)] => part(&pod.name),
        [LogsOf::Container(pod, container)] => format!("{}-{}", part(&pod.name), part(container)),
        many => format!("{}-places", many.len()),
    };
    format!("logs-{of}-{time}")
}

/// Makes the directory of a new download in `to`.
async fn made(wanted: &Download, to: &Path, now: chrono::DateTime<chrono::Utc>) -> Result<PathBuf, Clean> {
    fs::create_dir_all(to).await.map_err(|error| local(to, &error))?;
    let name = name(wanted, &now.format("%Y%m%dT%H%M%SZ").to_string());
    for n in 1..NAMES {
        let directory = to.join(if n == 1 { name.clone() } else { format!("{name}-{n}") });
        match fs::create_dir(&directory).await {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| directory.clone()).map_err(|error| local(&directory, &error)),
        }
    }
    Err(local(&to.join(name), &std::io::ErrorKind::AlreadyExists.into()))
}

/// Begins in a new directory in `to`.
///
/// # Errors
/// What cannot be, and the way out.
pub(super) async fn anew(cluster: &Cluster, wanted: &Download, to: &Path) -> Result<Begun, Clean> {
    let pods = pods(cluster, wanted).await?;
    if pods.is_empty() {
        return Err(match &wanted.container {
            Some(container) => format!("there is no container {container} in these pods").into(),
            None => "there are no pods to download logs of".into(),
        });
    }
    let now = chrono::Utc::now();
    let directory = made(wanted, to, now).await?;
    let lock = taken(&directory)?;
    let manifest = Manifest {
        tool: concat!("rolldeck ", env!("CARGO_PKG_VERSION")).into(),
        begun: now.to_rfc3339(),
        context: cluster.context.to_string(),
        asked: Asked::new(wanted),
        left_out: if wanted.places.is_empty() { Vec::new() } else { closed(&pods) },
        ..Manifest::default()
    };
    let jobs = pods.iter().flat_map(|(name, pod, containers)| {
        containers.iter().flat_map(move |container| jobs(wanted, name, pod, container))
    });
    Ok(Begun { jobs: jobs.collect(), directory, lock, manifest, resumed: false })
}

fn taken(directory: &Path) -> Result<Lock, Clean> {
    let busy =
        || format!("{}: another download writes there: wait for it, or name another directory", directory.display());
    Lock::take(directory).ok_or_else(|| busy().into())
}

/// Goes on with what a manifest leaves open. What is whole is looked at again.
///
/// # Errors
/// What cannot be, and the way out.
pub(super) async fn again(cluster: &Cluster, wanted: &Download, directory: PathBuf) -> Result<Begun, Clean> {
    let lock = taken(&directory)?;
    let manifest = Manifest::read(&directory).await.map_err(|error| local(&directory.join(NAME), &error))?;
    let asked = Asked::new(wanted);
    if manifest.asked.of != asked.of || manifest.asked.container != asked.container {
        let of = manifest.asked.of.join(", ");
        let what = format!("{}: it is of {of}: name that, or another directory", directory.display());
        return Err(what.into());
    }
    if manifest.context != *cluster.context {
        let what = format!("{}: it is of context {}", directory.display(), Clean::new(&manifest.context));
        return Err(what.into());
    }
    let pods = pods(cluster, wanted).await?;
    let mut jobs = Vec::new();
    for entry in &manifest.files {
        let container = pods
            .iter()
            .find(|(_, pod, _)| *pod.uid == *entry.uid)
            .and_then(|(_, pod, all)| Some((pod, all.iter().find(|container| *container.name == *entry.container)?)));
        let node = container.map(|(pod, _)| pod.node.clone()).unwrap_or_default();
        let of = of(entry, container.map(|(_, container)| container), &manifest.files);
        jobs.push(Job { n: 0, entry: Entry { problem: None, ..entry.clone() }, of, node });
    }
    let manifest = Manifest { files: Vec::new(), state: State::Running, ended: None, why: None, ..manifest };
    Ok(Begun { directory, lock, manifest, jobs, resumed: true })
}

/// What an entry is made of, as its container is now.
fn of(entry: &Entry, container: Option<&Container>, all: &[Entry]) -> Of {
    let Some(container) = container else { return Of::Gone("its pod is gone".into()) };
    if entry.path.ends_with('/') {
        return Of::List;
    }
    if entry.kind.starts_with('/') {
        return Of::File { size: None };
    }
    let Status::There(newest) = &container.status else { return Of::Gone("its container has not started".into()) };
    let behind = entry.instance.and_then(|instance| newest.restarts.checked_sub(instance));
    let previous = match (behind, entry.kind.as_str()) {
        (Some(0), _) => false,
        (Some(1), _) => true,
        (None, kind) => kind == "previous",
        (Some(more), _) => {
            return Of::Gone(
                format!("its container was started anew {more} times since: the kubelet has dropped it").into(),
            );
        }
    };
    let started = match (previous, &container.previous) {
        (false, _) => newest.started,
        (true, Some(instance)) => instance.started,
        (true, None) => None,
    };
    match entry.kind.strip_suffix("rotated") {
        None => Of::Log { previous, started },
        Some(kind) => {
            let base = if kind.is_empty() { "stdout" } else { "previous" };
            let same =
                |other: &&Entry| other.kind == base && other.uid == entry.uid && other.container == entry.container;
            let before = all.iter().find(same).and_then(|base| moment(base.first.as_deref()?));
            Of::Rotated { from: started, before }
        }
    }
}

/// What is to be saved of a container.
fn jobs(wanted: &Download, name: &Name, pod: &Subject, container: &Container) -> Vec<Job> {
    let app = pod.app.as_ref().map(|(_, app)| app.as_str()).unwrap_or_default();
    let folder = [&*name.namespace, if app.is_empty() { "no-app" } else { app }, &*name.name, &*container.name];
    let folder = folder.map(part).join("/");
    let job = |path: String, kind: &str, instance: Option<u32>, of: Of| Job {
        n: 0,
        entry: Entry {
            path: format!("{folder}/{path}"),
            kind: kind.into(),
            namespace: name.namespace.to_string(),
            app: app.into(),
            pod: name.name.to_string(),
            uid: pod.uid.to_string(),
            container: container.name.to_string(),
            instance,
            ..Entry::default()
        },
        of,
        node: pod.node.clone(),
    };
    let packed = suffix(wanted.compress);
    let mut jobs = Vec::new();
    if wanted.stdout
        && let Status::There(instance) = &container.status
    {
        let of = Of::Log { previous: false, started: instance.started };
        jobs.push(job(format!("stdout.log{packed}"), "stdout", Some(instance.restarts), of));
    }
    if wanted.previous
        && let Some(instance) = &container.previous
    {
        let of = Of::Log { previous: true, started: instance.started };
        jobs.push(job(format!("previous.log{packed}"), "previous", Some(instance.restarts), of));
    }
    if !wanted.places.is_empty() && !is_done(container) {
        jobs.push(job("files/".to_owned(), &wanted.places.join(" "), None, Of::List));
    }
    jobs
}

/// Whether it did its work and ended, as what prepares a pod does: there is nothing to look into any more.
pub(super) fn is_done(container: &Container) -> bool {
    matches!(&container.status, Status::There(instance) if matches!(instance.ended, Some((_, Some(0)))))
}

/// Containers whose files cannot be looked at, in words.
fn closed(pods: &[(Name, Subject, Vec<Container>)]) -> Vec<String> {
    let all = pods.iter().flat_map(|(name, _, containers)| containers.iter().map(move |container| (name, container)));
    let done = all.filter(|(_, container)| is_done(container));
    let words = |(name, container): (&Name, &Container)| {
        format!("{}/{} [{}] its files: it ended with exit code 0", name.namespace, name.name, container.name)
    };
    done.map(words).collect()
}

/// How what was begun with this manifest is packed.
pub(super) fn packed(manifest: &Manifest) -> Compress {
    manifest.asked.compress()
}
