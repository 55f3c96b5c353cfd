//! A text that is looked for in whatever case.

/// Places that are looked at together: as many as a few registers hold.
const LANES: usize = 64;

/// Places of which it is known at once that the text begins at none of them, where it is rare.
const MANY: usize = 256;

/// Where it may have begun, it is looked for place by place so far on: what is common comes again soon.
const NEAR: usize = 512;

/// Bytes of a word, and bits of a byte.
const WORD: usize = 8;

/// Bytes of logs, the commonest first; what is not among them is rare.
const COMMON: &[u8] = b" e0t1ainosr2l3d5c4687p9u:m/.g-\"hfb,vy=w_k[]x{}jqz()";

/// Finds an ASCII text in whatever case; bytes that are no ASCII are compared as they are.
///
/// Two of its bytes are looked for at many places at once, the one that logs have seldom and the last one, for that tells most where
/// lines are known to have what was typed before it; only where both stand is the rest compared.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Needle {
    /// In lower case.
    text: Box<[u8]>,
    probes: [Probe; 2],
}

/// A byte of the text, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Probe {
    at: usize,
    byte: u8,
    /// The bit that makes a capital small, where the byte is a letter.
    fold: u8,
}

impl Probe {
    fn is(self, byte: u8) -> bool {
        byte | self.fold == self.byte
    }
}

impl Needle {
    /// For a text that is not empty.
    pub(in crate::logs) fn new(text: &[u8]) -> Self {
        let text = text.to_ascii_lowercase().into_boxed_slice();
        let seldom = |at: &usize| COMMON.iter().position(|byte| *byte == text[*at]).unwrap_or(usize::MAX);
        let rarest = (0..text.len()).max_by_key(seldom).unwrap_or_default();
        let last = (0..text.len()).rev().find(|at| *at != rarest).unwrap_or(rarest);
        let probes = [rarest, last].map(|at| {
            let byte = text[at];
            Probe { at, byte, fold: if byte.is_ascii_lowercase() { 0x20 } else { 0 } }
        });
        Self { text, probes }
    }

    /// How many bytes it has.
    pub(in crate::logs) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where it begins in `bytes`, at or behind `from`.
    pub(in crate::logs) fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let end = (bytes.len() + 1).checked_sub(self.text.len())?;
        let (mut at, mut near) = (from, from + NEAR);
        while at + LANES <= end {
            if at >= near && at + MANY <= end {
                if !self.may_be_among(bytes, at) {
                    at += MANY;
                    continue;
                }
                near = at + NEAR;
            }
            if let Some(found) = self.find_among(bytes, at) {
                return Some(found);
            }
            at += LANES;
        }
        match end.checked_sub(LANES).filter(|last| *last >= from && at < end) {
            // Those before `at` are known not to be it.
            Some(last) => self.find_among(bytes, last),
            None => (at..end).find(|at| self.is_at(bytes, *at)),
        }
    }

    /// Whether both bytes stand somewhere among the [`MANY`] places from `at` on. Where is not asked, so that it takes little more
    /// than reading them.
    fn may_be_among(&self, bytes: &[u8], at: usize) -> bool {
        let [one, other] = self.probes;
        let many = |probe: Probe| bytes[at + probe.at..].first_chunk::<MANY>();
        let (Some(ones), Some(others)) = (many(one), many(other)) else { return true };
        let mut any = 0;
        for lane in 0..MANY {
            any |= u8::from(one.is(ones[lane])) & u8::from(other.is(others[lane]));
        }
        any != 0
    }

    /// Where it begins among the [`LANES`] places from `at` on.
    fn find_among(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let [one, other] = self.probes;
        let ones: &[u8; LANES] = bytes[at + one.at..].first_chunk()?;
        let others: &[u8; LANES] = bytes[at + other.at..].first_chunk()?;
        // Written so that the compiler does it with few instructions: no branch within.
        let mut both = [0; LANES];
        for lane in 0..LANES {
            both[lane] = u8::from(one.is(ones[lane])) & u8::from(other.is(others[lane]));
        }
        let (words, _) = both.as_chunks();
        if words.iter().fold(0, |any, word| any | u64::from_le_bytes(*word)) == 0 {
            return None;
        }
        words.iter().enumerate().find_map(|(n, word)| {
            let mut lanes = u64::from_le_bytes(*word);
            while lanes != 0 {
                let place = at + n * WORD + lanes.trailing_zeros() as usize / WORD;
                if self.is_at(bytes, place) {
                    return Some(place);
                }
                lanes &= lanes - 1;
            }
            None
        })
    }

    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let [one, other] = self.probes;
        let probed = one.is(bytes[at + one.at]) && other.is(bytes[at + other.at]);
        probed && bytes[at..at + self.text.len()].eq_ignore_ascii_case(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn in_a_long_text_the_next_one_is_found_wherever_it_stands(gaps in prop::collection::vec(0usize..3_000, 0..6),
            text in prop::sample::select(vec!["ab", "a b", "z", "b-a-b"]), filler in prop::sample::select(vec!["xyxy", "bxab ", "b-a-"])) {
            let mut bytes = Vec::new();
            for gap in gaps {
                bytes.extend(filler.bytes().cycle().take(gap));
                bytes.extend_from_slice(text.as_bytes());
            }
            bytes.extend(filler.bytes().cycle().take(700));
            let needle = Needle::new(text.as_bytes());
            let found = std::iter::successors(needle.find(&bytes, 0), |at| needle.find(&bytes, at + 1));
            let want = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(text.as_bytes()));
            prop_assert!(found.eq(want));
        }

        #[test]
        fn it_is_found_where_comparing_every_place_finds_it(before in prop::collection::vec(prop::sample::select(b"abAB @`\n-\xc3".to_vec()), 0..200),
            text in prop::collection::vec(prop::sample::select(b"abAB @`-\xc3".to_vec()), 1..6), from in 0usize..250, put in 0usize..200) {
            let mut bytes = before;
            let put = put.min(bytes.len());
            bytes.splice(put..put, text.to_ascii_uppercase());
            let want = (from..bytes.len()).find(|at| bytes[*at..].get(..text.len()).is_some_and(|there| there.eq_ignore_ascii_case(&text)));
            prop_assert_eq!(Needle::new(&text).find(&bytes, from), want);
        }
    }
}
