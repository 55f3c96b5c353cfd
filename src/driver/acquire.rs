//! Getting and giving back the Lease that names a batch's driver.

use std::time::Duration;

use rolldeck_core::batch::{Lease, Port, PortError};

use crate::Clock;

/// Seconds that a lease outlives its last renewal.
pub const SECONDS: u32 = 15;

/// Tries of a request that may succeed later.
const TRIES: u32 = 5;

/// Which lease may be taken, beyond one that does not exist, is released or is ours.
#[derive(Clone, Copy, Debug)]
pub enum Claim<'a> {
    /// No other.
    Free,
    /// The one that is exactly as it was seen: nobody has renewed it.
    Unchanged(&'a Lease),
    /// Any: the operator says so.
    Force,
}

/// Takes a lease that may be had by this claim. Tries again where the cluster is busy or an answer is lost: a write of ours that
/// arrived all the same names us.
///
/// # Errors
/// [`PortError::Conflict`] where someone else has it; else any of a write.
pub async fn acquire<P: Port>(
    port: &P,
    place: (&str, &str),
    holder: &str,
    claim: Claim<'_>,
    clock: &Clock,
) -> Result<Lease, PortError> {
    let mut tried = 0;
    loop {
        tried += 1;
        let wait = match try_once(port, place, holder, claim, clock).await {
            Ok(lease) => return Ok(lease),
            Err(Refusal::Taken(who)) => return Err(PortError::Conflict(who)),
            // Someone wrote between our look and our write: look again.
            Err(Refusal::Failed(PortError::Conflict(_) | PortError::NotFound(_))) if tried < TRIES => Duration::ZERO,
            Err(Refusal::Failed(PortError::Busy(..) | PortError::Unreached(_) | PortError::NoAnswer(_)))
                if tried < TRIES =>
            {
                Duration::from_secs(u64::from(tried))
            }
            Err(Refusal::Failed(error)) => return Err(error),
        };
        tokio::time::sleep(wait).await;
    }
}

enum Refusal {
    Taken(String),
    Failed(PortError),
}

async fn try_once<P: Port>(
    port: &P,
    (namespace, name): (&str, &str),
    holder: &str,
    claim: Claim<'_>,
    clock: &Clock,
) -> Result<Lease, Refusal> {
    let found = match port.lease(namespace, name).await {
        Ok(lease) => Some(lease),
        Err(PortError::NotFound(_)) => None,
        Err(error) => return Err(Refusal::Failed(error)),
    };
    let mut lease = Lease {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        resource_version: String::new(),
        holder: holder.to_owned(),
        seconds: SECONDS,
        renewed: Some(clock.now()),
        transitions: 0,
    };
    if let Some(found) = found {
        let free = found.holder.is_empty() || found.holder == holder;
        let expired = match claim {
            Claim::Free => false,
            Claim::Unchanged(seen) => seen.resource_version == found.resource_version,
            Claim::Force => true,
        };
        if !free && !expired {
            return Err(Refusal::Taken(format!("the lease {namespace}/{name} of {}", found.holder)));
        }
        lease.transitions = found.transitions.saturating_add(u32::from(found.holder != holder));
        lease.resource_version = found.resource_version;
    }
    lease.resource_version = port.put_lease(&lease).await.map_err(Refusal::Failed)?;
    Ok(lease)
}

/// Gives a lease back, if it is still ours. A failure is no matter: it expires.
pub async fn release<P: Port>(port: &P, lease: &Lease) {
    let released = Lease { holder: String::new(), ..lease.clone() };
    if let Err(PortError::Conflict(_)) = port.put_lease(&released).await
        && let Ok(found) = port.lease(&lease.namespace, &lease.name).await
        && found.holder == lease.holder
    {
        let _ = port.put_lease(&Lease { resource_version: found.resource_version, ..released }).await;
    }
}
