//! The plan in words.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{
    batch::{Change, Check, Intent, Level, OnFailure, Options, Plan, Step, reference::Reference},
    model::{AppKey, Image},
    text::Clean,
};

use crate::{Ctx, Scope, widgets::text::count};

/// What an intent does, as a title begins: `Release`, `Roll back`.
pub(crate) fn verb(intent: Intent) -> &'static str {
    match intent {
        Intent::Release => "Release",
        Intent::Rollback => "Roll back",
        Intent::Scale => "Scale",
        Intent::Restart => "Restart",
        Intent::Bounds => "Set the bounds of",
        Intent::Pause => "Pause",
        Intent::Resume => "Resume",
    }
}

/// The same as a noun: `release of 6 apps`.
pub(crate) fn noun(intent: Intent) -> &'static str {
    match intent {
        Intent::Release => "release",
        Intent::Rollback => "rollback",
        Intent::Scale => "scaling",
        Intent::Restart => "restart",
        Intent::Bounds => "change of bounds",
        Intent::Pause => "pause",
        Intent::Resume => "resumption",
    }
}

/// `in qa`, `in qa and prod`, `in 5 namespaces`.
pub(crate) fn places<'a>(namespaces: impl Iterator<Item = &'a Clean>) -> String {
    let distinct: BTreeSet<&str> = namespaces.map(|name| &**name).collect();
    let names: Vec<&str> = distinct.into_iter().collect();
    match names.as_slice() {
        [] => "nowhere".to_owned(),
        [one] => format!("in {one}"),
        [one, two] => format!("in {one} and {two}"),
        [one, two, three] => format!("in {one}, {two} and {three}"),
        more => format!("in {} namespaces", more.len()),
    }
}

/// `Release 6 apps in qa`.
pub(crate) fn title(plan: &Plan) -> String {
    name(plan.intent, &plan.steps.iter().collect::<Vec<_>>())
}

fn name(intent: Intent, steps: &[&Step]) -> String {
    let what = match steps {
        [] => return format!("{}: no app", verb(intent)),
        [one] => one.key.name.to_string(),
        many => count(many.len(), "app"),
    };
    format!("{} {what} {}", verb(intent), places(steps.iter().map(|step| &step.key.namespace)))
}

/// The steps that will be written.
fn written(plan: &Plan) -> Vec<&Step> {
    plan.steps.iter().filter(|step| matches!(step.check, Check::Passed { .. })).collect()
}

/// The last question: `Release 6 apps in qa?`
pub(crate) fn ask(plan: &Plan) -> String {
    format!("{}?", name(plan.intent, &written(plan)))
}

/// How far a step's preflight is, in few words.
pub(crate) fn check(plan: &Plan, step: &Step) -> (Scope, String) {
    let warns = |acknowledged| {
        let warnings = step.problems.iter().filter(|problem| plan.level(problem) == Level::Warning);
        warnings.filter(|problem| plan.acknowledged.contains(&problem.kind) == acknowledged).count()
    };
    let (warnings, accepted) = (warns(false), warns(true));
    match &step.check {
        Check::Reading => (Scope::Stale, "reading…".to_owned()),
        Check::Incomplete(_) if unanswered(step) => (Scope::Warn, "resume, or not?".to_owned()),
        Check::Incomplete(what) => (Scope::Warn, what.to_string()),
        Check::Checking if step.asked != Some(step.serial) => (Scope::Stale, "waits for its check".to_owned()),
        Check::Checking if step.checks.1 > 0 => (Scope::Busy, format!("checking {}/{}…", step.checks.0, step.checks.1)),
        Check::Checking => (Scope::Busy, "checking…".to_owned()),
        Check::Passed { .. } if warnings > 0 => (Scope::Warn, format!("ready, {}", count(warnings, "warning"))),
        Check::Passed { .. } if accepted > 0 => (Scope::Good, "ready, acknowledged".to_owned()),
        Check::Passed { .. } => (Scope::Good, "ready".to_owned()),
        Check::NoChange => (Scope::Dim, "no change".to_owned()),
        Check::Blocked => (Scope::Bad, "blocked".to_owned()),
    }
}

/// Whether all that is missing is what becomes of a paused app.
fn unanswered(step: &Step) -> bool {
    step.change.is_some() && step.resume.is_none() && step.paused()
}

/// The plan as a whole: `6 apps: 4 ready, 1 checking, 1 not complete`.
pub(crate) fn summary(plan: &Plan) -> String {
    const ORDER: [&str; 6] = ["ready", "no change", "checking", "reading", "not complete", "blocked"];
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &plan.steps {
        let word = match step.check {
            Check::Passed { .. } => "ready",
            Check::NoChange => "no change",
            Check::Checking => "checking",
            Check::Reading => "reading",
            Check::Incomplete(_) => "not complete",
            Check::Blocked => "blocked",
        };
        *counts.entry(word).or_default() += 1;
    }
    let parts: Vec<String> =
        ORDER.iter().filter_map(|word| counts.get(word).map(|number| format!("{number} {word}"))).collect();
    format!("{}: {}", count(plan.steps.len(), "app"), parts.join(", "))
}

/// How many roll at once.
fn width(options: &Options, apps: usize) -> String {
    match options.width {
        n if n >= apps => "all at once".to_owned(),
        1 => "one after the other".to_owned(),
        n => format!("{n} at once"),
    }
}

/// What a failure does.
pub(crate) fn on_failure(choice: OnFailure) -> &'static str {
    match choice {
        OnFailure::Stop => "a failure stops what has not started",
        OnFailure::Revert => "a failure reverts everything",
        OnFailure::Continue => "a failure lets the others go on",
    }
}

/// How a plan runs: `3 at once · a failure stops what has not started · soak 30s · gate by hand after each wave`.
pub(crate) fn how(plan: &Plan) -> String {
    let (options, apps) = (&plan.options, plan.steps.len());
    let mut parts = vec![on_failure(options.on_failure).to_owned()];
    if apps > 1 {
        parts.insert(0, width(options, apps));
    }
    if options.soak > 0 {
        parts.push(format!("soak {}", seconds(options.soak)));
    }
    if options.gate && options.width < apps {
        parts.push("a gate by hand after each wave".to_owned());
    }
    if options.incident {
        parts.push("an incident".to_owned());
    }
    parts.push(format!("at most {} an app", seconds(options.deadline)));
    parts.join(" · ")
}

/// Seconds as one types them: `45s`, `10m`, `1h`.
pub(crate) fn seconds(seconds: u32) -> String {
    match seconds {
        0 => "0s".to_owned(),
        n if n % 3600 == 0 => format!("{}h", n / 3600),
        n if n % 60 == 0 => format!("{}m", n / 60),
        n => format!("{n}s"),
    }
}

/// One container's image before and after: tags where the repository stays, whole references where it changes.
pub(crate) fn images(before: &Image, after: &Image) -> (String, String) {
    match repository(&before.image) == repository(&after.image) {
        true => (version(&before.image), version(&after.image)),
        false => (before.image.to_string(), after.image.to_string()),
    }
}

/// The reference without tag and digest.
pub(crate) fn repository(image: &str) -> &str {
    let bare = image.split('@').next().unwrap_or(image);
    let name = bare.rfind('/').map_or(0, |at| at + 1);
    bare[name..].find(':').map_or(bare, |at| &bare[..name + at])
}

/// The tag, the digest where there is one, or `latest`.
pub(crate) fn tag(image: &str) -> &str {
    if let Some((_, digest)) = image.split_once('@') {
        return digest;
    }
    image.get(repository(image).len() + 1..).unwrap_or("latest")
}

/// The same; tag and short digest of an image that has both.
pub(crate) fn version(image: &str) -> String {
    match Reference::split(image) {
        reference if reference.tag.is_some() => reference.version(),
        _ => tag(image).to_owned(),
    }
}

/// What the confirmation tells: where, what, how, and every warning.
pub(crate) fn question(ctx: &Ctx, plan: &Plan) -> Vec<(Scope, String)> {
    let (written, session) = (written(plan), ctx.session);
    let namespaces: BTreeSet<&str> = written.iter().map(|step| &*step.key.namespace).collect();
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    let mut body = vec![
        (Scope::Text, format!("{} in {}", count(written.len(), "app"), namespaces.join(", "))),
        (Scope::Text, format!("context {} · {} · as {}", session.context, session.server, session.user)),
        (Scope::Text, String::new()),
    ];
    let mut groups: BTreeMap<(Clean, Clean), Vec<&AppKey>> = BTreeMap::new();
    for step in &written {
        groups.entry((step.before(), step.after())).or_default().push(&step.key);
    }
    for ((before, after), apps) in groups {
        body.push((Scope::Text, format!("{before} → {after}: {}", apps_listed(&apps, 12))));
    }
    let same = plan.steps.len() - written.len();
    if same > 0 {
        let verb = if same == 1 { "is" } else { "are" };
        body.push((Scope::Dim, format!("{} {verb} so already and will not be written", count(same, "app"))));
    }
    body.push((Scope::Dim, how(plan)));
    body.push(match plan.reason.is_empty() {
        true => (Scope::Dim, "no reason given".to_owned()),
        false => (Scope::Text, format!("reason: {}", plan.reason)),
    });
    let told = |level| {
        let problems = written.iter().flat_map(|step| step.problems.iter().map(|problem| (&step.key, problem)));
        problems.filter(move |(_, problem)| plan.level(problem) == level)
    };
    let warnings =
        told(Level::Warning).map(|(key, problem)| (Scope::Warn, format!("acknowledged: {key}: {}", problem.text)));
    let notes = told(Level::Note).map(|(key, problem)| (Scope::Dim, format!("note: {key}: {}", problem.text)));
    let mut known = warnings.chain(notes).peekable();
    if known.peek().is_some() {
        body.push((Scope::Text, String::new()));
    }
    body.extend(known);
    body
}

/// The second question, where apps of the plan go to zero replicas: what that means for which.
pub(crate) fn to_zero(plan: &Plan) -> Option<Vec<(Scope, String)>> {
    let zero = |step: &&Step| step.change == Some(Change::Scale(0));
    let stopped: Vec<_> = written(plan).into_iter().filter(zero).collect();
    let apps: Vec<&AppKey> = stopped.iter().map(|step| &step.key).collect();
    if apps.is_empty() {
        return None;
    }
    let mut body = vec![
        (
            Scope::Warn,
            format!("{} will run nowhere: no pod is left of {}.", count(apps.len(), "app"), apps_listed(&apps, 12)),
        ),
        (Scope::Text, "The record keeps how many ran: a revert of this batch brings them back.".to_owned()),
    ];
    let scaled = stopped.iter().filter(|step| !step.hpa.is_empty());
    body.extend(scaled.map(|step| {
        (Scope::Warn, format!("The autoscaler {} of {} stops until someone scales it up.", step.hpa, step.key.name))
    }));
    Some(body)
}

/// `orders, prod/gateway, qa/gateway and 4 more`: with the namespace where a name is one of several apps.
pub(crate) fn apps_listed(apps: &[&AppKey], most: usize) -> String {
    let named = |name: &Clean| apps.iter().filter(|app| app.name == *name).count();
    let names: Vec<String> = apps
        .iter()
        .map(|app| if named(&app.name) > 1 { format!("{}/{}", app.namespace, app.name) } else { app.name.to_string() })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    listed(&names, most)
}

/// `a, b, c and 4 more`.
pub(crate) fn listed(names: &[&str], most: usize) -> String {
    match names.len() {
        n if n > most => format!("{} and {} more", names[..most].join(", "), n - most),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_where_registries_and_digests_allow() {
        for (image, name, version) in [
            ("registry.local:5000/shop/orders:v1.2.0", "registry.local:5000/shop/orders", "v1.2.0"),
            ("registry.local:5000/shop/orders", "registry.local:5000/shop/orders", "latest"),
            ("orders:v1@sha256:abcd", "orders", "sha256:abcd"),
            ("orders", "orders", "latest"),
        ] {
            assert_eq!((repository(image), tag(image)), (name, version), "{image}");
        }
    }

    #[test]
    fn places_are_named_while_few() {
        let names: Vec<Clean> = ["qa", "prod", "dev", "x"].into_iter().map(Clean::new).collect();
        assert_eq!(places(names[..1].iter()), "in qa");
        assert_eq!(places(names[..2].iter()), "in prod and qa");
        assert_eq!(places(names.iter()), "in 4 namespaces");
    }
}
