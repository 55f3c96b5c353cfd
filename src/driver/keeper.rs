//! Keeping the lease: renewed every four seconds; a write leaves only if the lease outlives it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rolldeck_core::batch::{Lease, Port, PortError, machine::LeaseState};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{
    Clock,
    acquire::{self, Claim},
};

/// Between two renewals, and after one that failed.
const RENEW: Duration = Duration::from_secs(4);
const AGAIN: Duration = Duration::from_secs(1);

/// The lease as it was last written, and until when it surely is ours.
#[derive(Debug)]
struct Held {
    lease: Lease,
    until: Instant,
    /// How long the machine had slept at the last renewal.
    slept: Duration,
}

/// Whether a write may leave now. Cheap to clone, one for each request.
#[derive(Clone)]
pub struct Permit {
    held: Arc<Mutex<Held>>,
    clock: Clock,
}

impl Permit {
    /// Whether the lease surely outlives a request of this length.
    pub fn outlives(&self, request: Duration) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let slept = self.clock.slept().saturating_sub(held.slept);
        Instant::now() + request + slept < held.until
    }
}

/// The task that renews a lease. Dropping it ends the renewal.
pub struct Keeper {
    held: Arc<Mutex<Held>>,
    clock: Clock,
    states: watch::Receiver<LeaseState>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Keeps a lease that was written after `asked`.
    pub fn new<P: Port>(port: Arc<P>, lease: Lease, asked: Instant, clock: Clock) -> Self {
        let until = asked + Duration::from_secs(u64::from(acquire::SECONDS));
        let held = Arc::new(Mutex::new(Held { lease, until, slept: clock.slept() }));
        let (to, states) = watch::channel(LeaseState::Held);
        // What was written since the lease was asked for may have taken long.
        let first = RENEW.saturating_sub(asked.elapsed());
        let task = tokio::spawn(keep(port, held.clone(), clock.clone(), to, first));
        Self { held, clock, states, task }
    }

    /// What becomes of the lease, at each renewal; never, once it is lost.
    pub async fn next(&mut self) -> LeaseState {
        match self.states.changed().await {
            Ok(()) => self.states.borrow_and_update().clone(),
            Err(_) => std::future::pending().await,
        }
    }

    /// A permit for writes under this lease.
    pub fn permit(&self) -> Permit {
        Permit { held: self.held.clone(), clock: self.clock.clone() }
    }

    /// Ends the renewal; returns the lease as it was last written.
    pub fn stop(&self) -> Lease {
        self.task.abort();
        self.held.lock().unwrap_or_else(PoisonError::into_inner).lease.clone()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep<P: Port>(
    port: Arc<P>,
    held: Arc<Mutex<Held>>,
    clock: Clock,
    to: watch::Sender<LeaseState>,
    mut pause: Duration,
) {
    loop {
        sleep(pause).await;
        let lease = held.lock().unwrap_or_else(PoisonError::into_inner).lease.clone();
        let (asked, slept) = (Instant::now(), clock.slept());
        let state = match timeout(RENEW, renew(&*port, &lease, &clock)).await {
            Ok(Ok(lease)) => {
                let until = asked + Duration::from_secs(u64::from(acquire::SECONDS));
                *held.lock().unwrap_or_else(PoisonError::into_inner) = Held { lease, until, slept };
                LeaseState::Held
            }
            Ok(Err(PortError::Conflict(who))) => {
                LeaseState::Lost(format!("another rolldeck has taken over: {who}").into())
            }
            Ok(Err(error)) => LeaseState::Unsure(format!("the lease cannot be renewed: {error}").into()),
            Err(_) => LeaseState::Unsure("the lease cannot be renewed: no answer".into()),
        };
        pause = if state == LeaseState::Held { RENEW } else { AGAIN };
        let lost = matches!(state, LeaseState::Lost(_));
        if to.send(state).is_err() || lost {
            return;
        }
    }
}

/// Writes the lease anew. A conflict may be our own write whose answer was lost: then it still names us.
async fn renew<P: Port>(port: &P, lease: &Lease, clock: &Clock) -> Result<Lease, PortError> {
    let mut next = Lease { renewed: Some(clock.now()), ..lease.clone() };
    match port.put_lease(&next).await {
        Ok(version) => next.resource_version = version,
        Err(PortError::Conflict(_) | PortError::NotFound(_)) => {
            next = acquire::acquire(port, (&lease.namespace, &lease.name), &lease.holder, Claim::Free, clock).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(next)
}
