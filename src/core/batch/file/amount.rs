//! A number of replicas: absolute, or against what there is.

use std::{fmt, str::FromStr};

/// How many replicas: `5`, `+2`, `-1`, `×2` (or `x2`), `50%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Exactly(u32),
    /// So many more, or fewer.
    More(i32),
    /// So many times as many.
    Times(u32),
    /// So many percent of what there is, rounded up, so that a half of one is one.
    Percent(u32),
}

/// No number of replicas.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no number of replicas: write 5, \"+2\", \"-1\", \"×2\" or \"50%\"")]
pub struct BadAmount(String);

impl Amount {
    /// How many it makes of `before`. An app never gets fewer than none; the API takes no more than `i32::MAX`.
    pub fn of(self, before: u32) -> u32 {
        let made = match self {
            Self::Exactly(count) => u64::from(count),
            Self::More(more) => u64::try_from(i64::from(before) + i64::from(more)).unwrap_or(0),
            Self::Times(times) => u64::from(before) * u64::from(times),
            Self::Percent(percent) => (u64::from(before) * u64::from(percent)).div_ceil(100),
        };
        u32::try_from(made.min(i32::MAX as u64)).unwrap_or(i32::MAX as u32)
    }
}

impl FromStr for Amount {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let bad = || BadAmount(text.to_owned());
        let number = |digits: &str| -> Result<u32, BadAmount> {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|number| plain && *number <= i32::MAX as u32).ok_or_else(bad)
        };
        let signed = |digits: &str, sign: i32| number(digits).map(|count| Self::More(sign * count as i32));
        let trimmed = text.trim();
        if let Some(digits) = trimmed.strip_suffix('%') {
            return number(digits.trim_end()).map(Self::Percent);
        }
        match trimmed.chars().next().ok_or_else(bad)? {
            '+' => signed(&trimmed[1..], 1),
            '-' => signed(&trimmed[1..], -1),
            '−' => signed(&trimmed['−'.len_utf8()..], -1),
            first @ ('×' | 'x' | '*') => number(&trimmed[first.len_utf8()..]).map(Self::Times),
            _ => number(trimmed).map(Self::Exactly),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(f, "{count}"),
            Self::More(more) => write!(f, "{more:+}"),
            Self::Times(times) => write!(f, "×{times}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("5", 3, 5)]
    #[case("+2", 3, 5)]
    #[case("-1", 3, 2)]
    #[case("-9", 3, 0)]
    #[case("×2", 3, 6)]
    #[case("x3", 3, 9)]
    #[case("50%", 3, 2)]
    #[case("50 %", 1, 1)]
    #[case("0", 3, 0)]
    #[case("×2147483647", 4_000, 2_147_483_647)]
    fn amounts_are_of_what_there_is(#[case] text: &str, #[case] before: u32, #[case] after: u32) {
        let amount: Amount = text.parse().unwrap();
        assert_eq!(amount.of(before), after);
        assert_eq!(amount.to_string().parse(), Ok(amount));
    }

    #[rstest]
    fn what_is_none_is_refused(
        #[values("", "+", "x", "%", "1.5", "-", "+-2", "99999999999", "five", "5 5")] text: &str,
    ) {
        assert_eq!(text.parse::<Amount>(), Err(BadAmount(text.to_owned())));
    }
}
