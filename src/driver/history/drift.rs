//! What others changed since a batch.

use futures::{StreamExt, stream};
use rolldeck_core::{
    batch::{
        Intent, Port, PortError, Snapshot, Target, Token,
        journal::{Mark, Note, StepRecord},
        past::Ledger,
        template,
    },
    model::AppKey,
    text::Clean,
};

use super::list::WIDTH;

/// The apps that are not as the batch left them, and how they differ; also those of which it cannot be told. In the order of the
/// batch. Nobody's work is undone by a revert unseen: these come first when one is asked for.
pub async fn drift<P: Port>(port: &P, ledger: &Ledger) -> Vec<(AppKey, Clean)> {
    let intent = ledger.found.intent;
    let batch = &ledger.found.id.0;
    let looks =
        ledger.apps().into_iter().filter(|(_, note, _)| note.mark.touched()).map(|(key, note, step)| async move {
            let Some(step) = step else {
                return Some((key, "the journal lacks its templates: whether it changed is not known".into()));
            };
            let target = match intent {
                Intent::Bounds => Target::Autoscaler { namespace: key.namespace.clone(), name: note.hpa.clone() },
                _ => Target::App(key.clone()),
            };
            let why = match port.read(&target).await {
                Ok(object) => differs(&Snapshot::take(&object, intent), (note, step), intent, batch),
                Err(PortError::NotFound(_)) => Some("it was deleted since".to_owned()),
                Err(error) => Some(format!("whether it changed is not known: failed to read it: {error}")),
            };
            why.map(|why| (key, why.into()))
        });
    stream::iter(looks.collect::<Vec<_>>()).buffered(WIDTH).filter_map(|found| async move { found }).collect().await
}

/// How the live object differs from what the batch left; `None` if it does not.
fn differs(live: &Snapshot, (note, step): (&Note, &StepRecord), intent: Intent, batch: &str) -> Option<String> {
    if live.uid != step.before.uid {
        return Some("it was deleted and created anew since".to_owned());
    }
    let other = live.token.as_deref().and_then(Token::parse).filter(|token| token.batch != batch);
    let left = match note.mark {
        Mark::Reverted | Mark::RolledBack => vec![&step.before],
        Mark::Applied | Mark::Healthy | Mark::NothingRan => vec![&step.after],
        // Whether it was written cannot be told from here: either is what the batch left.
        _ => vec![&step.after, &step.before],
    };
    let forward = !matches!(note.mark, Mark::Reverted | Mark::RolledBack);
    let made = |live: &Snapshot| forward && note.made.is_some() && note.made == Some(live.fingerprint());
    let as_left = made(live) || left.iter().any(|left| what(left, live, intent).is_none());
    let what = if as_left { None } else { left.first().and_then(|left| what(left, live, intent)) };
    match (other, what) {
        (Some(other), Some(what)) => Some(format!("batch {} changed it since: {what}", other.batch)),
        (Some(other), None) => Some(format!("batch {} wrote to it since, and it is as before that", other.batch)),
        (None, Some(what)) => Some(format!("changed by someone else since: {what}")),
        (None, None) => None,
    }
}

/// What of the fields that the batch wrote is not as it left them, in few words.
fn what(left: &Snapshot, live: &Snapshot, intent: Intent) -> Option<String> {
    if let (Some(was), Some(is)) = (&left.template, &live.template)
        && !template::same(was, is)
    {
        let (was_images, is_images) = (template::images(was), template::images(is));
        let changed = is_images.iter().find(|image| !was_images.contains(image));
        return Some(match changed {
            Some(image) => format!("{} is {} now", image.container, image.image),
            None if was_images != is_images => "it has other containers now".to_owned(),
            None => template::differences(was, is).join(", "),
        });
    }
    if left.replicas != live.replicas {
        let count = |snapshot: &Snapshot| snapshot.replicas.map_or("?".to_owned(), |count| count.to_string());
        return Some(format!("{} replicas now, the batch left {}", count(live), count(left)));
    }
    if left.bounds != live.bounds {
        let range = |snapshot: &Snapshot| {
            snapshot.bounds.map_or("?".to_owned(), |bounds| format!("{}–{}", bounds.min, bounds.max))
        };
        return Some(format!("bounds {} now, the batch left {}", range(live), range(left)));
    }
    let pauses = matches!(intent, Intent::Pause | Intent::Resume);
    (pauses && left.paused != live.paused).then(|| if live.paused { "paused now" } else { "not paused now" }.to_owned())
}
