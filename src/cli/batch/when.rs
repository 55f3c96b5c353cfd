//! Back to how apps were at a point in time: only what is proved is taken; the rest is told, and left to the operator.

use std::collections::BTreeMap;

use chrono::{Local, Utc};
use rolldeck_cluster::past::evidence;
use rolldeck_core::{
    batch::{
        Plan, Problem, ProblemKind,
        file::{BatchFile, FileApp, Placed},
        past::{Moment, When, judge},
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
    let mut wanted: BTreeMap<&str, (&Placed<Clean>, Vec<AppKey>)> = BTreeMap::new();
    for (key, entry) in entries {
        let usual = file.to_time.as_ref().filter(|_| entry.to_revision.is_none());
        if let Some(time) = entry.to_time.as_ref().or(usual) {
            wanted.entry(time.value.as_str()).or_insert((time, Vec::new())).1.push(key.clone());
        }
    }
    for (text, (time, keys)) in wanted {
        let moment = resolve(link, time).await?;
        eprintln!("{text}: {}", words(&moment));
        prove(link, plan, &keys, &moment).await?;
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

/// Reads what speaks for the past of these apps, and takes each step to what that proves.
async fn prove(link: &Link, plan: &mut Plan, keys: &[AppKey], moment: &Moment) -> Result<(), End> {
    let live = |key: &AppKey| plan.steps.iter().find(|step| step.key == *key)?.live.clone();
    let apps: Vec<_> = keys.iter().filter_map(|key| Some((key.clone(), live(key)?))).collect();
    let journal = recorded(&*link.port, keys, moment.at).await;
    let journal = journal.map_err(|error| End::refused(format!("failed to read the journals: {error}")))?;
    let past = evidence(&link.cluster, &apps, &journal.entries, Utc::now()).await;
    for lack in journal.lacks.iter().chain(&past.lacks) {
        eprintln!("{lack}");
    }
    for (key, evidence) in &past.evidence {
        let Some(nth) = plan.steps.iter().position(|step| step.key == *key) else { continue };
        if let Err(why) = plan.go_back(nth, &judge(evidence, moment), &text::time(moment.at)) {
            plan.refuse(nth, Problem::error(ProblemKind::Target, why));
        }
    }
    for (key, _) in apps.iter().filter(|(key, _)| !past.evidence.contains_key(key)) {
        if let Some(nth) = plan.steps.iter().position(|step| step.key == *key) {
            let why = "what it was then is not known: its past could not be read";
            plan.refuse(nth, Problem::error(ProblemKind::Target, why));
        }
    }
    Ok(())
}

fn words(moment: &Moment) -> String {
    let before = moment.before.as_ref().map(|batch| format!("before batch {batch}, ")).unwrap_or_default();
    let note = if moment.note.is_empty() { String::new() } else { format!(" ({})", moment.note) };
    format!("{before}{}{note}", text::time(moment.at))
}
