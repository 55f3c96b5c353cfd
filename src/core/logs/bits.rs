//! A set of small numbers, one bit each.

/// Bits in a word.
const WORD: usize = 64;

/// A set of numbers below its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::logs) struct Bits(Vec<u64>);

impl Bits {
    /// Makes room for numbers below `len`.
    pub(in crate::logs) fn grow(&mut self, len: usize) {
        let words = len.div_ceil(WORD);
        if words > self.0.len() {
            self.0.resize(words, 0);
        }
    }

    /// Takes in all of `from..to`, for which there must be room.
    pub(in crate::logs) fn fill(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let end = to.min((at / WORD + 1) * WORD);
            let ones = if end - at == WORD { u64::MAX } else { ((1 << (end - at)) - 1) << (at % WORD) };
            self.0[at / WORD] |= ones;
            at = end;
        }
    }

    /// Takes in `at`, for which there must be room. Returns whether it is new.
    pub(in crate::logs) fn set(&mut self, at: usize) -> bool {
        let (word, bit) = (&mut self.0[at / WORD], 1 << (at % WORD));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes out `at`.
    pub(in crate::logs) fn clear(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / WORD) {
            *word &= !(1 << (at % WORD));
        }
    }

    /// Of the numbers at or behind `from` keeps those that are in `other`, or those that are not.
    pub(in crate::logs) fn keep(&mut self, other: &Self, if_in: bool, from: usize) {
        for (at, word) in self.0.iter_mut().enumerate().skip(from / WORD) {
            let theirs = other.0.get(at).copied().unwrap_or_default();
            let theirs = if if_in { theirs } else { !theirs };
            let before = if at == from / WORD { (1 << (from % WORD)) - 1 } else { 0 };
            *word &= theirs | before;
        }
    }

    /// Takes in those of `other` that are in `from..to`, for which there must be room.
    pub(in crate::logs) fn add(&mut self, other: &Self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let end = to.min((at / WORD + 1) * WORD);
            let ones = if end - at == WORD { u64::MAX } else { ((1 << (end - at)) - 1) << (at % WORD) };
            self.0[at / WORD] |= other.0.get(at / WORD).copied().unwrap_or_default() & ones;
            at = end;
        }
    }

    /// Whether `at` is in it.
    pub(in crate::logs) fn get(&self, at: usize) -> bool {
        self.0.get(at / WORD).is_some_and(|word| word >> (at % WORD) & 1 == 1)
    }

    /// How many there are.
    pub(in crate::logs) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many there are below `at`.
    pub(in crate::logs) fn rank(&self, at: usize) -> usize {
        let whole: usize = self.0.iter().take(at / WORD).map(|word| word.count_ones() as usize).sum();
        let rest = self.0.get(at / WORD).map_or(0, |word| word & ((1 << (at % WORD)) - 1));
        whole + rest.count_ones() as usize
    }

    /// The `n`th, from 0.
    pub(in crate::logs) fn select(&self, mut n: usize) -> Option<usize> {
        for (at, word) in self.0.iter().enumerate() {
            let ones = word.count_ones() as usize;
            if n < ones {
                let rest = (0..n).fold(*word, |word, _| word & (word - 1));
                return Some(at * WORD + rest.trailing_zeros() as usize);
            }
            n -= ones;
        }
        None
    }

    /// The first at or behind `at`.
    pub(in crate::logs) fn next(&self, at: usize) -> Option<usize> {
        let first = self.0.get(at / WORD)? & (u64::MAX << (at % WORD));
        let rest = self.0.iter().skip(at / WORD + 1).copied();
        let found = std::iter::once(first).chain(rest).zip(at / WORD..).find(|(word, _)| *word != 0);
        found.map(|(word, index)| index * WORD + word.trailing_zeros() as usize)
    }

    /// The last before `at`.
    pub(in crate::logs) fn before(&self, at: usize) -> Option<usize> {
        let at = at.min(self.0.len() * WORD);
        let mut index = at / WORD;
        let mut word = self.0.get(index).map_or(0, |word| word & ((1 << (at % WORD)) - 1));
        while word == 0 {
            index = index.checked_sub(1)?;
            word = self.0[index];
        }
        Some(index * WORD + WORD - 1 - word.leading_zeros() as usize)
    }

    /// All of them, in order.
    pub(in crate::logs) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.from(0)
    }

    /// Those at or behind `at`, in order.
    pub(in crate::logs) fn from(&self, mut at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::from_fn(move || {
            let found = self.next(at)?;
            at = found + 1;
            Some(found)
        })
    }

    /// The bytes that it holds.
    pub(in crate::logs) fn size(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_answer_as_a_set_does(ins in prop::collection::vec(0usize..300, 0..60), outs in prop::collection::vec(0usize..300, 0..30),
            fill in (0usize..300, 0usize..300), at in 0usize..400,
            keep in (0usize..300, 0usize..300, 0usize..300, prop::bool::ANY)) {
            let (mut bits, mut set) = (Bits::default(), BTreeSet::new());
            bits.grow(300);
            for n in ins {
                prop_assert_eq!(bits.set(n), set.insert(n));
            }
            bits.fill(fill.0, fill.1);
            set.extend(fill.0..fill.1);
            for n in outs {
                bits.clear(n);
                set.remove(&n);
            }
            let mut other = Bits::default();
            other.grow(300);
            other.fill(keep.0, keep.1);
            bits.keep(&other, keep.3, keep.2);
            set.retain(|n| *n < keep.2 || (keep.0..keep.1).contains(n) == keep.3);
            let mut more = Bits::default();
            more.grow(300);
            more.fill(fill.0, fill.1);
            bits.add(&more, keep.0, keep.1);
            set.extend((keep.0..keep.1).filter(|n| (fill.0..fill.1).contains(n)));
            prop_assert!(bits.from(at).eq(set.range(at..).copied()));
            prop_assert_eq!(bits.count(), set.len());
            prop_assert_eq!(bits.get(at), set.contains(&at));
            prop_assert_eq!(bits.rank(at), set.range(..at).count());
            prop_assert_eq!(bits.select(at), set.iter().nth(at).copied());
            prop_assert_eq!(bits.next(at), set.range(at..).next().copied());
            prop_assert_eq!(bits.before(at), set.range(..at).next_back().copied());
            prop_assert!(bits.iter().eq(set.iter().copied()));
        }
    }
}
