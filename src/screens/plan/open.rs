//! From apps to a plan of them. What an intent means nothing for is taken out, and named.

use rolldeck_core::{
    batch::{Intent, Plan},
    model::{AppKey, AppKind},
    text::Clean,
};

use super::{screen::PlanScreen, words};
use crate::{Action, Screen};

/// The plan for these apps.
pub fn open(intent: Intent, apps: Vec<AppKey>) -> Box<dyn Screen> {
    let (apps, left_out) = sorted(intent, apps);
    Box::new(PlanScreen::new(intent, apps, left_out))
}

/// Opens the plan for these apps; says why, where it could be about none of them.
pub(crate) fn planned(intent: Intent, apps: Vec<AppKey>) -> Vec<Action> {
    let (apps, left_out) = sorted(intent, apps);
    match (apps.is_empty(), left_out.first()) {
        (true, Some((key, why))) => {
            let more = match left_out.len() {
                1 => String::new(),
                n => format!(" (and {} more)", n - 1),
            };
            vec![Action::Note(true, format!("{} plans nothing: {key}: {why}{more}", words::verb(intent)).into())]
        }
        _ => vec![Action::Open(Box::new(PlanScreen::new(intent, apps, left_out)))],
    }
}

/// A plan that is made already, of a batch that is to be done once more: its apps are read, and then it is as any other.
pub(crate) fn repeated(plan: Plan) -> Box<dyn Screen> {
    let mut screen = PlanScreen::new(plan.intent, Vec::new(), Vec::new());
    screen.plan = plan;
    Box::new(screen)
}

/// Those that the intent can mean, and the others with why not.
fn sorted(intent: Intent, apps: Vec<AppKey>) -> (Vec<AppKey>, Vec<(AppKey, Clean)>) {
    let (fit, unfit): (Vec<_>, Vec<_>) =
        apps.into_iter().map(|key| (why_not(intent, &key), key)).partition(|(why, _)| why.is_none());
    let unfit = unfit.into_iter().filter_map(|(why, key)| Some((key, why?.into())));
    (fit.into_iter().map(|(_, key)| key).collect(), unfit.collect())
}

fn why_not(intent: Intent, key: &AppKey) -> Option<&'static str> {
    match (intent, key.kind) {
        (Intent::Scale | Intent::Bounds, AppKind::DaemonSet) => {
            Some("a DaemonSet runs one pod a node and has no replicas")
        }
        (Intent::Pause | Intent::Resume, AppKind::StatefulSet | AppKind::DaemonSet) => {
            Some("only Deployments can be paused")
        }
        _ => None,
    }
}
