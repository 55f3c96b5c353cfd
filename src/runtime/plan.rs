//! The plan's runner: fresh reads of the apps, and the preflight. Nothing is written.

use std::sync::Arc;

use rolldeck_cluster::{connect::Cluster, history, writer::Writer};
use rolldeck_core::{
    batch::{
        self, Intent, Port, PortError, Problem, ProblemKind, Target,
        seen::{Digests, Seen},
    },
    model::{AppKey, Image},
    text::Clean,
};
use rolldeck_driver::{Report, preflight};
use rolldeck_screens::{Message, PlanEffect, PlanRead, PlanReply, Wanted};
use tokio::{
    sync::{OnceCell, Semaphore, mpsc},
    task::JoinSet,
};

use super::{
    elsewhere::{self, Looks},
    looking_back,
    post::Post,
};

/// Apps that are read at a time.
const WIDTH: usize = 16;

/// The reads and checks under way.
pub struct Plan {
    writer: Arc<Writer>,
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
    /// What the apps in view run, as of the last read.
    live: Arc<[(AppKey, Box<[Image]>)]>,
    /// The digests that the pods in view ran, as of the last read.
    digests: Digests,
    /// What the cluster has seen, looked for once after a read.
    seen: Arc<OnceCell<Option<Arc<Seen>>>>,
    /// What another context runs.
    elsewhere: Looks,
}

impl Plan {
    /// Idle, over the door that dry runs go through.
    pub fn new(writer: Arc<Writer>) -> Self {
        Self {
            writer,
            turns: Arc::new(Semaphore::new(WIDTH)),
            tasks: JoinSet::new(),
            live: Arc::default(),
            digests: Digests::default(),
            seen: Arc::default(),
            elsewhere: Looks::default(),
        }
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: PlanEffect) {
        while self.tasks.try_join_next().is_some() {}
        match effect {
            PlanEffect::Read { apps, intent, live, digests } => {
                (self.live, self.digests, self.seen) = (live.into(), digests, Arc::default());
                self.read(cluster, post, apps, intent);
            }
            PlanEffect::Check(plan, asked) => self.check(cluster, post, *plan, asked),
            PlanEffect::Seen { places, live } => {
                let (cluster, writer, post) = (cluster.clone(), self.writer.clone(), post.clone());
                self.tasks.spawn(async move {
                    let seen = looking_back::seen(&cluster, &writer, &places, (&live, Digests::default()), now()).await;
                    post.send(Message::Plan(PlanReply::Seen(known(seen)))).await;
                });
            }
            PlanEffect::Elsewhere { asked, context, names, namespaces } => {
                let wanted = elsewhere::Wanted { asked, context, names, namespaces };
                self.elsewhere.look(cluster.login.clone(), post, wanted);
            }
            PlanEffect::Enough => self.elsewhere.enough(),
            PlanEffect::Past(apps, when) => {
                let (cluster, writer, post) = (cluster.clone(), self.writer.clone(), post.clone());
                self.tasks.spawn(async move {
                    let found = looking_back::past(&cluster, &writer, &apps, &when, now()).await;
                    post.send(Message::Plan(PlanReply::Past(found.map(Box::new)))).await;
                });
            }
        }
    }

    /// Reads these apps. Each answers by itself.
    fn read(&mut self, cluster: &Cluster, post: &Post, apps: Vec<Wanted>, intent: Intent) {
        if intent.writes_template() {
            let namespaces = apps.iter().map(|wanted| wanted.key.namespace.clone()).collect();
            let (writer, post) = (self.writer.clone(), post.clone());
            self.tasks.spawn(async move {
                let expected = looking_back::expected(&writer, &namespaces).await;
                post.send(Message::Plan(PlanReply::Expected(expected))).await;
            });
        }
        for wanted in apps {
            let (cluster, writer) = (cluster.clone(), self.writer.clone());
            let (post, turns) = (post.clone(), self.turns.clone());
            self.tasks.spawn(async move {
                let Ok(_turn) = turns.acquire().await else { return };
                let read = read(&cluster, &writer, &wanted, intent).await;
                post.send(Message::Plan(PlanReply::Read(wanted.key, read))).await;
            });
        }
    }

    /// Asks the preflight of these steps. Each answers by itself.
    fn check(&mut self, cluster: &Cluster, post: &Post, mut plan: batch::Plan, asked: Vec<(usize, u64)>) {
        let (to, mut from) = mpsc::channel::<Report>(WIDTH);
        let (cluster, writer, post) = (cluster.clone(), self.writer.clone(), post.clone());
        let (live, digests, seen) = (self.live.clone(), self.digests.clone(), self.seen.clone());
        self.tasks.spawn(async move {
            let look = || looking_back::seen_of(&cluster, &writer, &plan, (&live, digests), now());
            plan.seen = seen.get_or_init(look).await.clone();
            if let Some(seen) = &plan.seen {
                post.send(Message::Plan(PlanReply::Evidence(seen.clone()))).await;
            }
            let forward = async {
                while let Some(report) = from.recv().await {
                    let reply = match report {
                        Report::Progress(at) => PlanReply::Checking(at.app, at.serial, at.done, at.of),
                        Report::Checked(found) => {
                            PlanReply::Checked(found.app, found.serial, found.after, found.problems)
                        }
                    };
                    post.send(Message::Plan(reply)).await;
                }
            };
            tokio::join!(preflight(writer, &plan, &asked, to), forward);
        });
    }
}

/// What the list of tags takes: with nothing seen and something not read, why.
fn known(seen: Seen) -> Result<Arc<Seen>, Clean> {
    match seen.lacks().first() {
        Some(why) if seen.is_empty() => Err(why.clone()),
        _ => Ok(Arc::new(seen)),
    }
}

fn now() -> rolldeck_core::Time {
    chrono::Utc::now()
}

/// Reads an app; with revisions for a rollback, with its autoscaler for a change of bounds. The error names what was not read.
async fn read(cluster: &Cluster, writer: &Writer, wanted: &Wanted, intent: Intent) -> Result<PlanRead, Problem> {
    let key = &wanted.key;
    let live = writer.read(&key.into()).await.map_err(|error| blocked(key, &error))?;
    let revisions = match intent {
        Intent::Rollback => history::revisions(cluster, key, &live).await.map_err(|error| blocked(key, &error))?,
        _ => Arc::default(),
    };
    let autoscaler = match intent {
        Intent::Bounds if !wanted.hpa.is_empty() => {
            let target = Target::Autoscaler { namespace: key.namespace.clone(), name: wanted.hpa.clone() };
            Some(Arc::new(writer.read(&target).await.map_err(|error| blocked(&target, &error))?))
        }
        _ => None,
    };
    Ok(PlanRead { live: Arc::new(live), revisions, autoscaler })
}

fn blocked(what: &dyn std::fmt::Display, error: &PortError) -> Problem {
    let kind = match error {
        PortError::Forbidden(_) | PortError::Unauthorized(_) => ProblemKind::Permission,
        _ => ProblemKind::Other,
    };
    Problem::error(kind, format!("failed to read {what}: {error}"))
}
