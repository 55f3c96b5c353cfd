//! Kubernetes quantities (`250m`, `64Mi`), read and written.
//!
//! Source of the grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.

/// CPU in thousandths of a core, rounded up, or `None` where `text` is no quantity. What is negative becomes 0, what is too
/// large `u64::MAX`.
pub fn millicores(text: &str) -> Option<u64> {
    thousandths(text).map(|value| value.try_into().unwrap_or(u64::MAX))
}

/// Bytes, rounded up, or `None` where `text` is no quantity. What is negative becomes 0, what is too large `u64::MAX`.
pub fn bytes(text: &str) -> Option<u64> {
    thousandths(text).map(|value| value.div_ceil(1000).try_into().unwrap_or(u64::MAX))
}

/// Thousandths of a core as people write them: `250m`, `1.5`, `12`.
pub fn cpu(milli: u64) -> String {
    match milli {
        0..1000 => format!("{milli}m"),
        1000..9950 => tenths(u128::from(milli), 1000),
        _ => u128::from(milli).saturating_add(500).div_euclid(1000).to_string(),
    }
}

/// Bytes as people write them: `512`, `64Mi`, `1.2Gi`, never more than four digits and a unit.
pub fn memory(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let value = u128::from(bytes);
    // The unit is chosen by the rounded number, so that 1023.9Mi reads 1Gi and not 1024Mi.
    let unit = (0..UNITS.len() - 1).find(|&n| rounded(value, 1 << (10 * n)) < 1024).unwrap_or(UNITS.len() - 1);
    let scale = 1u128 << (10 * unit);
    let number =
        if unit > 0 && value * 100 < scale * 995 { tenths(value, scale) } else { rounded(value, scale).to_string() };
    number + UNITS[unit]
}

/// A share: `43%`; what has more than three digits is `>999%`.
pub fn percent(share: u32) -> String {
    if share > 999 { ">999%".into() } else { format!("{share}%") }
}

fn rounded(value: u128, scale: u128) -> u128 {
    (value + scale / 2) / scale
}

/// One decimal, left out where it is 0.
fn tenths(value: u128, scale: u128) -> String {
    match rounded(value * 10, scale) {
        whole if whole % 10 == 0 => (whole / 10).to_string(),
        part => format!("{}.{}", part / 10, part % 10),
    }
}

/// What the number before the suffix is multiplied by, to give thousandths.
#[derive(Clone, Copy)]
enum Scale {
    Ten(i32),
    Two(u32),
}

/// The value in thousandths, rounded up; 0 where negative.
fn thousandths(text: &str) -> Option<u128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = unsigned.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let scale = scale(suffix)?;
    Some(if negative { 0 } else { scaled(&Number::read(whole, fraction), scale) })
}

fn scale(suffix: &str) -> Option<Scale> {
    Some(match suffix {
        "n" => Scale::Ten(-6),
        "u" => Scale::Ten(-3),
        "m" => Scale::Ten(0),
        "" => Scale::Ten(3),
        "k" => Scale::Ten(6),
        "M" => Scale::Ten(9),
        "G" => Scale::Ten(12),
        "T" => Scale::Ten(15),
        "P" => Scale::Ten(18),
        "E" => Scale::Ten(21),
        "Ki" => Scale::Two(10),
        "Mi" => Scale::Two(20),
        "Gi" => Scale::Two(30),
        "Ti" => Scale::Two(40),
        "Pi" => Scale::Two(50),
        "Ei" => Scale::Two(60),
        _ => Scale::Ten(exponent(suffix.strip_prefix(['e', 'E'])?)?.saturating_add(3)),
    })
}

fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i32::MIN / 2 } else { i32::MAX / 2 }))
}

/// Digits before the point, and `digits` of them behind it.
struct Number {
    whole: u128,
    fraction: u128,
    digits: u32,
}

impl Number {
    /// Decimals that are kept: as many as 1024⁶ thousandths leave room for in 128 bits.
    const DECIMALS: usize = 17;

    fn read(whole: &str, fraction: &str) -> Self {
        let fraction = fraction.trim_end_matches('0');
        let (kept, finer) = fraction.split_at(fraction.len().min(Self::DECIMALS));
        let read = |digits: &str| {
            digits.bytes().fold(0u128, |sum, b| sum.saturating_mul(10).saturating_add(u128::from(b - b'0')))
        };
        let fraction = read(kept) + u128::from(!finer.is_empty());
        Self { whole: read(whole), fraction, digits: kept.len() as u32 }
    }
}

fn scaled(number: &Number, scale: Scale) -> u128 {
    let &Number { whole, fraction, digits } = number;
    match scale {
        Scale::Two(bits) => {
            let by = 1000u128 << bits;
            whole.saturating_mul(by).saturating_add((fraction * by).div_ceil(10u128.pow(digits)))
        }
        Scale::Ten(power @ 0..) => {
            let power = power as u32;
            let part = match power.checked_sub(digits) {
                Some(up) => times_ten(fraction, up),
                None => fraction.div_ceil(10u128.pow(digits - power)),
            };
            times_ten(whole, power).saturating_add(part)
        }
        Scale::Ten(power) => {
            let by = 10u128.checked_pow(power.unsigned_abs()).unwrap_or(u128::MAX);
            whole / by + u128::from(!whole.is_multiple_of(by) || fraction > 0)
        }
    }
}

fn times_ten(value: u128, power: u32) -> u128 {
    match (value, 10u128.checked_pow(power)) {
        (0, _) => 0,
        (_, None) => u128::MAX,
        (value, Some(by)) => value.saturating_mul(by),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("250m", 250)]
    #[case("1", 1000)]
    #[case("1.5", 1500)]
    #[case(".5", 500)]
    #[case("2.", 2000)]
    #[case("+2", 2000)]
    #[case("-2", 0)]
    #[case("0", 0)]
    #[case("1n", 1)]
    #[case("1000001n", 2)]
    #[case("100u", 1)]
    #[case("1500u", 2)]
    #[case("0.0001", 1)]
    #[case("1e3", 1_000_000)]
    #[case("1E3", 1_000_000)]
    #[case("1e-3", 1)]
    #[case("1e+1", 10_000)]
    #[case("1k", 1_000_000)]
    #[case("0e99999999999", 0)]
    #[case("1e99999999999", u64::MAX)]
    #[case("1e-99999999999", 1)]
    #[case("9999999999999999999999999999999999999999999", u64::MAX)]
    fn cpu_is_read_in_thousandths_rounded_up(#[case] text: &str, #[case] milli: u64) {
        assert_eq!(millicores(text), Some(milli));
    }

    #[rstest]
    #[case("64Mi", 64 << 20)]
    #[case("1Ki", 1024)]
    #[case("1.5Gi", 3 << 29)]
    #[case("1Ti", 1 << 40)]
    #[case("2Pi", 1 << 51)]
    #[case("1Ei", 1 << 60)]
    #[case("16Ei", u64::MAX)]
    #[case("0.1Ki", 103)]
    #[case("128974848", 128_974_848)]
    #[case("129e6", 129_000_000)]
    #[case("129M", 129_000_000)]
    #[case("1G", 1_000_000_000)]
    #[case("1T", 1_000_000_000_000)]
    #[case("1P", 1_000_000_000_000_000)]
    #[case("1E", 1_000_000_000_000_000_000)]
    #[case("100E", u64::MAX)]
    #[case("1m", 1)]
    #[case("1001m", 2)]
    #[case("0.000000000000000000000001", 1)]
    fn memory_is_read_in_bytes_rounded_up(#[case] text: &str, #[case] expected: u64) {
        assert_eq!(bytes(text), Some(expected));
    }

    #[rstest]
    fn what_is_no_quantity_is_refused(
        #[values(
            "", "-", ".", "Mi", "1mi", "1K", "1 Mi", "1..2", "1.2.3", "1e", "1e+", "1eM", "1Zi", "--1", "x", "1é"
        )]
        text: &str,
    ) {
        assert_eq!(bytes(text), None);
    }

    #[rstest]
    #[case(0, "0m")]
    #[case(250, "250m")]
    #[case(999, "999m")]
    #[case(1000, "1")]
    #[case(1500, "1.5")]
    #[case(9949, "9.9")]
    #[case(9950, "10")]
    #[case(12_499, "12")]
    fn cpu_is_shown_in_few_characters(#[case] milli: u64, #[case] shown: &str) {
        assert_eq!(cpu(milli), shown);
    }

    #[rstest]
    #[case(0, "0")]
    #[case(1023, "1023")]
    #[case(1024, "1Ki")]
    #[case(64 << 20, "64Mi")]
    #[case((64 << 20) + 100, "64Mi")]
    #[case(1288490189, "1.2Gi")]
    #[case((1 << 30) - 1, "1Gi")]
    #[case(10 << 30, "10Gi")]
    #[case(u64::MAX, "16Ei")]
    fn memory_is_shown_in_few_characters(#[case] bytes: u64, #[case] shown: &str) {
        assert_eq!(memory(bytes), shown);
    }

    #[test]
    fn percents_never_take_more_than_five_columns() {
        assert_eq!((percent(43), percent(999), percent(u32::MAX)), ("43%".into(), "999%".into(), ">999%".into()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[-+.0-9eEinumkMGTP]{0,40}|.*") {
            let _ = (millicores(&text), bytes(&text));
        }

        #[test]
        fn whole_numbers_come_back_as_they_are(n in 0u64..=u64::MAX / 1000) {
            prop_assert_eq!(bytes(&n.to_string()), Some(n));
            prop_assert_eq!(millicores(&format!("{n}m")), Some(n));
        }

        #[test]
        fn what_is_shown_is_within_a_twentieth(n in 1u64..u64::MAX / 2) {
            let again = bytes(&memory(n)).unwrap() as f64;
            prop_assert!((again - n as f64).abs() <= n as f64 / 19.0, "{} {}", n, memory(n));
        }
    }
}
