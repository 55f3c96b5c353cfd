//! Every batch of the cluster, as its records tell.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use rolldeck_core::{
    batch::{
        BatchId, ConfigMap, Found, Holder, Port, PortError,
        journal::{RECORDS, Record, RecordPhase, lease_name},
    },
    text::Clean,
};

/// Requests at a time.
pub(super) const WIDTH: usize = 6;
/// Namespaces out of scope that are looked at at most, to complete batches that reach beyond it.
const BEYOND: usize = 50;
/// Unfinished batches whose leases are read at most.
const LEASES: usize = 50;

/// What was found of all batches.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The records with their resourceVersions, by batch and namespace.
    pub batches: BTreeMap<BatchId, BTreeMap<String, (Record, String)>>,
    /// Namespaces whose records were all seen; `None`: of all.
    pub seen: Option<BTreeSet<String>>,
    /// What could not be read, each in a sentence.
    pub unread: Vec<Clean>,
}

impl Listed {
    fn take(&mut self, maps: Vec<ConfigMap>, only: Option<&BTreeSet<BatchId>>) {
        for map in maps {
            match Record::decode(&map) {
                Ok(record) if only.is_none_or(|only| only.contains(&record.id)) => {
                    let of = self.batches.entry(record.id.clone()).or_default();
                    of.insert(map.namespace, (record, map.resource_version));
                }
                Ok(_) => {}
                Err(error) => self.unread.push(format!("the journal {error}").into()),
            }
        }
    }

    /// The namespaces that batches name and that nobody has looked at.
    fn beyond(&self) -> BTreeSet<String> {
        let Some(seen) = &self.seen else { return BTreeSet::new() };
        let named = self.batches.values().flat_map(|of| of.values()).flat_map(|(record, _)| &record.namespaces);
        named.filter(|namespace| !seen.contains(*namespace)).cloned().collect()
    }

    /// Whether all that a batch has recorded was looked at.
    pub(super) fn is_whole(&self, of: &BTreeMap<String, (Record, String)>) -> bool {
        let Some(seen) = &self.seen else { return true };
        of.values().flat_map(|(record, _)| &record.namespaces).all(|namespace| seen.contains(namespace))
    }
}

/// Every batch of these namespaces (empty: of the cluster), ended or not, newest first; what could not be read or seen, in
/// sentences. Batches that reach into other namespaces are completed by a look at those. Whether the driver of an unfinished one
/// is alive takes time to see: here it is at best known to have left, or to be gone (see [`crate::Finder`]).
///
/// # Errors
/// No place could be looked at.
pub async fn history<P: Port>(port: &P, namespaces: &BTreeSet<Clean>) -> Result<(Vec<Found>, Vec<Clean>), PortError> {
    let mut listed = list(port, namespaces).await?;
    let mut found = Vec::new();
    let mut homes = BTreeMap::new();
    for (id, of) in std::mem::take(&mut listed.batches) {
        homes.extend(of.values().next().map(|(record, _)| (id, record.home.clone())));
        let records: BTreeMap<String, Record> = of.into_iter().map(|(place, (record, _))| (place, record)).collect();
        found.extend(Found::of(&records, Holder::Gone));
    }
    found.sort_by(|a, b| (b.started, &b.id).cmp(&(a.started, &a.id)));
    let unfinished = found.iter_mut().filter(|batch| batch.unfinished).take(LEASES);
    for batch in unfinished {
        let home = homes.get(&batch.id).map(String::as_str).unwrap_or_default();
        listed.unread.extend(hold(port, home, batch).await);
    }
    Ok((found, listed.unread))
}

/// Looks once at the lease of an unfinished batch whose home namespace is this; what could not be read, in a sentence.
pub(super) async fn hold<P: Port>(port: &P, home: &str, batch: &mut Found) -> Option<Clean> {
    match port.lease(home, &lease_name(&batch.id)).await {
        Ok(lease) if !lease.holder.is_empty() => batch.holder = Holder::Watching(lease.seconds),
        Ok(_) if batch.phase == RecordPhase::Interrupted => batch.holder = Holder::Left,
        Ok(_) | Err(PortError::NotFound(_)) => {}
        Err(error) => {
            batch.holder = Holder::Watching(crate::acquire::SECONDS);
            return Some(format!("failed to read the lease of {}: {error}", batch.id).into());
        }
    }
    None
}

/// The state records of these namespaces (empty: of the cluster), each with its namespace; and what could not be read.
///
/// # Errors
/// No place could be looked at.
pub async fn records<P: Port>(
    port: &P,
    namespaces: &BTreeSet<Clean>,
) -> Result<(Vec<(String, Record)>, Vec<Clean>), PortError> {
    let mut listed = Listed::default();
    look(port, namespaces, &mut listed).await?;
    let records = listed.batches.into_values().flatten().map(|(namespace, (record, _))| (namespace, record));
    Ok((records.collect(), listed.unread))
}

/// All records, and those beyond the scope of batches that reach there.
pub(super) async fn list<P: Port>(port: &P, namespaces: &BTreeSet<Clean>) -> Result<Listed, PortError> {
    let mut listed = Listed::default();
    look(port, namespaces, &mut listed).await?;
    let beyond = listed.beyond();
    let known: BTreeSet<BatchId> = listed.batches.keys().cloned().collect();
    let surplus = beyond.len().saturating_sub(BEYOND);
    let answers = lists(port, beyond.into_iter().take(BEYOND)).await;
    for (namespace, answer) in answers {
        match answer {
            Ok(maps) => {
                listed.take(maps, Some(&known));
                listed.seen.get_or_insert_default().insert(namespace);
            }
            Err(error) => {
                listed.unread.push(format!("what batches did in {namespace} is not seen: {error}").into());
            }
        }
    }
    if surplus > 0 {
        let text = format!("what batches did in {surplus} more namespaces was not looked at");
        listed.unread.push(text.into());
    }
    Ok(listed)
}

async fn look<P: Port>(port: &P, namespaces: &BTreeSet<Clean>, listed: &mut Listed) -> Result<(), PortError> {
    if namespaces.is_empty() {
        listed.take(port.config_maps(None, RECORDS).await?, None);
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    let mut first = None;
    for (namespace, answer) in lists(port, namespaces.iter().map(Clean::to_string)).await {
        match answer {
            Ok(maps) => {
                listed.take(maps, None);
                seen.insert(namespace);
            }
            Err(error) => {
                let text = format!("batches in {namespace} are not seen: {error}");
                listed.unread.push(text.into());
                first.get_or_insert(error);
            }
        }
    }
    let answered = !seen.is_empty();
    listed.seen = Some(seen);
    match first {
        Some(error) if !answered => Err(error),
        _ => Ok(()),
    }
}

type Answer = (String, Result<Vec<ConfigMap>, PortError>);

async fn lists<P: Port>(port: &P, namespaces: impl Iterator<Item = String>) -> Vec<Answer> {
    let ask = |namespace: String| async move {
        let answer = port.config_maps(Some(&namespace), RECORDS).await;
        (namespace, answer)
    };
    stream::iter(namespaces.map(ask).collect::<Vec<_>>()).buffered(WIDTH).collect().await
}
