//! What one revision logs and another does not.

use super::patterns::{Pattern, Patterns};
use crate::logs::{level::Level, source::RevisionId};

/// How a pattern differs between two revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Only the new one logs it.
    OnlyNew,
    /// Only the old one does.
    OnlyOld,
    /// The new one logs it more often, among as many lines.
    More,
    /// Less often.
    Less,
    /// As often, as far as so few lines can tell.
    Same,
}

/// A pattern in two revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The pattern.
    pub pattern: &'a Pattern,
    /// Its lines in the old one.
    pub old: u64,
    /// Its lines in the new one.
    pub new: u64,
    /// How it differs.
    pub difference: Difference,
}

/// Two revisions side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison<'a> {
    /// All lines of the old and the new one.
    pub lines: (u64, u64),
    /// Those of each level, the least first.
    pub levels: Vec<(Level, u64, u64)>,
    /// Patterns that differ: only in the new one, more often, only in the old one, less often; the worst first. Those that do not
    /// differ come last.
    pub rows: Vec<Row<'a>>,
}

/// Compares the lines of two revisions by pattern. Rates are of all lines of the revision, for one may have run far longer.
pub fn compare(patterns: &Patterns, old: RevisionId, new: RevisionId) -> Comparison<'_> {
    let (before, after) = (patterns.levels(old), patterns.levels(new));
    let lines = (before.iter().sum(), after.iter().sum());
    let levels = Level::ALL.into_iter().map(|level| (level, before[level as usize], after[level as usize])).collect();
    let of = |pattern: &Pattern, revision| {
        pattern.revisions.iter().find(|(of, _)| *of == revision).map_or(0, |(_, count)| *count)
    };
    let rows = patterns.list(super::PatternOrder::Commonest).into_iter().filter_map(|pattern| {
        let counts = (of(pattern, old), of(pattern, new));
        let difference = difference(counts, lines)?;
        Some(Row { pattern, old: counts.0, new: counts.1, difference })
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| {
        (rank(row.difference), std::cmp::Reverse(row.pattern.level), std::cmp::Reverse(row.new + row.old))
    });
    Comparison { lines, levels, rows }
}

fn rank(difference: Difference) -> u8 {
    match difference {
        Difference::OnlyNew => 0,
        Difference::More => 1,
        Difference::OnlyOld => 2,
        Difference::Less => 3,
        Difference::Same => 4,
    }
}

/// How counts among `lines` differ. `None`: neither has any.
///
/// A rate has changed if it is at least twice the other, and by more than chance would have it: by three standard deviations of the
/// count that equal rates let expect (a Poisson law).
fn difference((old, new): (u64, u64), lines: (u64, u64)) -> Option<Difference> {
    match (old, new) {
        (0, 0) => return None,
        (0, _) => return Some(Difference::OnlyNew),
        (_, 0) => return Some(Difference::OnlyOld),
        _ => {}
    }
    let share = lines.1 as f64 / (lines.0 + lines.1) as f64;
    let all = (old + new) as f64;
    let (expected, rate) = (all * share, (new as f64 / lines.1 as f64) / (old as f64 / lines.0 as f64));
    let by_chance = (new as f64 - expected).abs() <= 3.0 * (all * share * (1.0 - share)).sqrt();
    Some(match rate {
        _ if by_chance => Difference::Same,
        rate if rate >= 2.0 => Difference::More,
        rate if rate <= 0.5 => Difference::Less,
        _ => Difference::Same,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::logs::{Block, Filter, Line, Revision, Ring, Source, Sources, samples::line_of};

    #[rstest]
    #[case((0, 3), (100, 100), Some(Difference::OnlyNew))]
    #[case((3, 0), (100, 100), Some(Difference::OnlyOld))]
    #[case((0, 0), (100, 100), None)]
    #[case((50, 5), (1000, 100), Some(Difference::Same))]
    #[case((1, 3), (100, 100), Some(Difference::Same))]
    #[case((10, 90), (1000, 1000), Some(Difference::More))]
    #[case((90, 10), (1000, 1000), Some(Difference::Less))]
    #[case((1000, 1300), (10_000, 10_000), Some(Difference::Same))]
    fn a_rate_has_changed_by_more_than_chance(
        #[case] counts: (u64, u64),
        #[case] lines: (u64, u64),
        #[case] want: Option<Difference>,
    ) {
        assert_eq!(difference(counts, lines), want);
    }

    #[test]
    fn the_new_revision_is_told_from_the_old_one() {
        let mut sources = Sources::default();
        let ids = ["a", "b"].map(|hash| {
            let revision = Revision { app: "web".into(), hash: hash.into(), number: None };
            sources.add(Source { pod: hash.into(), revision, ..Source::default() }).unwrap()
        });
        let mut lines = Block::default();
        for (source, level, text) in [
            (0, Level::Info, "took 1 ms"),
            (0, Level::Warn, "cache is cold"),
            (1, Level::Info, "took 2 ms"),
            (1, Level::Error, "no route to 10.0.0.1"),
        ] {
            lines.push(Line { level, ..line_of(source, 0, text) });
        }
        let mut ring = Ring::new(1 << 20);
        ring.push(lines.into());
        let mut patterns = Patterns::new(Filter::default());
        patterns.step(&ring, &sources, usize::MAX);
        let [old, new] = ids.map(|id| sources.revision_of(id).unwrap());
        let comparison = compare(&patterns, old, new);
        let rows: Vec<_> = comparison.rows.iter().map(|row| (row.pattern.text.as_str(), row.difference)).collect();
        assert_eq!(
            rows,
            [
                ("no route to #", Difference::OnlyNew),
                ("cache is cold", Difference::OnlyOld),
                ("took # ms", Difference::Same)
            ]
        );
        assert_eq!(comparison.lines, (2, 2));
        assert_eq!(comparison.levels[Level::Error as usize], (Level::Error, 0, 1));
    }
}
