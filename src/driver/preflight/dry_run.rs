//! What the server says that a change would make of an object, and whether that is still the object of the plan.

use std::time::Duration;

use rolldeck_core::batch::{Port, PortError, Problem, ProblemKind, Snapshot, Step, Token, patch};
use serde_json::Value;

/// Times that a busy server is asked.
const TRIES: u32 = 4;
/// The wait between two, where the server names none; and the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);

/// What came of it.
pub(super) struct Answer {
    /// The object as the change would leave it; `None` where that is not known, or refused.
    pub(super) after: Option<Value>,
    /// Why it may not start, or what is not known.
    pub(super) problem: Option<Problem>,
}

impl Answer {
    fn no(problem: Problem) -> Self {
        Self { after: None, problem: Some(problem) }
    }
}

/// Reads the object again and asks the server what the patch would make of it; no `after` where it may not be patched.
pub(super) async fn dry_run<P: Port>(port: &P, nth: usize, step: &Step, may_patch: bool) -> Answer {
    let (Some(planned), Some(change)) = (step.object(), &step.change) else {
        return Answer::no(Problem::error(ProblemKind::Other, "it is not complete"));
    };
    let live = match read(port, step).await {
        Ok(live) => live,
        Err(problem) => return Answer::no(problem),
    };
    if let Some(drift) = drifted(step, planned, &live) {
        return Answer::no(drift);
    }
    if !may_patch {
        return Answer { after: None, problem: None };
    }
    let token = Token { batch: "preflight".to_owned(), step: nth, epoch: 0 };
    let patch = match patch::forward(&live, change, step.resume, &token) {
        Ok(patch) => patch,
        Err(error) => return Answer::no(Problem::error(ProblemKind::Shape, error.to_string())),
    };
    match ask(port, step, &patch).await {
        Ok(after) => Answer { after: Some(after), problem: None },
        Err(error) if could_not_run(&error) => without_server(&live, &patch, &error),
        Err(error) => refused(port, step, planned, &error).await,
    }
}

async fn read<P: Port>(port: &P, step: &Step) -> Result<Value, Problem> {
    let mut tried = 1;
    loop {
        match port.read(&step.target()).await {
            Err(PortError::Busy(_, pause)) if tried < TRIES => wait(&mut tried, pause).await,
            Err(PortError::NotFound(_)) => {
                let text = format!("{} does not exist any more: take it out of the plan", step.target());
                return Err(Problem::error(ProblemKind::Drift, text));
            }
            Err(error) => {
                return Err(Problem::error(ProblemKind::Other, format!("failed to read {}: {error}", step.target())));
            }
            Ok(live) => return Ok(live),
        }
    }
}

async fn ask<P: Port>(port: &P, step: &Step, patch: &Value) -> Result<Value, PortError> {
    let mut tried = 1;
    loop {
        match port.patch(&step.target(), patch, true).await {
            Err(PortError::Busy(_, pause)) if tried < TRIES => wait(&mut tried, pause).await,
            answer => return answer,
        }
    }
}

async fn wait(tried: &mut u32, pause: Option<Duration>) {
    *tried += 1;
    tokio::time::sleep(pause.unwrap_or(PAUSE).min(LONGEST)).await;
}

/// Whether nobody judged the change: a webhook that knows no dry run refuses any (k8s.io/apiserver, `NewDryRunUnsupportedErr`), and a
/// server that is too busy or gives no answer has not said no.
fn could_not_run(error: &PortError) -> bool {
    match error {
        PortError::Refused(why) => {
            ["does not support dry run", "does not support dryRun"].iter().any(|w| why.contains(w))
        }
        PortError::Busy(..) | PortError::NoAnswer(_) => true,
        _ => false,
    }
}

/// The object as the patch alone makes it: what admission would make of it is not known before it is written.
fn without_server(live: &Value, patch: &Value, error: &PortError) -> Answer {
    let why = match error {
        PortError::Refused(why) => why.clone(),
        error => error.to_string(),
    };
    let mut after = live.clone();
    // What it tests was read a moment ago.
    let writes = patch.as_array().into_iter().flatten().filter(|operation| operation["op"] != "test");
    let applied = serde_json::from_value::<json_patch::Patch>(writes.cloned().collect())
        .map_err(|error| error.to_string())
        .and_then(|writes| json_patch::patch(&mut after, &writes).map_err(|error| error.to_string()));
    match applied {
        Ok(()) => {
            let text = format!(
                "no dry run could be had ({why}): what the cluster makes of this change shows when it is written"
            );
            Answer { after: Some(after), problem: Some(Problem::warning(ProblemKind::Unknown, text)) }
        }
        Err(error) => Answer::no(Problem::error(ProblemKind::Shape, format!("its patch does not apply: {error}"))),
    }
}

async fn refused<P: Port>(port: &P, step: &Step, planned: &Value, error: &PortError) -> Answer {
    // A 422 says nothing of why: a look tells.
    if matches!(error, PortError::Invalid(_)) {
        match read(port, step).await {
            Ok(now) => {
                if let Some(drift) = drifted(step, planned, &now) {
                    return Answer::no(drift);
                }
            }
            Err(problem) => return Answer::no(problem),
        }
    }
    let kind = if matches!(error, PortError::Forbidden(_)) { ProblemKind::Permission } else { ProblemKind::DryRun };
    Answer::no(Problem::error(kind, format!("failed to try the change of {}: {error}", step.target())))
}

fn drifted(step: &Step, planned: &Value, live: &Value) -> Option<Problem> {
    let (was, is) = (Snapshot::take(planned, step.intent), Snapshot::take(live, step.intent));
    let what = if was.uid != is.uid {
        "it was deleted and created anew"
    } else if was.token != is.token {
        "another batch has changed it"
    } else if !was.same_spec(&is) || was.bounds != is.bounds || was.paused != is.paused {
        "someone has changed it"
    } else {
        return None;
    };
    Some(Problem::error(ProblemKind::Drift, format!("{what} since this plan was made: plan it again")))
}
