//! Names, identifiers and hashes as Kubernetes makes them, from numbers that a fixed seed repeats.

use serde_json::Value;

/// The letters of generated names: no vowels and nothing that reads as another letter.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A source of repeatable numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always roll the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x5be1_7a3d_90c4_2f68)
    }

    /// Dice that depend on a name only.
    pub fn named(seed: u64, name: &str) -> Self {
        Self::new(seed ^ hash64(name))
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `0..bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A number in `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1) as u64) as i64
    }

    /// Whether something happens that does so `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// The five letters behind a generated name.
    pub fn suffix(&mut self) -> String {
        (0..5).map(|_| char::from(LETTERS[self.below(LETTERS.len() as u64) as usize])).collect()
    }

    /// A version 4 UUID.
    pub fn uid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }

    /// A SHA-256 digest's 64 hexadecimal digits.
    pub fn digest(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", self.next())).collect()
    }
}

/// The digest that an image's name stands for: the same for all pods that run it.
pub fn image_digest(image: &str) -> String {
    Dice::named(0, image).digest()
}

/// 64 bits that depend on a text only (FNV-1a, mixed).
pub fn hash64(text: &str) -> u64 {
    let fnv = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    mix(fnv)
}

/// A fraction in `0.0..1.0` that depends on a number only.
pub fn fraction(number: u64) -> f64 {
    (mix(number) >> 11) as f64 / (1_u64 << 53) as f64
}

fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The hash of a pod template as it stands in names and labels: FNV-1 of 32 bits over the template and the count of
/// collisions, its decimal digits spelled in the letters of generated names (`controller.ComputeHash`,
/// `rand.SafeEncodeString`).
pub fn template_hash(template: &Value, collisions: i64) -> String {
    let mut bytes = template.to_string().into_bytes();
    if collisions > 0 {
        bytes.extend_from_slice(&(collisions as u32).to_le_bytes());
    }
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte));
    hash.to_string().bytes().map(|digit| char::from(LETTERS[usize::from(digit) % LETTERS.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let roll = |seed| (0..4).map(|_| 0).scan(Dice::new(seed), |dice, _: i32| Some(dice.next())).collect::<Vec<_>>();
        assert_eq!(roll(7), roll(7));
        assert_ne!(roll(7), roll(8));
    }

    #[test]
    fn a_template_hash_is_spelled_in_the_letters_of_generated_names() {
        let hash = template_hash(&json!({"spec": {"containers": []}}), 0);
        assert!(hash.bytes().all(|letter| LETTERS.contains(&letter)) && hash.len() <= 10, "{hash}");
        assert_ne!(hash, template_hash(&json!({"spec": {"containers": []}}), 1));
    }

    #[test]
    fn a_uid_has_the_form_of_a_version_4_uuid() {
        let uid = Dice::new(1).uid();
        let lengths: Vec<_> = uid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(uid.as_bytes()[14], b'4');
    }
}
