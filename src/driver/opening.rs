//! The start of a batch: its lease, its journal, and then its driver.

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    batch::{
        Author, BatchId, Lease, Plan, Port, PortError,
        journal::{RecordPhase, encode_steps, lease_name},
        machine::Machine,
    },
    text::Clean,
};
use tokio::time::Instant;

use crate::{Clock, Handle, Identity, acquire, books, drive};

/// What is in the cluster once a batch may begin.
pub(crate) struct Opened {
    pub lease: Lease,
    /// Before the lease was written: it runs from then.
    pub asked: Instant,
    /// The resourceVersion of each namespace's record.
    pub versions: BTreeMap<String, String>,
}

/// Starts the driver of a plan that is ready. The journal is written before the first app is touched; where it cannot be,
/// the run ends as `Failed`, with why in its notes and nothing written to any app.
///
/// # Errors
/// The plan is not ready, or would change nothing.
pub fn start<P: Port>(
    port: Arc<P>,
    plan: &Plan,
    id: BatchId,
    author: Author,
    me: &Identity,
    clock: Clock,
) -> Result<Handle, Clean> {
    plan.ready()?;
    let machine = Machine::new(plan, id, author, me.to_string(), clock.now())
        .ok_or_else(|| Clean::new("nothing would change"))?;
    Ok(drive::spawn(port, machine, clock, |driver| async move {
        match open(&*driver.port, &driver.machine, &driver.clock).await {
            Ok(opened) => driver.run(opened, None).await,
            Err(why) => driver.refuse(why),
        }
    }))
}

/// Takes the lease and writes the journal.
async fn open<P: Port>(port: &P, machine: &Machine, clock: &Clock) -> Result<Opened, Clean> {
    let head = machine.head();
    let name = lease_name(&head.id);
    let asked = Instant::now();
    let lease = acquire::acquire(port, (&head.home, &name), &head.driver, None, clock)
        .await
        .map_err(|error| Clean::from(format!("failed to take the lease {}/{name}: {error}", head.home)))?;
    let mut versions = BTreeMap::new();
    match record(port, machine, &mut versions).await {
        Ok(()) => Ok(Opened { lease, asked, versions }),
        Err(why) => {
            withdraw(port, machine, versions).await;
            acquire::release(port, &lease).await;
            Err(why)
        }
    }
}

async fn record<P: Port>(port: &P, machine: &Machine, versions: &mut BTreeMap<String, String>) -> Result<(), Clean> {
    let namespaces: Vec<String> = machine.namespaces().map(str::to_owned).collect();
    let apps: Vec<_> = machine.apps().cloned().collect();
    let id = machine.head().id.clone();
    let alone = || async {
        match books::rival(port, &namespaces, &apps, Some(&id)).await {
            Ok(None) => Ok(()),
            Ok(Some(rival)) => Err(Clean::from(rival)),
            Err(error) => Err(failed("look for unfinished batches", &error)),
        }
    };
    alone().await?;
    for (namespace, steps) in machine.step_records() {
        let maps =
            encode_steps(&id, &namespace, &steps).map_err(|error| Clean::from(format!("the journal {error}")))?;
        for map in maps {
            books::create_once(port, &map)
                .await
                .map_err(|error| failed(&format!("write the journal {namespace}/{}", map.name), &error))?;
        }
    }
    for namespace in &namespaces {
        // One whose answer is lost may arrive yet: it is withdrawn, too.
        versions.insert(namespace.clone(), String::new());
        let version = books::write_record(port, namespace, "", &machine.record(namespace))
            .await
            .map_err(|error| failed(&format!("write the journal in {namespace}"), &error))?;
        versions.insert(namespace.clone(), version);
    }
    // Two that start at the same time both see the other now, if not before.
    alone().await
}

/// The records of a batch that never began say so.
async fn withdraw<P: Port>(port: &P, machine: &Machine, versions: BTreeMap<String, String>) {
    for (namespace, version) in versions {
        let mut record = machine.record(&namespace);
        (record.phase, record.unfinished) = (RecordPhase::Failed, false);
        // Where this fails too, the record stays as unfinished, and a revert of it finds nothing to do.
        let _ = books::write_record(port, &namespace, &version, &record).await;
    }
}

fn failed(what: &str, error: &PortError) -> Clean {
    format!("failed to {what}: {error}").into()
}
