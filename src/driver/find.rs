//! Finding the batches that nobody finished, and whether their drivers are alive.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use rolldeck_core::{
    batch::{
        BatchId, ConfigMap, Found, Holder, Lease, Port, PortError,
        journal::{Record, RecordPhase, UNFINISHED, lease_name},
    },
    text::Clean,
};
use tokio::time::Instant;

use crate::{Identity, books};

/// What was seen of one unfinished batch.
#[derive(Clone, Debug)]
pub(crate) struct Sighting {
    pub records: BTreeMap<String, Record>,
    pub lease: Option<Lease>,
    /// Since when the lease stands as it does, as far as we looked.
    since: Instant,
    /// Whether it was renewed while we looked.
    renewed: bool,
    pub holder: Holder,
}

/// Looks for unfinished batches. Whether a driver is alive shows over time: look again, every few seconds, while a
/// holder is `Watching`.
pub struct Finder<P> {
    pub(crate) port: Arc<P>,
    pub(crate) here: Identity,
    pub(crate) sightings: BTreeMap<BatchId, Sighting>,
    /// Where it was looked last; empty: everywhere.
    pub(crate) places: BTreeSet<Clean>,
    unreadable: Vec<Clean>,
}

impl Sighting {
    /// What is seen at a first look.
    pub(crate) fn first(records: BTreeMap<String, Record>, lease: Option<Lease>) -> Self {
        Self { records, lease, since: Instant::now(), renewed: false, holder: Holder::Gone }
    }

    /// The lease as it is at another look.
    pub(crate) fn look(&mut self, lease: Option<Lease>) {
        if self.lease != lease {
            (self.lease, self.since, self.renewed) = (lease, Instant::now(), true);
        }
    }
}

impl<P: Port> Finder<P> {
    /// A finder that has not looked yet.
    pub fn new(port: Arc<P>, here: Identity) -> Self {
        Self { port, here, sightings: BTreeMap::new(), places: BTreeSet::new(), unreadable: Vec::new() }
    }

    /// Records that cannot be read, and places that could not be looked at, as of the last look.
    pub fn unreadable(&self) -> &[Clean] {
        &self.unreadable
    }

    /// Looks once in these namespaces; empty: in all.
    ///
    /// # Errors
    /// No place could be looked at. Where a right lacks, [`Finder::unreadable`] says it in a sentence.
    pub async fn look(&mut self, namespaces: &BTreeSet<Clean>) -> Result<Vec<Found>, PortError> {
        self.unreadable.clear();
        self.places = namespaces.clone();
        let mut batches: BTreeMap<BatchId, BTreeMap<String, Record>> = BTreeMap::new();
        for map in self.maps(namespaces).await? {
            match Record::decode(&map) {
                Ok(record) => {
                    batches.entry(record.id.clone()).or_default().insert(map.namespace.clone(), record);
                }
                Err(error) => self.unreadable.push(format!("the journal {error}").into()),
            }
        }
        self.sightings.retain(|id, _| batches.contains_key(id));
        let mut found = Vec::new();
        for (id, records) in batches {
            found.extend(self.judge(id, records).await);
        }
        Ok(found)
    }

    async fn maps(&mut self, namespaces: &BTreeSet<Clean>) -> Result<Vec<ConfigMap>, PortError> {
        if namespaces.is_empty() {
            let maps = self.port.config_maps(None, UNFINISHED).await;
            if let Err(PortError::Forbidden(_)) = maps {
                self.unreadable.push(unseen(&[]));
            }
            return maps;
        }
        let (mut maps, mut first, mut hidden) = (Vec::new(), None, Vec::new());
        let mut answered = false;
        for namespace in namespaces {
            match self.port.config_maps(Some(namespace), UNFINISHED).await {
                Ok(some) => {
                    answered = true;
                    maps.extend(some);
                }
                Err(error) => {
                    match &error {
                        PortError::Forbidden(_) => hidden.push(&**namespace),
                        _ => self
                            .unreadable
                            .push(format!("failed to look for unfinished batches in {namespace}: {error}").into()),
                    }
                    first.get_or_insert(error);
                }
            }
        }
        if !hidden.is_empty() {
            self.unreadable.insert(0, unseen(&hidden));
        }
        match first {
            Some(error) if !answered => Err(error),
            _ => Ok(maps),
        }
    }

    /// What the batch records where nobody looked, or where it has ended already: a revert takes it all back.
    async fn complete(&mut self, id: &BatchId, records: &mut BTreeMap<String, Record>) {
        let named: BTreeSet<String> = records.values().flat_map(|record| record.namespaces.clone()).collect();
        for namespace in named.into_iter().filter(|namespace| !records.contains_key(namespace)).collect::<Vec<_>>() {
            let unread = match books::read_record(&*self.port, &namespace, id).await {
                Ok(None) => continue,
                Ok(Some(map)) => match Record::decode(&map) {
                    Ok(record) => {
                        records.insert(namespace, record);
                        continue;
                    }
                    Err(error) => format!("the journal {error}"),
                },
                Err(error) => format!("failed to read what batch {id} did in {namespace}: {error}"),
            };
            self.unreadable.push(unread.into());
        }
    }

    async fn judge(&mut self, id: BatchId, mut records: BTreeMap<String, Record>) -> Option<Found> {
        self.complete(&id, &mut records).await;
        let record = records.values().max_by_key(|record| record.epoch)?.clone();
        let lease = match self.port.lease(&record.home, &lease_name(&id)).await {
            Ok(lease) => Ok(Some(lease)),
            Err(PortError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        };
        let old = self.sightings.remove(&id);
        let mut seen = Sighting::first(records, None);
        match lease {
            Ok(lease) => {
                if let Some(old) = old {
                    let changed = old.lease != lease;
                    seen.since = if changed { seen.since } else { old.since };
                    seen.renewed = changed || old.renewed;
                }
                seen.lease = lease;
                seen.holder = self.holder(&record, &seen);
            }
            Err(error) => {
                // Without a look at the lease nothing can be said: it stays watched.
                seen.holder = Holder::Watching(crate::acquire::SECONDS);
                self.unreadable.push(format!("failed to read the lease of {id}: {error}").into());
            }
        }
        let found = Found::of(&seen.records, seen.holder.clone());
        self.sightings.insert(id, seen);
        found
    }

    pub(crate) fn holder(&self, record: &Record, seen: &Sighting) -> Holder {
        let Some(lease) = &seen.lease else { return Holder::Gone };
        if lease.holder.is_empty() {
            return if record.phase == RecordPhase::Interrupted { Holder::Left } else { Holder::Gone };
        }
        let known = Identity::parse(&lease.holder);
        let who = Clean::new(known.as_ref().map_or(lease.holder.as_str(), |known| &known.who));
        // That this very process runs says nothing of a batch that it has let go of: its lease does.
        match known.filter(|known| *known != self.here).and_then(|known| known.runs(&self.here)) {
            Some(true) => return Holder::Alive(who),
            Some(false) => return Holder::Gone,
            None => {}
        }
        let lasts = Duration::from_secs(u64::from(lease.seconds.clamp(1, 120)));
        let left = lasts.saturating_sub(seen.since.elapsed());
        if left.is_zero() {
            Holder::Gone
        } else if seen.renewed {
            Holder::Alive(who)
        } else {
            Holder::Watching(u32::try_from(left.as_secs_f64().ceil() as u64).unwrap_or(u32::MAX))
        }
    }
}

/// What the operator may not see: short enough for a line of 80 columns, as the server's own words are not.
fn unseen(namespaces: &[&str]) -> Clean {
    match namespaces {
        [] => "unfinished batches are not seen: you may not list configmaps cluster-wide".into(),
        [one] => format!("unfinished batches in {one} are not seen: you may not list configmaps there").into(),
        [first, rest @ ..] => {
            let rest = rest.len();
            format!("unfinished batches in {first} and {rest} more are not seen: you may not list configmaps there")
                .into()
        }
    }
}
