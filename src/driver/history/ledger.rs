//! One batch, whole.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{
    batch::{
        BatchId, ConfigMap, Found, Holder, Port, PortError,
        journal::{Record, decode_steps, of_batch},
        past::Ledger,
    },
    text::Clean,
};

use super::list::hold;

/// Reads everything that is recorded of a batch, and who holds it by one look at its lease. Looked for in these namespaces (empty: in all), and then where its record says.
///
/// # Errors
/// It is not found, or its record cannot be read. Parts that cannot be read are among its `lacks`.
pub async fn ledger<P: Port>(port: &P, namespaces: &BTreeSet<Clean>, id: &BatchId) -> Result<Ledger, Clean> {
    if !id.is_well_formed() {
        return Err(format!("{} is no name of a batch", Clean::new(&id.0)).into());
    }
    let mut ledger = Reading { port, id, records: BTreeMap::new(), seen: BTreeSet::new(), lacks: Vec::new() };
    ledger.find(namespaces).await?;
    ledger.complete().await;
    let Reading { records, lacks, .. } = ledger;
    let mut ledger = Ledger {
        found: Found::of(&records, Holder::Gone).ok_or_else(|| Clean::from(format!("there is no batch {id}")))?,
        records,
        steps: BTreeMap::new(),
        lacks,
    };
    if ledger.found.unfinished {
        let home = ledger.records.values().next().map(|record| record.home.clone()).unwrap_or_default();
        ledger.lacks.extend(hold(port, &home, &mut ledger.found).await);
    }
    for namespace in ledger.records.keys() {
        let maps = port.config_maps(Some(namespace), &of_batch(id, "steps")).await;
        let steps = maps
            .map_err(|error| error.to_string())
            .and_then(|maps| decode_steps(&maps).map_err(|error| format!("the journal {error}")));
        match steps {
            Ok(steps) => {
                ledger.steps.insert(namespace.clone(), steps);
            }
            Err(why) => {
                ledger.lacks.push(format!("the templates of batch {id} in {namespace} are not read: {why}").into());
            }
        }
    }
    Ok(ledger)
}

struct Reading<'a, P> {
    port: &'a P,
    id: &'a BatchId,
    records: BTreeMap<String, Record>,
    seen: BTreeSet<String>,
    lacks: Vec<Clean>,
}

impl<P: Port> Reading<'_, P> {
    async fn find(&mut self, namespaces: &BTreeSet<Clean>) -> Result<(), Clean> {
        let mut failed = None;
        if namespaces.is_empty() {
            let maps = self.port.config_maps(None, &of_batch(self.id, "state")).await;
            let maps = maps.map_err(|error| Clean::from(format!("failed to look for batch {}: {error}", self.id)))?;
            self.take(maps);
            self.seen.extend(self.records.values().flat_map(|record| record.namespaces.clone()).collect::<Vec<_>>());
        }
        for namespace in namespaces {
            match self.port.config_maps(Some(namespace), &of_batch(self.id, "state")).await {
                Ok(maps) => self.take(maps),
                Err(error) => failed = Some(format!("failed to look for batch {} in {namespace}: {error}", self.id)),
            }
            self.seen.insert(namespace.to_string());
            if !self.records.is_empty() {
                return Ok(());
            }
        }
        match (self.records.is_empty(), failed, self.lacks.first()) {
            (false, ..) => Ok(()),
            (true, _, Some(lack)) => Err(lack.clone()),
            (true, Some(failed), None) => Err(failed.into()),
            (true, None, None) => Err(format!("there is no batch {}: see the list of batches", self.id).into()),
        }
    }

    /// The records where the first one says that there are more.
    async fn complete(&mut self) {
        let named: BTreeSet<String> = self.records.values().flat_map(|record| record.namespaces.clone()).collect();
        for namespace in named {
            if self.records.contains_key(&namespace) || !self.seen.insert(namespace.clone()) {
                continue;
            }
            match self.port.config_maps(Some(&namespace), &of_batch(self.id, "state")).await {
                Ok(maps) => self.take(maps),
                Err(error) => self.lack(&namespace, &error),
            }
        }
    }

    fn lack(&mut self, namespace: &str, error: &PortError) {
        self.lacks.push(format!("what batch {} did in {namespace} is not seen: {error}", self.id).into());
    }

    fn take(&mut self, maps: Vec<ConfigMap>) {
        for map in maps {
            match Record::decode(&map) {
                Ok(record) => {
                    self.records.insert(map.namespace, record);
                }
                Err(error) => self.lacks.push(format!("the journal {error}").into()),
            }
        }
    }
}
