//! Which lines are shown.

use super::{
    bits::Bits,
    block::Block,
    level::Level,
    line::{Flags, Line},
    matcher::Matcher,
    source::{RevisionId, SourceSet, Sources},
};

/// Whether lines that have a term are shown, or are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Only lines that have it.
    Include,
    /// Only lines that have it not.
    Exclude,
}

/// One filter of the stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Which way it works.
    pub sign: Sign,
    /// What is looked for.
    pub matcher: Matcher,
}

/// The stack of filters: a line passes if it passes all of them. A mark of missing lines passes terms and levels, not sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Includes and excludes.
    pub terms: Vec<Term>,
    /// At least so bad; see [`Level::reaches`].
    pub least: Option<Level>,
    /// Only these sources.
    pub sources: Option<SourceSet>,
    /// Only sources of this revision, those that join later among them.
    pub revision: Option<RevisionId>,
    /// Only lines that have it, marks too: what a search among filtered lines counts.
    pub sought: Option<Matcher>,
}

impl Filter {
    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This one for a search: only lines that have `matcher`.
    pub fn seeking(&self, matcher: Matcher) -> Self {
        Self { sought: Some(matcher), ..self.clone() }
    }

    /// Whether a line passes.
    pub fn passes(&self, line: &Line<'_>, sources: &Sources) -> bool {
        self.passes_meta(line.level, line.flags, line.source, sources)
            && (line.flags.has(Flags::GAP) || self.terms.iter().all(|term| term.passes(line.text)))
            && self.sought.as_ref().is_none_or(|sought| sought.is_in(line.text))
    }

    fn passes_meta(&self, level: Level, flags: Flags, source: super::SourceId, sources: &Sources) -> bool {
        self.least.is_none_or(|least| level.reaches(least) || flags.has(Flags::GAP))
            && self.sources.as_ref().is_none_or(|set| set.contains(source))
            && self.revision.is_none_or(|revision| sources.revision_of(source) == Some(revision))
    }

    /// Whether lines are looked through about as fast as they can be read: see [`Matcher::is_fast`].
    pub fn is_fast(&self) -> bool {
        self.terms.iter().map(|term| &term.matcher).chain(&self.sought).all(Matcher::is_fast)
    }

    /// Whether whatever passes this one passes `other`, as far as that is plain: then only what passed has to be looked at again.
    pub fn narrows(&self, other: &Self) -> bool {
        let kept = |old: &Term| {
            self.terms.iter().any(|new| match (new.sign, old.sign) {
                (Sign::Include, Sign::Include) => new.matcher.implies(&old.matcher),
                (Sign::Exclude, Sign::Exclude) => old.matcher.implies(&new.matcher),
                _ => false,
            })
        };
        // A level that is unknown reaches up to Info, so that bounds compare by what they let pass.
        let least = Level::ALL.into_iter().all(|level| {
            let passes = |filter: &Self| filter.least.is_none_or(|least| level.reaches(least));
            !passes(self) || passes(other)
        });
        let sources =
            other.sources.as_ref().is_none_or(|old| self.sources.as_ref().is_some_and(|new| new.is_within(old)));
        let sought = other.sought.as_ref().is_none_or(|old| self.sought.as_ref().is_some_and(|new| new.implies(old)));
        least
            && sources
            && sought
            && (other.revision.is_none() || other.revision == self.revision)
            && other.terms.iter().all(kept)
    }

    /// Takes those lines out of `passing` that do not pass: of a block, from line `from` on.
    pub(in crate::logs) fn sift(&self, block: &Block, from: usize, passing: &mut Bits, sources: &Sources) {
        let mut gaps = Vec::new();
        let marked = !self.terms.is_empty() && block.may_have(Flags::GAP);
        if self.least.is_some() || self.sources.is_some() || self.revision.is_some() || marked {
            for (at, entry) in block.index().iter().enumerate().skip(from) {
                if !self.passes_meta(entry.level, entry.flags, entry.source, sources) {
                    passing.clear(at);
                } else if entry.flags.has(Flags::GAP) && passing.get(at) {
                    gaps.push(at);
                }
            }
        }
        self.terms.iter().for_each(|term| term.sift(block, from, passing));
        for gap in gaps {
            passing.set(gap);
        }
        if let Some(matcher) = &self.sought {
            Term { sign: Sign::Include, matcher: matcher.clone() }.sift(block, from, passing);
        }
    }
}

impl Term {
    /// Whether a line's text passes.
    pub fn passes(&self, text: &[u8]) -> bool {
        self.matcher.is_in(text) == (self.sign == Sign::Include)
    }

    fn sift(&self, block: &Block, from: usize, passing: &mut Bits) {
        let lines = block.len() - from;
        let left = passing.count() - passing.rank(from);
        // Where few are left, each is looked at; else all at once, which is faster for each.
        if left < lines / 8 {
            let mut at = from;
            while let Some(line) = passing.next(at) {
                if !self.passes(block.text(line)) {
                    passing.clear(line);
                }
                at = line + 1;
            }
            return;
        }
        let (mut hits, mut at) = (Bits::default(), from);
        hits.grow(block.len());
        while let Some(line) = self.matcher.next_line(block, at..block.len()) {
            hits.set(line);
            at = line + 1;
        }
        passing.keep(&hits, self.sign == Sign::Include, from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{SourceId, samples::line};

    fn filter(terms: &[(Sign, &str)]) -> Filter {
        let term = |(sign, written): &(Sign, &str)| Term { sign: *sign, matcher: Matcher::parse(written).unwrap() };
        Filter { terms: terms.iter().map(term).collect(), ..Filter::default() }
    }

    use Sign::{Exclude, Include};

    #[test]
    fn a_line_passes_all_terms_or_none() {
        let filter = filter(&[(Include, "a"), (Exclude, "/b$/"), (Include, "c")]);
        let passes = |text: &str| filter.passes(&line(text), &Sources::default());
        assert_eq!(["abc", "a c b", "ab", "cab", "xcxa"].map(passes), [true, false, false, false, true]);
    }

    #[test]
    fn a_mark_of_missing_lines_passes_terms_and_levels_but_no_sources() {
        let gap = Line { flags: Flags::GAP, ..line("x") };
        let strict = Filter { least: Some(Level::Fatal), ..filter(&[(Include, "y")]) };
        assert!(strict.passes(&gap, &Sources::default()));
        let other = Filter { sources: Some([SourceId(1)].into_iter().collect()), ..Filter::default() };
        assert!(!other.passes(&gap, &Sources::default()));
    }

    #[test]
    fn a_term_more_a_longer_text_and_a_higher_level_narrow() {
        let base = filter(&[(Include, "err"), (Exclude, "health")]);
        assert!(base.narrows(&base) && base.narrows(&Filter::default()) && !Filter::default().narrows(&base));
        assert!(filter(&[(Exclude, "health"), (Include, "error")]).narrows(&base));
        assert!(base.seeking(Matcher::parse("x").unwrap()).narrows(&base));
        assert!(!filter(&[(Include, "err"), (Exclude, "healthz")]).narrows(&base), "a longer exclude lets more pass");
        assert!(filter(&[(Include, "err"), (Exclude, "heal")]).narrows(&base), "a shorter exclude lets less pass");
        let least = |least| Filter { least: Some(least), ..Filter::default() };
        assert!(least(Level::Warn).narrows(&least(Level::Info)) && !least(Level::Info).narrows(&least(Level::Warn)));
        let one = Filter { sources: Some([SourceId(1)].into_iter().collect()), ..Filter::default() };
        let two = Filter { sources: Some([SourceId(1), SourceId(2)].into_iter().collect()), ..Filter::default() };
        assert!(one.narrows(&two) && !two.narrows(&one));
    }
}
