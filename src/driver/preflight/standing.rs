//! The rights that a batch needs which is in the journal already.

use std::{collections::BTreeMap, sync::Arc};

use futures::{StreamExt, stream};
use rolldeck_core::{
    batch::{Intent, Port, Step},
    model::AppKey,
    text::Clean,
};

use super::{
    WIDTH,
    rights::{Question, lacking, questions},
};

/// The rights that lack to go on with these apps of a recorded batch, or to take them back: a sentence for each namespace.
/// What the server gives no answer to shows when it is done.
pub async fn lacks<P: Port>(port: &Arc<P>, intent: Intent, apps: &[AppKey]) -> Vec<Clean> {
    let steps = apps.iter().map(|app| Step::new(intent, app.clone()));
    let mut asked: Vec<Question> = steps.flat_map(|step| questions(&step)).filter(is_needed).collect();
    asked.sort_unstable();
    asked.dedup();
    let ask = |question: Question| async move {
        let (verb, group, resource, namespace) = &question;
        let why = port.may(verb, group, resource, namespace).await.ok().flatten()?;
        Some((question, why))
    };
    let refused: Vec<_> = stream::iter(asked).map(ask).buffered(WIDTH).filter_map(async |found| found).collect().await;
    let mut places: BTreeMap<&str, Vec<(&Question, &str)>> = BTreeMap::new();
    for (question, why) in &refused {
        places.entry(&question.3).or_default().push((question, why));
    }
    places.into_values().filter_map(|refused| lacking(&refused)).map(Clean::from).collect()
}

/// Its journal is there, and its lease mostly. Pods are deleted by the revert of a stuck StatefulSet alone.
fn is_needed(question: &Question) -> bool {
    !matches!(question.0, "create" | "delete")
}
