//! The driver's task: the machine's actions out, what comes of them in.

use std::{future::Future, sync::Arc, time::Duration};

use rolldeck_core::{
    batch::{
        Order, Phase, Port, PortError, Run, StepState,
        journal::{Record, lease_name},
        machine::{Action, Head, Input, Machine},
    },
    text::Clean,
};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};

use crate::{
    Clock, Handle,
    acquire::{self, Claim},
    books,
    eyes::Eyes,
    keeper::{Keeper, Permit},
    opening::{Opened, Versions, claim, records},
};

/// Reads and patches of apps that are on their way at a time: each takes a connection of its own, and hundreds at once make an API
/// server refuse some and answer all later.
const IN_FLIGHT: usize = 128;

/// Deadlines are looked at this often while a batch runs.
const TICK: Duration = Duration::from_secs(1);
/// Beyond a write's own time, what leaving may take.
const GRACE: Duration = Duration::from_secs(5);

/// One batch, and all that its task needs.
pub(crate) struct Driver<P> {
    pub port: Arc<P>,
    pub machine: Machine,
    pub clock: Clock,
    runs: watch::Sender<Arc<Run>>,
    orders: mpsc::Receiver<Order>,
    versions: Versions,
    turns: Arc<Semaphore>,
}

/// What an action came to.
enum Done {
    Recorded(String, u64, Result<String, PortError>),
    Patched(usize, Result<Value, PortError>),
    Read(usize, Result<Value, PortError>),
    Deleted(usize, Result<(), PortError>),
}

impl Done {
    /// The step that an answer is about.
    fn step(&self) -> Option<usize> {
        match self {
            Self::Recorded(..) => None,
            Self::Patched(step, _) | Self::Read(step, _) | Self::Deleted(step, _) => Some(*step),
        }
    }
}

/// Starts the task of a driver.
pub(crate) fn spawn<P: Port, F>(
    port: Arc<P>,
    machine: Machine,
    clock: Clock,
    body: impl FnOnce(Driver<P>) -> F,
) -> Handle
where
    F: Future<Output = ()> + Send + 'static,
{
    let id = machine.head().id.clone();
    let (runs, seen) = watch::channel(Arc::new(machine.run()));
    let (orders, from) = mpsc::channel(8);
    let driver = Driver {
        port,
        machine,
        clock,
        runs,
        orders: from,
        versions: Versions::new(),
        turns: Arc::new(Semaphore::new(IN_FLIGHT)),
    };
    Handle::new(id, orders, seen, tokio::spawn(body(driver)))
}

impl<P: Port> Driver<P> {
    /// The batch could not begin: nothing was written to any app.
    pub fn refuse(self, why: Clean) {
        let mut run = self.machine.run();
        run.phase = Phase::Failed;
        run.ended = Some(self.clock.now());
        run.notes.push(why);
        run.steps.iter_mut().for_each(|step| step.state = StepState::NotStarted);
        self.runs.send_replace(Arc::new(run));
    }

    /// Drives the batch to its end, and then waits for an order to revert it, to go on with it or to try an app again, until it is
    /// told to leave.
    pub async fn run(mut self, opened: Opened, mut order: Option<Order>) {
        self.versions = opened.versions;
        let mut held = Some((opened.keeper, opened.eyes));
        loop {
            if let Some((keeper, eyes)) = held.take()
                && self.drive(keeper, eyes, order.take()).await
            {
                return;
            }
            let asked = match self.orders.recv().await {
                Some(Order::Interrupt) | None => return,
                Some(asked) => asked,
            };
            let reopened = match self.machine.refuses(&asked) {
                Some(why) => Err(why),
                None => self.reopen().await,
            };
            match reopened {
                Ok(again) => (held, order) = (Some(again), Some(asked)),
                Err(why) => {
                    self.machine.note(why);
                    self.publish();
                }
            }
        }
    }

    /// Takes the lease of an ended batch once more.
    async fn reopen(&mut self) -> Result<(Keeper, Eyes), Clean> {
        let head = self.machine.head().clone();
        let (name, asked) = (lease_name(&head.id), Instant::now());
        let taken = acquire::acquire(&*self.port, (&head.home, &name), &head.driver, Claim::Free, &self.clock).await;
        let lease = taken.map_err(|error| Clean::from(format!("failed to take the lease again: {error}")))?;
        let keeper = Keeper::new(self.port.clone(), lease, asked, self.clock.clone());
        let claimed = match self.look_behind(&head).await {
            Ok(()) => claim(&self.port, &self.machine, records(&self.machine), &mut self.versions).await,
            Err(why) => Err(why),
        };
        match claimed {
            Ok(()) => Ok((keeper, Eyes::open(&*self.port, self.machine.namespaces().map(str::to_owned)))),
            Err(why) => {
                acquire::release(&*self.port, &keeper.stop()).await;
                Err(why)
            }
        }
    }

    /// Whether nobody has driven the batch since this driver ended it.
    async fn look_behind(&self, head: &Head) -> Result<(), Clean> {
        let found = books::read_record(&*self.port, &head.home, &head.id).await;
        let map =
            found.map_err(|error| Clean::from(format!("failed to read the journal in {}: {error}", head.home)))?;
        let record = map.map(|map| Record::decode(&map)).transpose();
        match record.map_err(|error| Clean::from(format!("the journal {error}")))? {
            Some(record) if record.driver != head.driver || record.epoch > self.machine.epoch() => {
                Err("another rolldeck has had this batch since: find it again".into())
            }
            _ => Ok(()),
        }
    }

    /// Drives until the machine has ended, or leaving takes too long. Returns whether the driver is to leave.
    async fn drive(&mut self, mut keeper: Keeper, mut eyes: Eyes, order: Option<Order>) -> bool {
        let permit = keeper.permit();
        let mut works: JoinSet<Done> = JoinSet::new();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut leave_by: Option<Instant> = None;
        let first = order.map_or(Input::Tick, Input::Order);
        let mut actions = self.machine.handle(first, self.clock.now());
        loop {
            let ended = actions.contains(&Action::End);
            actions.into_iter().for_each(|action| self.begin(action, &permit, &mut works));
            self.publish();
            if ended {
                break;
            }
            actions = tokio::select! {
                Some(Ok(done)) = works.join_next(), if !works.is_empty() => {
                    let app = done.step().and_then(|step| self.machine.apps().nth(step).cloned());
                    let mut actions = self.done(done);
                    actions.extend(app.map(|app| eyes.show_one(app, &mut self.machine, self.clock.now())).unwrap_or_default());
                    actions
                }
                state = keeper.next() => self.machine.handle(Input::Lease(state), self.clock.now()),
                updates = eyes.next() => eyes.take(updates, &mut self.machine, self.clock.now()),
                _ = tick.tick() => self.machine.handle(Input::Tick, self.clock.now()),
                order = self.orders.recv(), if leave_by.is_none() => {
                    let order = order.unwrap_or(Order::Interrupt);
                    if order == Order::Interrupt {
                        leave_by = Some(Instant::now() + self.port.write_timeout() + GRACE);
                    }
                    let mut actions = self.machine.handle(Input::Order(order), self.clock.now());
                    actions.extend(eyes.show_all(&mut self.machine, self.clock.now()));
                    actions
                }
                () = sleep_until(leave_by.unwrap_or_else(Instant::now)), if leave_by.is_some() => break,
            };
        }
        let lease = keeper.stop();
        if !self.machine.is_lost() {
            // It expires by itself where this does not arrive.
            let _ = timeout(self.port.write_timeout(), acquire::release(&*self.port, &lease)).await;
        }
        leave_by.is_some()
    }

    fn publish(&self) {
        let run = self.machine.run();
        self.runs.send_if_modified(|known| {
            let changed = **known != run;
            if changed {
                *known = Arc::new(run);
            }
            changed
        });
    }

    /// Sends an action on its way. A write leaves only under a lease that outlives it; one that does not leave is one
    /// that did nothing.
    fn begin(&mut self, action: Action, permit: &Permit, works: &mut JoinSet<Done>) {
        let (port, permit, turns) = (self.port.clone(), permit.clone(), self.turns.clone());
        let allowed = move |port: &P| {
            let why = "this driver's lease may end before the request does";
            if permit.outlives(port.write_timeout()) { Ok(()) } else { Err(PortError::Unreached(why.to_owned())) }
        };
        match action {
            Action::Record { namespace, version, record } => {
                let known = self.versions.get(&namespace).cloned().unwrap_or_default();
                works.spawn(async move {
                    let result = match allowed(&port) {
                        Ok(()) => books::write_record(&*port, &namespace, &known, &record).await,
                        Err(error) => Err(error),
                    };
                    Done::Recorded(namespace, version, result)
                });
            }
            Action::Patch { step, target, patch } => {
                works.spawn(async move {
                    let _turn = turns.acquire().await;
                    let result = match allowed(&port) {
                        Ok(()) => port.patch(&target, &patch, false).await,
                        Err(error) => Err(error),
                    };
                    Done::Patched(step, result)
                });
            }
            Action::Read { step, target } => {
                works.spawn(async move {
                    let _turn = turns.acquire().await;
                    Done::Read(step, port.read(&target).await)
                });
            }
            Action::DeletePod { step, namespace, name, uid } => {
                works.spawn(async move {
                    let result = match allowed(&port) {
                        Ok(()) => port.delete_pod(&namespace, &name, &uid).await,
                        Err(error) => Err(error),
                    };
                    Done::Deleted(step, result)
                });
            }
            Action::End => {}
        }
    }

    fn done(&mut self, done: Done) -> Vec<Action> {
        let input = match done {
            Done::Recorded(namespace, version, Ok(resource_version)) => {
                self.versions.insert(namespace.clone(), resource_version);
                Input::Recorded { namespace, version, result: Ok(()) }
            }
            Done::Recorded(namespace, version, Err(error)) => {
                Input::Recorded { namespace, version, result: Err(error) }
            }
            Done::Patched(step, result) => Input::Patched { step, result },
            Done::Read(step, result) => Input::Read { step, result },
            Done::Deleted(step, result) => Input::PodDeleted { step, result },
        };
        self.machine.handle(input, self.clock.now())
    }
}
