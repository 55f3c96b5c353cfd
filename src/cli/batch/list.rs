//! Looks at batches: the list, one of them, and what becomes of old ones.

use chrono::Utc;
use rolldeck_core::batch::{
    BatchId, Found,
    past::{When, Which},
};
use rolldeck_driver::{Keep, drift, due, history, ledger, prune as prune_now};
use serde_json::json;

use super::{
    Link,
    args::{One, Output, Prune},
    ask::{Question, ask},
    books::put,
    document,
    end::End,
    text,
};

/// `batch list`.
///
/// # Errors
/// [`End::Failed`]: nothing can be read.
pub async fn list(link: &Link, output: Output) -> Result<End, End> {
    let (batches, unread) = all(link).await?;
    if output == Output::Text {
        for lack in &unread {
            eprintln!("{lack}");
        }
        if batches.is_empty() {
            eprintln!("no batches in {}: say -A for all namespaces", place(link));
            return Ok(End::Done);
        }
    }
    put(output, || text::list(&batches), || document::list(&batches, &unread))?;
    Ok(End::Done)
}

/// `batch show ID`.
///
/// # Errors
/// [`End::Refused`]: there is no such batch, or its journal cannot be read.
pub async fn show(link: &Link, one: &One) -> Result<End, End> {
    let id = find(link, &one.id).await?;
    let ledger = ledger(&*link.port, &link.namespaces(), &id).await.map_err(End::refused)?;
    let drifted = drift(&*link.port, &ledger).await;
    let write = || {
        let mut text = text::show(&ledger.found);
        for (key, what) in &drifted {
            text += &format!("\nchanged since: {}: {what}", text::app(key));
        }
        for lack in &ledger.lacks {
            text += &format!("\nnot known: {lack}");
        }
        text.trim_end().to_owned() + "\n"
    };
    let document = || {
        let changed = drifted.iter().map(|(key, what)| {
            let mut entry = document::app(key);
            entry["what"] = json!(what);
            entry
        });
        let mut batch = document::found(&ledger.found);
        batch["changedSince"] = changed.collect();
        batch["unread"] = json!(ledger.lacks);
        batch
    };
    put(one.look.output, write, document)?;
    Ok(End::Done)
}

/// `batch prune`.
///
/// # Errors
/// [`End::Refused`]: not confirmed, or nothing can be read. [`End::Failed`]: some could not be deleted.
pub async fn prune(link: &Link, prune: &Prune) -> Result<End, End> {
    let keep = Keep { days: prune.days, count: prune.count };
    let due = due(&*link.port, &link.namespaces(), keep, Utc::now()).await;
    let due = due.map_err(|error| End::failed(format!("failed to read the batches of {}: {error}", place(link))))?;
    let (mut batches, _) = all(link).await?;
    batches.retain(|batch| due.contains(&batch.id));
    if !batches.is_empty() {
        let namespaces = batches.iter().flat_map(|batch| &batch.steps).map(|step| step.key.namespace.clone()).collect();
        let verb = match batches.len() {
            1 => "delete the journal of 1 batch of".to_owned(),
            count => format!("delete the journals of {count} batches of"),
        };
        let apps = batches.iter().map(|batch| batch.steps.len()).sum();
        ask(link, &prune.answer, &Question { verb: &verb, apps, namespaces: &namespaces }).await?;
    }
    let pruned = prune_now(&*link.port, &link.namespaces(), keep, Utc::now()).await.map_err(End::failed)?;
    let ids = || pruned.batches.iter().map(|id| id.0.clone());
    let lines = || ids().map(|id| format!("deleted the journal of {id}\n")).collect();
    put(prune.look.output, lines, || json!({ "pruned": ids().collect::<Vec<_>>(), "failed": pruned.failed }))?;
    match pruned.failed.first() {
        Some(why) => Ok(End::failed(why)),
        None => Ok(End::Done),
    }
}

/// Every batch in view.
async fn all(link: &Link) -> Result<(Vec<Found>, Vec<rolldeck_core::text::Clean>), End> {
    let read = history(&*link.port, &link.namespaces()).await;
    read.map_err(|error| End::failed(format!("failed to read the batches of {}: {error}", place(link))))
}

/// The batch that a name, or a part of one that no other has, means.
///
/// # Errors
/// [`End::Refused`]: no batch is meant, or several.
pub async fn find(link: &Link, name: &str) -> Result<BatchId, End> {
    let id = BatchId(name.trim().to_owned());
    let (batches, _) = all(link).await?;
    if batches.iter().any(|batch| batch.id == id) {
        return Ok(id);
    }
    let named = When::Before(Which::Named(name.trim().into()));
    let moment = named.resolve(&batches).map_err(End::refused)?;
    moment.before.ok_or_else(|| End::refused(format!("there is no batch {}", rolldeck_core::text::Clean::new(name))))
}

fn place(link: &Link) -> String {
    let names: Vec<String> = link.namespaces().iter().map(ToString::to_string).collect();
    if names.is_empty() { "all namespaces".to_owned() } else { names.join(", ") }
}
