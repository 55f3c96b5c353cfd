//! From pods to the question about them.

use rolldeck_core::{act::Target, batch::guard::Guard, model::Pod};

use super::room::ActRoom;
use crate::{ActEffect, Action, Ctx, Effect};

/// Pods that one question takes at most.
const MOST: usize = 100;

/// Asks whether to evict or to delete these pods. Nothing is written before the operator has answered; where a session or a
/// guard writes nothing, nothing is asked either.
pub fn ask(ctx: &Ctx, pods: &[&Pod]) -> Vec<Action> {
    let note = |error, text: &str| vec![Action::Note(error, text.into())];
    if ctx.session.readonly {
        return note(true, "This session is read-only: no pod is evicted or deleted from here.");
    }
    match pods.len() {
        0 => return note(false, "no pod is under the cursor"),
        n if n > MOST => return note(true, "more than 100 pods at once: mark fewer, or restart the app"),
        _ => {}
    }
    if let (Guard::ReadOnly, rule) = ctx.guard(pods.iter().map(|pod| &pod.namespace)) {
        return note(true, &format!("Nothing is written here: {rule}. No pod is evicted or deleted."));
    }
    let targets: Vec<Target> = pods.iter().map(|pod| Target::of(pod)).collect();
    let asked = Effect::Act(ActEffect::Ask(targets.clone()));
    vec![Action::Open(Box::new(ActRoom::new(ctx, targets))), Action::Effect(asked)]
}
