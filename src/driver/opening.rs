//! The start of a batch: its lease, its journal, and then its driver.

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    batch::{
        Author, BatchId, Plan, Port, PortError,
        journal::{Mark, Record, RecordPhase, encode_steps, lease_name},
        machine::Machine,
    },
    text::Clean,
};
use tokio::time::Instant;

use crate::{
    Clock, Handle, Identity,
    acquire::{self, Claim},
    books, drive,
    eyes::Eyes,
    keeper::Keeper,
};

/// What is in the cluster once a batch may begin.
pub(crate) struct Opened {
    /// Renews the batch's lease.
    pub keeper: Keeper,
    /// The resourceVersion of each namespace's record.
    pub versions: Versions,
    /// Streams of the batch's namespaces.
    pub eyes: Eyes,
}

/// The resourceVersion of each namespace's record.
pub(crate) type Versions = BTreeMap<String, String>;

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
    if let Some(ring) = machine.cycle() {
        let names: Vec<String> = ring.iter().chain(ring.first()).map(ToString::to_string).collect();
        let names = names.join(" waits for ");
        return Err(format!("{names}: nothing of this could ever start, take one out of the order").into());
    }
    Ok(drive::spawn(port, machine, clock, |driver| async move {
        match open(&driver.port, &driver.machine, &driver.clock).await {
            Ok(opened) => driver.run(opened, None).await,
            Err(why) => driver.refuse(why),
        }
    }))
}

/// Takes the lease, while it is seen whether the apps are free, and writes the journal. What the apps do is watched meanwhile.
async fn open<P: Port>(port: &Arc<P>, machine: &Machine, clock: &Clock) -> Result<Opened, Clean> {
    let head = machine.head();
    let (name, asked) = (lease_name(&head.id), Instant::now());
    let taken = acquire::acquire(&**port, (&head.home, &name), &head.driver, Claim::Free, clock);
    let (lease, free) = tokio::join!(taken, alone(port, machine));
    let lease =
        lease.map_err(|error| Clean::from(format!("failed to take the lease {}/{name}: {error}", head.home)))?;
    let keeper = Keeper::new(port.clone(), lease, asked, clock.clone());
    let eyes = Eyes::open(&**port, machine.namespaces().map(str::to_owned));
    let mut versions = Versions::new();
    let written = match free {
        Ok(()) => record(port, machine, &mut versions).await,
        Err(why) => Err(why),
    };
    match written {
        Ok(()) => Ok(Opened { keeper, versions, eyes }),
        Err(why) => {
            withdraw(port, machine, versions).await;
            acquire::release(&**port, &keeper.stop()).await;
            Err(why)
        }
    }
}

/// Whether no other unfinished batch has one of the apps.
pub(crate) async fn alone<P: Port>(port: &Arc<P>, machine: &Machine) -> Result<(), Clean> {
    let namespaces: Vec<String> = machine.namespaces().map(str::to_owned).collect();
    let apps: Vec<_> = machine.apps().cloned().collect();
    match books::rival(port, &namespaces, &apps, &machine.head().id).await {
        Ok(None) => Ok(()),
        Ok(Some(rival)) => Err(Clean::from(rival)),
        Err(error) => Err(failed("look for unfinished batches", &error)),
    }
}

async fn record<P: Port>(port: &Arc<P>, machine: &Machine, versions: &mut Versions) -> Result<(), Clean> {
    let id = &machine.head().id;
    let mut maps = Vec::new();
    for (namespace, steps) in machine.step_records() {
        let some = encode_steps(id, &namespace, &steps);
        maps.extend(some.map_err(|error| Clean::from(format!("the journal {error}")))?);
    }
    // One whose answer is lost may arrive yet: it is withdrawn, too.
    versions.extend(machine.namespaces().map(|namespace| (namespace.to_owned(), String::new())));
    let steps = maps.into_iter().map(|map| {
        let port = port.clone();
        async move {
            let written = books::create_once(&*port, &map).await;
            written.map_err(|error| failed(&format!("write the journal {}/{}", map.namespace, map.name), &error))
        }
    });
    let ((_, unwritten), states) = tokio::join!(books::many(steps), write_records(port, records(machine), versions));
    unwritten.map_or(Ok(()), Err)?;
    states?;
    // Two that start at the same time both see the other now, if not before.
    alone(port, machine).await
}

/// The records as the machine would write them now.
pub(crate) fn records(machine: &Machine) -> Vec<(String, Record)> {
    machine.namespaces().map(|namespace| (namespace.to_owned(), machine.record(namespace))).collect()
}

/// Writes records, some at once, at the versions that are known; what could be written has its new version then.
async fn write_records<P: Port>(
    port: &Arc<P>,
    records: Vec<(String, Record)>,
    versions: &mut Versions,
) -> Result<(), Clean> {
    let writes = records.into_iter().map(|(namespace, record)| {
        let port = port.clone();
        let version = versions.get(&namespace).cloned().unwrap_or_default();
        async move {
            let written = books::write_patiently(&*port, &namespace, &version, &record).await;
            let version = written.map_err(|error| failed(&format!("write the journal in {namespace}"), &error))?;
            Ok((namespace, version))
        }
    });
    let (written, failed) = books::many(writes.collect::<Vec<_>>()).await;
    versions.extend(written);
    failed.map_or(Ok(()), Err)
}

/// The records of a batch that never began say so.
async fn withdraw<P: Port>(port: &Arc<P>, machine: &Machine, versions: Versions) {
    let known = |(namespace, _): &(String, Record)| versions.contains_key(namespace);
    let mut records: Vec<_> = records(machine).into_iter().filter(known).collect();
    for (_, record) in &mut records {
        (record.phase, record.unfinished) = (RecordPhase::Failed, false);
        (record.ended, record.log) = (Some(record.started), Vec::new());
        for note in &mut record.steps {
            note.mark = Mark::NotStarted;
        }
    }
    // Where this fails too, the record stays as unfinished, and a revert of it finds nothing to do.
    let _ = write_records(port, records, &mut versions.clone()).await;
}

/// Marks the records of an ended batch (`before`, as they lie in the cluster) as unfinished once more, before it is driven again, and
/// looks whether its apps are free. Where they are not, the records say again what they had said. An unfinished batch has its apps.
pub(crate) async fn claim<P: Port>(
    port: &Arc<P>,
    machine: &Machine,
    before: Vec<(String, Record)>,
    versions: &mut Versions,
) -> Result<(), Clean> {
    if before.iter().any(|(_, record)| record.unfinished) {
        return Ok(());
    }
    alone(port, machine).await?;
    let mut open = before.clone();
    let me = &machine.head().driver;
    for (_, record) in &mut open {
        if record.driver != *me {
            // The order that it is claimed for raises the machine's epoch to this one: no two drivers share one.
            record.epoch = machine.epoch() + 1;
        }
        (record.unfinished, record.driver) = (true, me.clone());
    }
    let claimed = match write_records(port, open, versions).await {
        // Two that claim, or one that starts at the same time: both see the other now, if not before.
        Ok(()) => alone(port, machine).await,
        Err(why) => Err(why),
    };
    if claimed.is_err() {
        // Where this fails too, the batch is shown as unfinished: to be reverted, or gone on with.
        let _ = write_records(port, before, versions).await;
    }
    claimed
}

fn failed(what: &str, error: &PortError) -> Clean {
    format!("failed to {what}: {error}").into()
}
