//! The judgement of what an app was at a point in time.

use chrono::TimeDelta;
use serde_json::Value;

use super::{Entry, Evidence, Moment, Proof, Source, Verdict, Was, timeline::Timeline};
use crate::{Time, batch::template, text::Clean};

/// What the app was then, as far as the evidence proves it.
pub fn judge(evidence: &Evidence, moment: &Moment) -> Verdict {
    let line = evidence.unread.is_empty().then(|| Timeline::of(evidence));
    judge_by(evidence, line.as_ref(), moment)
}

/// [`judge`] by a timeline that was made before; `None` where the revisions could not be read.
pub(super) fn judge_by(evidence: &Evidence, line: Option<&Timeline>, moment: &Moment) -> Verdict {
    if let Some(entry) = moment.before.as_ref().and_then(|batch| touched(evidence, batch)) {
        return recorded(evidence, entry);
    }
    let at = moment.at;
    match evidence.created() {
        Some(created) if at < created - evidence.slack => return Verdict::CreatedSince(created),
        Some(created) if at < created + evidence.slack => {
            return uncertain("it was created at about that time".into(), Vec::new());
        }
        _ => {}
    }
    let Some(line) = line else { return uncertain(evidence.unread.clone(), Vec::new()) };
    if line.contradicts {
        return uncertain("what revisions, journals and events tell of it contradicts itself".into(), all(evidence));
    }
    let may = line.at(at);
    let known: Option<Vec<usize>> = may.iter().map(|nth| line.stretches[*nth].template).collect();
    match known.as_deref() {
        Some([class, rest @ ..]) if rest.iter().all(|other| other == class) => was(evidence, line, &may, *class, at),
        _ => unsure(line, evidence.slack, &may, at),
    }
}

fn touched<'a>(evidence: &'a Evidence, batch: &crate::batch::BatchId) -> Option<&'a Entry> {
    evidence.journal.iter().find(|entry| entry.batch == *batch && entry.uid == evidence.uid())
}

/// What the journal of the batch itself has as before.
fn recorded(evidence: &Evidence, entry: &Entry) -> Verdict {
    if template::same(&entry.before, evidence.template()) {
        return Verdict::Same;
    }
    let same = |revision: &&super::Lived| template::same(&revision.template, &entry.before);
    let newest = evidence.revisions.iter().filter(same).max_by_key(|revision| revision.number);
    let source = Source::Journal(entry.batch.clone());
    Verdict::Was(Was {
        template: entry.before.clone(),
        revision: newest.map(|revision| revision.number),
        cause: entry.before_cause.clone(),
        since: entry.started,
        until: Some(entry.accepted),
        healthy: healthy(evidence, &entry.before, entry.started),
        by: Proof { from: source.clone(), until: source },
    })
}

fn was(evidence: &Evidence, line: &Timeline, may: &[usize], class: usize, at: Time) -> Verdict {
    let then = &line.templates[class];
    if template::same(then, evidence.template()) {
        return Verdict::Same;
    }
    let (Some(&first), Some(&last)) = (may.first(), may.last()) else {
        return unsure(line, evidence.slack, may, at);
    };
    let (since, from) = line.stretches[first].hi.clone();
    let (until, by) = match line.stretches.get(last + 1) {
        Some(next) => (Some(next.lo.0), next.lo.1.clone()),
        None => (None, Source::Now),
    };
    let number = line.number_of(class);
    let cause = number.clone().map(|(_, cause)| cause).or_else(|| journal_cause(evidence, then));
    Verdict::Was(Was {
        template: then.clone(),
        revision: number.map(|(number, _)| number),
        cause: cause.unwrap_or_default(),
        since,
        until,
        healthy: healthy(evidence, then, at),
        by: Proof { from, until: by },
    })
}

fn journal_cause(evidence: &Evidence, then: &Value) -> Option<Clean> {
    let same = |entry: &&Entry| template::same(&entry.before, then);
    evidence.journal.iter().find(same).map(|entry| entry.before_cause.clone())
}

/// Whether the template had become healthy by then: a batch that wrote it waited for it, or pods of it are available now.
fn healthy(evidence: &Evidence, then: &Value, at: Time) -> Option<bool> {
    let wrote = |entry: &&Entry| {
        entry.healthy.is_some()
            && entry.accepted <= at + evidence.slack
            && entry.after.as_ref().is_some_and(|after| template::same(after, then))
    };
    let last = evidence.journal.iter().filter(wrote).max_by_key(|entry| entry.accepted);
    let available =
        |revision: &&super::Lived| revision.available == Some(true) && template::same(&revision.template, then);
    match last {
        Some(entry) => entry.healthy,
        None => evidence.revisions.iter().find(available).map(|_| true),
    }
}

fn unsure(line: &Timeline, slack: TimeDelta, may: &[usize], at: Time) -> Verdict {
    let classes = may.iter().filter_map(|nth| line.stretches[*nth].template);
    let mut candidates: Vec<i64> =
        classes.filter_map(|class| line.number_of(class)).map(|(number, _)| number).collect();
    candidates.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
    candidates.dedup();
    let missing: Vec<_> = may.iter().map(|nth| &line.stretches[*nth]).filter(|s| s.template.is_none()).collect();
    let near = may.windows(2).any(|pair| {
        let next = &line.stretches[pair[1]];
        (next.lo.0 - at).abs() <= slack && (next.hi.0 - at).abs() <= slack
    });
    let why = match missing.as_slice() {
        _ if may.is_empty() => "nothing tells of that time".to_owned(),
        [] if near => "it changed at about that time".to_owned(),
        [] => "a revision was used again, and when is not known".to_owned(),
        [one] if one.number == 0 => "it has no revisions left".to_owned(),
        [one] if one.wide => format!("revisions up to {} are missing from its history, or were used again", one.number),
        [one] => format!("revision {} is missing from its history, or was used again", one.number),
        [first, .., last] => {
            format!("revisions {} to {} are missing from its history, or were used again", first.number, last.number)
        }
    };
    uncertain(why.into(), candidates)
}

fn all(evidence: &Evidence) -> Vec<i64> {
    let mut numbers: Vec<i64> = evidence.revisions.iter().map(|revision| revision.number).collect();
    numbers.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
    numbers
}

fn uncertain(why: Clean, candidates: Vec<i64>) -> Verdict {
    Verdict::Uncertain { why, candidates }
}
