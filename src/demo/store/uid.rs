//! Names and uids that the server makes up: the same ones for the same seed.

/// Kubernetes' alphabet for generated names: no vowels, nothing that looks like another.
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A row of numbers that only the seed decides.
#[derive(Debug)]
pub(super) struct Row {
    state: u64,
}

impl Row {
    pub(super) fn new(seed: u64) -> Row {
        Row { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A version 4 UUID.
    pub(super) fn uid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | (b >> 50),
            b & 0xffff_ffff_ffff
        )
    }

    /// Five letters for the end of a generated name.
    pub(super) fn suffix(&mut self) -> String {
        let mut rest = self.next();
        let mut letters = String::with_capacity(5);
        for _ in 0..5 {
            letters.push(char::from(ALPHABET[(rest % ALPHABET.len() as u64) as usize]));
            rest /= ALPHABET.len() as u64;
        }
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_uids_and_another_seed_others() {
        let mut one = Row::new(7);
        let first: Vec<String> = (0..3).map(|_| one.uid()).collect();
        let mut again = Row::new(7);
        assert_eq!(first, (0..3).map(|_| again.uid()).collect::<Vec<_>>());
        assert_ne!(first[0], Row::new(8).uid());
        assert!(first.iter().all(|uid| uid.len() == 36 && uid.as_bytes()[14] == b'4'), "{first:?}");
    }
}
