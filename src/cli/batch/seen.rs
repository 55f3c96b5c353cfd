//! Images that no app of the plan has had: other apps of the cluster may run them.

use std::{collections::BTreeSet, sync::Arc};

use rolldeck_cluster::{connect::Cluster, past};
use rolldeck_core::{
    batch::{
        Plan,
        seen::{Reach, Running, Seen},
    },
    text::Clean,
};

/// What was seen, and where the plan starts an image that was not, also what all other apps run that may be listed; it says how far
/// that was looked for.
pub async fn everywhere(cluster: &Cluster, plan: &Plan, seen: Arc<Seen>) -> Arc<Seen> {
    let unseen =
        || plan.steps.iter().flat_map(|step| step.images_after()).any(|image| seen.sight(&image.image).is_none());
    if !seen.lacks().is_empty() || !unseen() {
        return seen;
    }
    let places: BTreeSet<Clean> = plan.steps.iter().map(|step| step.key.namespace.clone()).collect();
    let (running, reach) = match past::running(cluster, &places).await {
        Ok(running) => {
            let refused = running.unread.first().map(|unread| Reach::Only(unread.why.clone()));
            (running, refused.unwrap_or(Reach::Everywhere))
        }
        Err(error) => (Running::default(), Reach::Only(error.to_string().into())),
    };
    let mut seen = Arc::unwrap_or_clone(seen);
    seen.look(running.apps.iter().map(|(key, images)| (key, &**images)), reach);
    Arc::new(seen)
}
