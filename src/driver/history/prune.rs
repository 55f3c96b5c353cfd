//! The end of old journals.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use rolldeck_core::{
    Time,
    batch::{
        BatchId, ConfigMap, Lease, Port, PortError,
        journal::{Record, lease_name, of_batch, steps_name},
    },
    text::Clean,
};

use super::list::{Listed, list};

/// Who holds the lease of a batch whose journal is being deleted. Another prune may go on with it, nobody else.
const HOLDER: &str = "prune";
/// Batches that go at once at most: a start waits for nothing that can wait for the next.
const MOST: usize = 50;
/// ConfigMaps with before and after that a batch has in a namespace at most.
const SHARDS: usize = 200;

/// Which ended batches stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Those that ended within so many days.
    pub days: u32,
    /// Of those, so many of the newest.
    pub count: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self { days: 90, count: 500 }
    }
}

/// What went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Batches whose journal is gone.
    pub batches: Vec<BatchId>,
    /// What could not be read or deleted, each in a sentence.
    pub failed: Vec<Clean>,
}

/// The batches whose journals [`prune`] would delete now, oldest first, but for those that someone holds.
///
/// # Errors
/// No place could be looked at.
pub async fn due<P: Port>(
    port: &P,
    namespaces: &BTreeSet<Clean>,
    keep: Keep,
    now: Time,
) -> Result<Vec<BatchId>, PortError> {
    let mut due = over(&list(port, namespaces).await?, keep, now);
    due.truncate(MOST);
    Ok(due)
}

/// Deletes the journals and leases of ended batches that are older than `keep` says, in these namespaces (empty: in all), at most 50
/// at once. Nothing of a batch that can be resumed is touched: an unfinished one, one that someone holds, one of which not every
/// record was seen.
///
/// # Errors
/// No place could be looked at.
pub async fn prune<P: Port>(
    port: &P,
    namespaces: &BTreeSet<Clean>,
    keep: Keep,
    now: Time,
) -> Result<Pruned, PortError> {
    let mut listed = list(port, namespaces).await?;
    let due = over(&listed, keep, now);
    let mut pruned = Pruned { batches: Vec::new(), failed: std::mem::take(&mut listed.unread) };
    for id in due.into_iter().take(MOST) {
        let Some(records) = listed.batches.get(&id) else { continue };
        match delete(port, &id, records, now).await {
            Ok(true) => pruned.batches.push(id),
            Ok(false) => {}
            Err(error) => {
                pruned.failed.push(format!("failed to delete the journal of batch {id}: {error}").into());
                if matches!(error, PortError::Forbidden(_) | PortError::Unauthorized(_)) {
                    break;
                }
            }
        }
    }
    Ok(pruned)
}

/// The batches whose time has come, oldest first.
fn over(listed: &Listed, keep: Keep, now: Time) -> Vec<BatchId> {
    type Records = BTreeMap<String, (Record, String)>;
    let ended = |of: &Records| of.values().all(|(record, _)| !record.unfinished);
    let end = |of: &Records| of.values().map(|(record, _)| record.ended.unwrap_or(record.started)).max();
    let mut batches: Vec<(Time, &BatchId)> = listed
        .batches
        .iter()
        .filter(|(_, of)| ended(of) && listed.is_whole(of))
        .filter_map(|(id, of)| Some((end(of)?, id)))
        .collect();
    batches.sort_by(|a, b| b.cmp(a));
    let old = now - TimeDelta::days(i64::from(keep.days));
    let gone = batches.into_iter().enumerate().filter(|(nth, (end, _))| *nth >= keep.count || *end < old);
    let mut gone: Vec<BatchId> = gone.map(|(_, (_, id))| id.clone()).collect();
    gone.reverse();
    gone
}

/// Deletes one batch's journal, as its only holder; false where someone has it, or has written to it since.
async fn delete<P: Port>(
    port: &P,
    id: &BatchId,
    records: &BTreeMap<String, (Record, String)>,
    now: Time,
) -> Result<bool, PortError> {
    let Some(home) = records.values().next().map(|(record, _)| record.home.clone()) else { return Ok(false) };
    let Some(lease) = hold(port, (&home, &lease_name(id)), now).await? else { return Ok(false) };
    for (namespace, (_, version)) in records {
        let now = port.config_maps(Some(namespace), &of_batch(id, "state")).await?;
        if now.iter().any(|map| map.resource_version != *version) {
            return give_back(port, lease).await.map(|()| false);
        }
    }
    for namespace in records.keys() {
        delete_steps(port, namespace, id).await?;
    }
    for (namespace, (record, version)) in records {
        gone(port.delete_config_map(&record.encode(namespace, version)).await)?;
    }
    gone(port.delete_lease(&lease).await)?;
    Ok(true)
}

/// Takes the lease, unless someone has it.
async fn hold<P: Port>(port: &P, (namespace, name): (&str, &str), now: Time) -> Result<Option<Lease>, PortError> {
    let mut lease = match port.lease(namespace, name).await {
        Ok(lease) if lease.holder.is_empty() || lease.holder == HOLDER => lease,
        Ok(_) => return Ok(None),
        Err(PortError::NotFound(_)) => Lease {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            resource_version: String::new(),
            holder: String::new(),
            seconds: crate::acquire::SECONDS,
            renewed: None,
            transitions: 0,
        },
        Err(error) => return Err(error),
    };
    (lease.holder, lease.renewed) = (HOLDER.to_owned(), Some(now));
    match port.put_lease(&lease).await {
        Ok(version) => Ok(Some(Lease { resource_version: version, ..lease })),
        Err(PortError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn give_back<P: Port>(port: &P, lease: Lease) -> Result<(), PortError> {
    port.put_lease(&Lease { holder: String::new(), ..lease }).await.map(drop)
}

/// Before and after of the steps: their names are numbered, so that they need not be read.
async fn delete_steps<P: Port>(port: &P, namespace: &str, id: &BatchId) -> Result<(), PortError> {
    for shard in 0..SHARDS {
        let map = ConfigMap { namespace: namespace.to_owned(), name: steps_name(id, shard), ..ConfigMap::default() };
        match port.delete_config_map(&map).await {
            Ok(()) => {}
            Err(PortError::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What is gone already is as it should be.
fn gone(result: Result<(), PortError>) -> Result<(), PortError> {
    match result {
        Err(PortError::NotFound(_)) => Ok(()),
        other => other,
    }
}
