//! The logs of pods that are gone, where a configured URL has them. Nothing of the cluster's credentials is sent there.

mod fetch;
mod last;
mod seen;
mod template;
#[cfg(test)]
mod tests;
mod who;

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    fleet::Freshness,
    logs::{Begin, Ended, Kind, LogsOf, Source, SourceState, Sources, Told, nanos},
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

pub use self::seen::Seen;
use self::{fetch::Fetch, template::filled, who::who};
use super::outlet::{Gone, Outlet};
use crate::{connect::Cluster, logs::stream::Said};

/// URLs that are read at once.
const AT_ONCE: usize = 4;
/// What they have said and nobody has taken.
const ROOM: usize = 16;

/// Reads what a URL template has of the pods that are meant: those that are there, those that were seen before, and those that events
/// name. Each URL is a source of its own; all are read once.
///
/// # Errors
/// Where nobody listens.
pub(super) async fn run(
    cluster: &Cluster,
    (of, template): (&[LogsOf], &str),
    (begin, seen): (Begin, &Seen),
    out: &mut Outlet,
) -> Result<(), Gone> {
    let (pods, problem) = who(cluster, of, seen, template.contains("{container}")).await;
    out.say(Told::Pods(Freshness::Live));
    if let Some(problem) = problem {
        let told = if pods.is_empty() { Told::Failed(problem) } else { Told::Note(problem) };
        out.say(told);
    }
    let mut sources = Sources::default();
    let (to, mut said) = mpsc::channel(ROOM);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    let mut known = BTreeMap::new();
    for (source, parts) in pods {
        let url = filled(template, &parts);
        let kind = match &url {
            Ok(url) => Kind::File(fetch::shown(url)),
            Err(_) => Kind::File("archive".into()),
        };
        if let Ok(url) = &url
            && known.insert(url.clone(), ()).is_some()
        {
            continue;
        }
        let source = Source { kind, ..source };
        let Ok(id) = sources.add(source.clone()) else { break };
        out.say(Told::Sources(vec![(id, source)]));
        match url {
            Ok(url) => {
                out.state(&mut sources, id, SourceState::Connecting);
                let fetch = Fetch { id, url, begin, to: to.clone() };
                tasks.spawn(fetch.run(turns.clone()));
            }
            Err(why) => {
                let ended = SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why));
                out.state(&mut sources, id, ended);
            }
        }
    }
    drop(to);
    loop {
        let full = out.is_full();
        tokio::select! {
            biased;
            one = said.recv(), if !full => match one {
                Some(Said::Blocks(blocks)) => out.take(blocks),
                Some(Said::State(id, state)) => out.state(&mut sources, id, state),
                Some(Said::Rotated(..)) => {}
                None => break,
            },
            sent = out.send() => sent?,
        }
    }
    out.drain();
    out.say(Told::Complete);
    out.send().await
}
