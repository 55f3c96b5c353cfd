//! Chance that repeats: numbers that depend on what they are drawn for, and on nothing else.

/// Draws that are the same whenever they are made for the same things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Draws of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x6c6f_6773))
    }

    /// Draws for something named under these.
    pub(crate) fn named(self, name: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self(mix(name.bytes().fold(self.0 ^ 0xcbf2_9ce4_8422_2325, fold)))
    }

    /// Draws for something numbered under these.
    pub(crate) fn at(self, number: i64) -> Self {
        Self(mix(self.0.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(1)))
    }

    /// 64 bits.
    pub(crate) fn bits(self) -> u64 {
        mix(self.0)
    }

    /// The next draw: changes what further draws give.
    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound.max(1)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// At least 0 and less than 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often in a thousand.
    pub(crate) fn in_thousand(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// One of several, of which there is one at least.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len() as u64) as usize]
    }

    /// So many hexadecimal digits, 16 at most.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = format!("{:016x}", self.draw());
        text.truncate(digits);
        text
    }
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_draws_the_same_and_another_draws_otherwise() {
        let draws = |name: &str, at: i64| {
            let mut chance = Chance::new(1).named(name).at(at);
            [chance.draw(), chance.draw()]
        };
        assert_eq!(draws("a", 3), draws("a", 3));
        assert_ne!(draws("a", 3), draws("a", 4));
        assert_ne!(draws("a", 3), draws("b", 3));
        assert_ne!(draws("a", 3)[0], draws("a", 3)[1]);
    }
}
