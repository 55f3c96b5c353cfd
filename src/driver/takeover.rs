//! Taking over a batch whose driver is gone, or that has ended: to go on with it, or to revert it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rolldeck_core::{
    batch::{
        BatchId, Holder, Lease, Order, Port, PortError,
        journal::{Record, decode_steps, lease_name, of_batch},
        machine::Machine,
    },
    text::Clean,
};
use tokio::time::{Instant, sleep};

use crate::{
    Clock, Finder, Handle, Identity,
    acquire::{self, Claim},
    books, drive,
    eyes::Eyes,
    find::Sighting,
    keeper::Keeper,
    opening::{Opened, Versions, claim},
};

impl<P: Port> Finder<P> {
    /// Takes over a batch whose driver has left or is gone, or that has ended, and carries `order` out: [`Order::Proceed`] goes on
    /// with it forward, [`Order::Revert`] takes it back, as the tokens on the apps and the recorded templates tell. One that was
    /// not seen yet is looked for where it was looked last, or everywhere. With `force`, from a driver that may be alive, too: it
    /// writes nothing any more before anything else is written, which takes as long as its lease; that is recorded.
    ///
    /// # Errors
    /// Another order; its driver is alive or not known to be gone; its lease or journal cannot be had; the order makes no sense for
    /// it; one of its apps is in another unfinished batch. Nothing was written to any app.
    pub async fn take_over(&mut self, id: &BatchId, order: Order, force: bool, clock: Clock) -> Result<Handle, Clean> {
        if !matches!(order, Order::Proceed | Order::Revert { .. }) {
            return Err("a batch is taken over to go on with it, or to revert it".into());
        }
        let seen = match self.sightings.get(id) {
            Some(seen) => seen.clone(),
            None => {
                let seen = self.search(id).await?;
                if force { seen } else { self.watch(seen).await? }
            }
        };
        let me = self.here.to_string();
        let alive = match &seen.holder {
            Holder::Alive(_) if seen.lease.as_ref().is_some_and(|lease| lease.holder == me) => {
                return Err(format!("this very rolldeck drives batch {id}").into());
            }
            Holder::Left | Holder::Gone => false,
            Holder::Alive(_) | Holder::Watching(_) if force => true,
            Holder::Alive(who) => {
                return Err(format!("{who} drives batch {id}: see to it there, or take it over by force").into());
            }
            Holder::Watching(seconds) => {
                return Err(format!("whether batch {id} still has a driver is known in {seconds} s").into());
            }
        };
        let Some(record) = seen.records.values().next().cloned() else { return Err("its record is gone".into()) };
        let (name, asked) = (lease_name(id), Instant::now());
        let claim = match &seen.lease {
            _ if alive => Claim::Force,
            Some(lease) => Claim::Unchanged(lease),
            None => Claim::Free,
        };
        let lease = acquire::acquire(&*self.port, (&record.home, &name), &me, claim, &clock)
            .await
            .map_err(|error| Clean::from(format!("failed to take the lease {}/{name}: {error}", record.home)))?;
        let keeper = Keeper::new(self.port.clone(), lease, asked, clock.clone());
        if alive {
            // Whoever had it sends nothing more that its lease, as it was last renewed, does not outlive.
            sleep(seen.lease.as_ref().map_or(Duration::ZERO, lasts)).await;
        }
        match self.open(&record, &order, (seen.lease.as_ref(), alive), &clock).await {
            Ok((machine, versions)) => {
                self.sightings.remove(id);
                let eyes = Eyes::open(&*self.port, machine.namespaces().map(str::to_owned));
                let opened = Opened { keeper, versions, eyes };
                Ok(drive::spawn(self.port.clone(), machine, clock, |driver| driver.run(opened, Some(order))))
            }
            Err(why) => {
                acquire::release(&*self.port, &keeper.stop()).await;
                Err(why)
            }
        }
    }

    /// Reads the journal, now that nobody else writes it, and claims the batch in it.
    async fn open(
        &self,
        first: &Record,
        order: &Order,
        (from, alive): (Option<&Lease>, bool),
        clock: &Clock,
    ) -> Result<(Machine, Versions), Clean> {
        let Read { mut machine, mut versions, records, missing } = self.read(first, clock).await?;
        if let Some(namespace) = missing.first().filter(|_| *order == Order::Proceed) {
            // Its apps there would be left out without a word.
            let why = format!(
                "namespace {namespace} has no record of batch {}: it was never written, or was deleted; revert what there is, \
                 and start the batch anew",
                first.id
            );
            return Err(why.into());
        }
        if let Some(why) = machine.refuses(order) {
            return Err(why);
        }
        claim(&self.port, &machine, records, &mut versions).await?;
        let before = from.map(|lease| lease.holder.as_str()).filter(|holder| !holder.is_empty());
        let before = who(before.unwrap_or(&first.driver));
        let how = if alive { " before its lease had expired" } else { "" };
        machine.happen(format!("taken over from {before} by {}{how}", self.here.who), clock.now());
        Ok((machine, versions))
    }

    /// Reads the whole journal. What cannot be read in one namespace is told, and left as it is.
    async fn read(&self, first: &Record, clock: &Clock) -> Result<Read, Clean> {
        let (mut records, mut steps, mut versions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (mut missing, mut unread) = (Vec::new(), BTreeMap::new());
        for namespace in &first.namespaces {
            let failed = |error| Clean::from(format!("failed to read the journal in {namespace}: {error}"));
            let Some(map) = books::read_record(&*self.port, namespace, &first.id).await.map_err(failed)? else {
                missing.push(namespace.clone());
                continue;
            };
            let maps = self.port.config_maps(Some(namespace), &of_batch(&first.id, "steps")).await.map_err(failed)?;
            let read = Record::decode(&map).and_then(|record| Ok((record, decode_steps(&maps)?)));
            match read {
                Ok((record, known)) => {
                    records.insert(namespace.clone(), record);
                    steps.insert(namespace.clone(), known);
                    versions.insert(namespace.clone(), map.resource_version);
                }
                Err(error) => {
                    unread.insert(namespace.clone(), error.to_string());
                }
            }
        }
        let names: BTreeSet<String> = unread.keys().cloned().collect();
        let machine = Machine::recover(&records, &steps, names, self.here.to_string(), clock.now());
        let machine = machine.map_err(|error| Clean::from(format!("the journal {error}")))?;
        let mut machine = machine.ok_or_else(|| match unread.values().next() {
            Some(why) => Clean::from(format!("the journal {why}")),
            None => Clean::new("its record is gone"),
        })?;
        for namespace in &missing {
            machine.note(format!(
                "namespace {namespace} has no record of this batch: it was never written, or was deleted"
            ));
        }
        for why in unread.values() {
            machine.note(format!("the journal {why}; its apps stay as they are"));
        }
        Ok(Read { machine, versions, records: records.into_iter().collect(), missing })
    }

    /// Looks for a batch by its name, ended or not.
    async fn search(&self, id: &BatchId) -> Result<Sighting, Clean> {
        let failed = |error: PortError| Clean::from(format!("failed to look for batch {id}: {error}"));
        let mut maps = Vec::new();
        if self.places.is_empty() {
            maps = self.port.config_maps(None, &of_batch(id, "state")).await.map_err(failed)?;
        }
        for place in &self.places {
            maps.extend(self.port.config_maps(Some(place), &of_batch(id, "state")).await.map_err(failed)?);
        }
        let mut records = BTreeMap::new();
        let mut unread = None;
        for map in maps {
            match Record::decode(&map) {
                Ok(record) => drop(records.insert(map.namespace.clone(), record)),
                Err(error) => unread = Some(error),
            }
        }
        let Some(record) = records.values().max_by_key(|record| record.epoch).cloned() else {
            return Err(match unread {
                Some(error) => format!("the journal {error}").into(),
                None => format!("there is no batch {id} where it was looked for").into(),
            });
        };
        let lease = self.lease(&record).await?;
        let mut seen = Sighting::first(records, lease);
        seen.holder = self.holder(&record, &seen);
        Ok(seen)
    }

    /// Where the lease has a holder that may be alive, it is watched for as long as it lasts.
    async fn watch(&self, mut seen: Sighting) -> Result<Sighting, Clean> {
        let Some(record) = seen.records.values().next().cloned() else { return Ok(seen) };
        while let Holder::Watching(_) = &seen.holder {
            sleep(Duration::from_secs(1)).await;
            seen.look(self.lease(&record).await?);
            seen.holder = self.holder(&record, &seen);
        }
        Ok(seen)
    }

    async fn lease(&self, record: &Record) -> Result<Option<Lease>, Clean> {
        match self.port.lease(&record.home, &lease_name(&record.id)).await {
            Ok(lease) => Ok(Some(lease)),
            Err(PortError::NotFound(_)) => Ok(None),
            Err(error) => Err(format!("failed to read the lease of {}: {error}", record.id).into()),
        }
    }
}

/// What was read of a journal.
struct Read {
    machine: Machine,
    versions: Versions,
    /// The records as they lie in the cluster, by namespace.
    records: Vec<(String, Record)>,
    /// Namespaces of the batch without a record.
    missing: Vec<String>,
}

/// How long a lease lasts after its last renewal.
fn lasts(lease: &Lease) -> Duration {
    Duration::from_secs(u64::from(lease.seconds.clamp(1, 120)))
}

/// The user and host of a driver's identity.
fn who(holder: &str) -> String {
    Identity::parse(holder).map_or_else(|| holder.to_owned(), |identity| identity.who)
}
