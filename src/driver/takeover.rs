//! Taking over a batch whose driver is gone, to revert it.

use std::collections::BTreeMap;

use rolldeck_core::{
    batch::{
        BatchId, Holder, Lease, Order, Port,
        journal::{Record, decode_steps, lease_name, of_batch},
        machine::Machine,
    },
    text::Clean,
};
use tokio::time::Instant;

use crate::{Clock, Finder, Handle, acquire, books, drive, opening::Opened};

impl<P: Port> Finder<P> {
    /// Takes over a batch that was found and whose driver has left or is gone, and reverts it: what it touched, as the
    /// tokens on the apps tell, goes back to the recorded templates.
    ///
    /// # Errors
    /// Its driver is alive or not known to be gone; its lease or journal cannot be had. Nothing was written to any app.
    pub async fn take_over(&mut self, id: &BatchId, at_once: bool, clock: Clock) -> Result<Handle, Clean> {
        let seen = self.sightings.get(id).ok_or_else(|| Clean::from(format!("batch {id} is not known: look again")))?;
        match &seen.holder {
            Holder::Left | Holder::Gone => {}
            Holder::Alive(who) => return Err(format!("{who} drives batch {id}: revert it there").into()),
            Holder::Watching(seconds) => {
                return Err(format!("whether batch {id} still has a driver is known in {seconds} s").into());
            }
        }
        let Some(first) = seen.records.values().next().cloned() else { return Err("its record is gone".into()) };
        let (name, me, asked) = (lease_name(id), self.here.to_string(), Instant::now());
        let lease = acquire::acquire(&*self.port, (&first.home, &name), &me, seen.lease.as_ref(), &clock)
            .await
            .map_err(|error| Clean::from(format!("failed to take the lease {}/{name}: {error}", first.home)))?;
        match self.read(&first, &clock).await {
            Ok((machine, versions)) => {
                self.sightings.remove(id);
                let opened = Opened { lease, asked, versions };
                let order = Some(Order::Revert { at_once, only: Vec::new() });
                Ok(drive::spawn(self.port.clone(), machine, clock, |driver| driver.run(opened, order)))
            }
            Err(why) => {
                let back: Lease = lease;
                acquire::release(&*self.port, &back).await;
                Err(why)
            }
        }
    }

    /// Reads the whole journal, now that nobody else writes it.
    async fn read(&self, first: &Record, clock: &Clock) -> Result<(Machine, BTreeMap<String, String>), Clean> {
        let (mut records, mut steps, mut versions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut missing = Vec::new();
        for namespace in &first.namespaces {
            let failed = |error| Clean::from(format!("failed to read the journal in {namespace}: {error}"));
            let unread = |error| Clean::from(format!("the journal {error}"));
            let Some(map) = books::read_record(&*self.port, namespace, &first.id).await.map_err(failed)? else {
                missing.push(namespace);
                continue;
            };
            let maps = self.port.config_maps(Some(namespace), &of_batch(&first.id, "steps")).await.map_err(failed)?;
            records.insert(namespace.clone(), Record::decode(&map).map_err(unread)?);
            steps.insert(namespace.clone(), decode_steps(&maps).map_err(unread)?);
            versions.insert(namespace.clone(), map.resource_version);
        }
        let machine = Machine::recover(&records, &steps, self.here.to_string(), clock.now());
        let machine = machine.map_err(|error| Clean::from(format!("the journal {error}")))?;
        let mut machine = machine.ok_or_else(|| Clean::new("its record is gone"))?;
        for namespace in missing {
            machine.note(format!(
                "namespace {namespace} has no record of this batch: it was never written, or was deleted"
            ));
        }
        Ok((machine, versions))
    }
}
