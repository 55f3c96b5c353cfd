//! Back to how apps were at a point in time: only what is proved is taken; the rest is told, and left to the operator.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{Local, Utc};
use rolldeck_cluster::history::lived;
use rolldeck_core::{
    batch::{
        Plan, Problem, ProblemKind,
        file::{BatchFile, FileApp, Placed},
        past::{Evidence, Moment, When, judge},
    },
    model::AppKey,
    text::Clean,
};
use rolldeck_driver::{history, recorded};

use super::{Link, end::End, text};

/// Takes each app of a rollback that goes back to a time to how it was then.
///
/// # Errors
/// [`End::Refused`]: a time cannot be understood; the journals or revisions that would prove it cannot be read.
pub async fn go_back(
    link: &Link,
    plan: &mut Plan,
    file: &BatchFile,
    entries: &[(AppKey, &FileApp)],
) -> Result<(), End> {
    let mut moments: BTreeMap<String, Moment> = BTreeMap::new();
    for (key, entry) in entries {
        let usual = file.to_time.as_ref().filter(|_| entry.to_revision.is_none());
        let Some(wanted) = entry.to_time.as_ref().or(usual) else { continue };
        let Some(nth) = plan.steps.iter().position(|step| step.key == *key && step.live.is_some()) else { continue };
        let moment = match moments.get(wanted.value.as_str()) {
            Some(moment) => moment.clone(),
            None => {
                let moment = resolve(link, wanted).await?;
                eprintln!("{}: {}", wanted.value, words(&moment));
                moments.insert(wanted.value.to_string(), moment.clone());
                moment
            }
        };
        if let Err(why) = prove(link, plan, nth, &moment).await {
            plan.refuse(nth, Problem::error(ProblemKind::Target, why));
        }
    }
    Ok(())
}

async fn resolve(link: &Link, wanted: &Placed<Clean>) -> Result<Moment, End> {
    let wrong = |why: Clean| End::refused(format!("{} (line {}): {why}", wanted.field, wanted.line));
    let when = When::parse(&wanted.value, Utc::now(), *Local::now().offset()).map_err(wrong)?;
    let batches = match when {
        When::At { .. } => Vec::new(),
        When::Before(_) => {
            let read = history(&*link.port, &link.namespaces()).await;
            read.map_err(|error| wrong(format!("failed to read the batches: {error}").into()))?.0
        }
    };
    when.resolve(&batches).map_err(wrong)
}

/// Reads what speaks for an app's past, and takes its step to what that proves.
async fn prove(link: &Link, plan: &mut Plan, nth: usize, moment: &Moment) -> Result<(), Clean> {
    let step = &plan.steps[nth];
    let (key, Some(live)) = (step.key.clone(), step.live.clone()) else { return Ok(()) };
    let failed = |error| Clean::from(format!("failed to read what it was: {error}"));
    let revisions = lived(&link.cluster, &key, &live).await.map_err(failed)?;
    let mut journal = recorded(&*link.port, std::slice::from_ref(&key), moment.at).await.map_err(failed)?;
    let mut evidence = Evidence::new(key.clone(), Arc::clone(&live), Utc::now());
    evidence.revisions = revisions;
    evidence.journal = journal.entries.remove(&key).unwrap_or_default();
    let verdict = judge(&evidence, moment);
    plan.go_back(nth, &verdict, &text::time(moment.at))
}

fn words(moment: &Moment) -> String {
    let before = moment.before.as_ref().map(|batch| format!("before batch {batch}, ")).unwrap_or_default();
    let note = if moment.note.is_empty() { String::new() } else { format!(" ({})", moment.note) };
    format!("{before}{}{note}", text::time(moment.at))
}
