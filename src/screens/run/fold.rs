//! Outputs that are equal, folded together.

use rolldeck_core::{
    shell::{End, Place, RunEnd, RunOutput},
    text::Clean,
};

use crate::Scope;

/// Lines of an output that are shown.
const LINES: usize = 500;

/// Places whose command said the same and ended the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// How it ended.
    pub end: (Scope, String),
    /// What it said: standard output, then standard error.
    pub lines: Vec<(Scope, Clean)>,
    /// Where.
    pub places: Vec<Place>,
}

/// Folds what is known; the largest group first, then as they came.
pub(super) fn fold<'a>(outcomes: impl Iterator<Item = (&'a Place, &'a Result<RunOutput, Clean>)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, outcome) in outcomes {
        let (end, lines) = match outcome {
            Ok(output) => (end(&output.end), lines(output)),
            Err(why) => ((Scope::Bad, format!("not run: {why}")), Vec::new()),
        };
        match groups.iter_mut().find(|group| group.end == end && group.lines == lines) {
            Some(group) => group.places.push(place.clone()),
            None => groups.push(Group { end, lines, places: vec![place.clone()] }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.places.len()));
    groups
}

fn end(end: &RunEnd) -> (Scope, String) {
    match end {
        RunEnd::Ended(End::Exit(0)) => (Scope::Good, "✓ exit code 0".to_owned()),
        RunEnd::Ended(end) => (Scope::Bad, format!("✗ {}", end.words())),
        RunEnd::TooLong(limit) => (Scope::Bad, format!("✗ ended after {} s: it took too long", limit.as_secs())),
    }
}

fn lines(output: &RunOutput) -> Vec<(Scope, Clean)> {
    let of = |scope, bytes: &[u8], cut: u64| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let all = text.lines().count();
        let mut lines: Vec<_> =
            text.lines().take(LINES).map(|line| (scope, Clean::new(&line.replace('\t', "    ")))).collect();
        if all > LINES {
            lines.push((Scope::Warn, format!("… {} more lines", all - LINES).into()));
        }
        if cut > 0 {
            lines.push((Scope::Warn, format!("… {cut} bytes more were not kept").into()));
        }
        lines
    };
    let mut lines = of(Scope::Text, &output.stdout, output.stdout_cut);
    lines.extend(of(Scope::Warn, &output.stderr, output.stderr_cut));
    lines
}
