//! The runner of one command in many pods.

use std::{sync::Arc, time::Duration};

use rolldeck_cluster::{connect::Cluster, exec, writer::Writer};
use rolldeck_core::{
    shell::{Access, Command, Place, Right, RunEnd, RunOutput, RunWanted},
    text::Clean,
};
use rolldeck_screens::{Message, RunEffect};
use tokio::{sync::Semaphore, task::JoinSet};

use super::held::Means;

/// Pods that a command runs in at a time.
const WIDTH: usize = 16;
/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(60);
/// Bytes kept of each of its streams.
const KEEP: usize = 64 * 1024;

/// The run that is under way. A new one ends it.
#[derive(Default)]
pub(super) struct Runs(JoinSet<()>);

impl Runs {
    /// Carries an effect out.
    pub(super) fn carry_out(&mut self, means: &Means, effect: RunEffect) {
        // What was under way ends, and is ended in its containers.
        self.0 = JoinSet::new();
        let RunEffect::Start(places, line) = effect else { return };
        let turns = Arc::new(Semaphore::new(WIDTH));
        for place in places {
            let (Means { writer, user, cluster, post }, turns, line) = (means.clone(), turns.clone(), line.clone());
            self.0.spawn(async move {
                let Ok(_turn) = turns.acquire().await else { return };
                let said = |step: &str, result: &str| audit(&user, &cluster.context, &place, step, result);
                said("sent", &line);
                let outcome = run(&writer, &cluster, &place, line.clone()).await;
                said("answered", &words(&outcome));
                post.send(Message::RunIn((place, outcome))).await;
            });
        }
    }
}

async fn run(writer: &Writer, cluster: &Cluster, place: &Place, line: String) -> Result<RunOutput, Clean> {
    if let Right::Denied(denied) = exec::rights(cluster, Access::Exec, place).await {
        return Err(format!("{}; a role would need {}", denied.words(), denied.rule.yaml()).into());
    }
    let wanted = RunWanted { command: Command::Shell(line), limit: LIMIT, keep: KEEP };
    writer.run(place, &wanted).await.map_err(|refused| refused.to_string().into())
}

/// A line of the log, which has the time. What the command said is not in it.
fn audit(user: &str, context: &str, Place { pod, container }: &Place, step: &str, result: &str) {
    let container = &**container;
    tracing::info!(target: "rolldeck::audit", user, context, verb = "run", %pod, uid = %pod.uid, container, step, result, "run");
}

fn words(outcome: &Result<RunOutput, Clean>) -> String {
    match outcome {
        Ok(RunOutput { end: RunEnd::Ended(end), .. }) => end.words().to_string(),
        Ok(RunOutput { end: RunEnd::TooLong(limit), .. }) => format!("ended after {} s", limit.as_secs()),
        Err(why) => format!("not run: {why}"),
    }
}
