//! A batch from its file to its end.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
};

use chrono::Utc;
use clap::Args;
use rolldeck_core::{
    batch::{BatchId, Check, Plan, ProblemKind, file::BatchFile},
    text::{Clean, nearest::nearest},
};
use rolldeck_driver::start;

use super::{
    Link,
    args::{Answer, Output},
    ask::{Question, ask},
    books::put,
    document, drive,
    end::End,
    plan, text,
};
use crate::cli::flags::Flags;

/// What `batch run` and `undo` are told about how to go.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Go {
    /// Show the plan and what the checks found, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Why: it is kept in the journal, and goes before the file's reason
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Kinds of warnings to go on with, separated by commas; all of them: all
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub acknowledge: Vec<String>,

    /// It answers an incident: of a rollback, a rollout in progress, quota and surge are no warnings
    #[arg(long)]
    pub incident: bool,

    /// Leave out apps of which it is not certain what they were, or that have nothing to go back to; they are named
    #[arg(long)]
    pub skip_uncertain: bool,

    #[command(flatten)]
    pub answer: Answer,

    /// How to write the plan and the outcome
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Output,

    #[command(flatten)]
    pub flags: Flags,
}

/// Plans, shows, asks, and drives to the end.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn run(link: &Link, go: &Go, mut file: BatchFile) -> Result<End, End> {
    file.incident |= go.incident;
    if let Some(reason) = &go.reason {
        file.reason = Clean::new(reason.trim());
    }
    let mut plan = plan::plan(link, &file).await?;
    if go.skip_uncertain {
        leave_out(&mut plan)?;
    }
    acknowledge(&mut plan, &go.acknowledge)?;
    if go.dry_run {
        put(go.output, || text::plan(&plan), || document::plan(&plan))?;
    } else {
        eprint!("{}", text::plan(&plan));
    }
    sound(link, &plan)?;
    if go.dry_run {
        return Ok(End::Done);
    }
    if file.gate && !drive::can_open_gates() {
        return Err(End::refused(drive::GATE));
    }
    let namespaces: BTreeSet<Clean> = writing(&plan).map(|step| step.key.namespace.clone()).collect();
    let verb = document::verb(plan.intent);
    ask(link, &go.answer, &Question { verb: &verb, apps: plan.writes(), namespaces: &namespaces }).await?;
    let id = BatchId::new(Utc::now(), RandomState::new().hash_one(std::process::id()));
    let started = start(link.port.clone(), &plan, id, link.author(), &link.here, Link::clock());
    let run = drive::follow(started.map_err(End::refused)?).await?;
    put(go.output, || format!("{}\n", run.id), || document::run(&run))?;
    Ok(drive::end_of(&run, false))
}

/// The steps that will be written.
fn writing(plan: &Plan) -> impl Iterator<Item = &rolldeck_core::batch::Step> {
    plan.steps.iter().filter(|step| matches!(step.check, Check::Passed { .. }))
}

/// Takes out what has nothing certain to go back to, and names it.
fn leave_out(plan: &mut Plan) -> Result<(), End> {
    let nothing = |step: &rolldeck_core::batch::Step| {
        let lacks =
            step.lack.as_ref().is_some_and(|lack| matches!(lack.kind, ProblemKind::Target | ProblemKind::Uncertain));
        lacks && matches!(step.check, Check::Incomplete(_) | Check::Blocked)
    };
    for step in plan.steps.iter().filter(|step| nothing(step)) {
        let why = step.lack.as_ref().map(|lack| lack.text.clone()).unwrap_or_default();
        eprintln!("left out: {}: {why}", text::app(&step.key));
    }
    while let Some(nth) = plan.steps.iter().position(nothing) {
        plan.remove(nth);
    }
    if plan.steps.is_empty() { Err(End::refused("nothing is left of the plan")) } else { Ok(()) }
}

/// Acknowledges these kinds of warnings.
fn acknowledge(plan: &mut Plan, kinds: &[String]) -> Result<(), End> {
    let known: Vec<(String, ProblemKind)> = ProblemKind::ALL.iter().map(|kind| (text::kind(*kind), *kind)).collect();
    for name in kinds.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if name == "all" {
            plan.acknowledge_all();
            continue;
        }
        let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
            let meant = match nearest(name, known.iter().map(|(name, _)| name.as_str())) {
                Some(near) => format!("did you mean {near}?"),
                None => "the plan of --dry-run names them in parentheses".to_owned(),
            };
            return Err(End::refused(format!("--acknowledge {}: there is no such kind: {meant}", Clean::new(name))));
        };
        plan.acknowledge(*kind);
    }
    Ok(())
}

/// Whether the plan may be started: each app can, each kind of warning is acknowledged, and it says why where that is asked for.
fn sound(link: &Link, plan: &Plan) -> Result<(), End> {
    if let Err(why) = plan.ready() {
        let drifted = |step: &rolldeck_core::batch::Step| {
            step.problems.iter().any(|problem| problem.kind == ProblemKind::Drift && problem.blocks())
        };
        let blocked = || plan.steps.iter().filter(|step| step.check == Check::Blocked);
        return match plan.writes() == 0 && blocked().next().is_none() && is_all_done(plan) {
            true => Err(End::Done),
            false if blocked().next().is_some() && blocked().all(drifted) => Err(End::Drifted(why.to_string())),
            false => Err(End::refused(why)),
        };
    }
    let open = plan.unacknowledged();
    if !open.is_empty() {
        let kinds: Vec<String> = open.keys().map(|kind| text::kind(*kind)).collect();
        let kinds = kinds.join(",");
        return Err(End::refused(format!("there are warnings: to go on with them, say --acknowledge {kinds}")));
    }
    if plan.reason.is_empty() && link.port.guards().reason_required {
        return Err(End::refused("the configuration asks for a reason: say --reason, or write spec.reason"));
    }
    Ok(())
}

/// Every app is already as it is to be: there is nothing to do, and that is no failure.
fn is_all_done(plan: &Plan) -> bool {
    let done = plan.steps.iter().all(|step| step.check == Check::NoChange);
    if done {
        eprintln!("nothing to do: every app is already so");
    }
    done
}
