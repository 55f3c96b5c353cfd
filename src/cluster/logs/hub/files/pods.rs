//! The pods whose files are followed, as they come and go.

use std::collections::HashSet;

use rolldeck_core::{fleet::Freshness, kept::Name, logs::LogsOf, text::Clean};
use tokio::{sync::mpsc, task::JoinSet};

use super::super::{
    cast::{Cast, News},
    revisions::{Key, Numbers},
    run::PODS,
};
use crate::{
    connect::Cluster,
    follow::follow,
    logs::{
        scope::Scope,
        subject::{self, Subject},
    },
};

/// What becomes of pods.
pub(super) enum Pods {
    /// How far it is known which there are.
    Fresh(Freshness),
    /// One is there, and so; `later`: it was not when the reading began.
    There {
        /// Its name.
        name: Name,
        /// It.
        pod: Subject,
        /// It came later.
        later: bool,
    },
    /// The pod of this uid is gone.
    Gone(Clean),
    /// A revision has this number.
    Numbered(Key, u64),
    /// They cannot be followed at all: why.
    Failed(Clean),
}

/// Tells what becomes of the pods of these, until nobody listens.
pub(super) async fn tell(cluster: Cluster, of: Vec<LogsOf>, to: mpsc::Sender<Pods>) {
    let scope = match Scope::of(&cluster, &of).await {
        Ok(scope) => scope,
        Err(error) => {
            // Nobody listens any more where this fails.
            let _ = to.send(Pods::Failed(error.to_string().into())).await;
            return;
        }
    };
    let (relay, mut come) = mpsc::channel(PODS);
    let (mut followings, mut relays) = (Vec::new(), JoinSet::new());
    for (at, target) in scope.targets.iter().enumerate() {
        let (events, mut batches) = mpsc::channel(PODS);
        followings.push(follow(&cluster, target.clone(), subject::read, events));
        let relay = relay.clone();
        relays.spawn(async move {
            while let Some(batch) = batches.recv().await {
                if relay.send((at, batch)).await.is_err() {
                    return;
                }
            }
        });
    }
    let mut cast = Cast::new(scope.targets.len());
    let (mut numbers, mut known) = (Numbers::default(), HashSet::new());
    let mut fresh = None;
    loop {
        let mut told = Vec::new();
        tokio::select! {
            Some((feed, batch)) = come.recv() => {
                for event in batch {
                    cast.take(feed, event, |news| told.push(news));
                }
            }
            (key, number) = numbers.next() => {
                if to.send(Pods::Numbered(key, number)).await.is_err() {
                    return;
                }
            }
            () = to.closed() => return,
        }
        for news in told {
            let pods = match news {
                News::Gone(uid) => {
                    known.remove(&uid);
                    Pods::Gone(uid)
                }
                News::There { name, pod, later } => {
                    if known.insert(pod.uid.clone())
                        && let Some(key) = Key::of(&name, &pod)
                    {
                        numbers.ask(&cluster, key);
                    }
                    Pods::There { name, pod, later }
                }
            };
            if to.send(pods).await.is_err() {
                return;
            }
        }
        let now = cast.fresh();
        if fresh.as_ref() != Some(&now) {
            fresh = Some(now.clone());
            if to.send(Pods::Fresh(now)).await.is_err() {
                return;
            }
        }
    }
}
