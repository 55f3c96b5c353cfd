//! What plans ask of the past: the tags that the cluster has seen, how long rollouts take, and what apps were at a point in time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::{
    Time,
    batch::{
        Intent, Plan, PortError,
        past::{When, expected_of, gone, judge},
        seen::{Digests, Seen},
    },
    model::{AppKey, Image},
    text::Clean,
};
use rolldeck_driver::Recorded;
use rolldeck_screens::PastFound;
use serde_json::Value;

/// An app, with the images that it runs.
type Live = (AppKey, Box<[Image]>);

/// What the plan of a release or a rollback is judged by: what its own apps run and were, and what the others run that are `live`, with
/// the digests of their pods. What could not be read is told in it. `None` of plans that start no image.
pub async fn seen_of(
    cluster: &Cluster,
    writer: &Writer,
    plan: &Plan,
    (live, digests): (&[Live], Digests),
    now: Time,
) -> Option<Arc<Seen>> {
    if !matches!(plan.intent, Intent::Release | Intent::Rollback) {
        return None;
    }
    let places = plan.steps.iter().map(|step| step.key.namespace.clone()).collect();
    let own = plan
        .steps
        .iter()
        .filter(|step| step.live.is_some())
        .map(|step| (step.key.clone(), step.images_before().into()));
    let live: Vec<Live> = live.iter().cloned().chain(own).collect();
    Some(Arc::new(seen(cluster, writer, &places, (&live, digests), now).await))
}

/// The digests that the pods of these namespaces run now.
pub async fn digests(cluster: &Cluster, places: &BTreeSet<Clean>) -> Digests {
    let scopes: Vec<_> = places.iter().cloned().map(Some).collect();
    let (pods, lacks) = rolldeck_cluster::past::pods(cluster, &scopes).await;
    let mut digests = Digests::new(&pods, []);
    lacks.into_iter().for_each(|why| digests.lack(why));
    digests
}

/// The tags that these apps run and that the revisions of these namespaces keep; what journals tell of rollouts that failed and of
/// digests, beside those that run; and what of that could not be read.
pub async fn seen(
    cluster: &Cluster,
    writer: &Writer,
    places: &BTreeSet<Clean>,
    (live, digests): (&[Live], Digests),
    now: Time,
) -> Seen {
    let scopes: Vec<_> = places.iter().cloned().map(Some).collect();
    let (revisions, lacks) = rolldeck_cluster::past::seen(cluster, &scopes).await;
    let seen = Seen::new(live.iter().map(|(key, images)| (key, &**images)), &revisions);
    let mut seen = seen.with_digests(digests);
    let here = live.iter().map(|(key, _)| key).filter(|key| places.contains(&key.namespace));
    let apps: Vec<AppKey> = here.cloned().collect();
    lacks.into_iter().for_each(|why| seen.lack(why));
    match rolldeck_driver::recorded(writer, &apps, now).await {
        Ok(recorded) => {
            let entries = recorded.entries.iter();
            seen.tell(entries.flat_map(|(key, entries)| entries.iter().map(move |entry| (key, entry))));
            recorded.lacks.into_iter().for_each(|why| seen.lack(why));
        }
        Err(error) => seen.lack(format!("the journals of batches: {error}").into()),
    }
    seen
}

/// Seconds that earlier rollouts of apps took, where the journals of these namespaces tell.
pub async fn expected(writer: &Writer, namespaces: &BTreeSet<Clean>) -> BTreeMap<AppKey, u32> {
    rolldeck_driver::records(writer, namespaces).await.map(|(records, _)| expected_of(&records)).unwrap_or_default()
}

/// What these apps, each with its live object, were.
///
/// # Errors
/// The point in time is of a batch that is not known.
pub async fn past(
    cluster: &Cluster,
    writer: &Writer,
    apps: &[(AppKey, Arc<Value>)],
    when: &When,
    now: Time,
) -> Result<PastFound, Clean> {
    let keys: Vec<AppKey> = apps.iter().map(|(key, _)| key.clone()).collect();
    let namespaces: BTreeSet<Clean> = keys.iter().map(|key| key.namespace.clone()).collect();
    let mut lacks = Vec::new();
    let moment = match when {
        When::At { .. } => when.resolve(&[])?,
        When::Before(_) => {
            let (batches, unread) =
                rolldeck_driver::history(writer, &namespaces).await.map_err(|error| said(&error))?;
            lacks.extend(unread);
            when.resolve(&batches)?
        }
    };
    let recorded = rolldeck_driver::recorded(writer, &keys, moment.at).await.unwrap_or_else(|error| Recorded {
        lacks: vec![format!("the journals of batches: {error}").into()],
        ..Recorded::default()
    });
    let read = rolldeck_cluster::past::evidence(cluster, apps, &recorded.entries, now).await;
    lacks.extend(recorded.lacks.into_iter().chain(read.lacks));
    let sightings: Vec<_> = recorded.sightings.into_iter().chain(read.sightings).collect();
    let gone = match &read.alive {
        Some(alive) => gone(&sightings, alive, moment.at),
        None => Vec::new(),
    };
    let verdict = |key: AppKey| match read.evidence.get(&key) {
        Some(evidence) => (key, Ok(judge(evidence, &moment))),
        None => (key, Err("nothing of its past could be read".into())),
    };
    let verdicts = keys.into_iter().map(verdict).collect();
    Ok(PastFound { moment: moment.clone(), verdicts, gone, lacks })
}

fn said(error: &PortError) -> Clean {
    error.to_string().into()
}
