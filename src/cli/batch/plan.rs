//! The plan of a batch file: every app is read, becomes what the file says, and is checked. Nothing is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Utc;
use futures::{StreamExt, stream};
use rolldeck_cluster::history;
use rolldeck_core::{
    batch::{
        Bounds, Intent, OnFailure, Options, Plan, Port, Problem, ProblemKind,
        file::{BatchFile, FileApp, Whom},
    },
    model::{AppKey, Revision},
    text::Clean,
};
use rolldeck_driver::check_all;
use serde_json::Value;

use super::{Link, end::End, seen, when};
use crate::runtime::{digests, seen_of};

/// Apps that are read at a time.
const WIDTH: usize = 16;

/// The plan, its apps read and checked.
///
/// # Errors
/// [`End::Refused`]: a selector matches nothing or cannot be asked, an app stands in the file twice, a time cannot be understood.
pub async fn plan(link: &Link, file: &BatchFile) -> Result<Plan, End> {
    let entries = expand(link, file).await?;
    let mut plan = Plan::new(file.intent, entries.iter().map(|(key, _)| key.clone()).collect());
    plan.reason = file.reason.clone();
    plan.options = options(file, entries.len());
    let scaled = autoscalers(link, file.intent, &entries).await;
    read(link, &mut plan, &scaled).await;
    for (key, entry) in &entries {
        let Some(nth) = plan.steps.iter().position(|step| step.key == *key) else { continue };
        if plan.steps[nth].live.is_some()
            && let Err(why) = become_as(&mut plan, nth, entry)
        {
            plan.refuse(nth, Problem::error(ProblemKind::Shape, why));
        }
    }
    when::go_back(link, &mut plan, file, &entries).await?;
    check(link, &mut plan).await;
    Ok(plan)
}

/// The apps of a file, each with the entry that speaks for it. One that is named goes before one that a selector matches.
async fn expand<'f>(link: &Link, file: &'f BatchFile) -> Result<Vec<(AppKey, &'f FileApp)>, End> {
    let mut named: BTreeMap<&AppKey, usize> = BTreeMap::new();
    for entry in &file.apps {
        if let Whom::App(key) = &entry.whom
            && let Some(line) = named.insert(key, entry.line)
        {
            return Err(End::refused(format!("line {}: {key} stands in line {line} already", entry.line)));
        }
    }
    let mut entries: Vec<(AppKey, &FileApp)> = Vec::new();
    for entry in &file.apps {
        match &entry.whom {
            Whom::App(key) => entries.push((key.clone(), entry)),
            Whom::Selected { namespace, kind, selector } => {
                let failed = |why: String| End::refused(format!("line {}: the selector {selector}: {why}", entry.line));
                let found = history::apps(&link.cluster, namespace, *kind, selector).await;
                let found = found.map_err(|error| failed(format!("failed to read what it matches: {error}")))?;
                if found.is_empty() {
                    return Err(failed(format!("no app of namespace {namespace} matches it")));
                }
                // What a kind of batch can do nothing with is left out of what a selector matches.
                let fits = |key: &AppKey| !named.contains_key(key) && possible(file.intent, key);
                entries.extend(found.into_iter().filter(fits).map(|key| (key, entry)));
            }
        }
    }
    let mut seen = BTreeSet::new();
    entries.retain(|(key, _)| seen.insert(key.clone()));
    match entries.is_empty() {
        true => Err(End::refused("the selectors match no app that this could be done to")),
        false => Ok(entries),
    }
}

fn possible(intent: Intent, key: &AppKey) -> bool {
    use rolldeck_core::model::AppKind::{DaemonSet, Deployment};
    match intent {
        Intent::Scale | Intent::Bounds => key.kind != DaemonSet,
        Intent::Pause | Intent::Resume => key.kind == Deployment,
        Intent::Release | Intent::Rollback | Intent::Restart => true,
    }
}

fn options(file: &BatchFile, apps: usize) -> Options {
    let usual = Options::new(file.intent, apps);
    Options {
        width: file.width.unwrap_or(usual.width),
        on_failure: file.on_failure.unwrap_or(OnFailure::Stop),
        soak: file.soak.unwrap_or(usual.soak),
        gate: file.gate,
        incident: file.incident,
        deadline: file.deadline.unwrap_or(usual.deadline),
        ..usual
    }
}

/// What scales the apps: by app, the autoscaler, raw; or by namespace, why that is not known.
type Scaled = BTreeMap<Clean, Result<BTreeMap<AppKey, Value>, String>>;

async fn autoscalers(link: &Link, intent: Intent, entries: &[(AppKey, &FileApp)]) -> Scaled {
    if !matches!(intent, Intent::Scale | Intent::Bounds) {
        return Scaled::new();
    }
    let namespaces: BTreeSet<Clean> = entries.iter().map(|(key, _)| key.namespace.clone()).collect();
    let mut scaled = Scaled::new();
    for namespace in namespaces {
        let found = history::autoscalers(&link.cluster, &namespace).await;
        scaled.insert(namespace, found.map_err(|error| format!("failed to read its autoscaler: {error}")));
    }
    scaled
}

/// Reads every app, many at a time.
async fn read(link: &Link, plan: &mut Plan, scaled: &Scaled) {
    let intent = plan.intent;
    let keys: Vec<AppKey> = plan.steps.iter().map(|step| step.key.clone()).collect();
    let one = |key: AppKey| async move {
        let read = async {
            let live = link.port.read(&(&key).into()).await?;
            let revisions: Arc<[Revision]> = match intent {
                Intent::Rollback => history::revisions(&link.cluster, &key, &live).await?,
                _ => Arc::default(),
            };
            Ok((Arc::new(live), revisions))
        };
        let read: Result<_, rolldeck_core::batch::PortError> = read.await;
        (key, read)
    };
    let answers: Vec<_> = stream::iter(keys).map(one).buffer_unordered(WIDTH).collect().await;
    for (key, answer) in answers {
        let Some(nth) = plan.steps.iter().position(|step| step.key == key) else { continue };
        match scaled.get(&key.namespace) {
            Some(Ok(found)) => {
                if let Some(hpa) = found.get(&key) {
                    let name = Clean::new(hpa["metadata"]["name"].as_str().unwrap_or_default());
                    plan.steps[nth].autoscaler = Some(Arc::new(hpa.clone()));
                    plan.autoscaled(&key, &name);
                }
            }
            Some(Err(why)) => plan.steps[nth].problems.push(Problem::warning(ProblemKind::Unknown, why.clone())),
            None => {}
        }
        match answer {
            Ok((live, revisions)) => plan.read(&key, live, revisions, Utc::now()),
            Err(error) => {
                plan.refuse(nth, Problem::error(ProblemKind::Other, format!("failed to read {key}: {error}")))
            }
        }
    }
}

/// Makes a step what its entry says.
fn become_as(plan: &mut Plan, nth: usize, entry: &FileApp) -> Result<(), Clean> {
    if let Some(tag) = &entry.tag {
        plan.set_tag(nth, None, tag)?;
    }
    for (container, image) in &entry.images {
        // Without a tag an image means `latest`; alone it would be read as a tag.
        let whole = if image.contains(['/', ':', '@']) { image.to_string() } else { format!("{image}:latest") };
        plan.set_tag(nth, Some(container), &whole)?;
    }
    if let Some(revision) = entry.to_revision {
        plan.pick_revision(nth, revision)?;
    }
    if let Some(count) = entry.replicas {
        plan.set_count(nth, count)?;
    }
    if plan.intent == Intent::Bounds {
        let Some(before) = plan.steps[nth].bounds_before() else {
            return Err("no autoscaler scales it: scale it instead, or make one".into());
        };
        let bounds = Bounds { min: entry.min.unwrap_or(before.min), max: entry.max.unwrap_or(before.max) };
        plan.set_bounds(nth, bounds)?;
    }
    if let Some(resume) = entry.resume {
        plan.set_resume(nth, resume);
    }
    Ok(())
}

/// Asks the preflight of every step, until nothing is left to ask.
pub async fn check(link: &Link, plan: &mut Plan) {
    if matches!(plan.intent, Intent::Release | Intent::Rollback) {
        let places = plan.steps.iter().map(|step| step.key.namespace.clone()).collect();
        let running = digests(&link.cluster, &places).await;
        plan.seen = seen_of(&link.cluster, &link.port, plan, (&[], running), Utc::now()).await;
    }
    if let Some(seen) = &plan.seen {
        plan.seen = Some(seen::everywhere(&link.cluster, plan, seen.clone()).await);
    }
    check_all(&link.port, plan).await;
}
