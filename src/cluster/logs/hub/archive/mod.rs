//! The logs of pods that are gone, where a configured URL has them. Nothing of the cluster's credentials is sent there.

mod fetch;
mod last;
mod seen;
mod template;
#[cfg(test)]
mod tests;
mod who;

use std::{collections::BTreeSet, sync::Arc};

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
    let mut fetches = Vec::new();
    let mut known = BTreeSet::new();
    for (source, parts) in pods {
        let url = filled(template, &parts);
        // A template without containers has one URL for all of a pod, one without pods for all of an app.
        if url.as_ref().is_ok_and(|url| !known.insert(url.clone())) {
            continue;
        }
        let kind = Kind::File(url.as_ref().map_or_else(|_| "archive".into(), |url| fetch::shown(url)));
        let source = Source { kind, ..source };
        let id = match sources.add(source.clone()) {
            Ok(id) => id,
            Err(error) => {
                out.say(Told::Note(error.to_string().into()));
                break;
            }
        };
        out.say(Told::Sources(vec![(id, source)]));
        let state = match url {
            Ok(url) => {
                fetches.push(Fetch { id, url, begin, to: to.clone() });
                SourceState::Connecting
            }
            Err(why) => SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why)),
        };
        out.state(&mut sources, id, state);
    }
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let _tasks: JoinSet<()> = fetches.into_iter().map(|fetch| fetch.run(turns.clone())).collect();
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
