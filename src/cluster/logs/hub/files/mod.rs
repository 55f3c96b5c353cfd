//! Files in containers, followed as one reading.

mod begin;
mod container;
mod names;
mod reach;
mod set;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{Begin, PickedFile, SourceState, Sources, Told},
    text::Clean,
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use self::{
    container::Container,
    reach::{Door, Reach},
    set::Said,
};
use super::{
    outlet::{Gone, Outlet},
    run::Hub,
};
use crate::{connect::Cluster, writer::Writer};

/// What files have said and nobody has taken.
const ROOM: usize = 64;
/// How often it is looked whether there are new files, …
const LOOK: Duration = Duration::from_secs(10);
/// … that much slower for each so many containers, …
const CROWD: u32 = 10;
/// … and in so many containers at once.
const LOOKS: usize = 4;

/// Follows files of containers until the handle is dropped or nobody listens. Each of them is a source; what is told comes as from
/// [`open`](super::open). Files that match a pattern later join. A file whose container ends is followed again once that runs.
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
    let door = Door { writer, cluster: cluster.clone() };
    task.spawn(async move {
        // Nobody listens: there is nobody to tell.
        let _ = run(door, files, (begin, LOOK), Outlet::new(to)).await;
    });
    Hub::of(task)
}

async fn run<R: Reach>(
    reach: R,
    files: Vec<PickedFile>,
    (begin, look): (Begin, Duration),
    mut out: Outlet,
) -> Result<(), Gone> {
    let mut sources = Sources::default();
    let (to, mut said) = mpsc::channel(ROOM);
    let mut tasks = JoinSet::new();
    let mut by_container: BTreeMap<(Name, Clean), Vec<PickedFile>> = BTreeMap::new();
    for file in files {
        by_container.entry((file.pod.clone(), file.container.clone())).or_default().push(file);
    }
    let look = look * (1 + u32::try_from(by_container.len()).unwrap_or(u32::MAX) / CROWD);
    let looks = Arc::new(Semaphore::new(LOOKS));
    for ((pod, name), files) in by_container {
        let container = Container::new(reach.clone(), (pod, name), files, (looks.clone(), look), to.clone());
        tasks.spawn(container.live(begin));
    }
    out.say(Told::Pods(Freshness::Live));
    loop {
        let full = out.is_full();
        tokio::select! {
            biased;
            Some(one) = said.recv(), if !full => match one {
                Said::Blocks(blocks) => out.take(blocks),
                Said::State(id, state) => out.state(&mut sources, id, state),
                Said::Note(note) => out.say(Told::Note(note)),
                Said::Join(source, answer) => {
                    let id = sources.add(source.clone());
                    match id {
                        Ok(id) => {
                            out.say(Told::Sources(vec![(id, source)]));
                            out.state(&mut sources, id, SourceState::Connecting);
                        }
                        Err(error) => out.say(Told::Note(error.to_string().into())),
                    }
                    // Whoever asked has ended since.
                    let _ = answer.send(id.ok());
                }
            },
            sent = out.send() => sent?,
        }
    }
}
