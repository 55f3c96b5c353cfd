//! What is said of a download.

use rolldeck_core::logs::{
    Source,
    download::{Progress, Saved},
};

use super::known::{Saving, Stand};
use crate::{
    Clock, Scope,
    logs::{said::size, times::moment},
    widgets::text::count,
};

/// Problems that are named; the manifest has all.
const NAMED: usize = 6;

/// How it stands, in a few words.
pub(super) fn line(saving: &Saving) -> (Scope, String) {
    match &saving.stand {
        Stand::Running(progress) => (Scope::Busy, format!("download {}", far(progress))),
        Stand::Stopping(_) => (Scope::Warn, "download stops".to_owned()),
        Stand::Done(saved) if saved.problems.is_empty() => (Scope::Good, "download done".to_owned()),
        Stand::Done(saved) => (Scope::Warn, format!("download done, {} missing", saved.problems.len())),
        Stand::Cancelled(_) => (Scope::Warn, "download cancelled".to_owned()),
        Stand::Cut(..) => (Scope::Bad, "download cut".to_owned()),
        Stand::Failed(_) => (Scope::Bad, "download failed".to_owned()),
    }
}

/// All that is known of it, in paragraphs.
pub(super) fn all(saving: &Saving, clock: Clock) -> Vec<String> {
    match &saving.stand {
        Stand::Running(progress) => {
            running(saving, progress, "It goes on when this view is left: \":downloads\" shows it.")
        }
        Stand::Stopping(progress) => running(saving, progress, "It stops: what was saved stays."),
        Stand::Done(saved) => self::saved(saved, clock),
        Stand::Cancelled(saved) => {
            let mut words = vec!["Cancelled: what was saved stays, and can be gone on with.".to_owned()];
            words.extend(self::saved(saved, clock));
            words
        }
        Stand::Cut(why, saved) => std::iter::once(format!("Cut: {why}")).chain(self::saved(saved, clock)).collect(),
        Stand::Failed(why) => vec![why.to_string()],
    }
}

fn running(saving: &Saving, progress: &Progress, last: &str) -> Vec<String> {
    let mut words = vec![bar(progress), far(progress)];
    if !progress.now.is_empty() {
        words.push(format!("now: {}", progress.now));
    }
    words.push(format!("to {}", saving.what.to));
    words.push(last.to_owned());
    words
}

/// `3/12 files, 41Mi of 80Mi, 12Mi/s`.
pub(super) fn far(progress: &Progress) -> String {
    let of = progress.of.map(|of| format!(" of {}", size(of))).unwrap_or_default();
    if progress.all == 0 {
        return "begins".to_owned();
    }
    format!("{}/{} files, {}{of}, {}/s", progress.files, progress.all, size(progress.bytes), size(progress.rate))
}

/// What is done and what there is: bytes where all are known, else files.
fn parts(progress: &Progress) -> (u64, u64) {
    match progress.of {
        Some(of) if of > 0 => (progress.bytes.min(of), of),
        _ => (progress.files as u64, progress.all.max(1) as u64),
    }
}

/// How far it is, in hundredths.
pub(super) fn percent(progress: &Progress) -> u64 {
    let (done, all) = parts(progress);
    u64::try_from(u128::from(done) * 100 / u128::from(all)).unwrap_or(100)
}

/// A bar of forty columns.
fn bar(progress: &Progress) -> String {
    let (done, all) = parts(progress);
    let full = usize::try_from(u128::from(done) * 40 / u128::from(all)).unwrap_or(40).min(40);
    format!("[{}{}] {}%", "█".repeat(full), "·".repeat(40 - full), percent(progress))
}

/// What was saved, and what is missing.
fn saved(saved: &Saved, clock: Clock) -> Vec<String> {
    let mut words = vec![format!("{}, {}, in {}", count(saved.files, "file"), size(saved.bytes), saved.path)];
    if saved.resumed {
        words.push("It went on with what an earlier download of the same had left.".to_owned());
    }
    let of = |source: &Source| format!("{}/{} {}", source.namespace, source.pod, source.container);
    for problem in saved.problems.iter().take(NAMED) {
        words.push(format!("✗ {}: {}", of(&problem.source), problem.why));
    }
    for rotated in saved.rotated.iter().take(NAMED) {
        words.push(match rotated.from {
            Some(from) => {
                format!("{} is whole from {} on: nothing older can be had", of(&rotated.source), moment(from, clock))
            }
            None => format!("{} is empty: nothing was written, or it was just rotated", of(&rotated.source)),
        });
    }
    words.extend(saved.left_out.iter().take(NAMED).map(|left| format!("left out: {left}")));
    let more: usize = [saved.problems.len(), saved.rotated.len(), saved.left_out.len()]
        .map(|all| all.saturating_sub(NAMED))
        .iter()
        .sum();
    if more > 0 {
        words.push(format!("and {more} more: the manifest names all"));
    }
    words
}
