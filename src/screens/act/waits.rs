//! Apps whose pods change only when someone deletes them: which pods wait for that.

use rolldeck_core::{
    model::{App, AppKey, AppKind, Pod, Strategy},
    text::Clean,
};

use super::ask;
use crate::{Action, Ctx};

/// The pods that an app of strategy OnDelete keeps at an older revision: those that its rollout waits for, the highest ordinal
/// first, as a StatefulSet updates them. Empty for every other app.
pub fn waiting<'a>(ctx: &Ctx<'a>, key: &AppKey) -> Vec<&'a Pod> {
    let Some(row) = ctx.fleet.app(key) else { return Vec::new() };
    if row.app.strategy != Strategy::OnDelete || row.app.counts.updated >= row.app.counts.wanted {
        return Vec::new();
    }
    let pods: Vec<&Pod> = ctx.fleet.pods(key).into_iter().map(|row| row.pod).filter(|pod| !pod.ending).collect();
    let newest = newest(&row.app, &pods);
    let mut old: Vec<&Pod> = pods.into_iter().filter(|pod| newest.as_ref() != Some(&pod.revision)).collect();
    old.sort_by_key(|pod| std::cmp::Reverse(ordinal(pod)));
    old
}

/// The revision that the pods are to come to. A DaemonSet does not name it: it is that of the youngest pod, once one has it.
fn newest(app: &App, pods: &[&Pod]) -> Option<Clean> {
    match app.key.kind {
        AppKind::StatefulSet => Some(app.revision.clone()),
        _ if app.counts.updated == 0 => None,
        _ => pods.iter().max_by_key(|pod| pod.created).map(|pod| pod.revision.clone()),
    }
}

fn ordinal(pod: &Pod) -> Option<u32> {
    pod.name.rsplit('-').next()?.parse().ok()
}

/// Asks about the next pod that an app waits for; for an app that waits for none, says where pods are.
pub fn of_app(ctx: &Ctx, key: &AppKey) -> Vec<Action> {
    match waiting(ctx, key).first() {
        Some(pod) => ask(ctx, &[pod]),
        None => vec![Action::Note(
            false,
            format!("{key} waits for no pod to be deleted: its pods are a room further").into(),
        )],
    }
}
