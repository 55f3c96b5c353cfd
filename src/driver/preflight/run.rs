//! The preflight of a plan: what the steps share is asked once, then each step by itself, many at a time.

use std::sync::Arc;

use rolldeck_core::batch::{
    Look, Plan, Port, Problem, Step,
    findings::{Around, journal_room, judge},
};
use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};

use super::{
    Checked, Progress, Report, WIDTH,
    dry_run::{Answer, dry_run},
    looks::Looks,
    rights::resource,
    shared::{self, Shared},
};

/// Checks of a step: rights, dry run, what its pods take up and go back to, quota and budgets, nodes.
const CHECKS: u8 = 5;

/// Checks these steps of the plan (index and serial); tells how far each is and what it finds, as it comes. Returns when all is told, or
/// nobody listens any more.
pub async fn preflight<P: Port + Look>(port: Arc<P>, plan: &Plan, asked: &[(usize, u64)], to: mpsc::Sender<Report>) {
    let steps: Vec<(usize, Step)> = asked
        .iter()
        .filter_map(|&(nth, serial)| Some((nth, plan.steps.get(nth).filter(|step| step.serial == serial)?.clone())))
        .collect();
    let shared = Arc::new(shared::ask(&port, &steps).await);
    let looks = Arc::new(Looks::new(port.clone(), plan));
    let turns = Arc::new(Semaphore::new(WIDTH));
    let mut tasks = JoinSet::new();
    for (nth, step) in steps {
        let one = One { port: port.clone(), shared: shared.clone(), looks: looks.clone(), to: to.clone(), nth, step };
        tasks.spawn(one.check(turns.clone()));
    }
    while tasks.join_next().await.is_some() {
        if to.is_closed() {
            return;
        }
    }
}

/// Asks the preflight of every step of the plan, until nothing is left to ask, and lets the plan take the answers.
pub async fn check_all<P: Port + Look>(port: &Arc<P>, plan: &mut Plan) {
    loop {
        let asked = plan.to_check();
        if asked.is_empty() {
            return;
        }
        let (to, mut from) = mpsc::channel(WIDTH);
        let copy = plan.clone();
        let listen = async {
            while let Some(report) = from.recv().await {
                if let Report::Checked(found) = report {
                    plan.checked(&found.app, found.serial, found.after, found.problems);
                }
            }
        };
        tokio::join!(preflight(Arc::clone(port), &copy, &asked, to), listen);
    }
}

/// One step on its way.
struct One<P> {
    port: Arc<P>,
    shared: Arc<Shared>,
    looks: Arc<Looks<P>>,
    to: mpsc::Sender<Report>,
    nth: usize,
    step: Step,
}

impl<P: Port + Look> One<P> {
    async fn check(self, turns: Arc<Semaphore>) {
        let Ok(turn) = turns.acquire_owned().await else { return };
        let mut problems = shared::found(&self.shared, &self.step);
        self.tell(1).await;
        let may_patch = self.shared.may("patch", resource(&self.step.target()), &self.step.key.namespace);
        let Answer { after, problem } = dry_run(&*self.port, self.nth, &self.step, may_patch).await;
        problems.extend(problem);
        if let Some(after) = &after {
            self.tell(2).await;
            let around = self.look(after, turn, &mut problems).await;
            problems.extend(judge(&self.step, after, &around));
        }
        let (app, serial) = (self.step.key, self.step.serial);
        // Nobody listens any more: the plan was closed.
        let _ = self.to.send(Report::Checked(Checked { app, serial, after: after.map(Arc::new), problems })).await;
    }

    /// Looks around. Its turn ends before the nodes: all wait for the same answer there.
    async fn look(&self, after: &Value, turn: OwnedSemaphorePermit, problems: &mut Vec<Problem>) -> Around {
        let (step, looks) = (&self.step, &self.looks);
        let (configs, revision, autoscaler) =
            tokio::join!(looks.configs(step, after), looks.revision(step), looks.autoscaler(step));
        self.tell(3).await;
        let namespace = &step.key.namespace;
        let (quotas, budgets) = tokio::join!(looks.quotas(namespace), looks.budgets(namespace));
        problems.extend(quotas.as_ref().ok().and_then(|quotas| journal_room(quotas)));
        self.tell(4).await;
        drop(turn);
        let room = looks.room(step, after).await;
        Around { quotas, budgets, room, configs, autoscaler, revision, seen: self.looks.seen() }
    }

    async fn tell(&self, done: u8) {
        let (app, serial) = (self.step.key.clone(), self.step.serial);
        let _ = self.to.send(Report::Progress(Progress { app, serial, done, of: CHECKS })).await;
    }
}
