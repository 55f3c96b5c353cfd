//! The runner of acts: it asks what may be done, does what was confirmed, and writes down who did what.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rolldeck_cluster::{act, connect::Cluster, writer::Writer};
use rolldeck_core::{
    act::{Act, Outcome, PodId},
    text::Clean,
};
use rolldeck_screens::{ActEffect, ActReply, Message};
use tokio::{sync::Semaphore, task::JoinSet};

use super::post::Post;

/// Pods that are ended at a time.
const WIDTH: usize = 8;

/// Questions and acts under way, over the one door.
pub struct Acts {
    writer: Arc<Writer>,
    user: Clean,
    turns: Arc<Semaphore>,
    asking: JoinSet<()>,
    doing: JoinSet<()>,
    under_way: Arc<AtomicUsize>,
}

/// Counts an act for as long as it lives.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Acts {
    /// Idle. `user` is how the cluster names the operator.
    pub fn new(writer: Arc<Writer>, user: &Clean) -> Self {
        let turns = Arc::new(Semaphore::new(WIDTH));
        Self {
            writer,
            user: user.clone(),
            turns,
            asking: JoinSet::new(),
            doing: JoinSet::new(),
            under_way: Arc::default(),
        }
    }

    /// Whether an act that was sent, or waits its turn, has no answer yet: whoever leaves now would not know how it ended.
    pub fn busy(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) > 0
    }

    /// Acts to come are by this user.
    pub fn name(&mut self, user: &Clean) {
        self.user.clone_from(user);
    }

    /// Carries an effect out. A new question ends an older one; an act is never ended.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: ActEffect) {
        while self.doing.try_join_next().is_some() {}
        match effect {
            ActEffect::Ask(pods) => {
                let (cluster, post) = (cluster.clone(), post.clone());
                self.asking = JoinSet::new();
                self.asking.spawn(async move {
                    let facts = act::facts(&cluster, &pods).await;
                    post.send(Message::Act(ActReply::Facts(facts))).await;
                });
            }
            ActEffect::Do(act) => self.act(cluster, post, act),
        }
    }

    fn act(&mut self, cluster: &Cluster, post: &Post, Act { how, pods }: Act) {
        for pod in pods {
            let (writer, post, turns) = (self.writer.clone(), post.clone(), self.turns.clone());
            let (user, context) = (self.user.clone(), cluster.context.clone());
            let under_way = UnderWay::new(&self.under_way);
            self.doing.spawn(async move {
                let Ok(_turn) = turns.acquire().await else { return };
                let said = |step: &str, result: &str| audit(&user, &context, how.verb(), &pod, step, result);
                said("sent", "");
                let outcome = Outcome::of(how, writer.end_pod(&pod, how).await);
                said("answered", &words(&outcome));
                // Before the message: it wakes the loop, which may be waiting for this alone to leave.
                drop(under_way);
                post.send(Message::Act(ActReply::Ended(pod, outcome))).await;
            });
        }
    }
}

/// A line of the log, which has the time: before the act leaves, and when it was answered.
fn audit(user: &str, context: &str, verb: &str, pod: &PodId, step: &str, result: &str) {
    tracing::info!(target: "rolldeck::audit", user, context, verb, %pod, uid = %pod.uid, step, result, "act");
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Gone(why) => format!("not touched: {why}"),
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::Doubt(why) => format!("in doubt: {why}"),
    }
}
