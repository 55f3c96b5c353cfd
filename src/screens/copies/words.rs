//! What is said of copies.

use rolldeck_core::{
    shell::{Copied, CopyError, CopyWanted, Copying, Progress},
    text::{Clean, quantity},
};

use super::{Copy, Stand};
use crate::{Scope, widgets::text::count};

/// What was left out is named so often; the number of the rest is said.
const NAMED: usize = 6;
/// Cells of a bar.
const BAR: u64 = 20;

/// `↑ ./conf → /etc/app`.
pub(super) fn way(wanted: &CopyWanted) -> String {
    match wanted.way {
        Copying::Upload => format!("↑ {} → {}", wanted.here, wanted.there),
        Copying::Download => format!("↓ {} → {}", wanted.there, wanted.here),
    }
}

/// How it stands, in a few words.
pub(super) fn state(copy: &Copy) -> (Scope, String) {
    match &copy.stand {
        Stand::Waiting => (Scope::Busy, "… waits, or asks whether you may".to_owned()),
        Stand::Running(progress, rate) => {
            (Scope::Busy, format!("{} {}{}/s", bar(progress), share(progress), size(*rate)))
        }
        Stand::Done(copied) if copied.skipped.is_empty() => (Scope::Good, format!("✓ {}", done(copied))),
        Stand::Done(copied) => (Scope::Warn, format!("! {}, {} left out", done(copied), copied.skipped.len())),
        Stand::Failed(CopyError::Exists(_)) => (Scope::Warn, "! something is there already".to_owned()),
        Stand::Failed(_) => (Scope::Bad, "✗ failed".to_owned()),
        Stand::Denied(_) => (Scope::Bad, "✗ you may not".to_owned()),
        Stand::Stopped => (Scope::Warn, "○ stopped".to_owned()),
    }
}

/// All that is known of it.
pub(super) fn about(copy: &Copy) -> Vec<(Scope, String)> {
    let text = |text: String| (Scope::Text, text);
    let mut lines = vec![(Scope::Heading, way(&copy.wanted)), (Scope::Dim, copy.wanted.place.to_string())];
    match &copy.stand {
        Stand::Waiting => {}
        Stand::Running(progress, rate) => {
            lines.push(text(far(progress, *rate)));
            if !progress.file.is_empty() {
                lines.push(text(format!("now: {}", progress.file)));
            }
        }
        Stand::Done(copied) => lines.extend(of_done(copied)),
        Stand::Failed(error) => {
            lines.push((Scope::Bad, format!("{error}.")));
            lines.push((Scope::Dim, again(copy, error)));
        }
        Stand::Denied(denied) => {
            lines.push((Scope::Bad, format!("{}.", denied.words())));
            lines.push(text(format!("A role would need: {}", denied.rule.yaml())));
            lines.push(text(format!("With kubectl: {}", denied.kubectl)));
        }
        Stand::Stopped => lines.push((
            Scope::Dim,
            match copy.wanted.way {
                Copying::Download => "What came until then stays; enter goes on where it stopped.",
                Copying::Upload => "Files that were whole by then stay; enter begins again.",
            }
            .to_owned(),
        )),
    }
    lines
}

fn again(copy: &Copy, error: &CopyError) -> String {
    match (error, copy.wanted.way) {
        (CopyError::Exists(_), _) => "enter replaces what is there, after a question.",
        (_, Copying::Download) => "enter tries again, from where it stopped.",
        (_, Copying::Upload) => "enter tries again.",
    }
    .to_owned()
}

fn of_done(copied: &Copied) -> Vec<(Scope, String)> {
    let mut lines = vec![sums(copied)];
    if let [one] = copied.files.as_slice() {
        lines.push((Scope::Text, format!("now at {}", Clean::new(&one.path))));
        lines.push((Scope::Dim, format!("SHA-256 {}", one.sha256)));
    }
    let left_out = copied.skipped.iter().take(NAMED).map(|(name, why)| (Scope::Warn, format!("not {name}: {why}")));
    lines.extend(left_out);
    if let Some(more) = copied.skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push((Scope::Warn, format!("and {more} more")));
    }
    lines
}

/// Whether both sides have the same.
fn sums(copied: &Copied) -> (Scope, String) {
    let equal = copied.files.iter().filter(|file| file.verified).count();
    match (equal, copied.files.len()) {
        (_, 0) => (Scope::Text, "No file was in it.".to_owned()),
        (equal, all) if equal == all => (Scope::Good, "Both sides have the same SHA-256 of every file.".to_owned()),
        (0, _) => (Scope::Warn, "Sizes are equal; SHA-256 was not compared: the image has no sha256sum.".to_owned()),
        (equal, all) => (Scope::Warn, format!("Both sides have the same SHA-256 of {equal} of {all} files.")),
    }
}

fn done(copied: &Copied) -> String {
    let bytes: u64 = copied.files.iter().map(|file| file.bytes).sum();
    let folders = match copied.folders {
        0 => String::new(),
        1 => " and 1 directory".to_owned(),
        many => format!(" and {many} directories"),
    };
    format!("{}{folders}, {}", count(copied.files.len(), "file"), size(bytes))
}

/// What is said once it has ended.
pub(super) fn news(copy: &Copy) -> String {
    let pod = &copy.wanted.place.pod;
    let (from, to) = match copy.wanted.way {
        Copying::Download => ("downloaded from", "download from"),
        Copying::Upload => ("uploaded to", "upload to"),
    };
    match &copy.stand {
        Stand::Done(copied) if copied.skipped.is_empty() => format!("{from} {pod}: {}", done(copied)),
        Stand::Done(copied) => {
            format!("{from} {pod}: {}; {} left out, \":copies\" says which", done(copied), copied.skipped.len())
        }
        Stand::Failed(error) => format!("{to} {pod}: {error}"),
        Stand::Denied(denied) => format!("{to} {pod}: {}", denied.words()),
        Stand::Waiting | Stand::Running(..) | Stand::Stopped => String::new(),
    }
}

/// `860 B`, `12Mi`.
fn size(bytes: u64) -> String {
    if bytes < 1024 { format!("{bytes} B") } else { quantity::memory(bytes) }
}

/// `67 % · `, where it is known how much comes.
fn share(progress: &Progress) -> String {
    match progress.total {
        0 => String::new(),
        total => format!("{} % · ", progress.done.saturating_mul(100) / total),
    }
}

/// `67 % · 12Mi of 18Mi · 3Mi/s · 12 of 40 files`.
fn far(progress: &Progress, rate: u64) -> String {
    format!(
        "{}{} of {} · {}/s · {} of {}",
        share(progress),
        size(progress.done),
        size(progress.total),
        size(rate),
        progress.files_done,
        count(progress.files_total, "file"),
    )
}

fn bar(progress: &Progress) -> String {
    let full = progress.done.saturating_mul(BAR).checked_div(progress.total).unwrap_or(0).min(BAR);
    let cells = |sign: &str, many: u64| sign.repeat(usize::try_from(many).unwrap_or(0));
    format!("{}{}", cells("█", full), cells("░", BAR - full))
}
