//! Batches that are there already: on with one, or back.

use std::{collections::BTreeSet, time::Duration};

use rolldeck_core::{
    batch::{BatchId, Holder, Intent, Order, StepState, past::Ledger},
    model::AppKey,
    text::Clean,
};
use rolldeck_driver::{Finder, Handle, drift, lacks, ledger};
use tokio::time::sleep;

use super::{
    Link,
    args::{Answer, Output, Resume, Revert},
    ask::{Question, ask},
    books::put,
    document, drive,
    end::End,
    list::find,
    text,
};

/// Whether a driver is alive shows over time: this often its lease is looked at until it is known.
const LOOK: Duration = Duration::from_secs(2);

/// Goes on with a batch.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn resume(link: &Link, resume: &Resume) -> Result<End, End> {
    let ledger = read(link, &resume.one.id).await?;
    let batch = &ledger.found;
    if !batch.unfinished {
        return Err(End::refused(format!("batch {} has ended: {}", batch.id, text::outcome(batch))));
    }
    let apps: Vec<AppKey> = batch.steps.iter().map(|step| step.key.clone()).collect();
    let waits = batch.steps.iter().any(|step| matches!(step.state, StepState::Waiting | StepState::NotStarted));
    if waits && ledger.records.values().any(|record| record.options.gate) && !drive::can_open_gates() {
        return Err(End::refused(drive::GATE));
    }
    allowed(link, batch.intent, &apps).await?;
    question(link, &resume.answer, "go on with", &batch.id, &apps).await?;
    let handle = take(link, &batch.id, Order::Proceed, resume.take_over).await?;
    finish(handle, resume.one.look.output, false).await
}

/// Takes back what a batch touched, or some of its apps.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn revert(link: &Link, revert: &Revert) -> Result<End, End> {
    let ledger = read(link, &revert.one.id).await?;
    let batch = &ledger.found;
    let only = chosen(&ledger, &revert.apps)?;
    let touched: Vec<AppKey> = batch
        .steps
        .iter()
        .filter(|step| step.state.is_touched() && (only.is_empty() || only.contains(&step.key)))
        .map(|step| step.key.clone())
        .collect();
    if touched.is_empty() {
        eprintln!("nothing to take back: batch {} has left no app changed", batch.id);
        put(revert.one.look.output, String::new, || document::found(batch))?;
        return Ok(End::Done);
    }
    let drifted: Vec<(AppKey, Clean)> =
        drift(&*link.port, &ledger).await.into_iter().filter(|(key, _)| touched.contains(key)).collect();
    for (key, what) in &drifted {
        eprintln!("changed since, and left alone: {}: {what}", text::app(key));
    }
    if drifted.len() == touched.len() {
        return Err(End::Drifted("every app changed since the batch: nothing was taken back".into()));
    }
    allowed(link, batch.intent, &touched).await?;
    question(link, &revert.answer, "revert", &batch.id, &touched).await?;
    let order = Order::Revert { at_once: revert.incident, only };
    let handle = take(link, &batch.id, order, revert.take_over).await?;
    let end = finish(handle, revert.one.look.output, true).await?;
    match (&end, drifted.len()) {
        (_, 0) => Ok(end),
        (_, count) => Ok(End::Drifted(format!("{} changed since the batch, and left alone", text::apps(count)))),
    }
}

async fn read(link: &Link, id: &str) -> Result<Ledger, End> {
    let id = find(link, id).await?;
    let ledger = ledger(&*link.port, &link.namespaces(), &id).await.map_err(End::refused)?;
    for lack in &ledger.lacks {
        eprintln!("{lack}");
    }
    Ok(ledger)
}

/// Whether every right is there that it needs.
async fn allowed(link: &Link, intent: Intent, apps: &[AppKey]) -> Result<(), End> {
    let lacks: Vec<String> = lacks(&link.port, intent, apps).await.iter().map(ToString::to_string).collect();
    if lacks.is_empty() { Ok(()) } else { Err(End::refused(lacks.join("; "))) }
}

async fn question(link: &Link, answer: &Answer, verb: &str, id: &BatchId, apps: &[AppKey]) -> Result<(), End> {
    let namespaces: BTreeSet<Clean> = apps.iter().map(|app| app.namespace.clone()).collect();
    let verb = format!("{verb} batch {id}:");
    ask(link, answer, &Question { verb: &verb, apps: apps.len(), namespaces: &namespaces }).await
}

/// Takes the batch over, as soon as it is known whether someone drives it.
async fn take(link: &Link, id: &BatchId, order: Order, force: bool) -> Result<Handle, End> {
    let mut finder = Finder::new(link.port.clone(), link.here.clone());
    let mut told = false;
    loop {
        if force {
            break;
        }
        // Of a batch that has ended nothing is found here: it is read when it is taken over.
        let found = finder.look(&link.namespaces()).await.unwrap_or_default();
        let watched = found.iter().find(|batch| batch.id == *id).map(|batch| &batch.holder);
        let seconds = match watched {
            Some(Holder::Watching(seconds)) => seconds,
            Some(Holder::Alive(who)) => {
                let why = format!("{who} drives batch {id}: see to it there, or take it from there with --take-over");
                return Err(End::refused(why));
            }
            _ => break,
        };
        if !std::mem::replace(&mut told, true) {
            eprintln!("whether someone drives batch {id} is known in {seconds} s");
        }
        sleep(LOOK).await;
    }
    finder.take_over(id, order, force, Link::clock()).await.map_err(End::refused)
}

async fn finish(handle: Handle, output: Output, back: bool) -> Result<End, End> {
    let run = drive::follow(handle).await?;
    put(output, || format!("{}\n", run.id), || document::run(&run))?;
    Ok(drive::end_of(&run, back))
}

/// The apps that were named, each of which the batch has once; none: all.
fn chosen(ledger: &Ledger, names: &[String]) -> Result<Vec<AppKey>, End> {
    let apps = || ledger.found.steps.iter().map(|step| &step.key);
    let mut chosen = Vec::new();
    for name in names {
        let parts: Vec<&str> = name.split('/').collect();
        let is = |key: &&AppKey| match parts.as_slice() {
            [app] => *key.name == **app,
            [namespace, app] => *key.namespace == **namespace && *key.name == **app,
            [kind, namespace, app] => is_kind(key, kind) && *key.namespace == **namespace && *key.name == **app,
            _ => false,
        };
        let found: Vec<&AppKey> = apps().filter(is).collect();
        match found.as_slice() {
            [key] => chosen.push((*key).clone()),
            [] => {
                let known: Vec<String> = apps().take(12).map(text::app).collect();
                let name = Clean::new(name);
                return Err(End::refused(format!(
                    "--app {name}: the batch has no such app: it has {}",
                    known.join(", ")
                )));
            }
            several => {
                let several: Vec<String> = several.iter().map(|key| text::app(key)).collect();
                let name = Clean::new(name);
                return Err(End::refused(format!(
                    "--app {name} may be {}: write KIND/NAMESPACE/NAME",
                    several.join(", ")
                )));
            }
        }
    }
    Ok(chosen)
}

/// Whether a word names the app's kind: `deploy`, `deployment`, `deployments`.
pub fn is_kind(key: &AppKey, word: &str) -> bool {
    let kind = key.kind;
    [kind.short(), kind.name(), kind.resource()].iter().any(|name| name.eq_ignore_ascii_case(word))
}
