//! A number of replicas or the bounds of an autoscaler, as an operator types them.

use std::fmt;

use thiserror::Error;

use super::Bounds;

/// Why a text is no number of replicas, or cannot be applied to an app.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CountError {
    /// Not of the grammar.
    #[error("\"{0}\" is no number of replicas: write 5, +2, -1, ×2 or 50%")]
    Text(String),
    /// More would be taken away than there are.
    #[error("{0} of {1}: it runs fewer than that")]
    Below(Count, u32),
    /// Beyond what the API takes.
    #[error("{0} of {1} is too many: at most {max}", max = i32::MAX)]
    Above(Count, u32),
    /// No two bounds.
    #[error("\"{0}\" are no bounds: write 2-10, or min 2 max 10")]
    Bounds(String),
}

/// How many replicas: absolute, or from an app's own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    To(u32),
    /// So many more.
    More(u32),
    /// So many fewer.
    Fewer(u32),
    /// So many times as many.
    Times(u32),
    /// A share in per cent, rounded up.
    Percent(u32),
}

impl Count {
    /// Reads `5`, `+2`, `-1`, `×2` (or `x2`, `*2`), `50%` (or `50 %`).
    ///
    /// # Errors
    /// It is none of these.
    pub fn parse(text: &str) -> Result<Self, CountError> {
        let text = text.trim();
        let error = || CountError::Text(text.to_owned());
        let number = |digits: &str| match digits.trim() {
            digits if digits.chars().all(|c| c.is_ascii_digit()) => digits.parse::<u32>().map_err(|_| error()),
            _ => Err(error()),
        };
        let first = text.chars().next().ok_or_else(error)?;
        let rest = &text[first.len_utf8()..];
        match first {
            '+' => number(rest).map(Self::More),
            '-' | '−' => number(rest).map(Self::Fewer),
            '×' | 'x' | 'X' | '*' => number(rest).map(Self::Times),
            _ => match text.strip_suffix('%') {
                Some(share) => number(share).map(Self::Percent),
                None => number(text).map(Self::To),
            },
        }
    }

    /// What it makes of `now`, and whether that was rounded up.
    ///
    /// # Errors
    /// Below zero, or beyond what the API takes.
    pub fn of(self, now: u32) -> Result<(u32, bool), CountError> {
        let (to, rounded) = match self {
            Self::To(number) => (u64::from(number), false),
            Self::More(by) => (u64::from(now) + u64::from(by), false),
            Self::Fewer(by) => (u64::from(now).checked_sub(by.into()).ok_or(CountError::Below(self, now))?, false),
            Self::Times(by) => (u64::from(now) * u64::from(by), false),
            Self::Percent(share) => {
                let hundredfold = u64::from(now) * u64::from(share);
                (hundredfold.div_ceil(100), !hundredfold.is_multiple_of(100))
            }
        };
        match u32::try_from(to) {
            Ok(number) if number <= i32::MAX as u32 => Ok((number, rounded)),
            _ => Err(CountError::Above(self, now)),
        }
    }
}

/// As it is typed.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(number) => write!(f, "{number}"),
            Self::More(by) => write!(f, "+{by}"),
            Self::Fewer(by) => write!(f, "-{by}"),
            Self::Times(by) => write!(f, "×{by}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl Bounds {
    /// Reads `2-10`, `2–10`, `2..10`, `2 10` or `min 2 max 10`.
    ///
    /// # Errors
    /// It is none of these.
    pub fn parse(text: &str) -> Result<Self, CountError> {
        let error = || CountError::Bounds(text.trim().to_owned());
        let lower = text.trim().to_lowercase();
        let (mut min, mut max, mut named) = (None, None, None);
        for word in lower.split([' ', '-', '–', ',', '=', ':', '.']).filter(|word| !word.is_empty()) {
            if word == "min" || word == "max" {
                named = Some(word);
                continue;
            }
            let number = word.parse::<u32>().map_err(|_| error())?;
            let place = match named.take() {
                Some("max") => &mut max,
                Some(_) => &mut min,
                None if min.is_none() => &mut min,
                None => &mut max,
            };
            if place.replace(number).is_some() {
                return Err(error());
            }
        }
        match (min, max) {
            (Some(min), Some(max)) if named.is_none() => Ok(Self { min, max }),
            _ => Err(error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("5", 3, Ok((5, false)))]
    #[case(" +2", 3, Ok((5, false)))]
    #[case("-1", 3, Ok((2, false)))]
    #[case("×2", 3, Ok((6, false)))]
    #[case("x2", 3, Ok((6, false)))]
    #[case("*2", 3, Ok((6, false)))]
    #[case("50%", 3, Ok((2, true)))]
    #[case("50 %", 4, Ok((2, false)))]
    #[case("-4", 3, Err(CountError::Below(Count::Fewer(4), 3)))]
    #[case("+2147483647", 1, Err(CountError::Above(Count::More(i32::MAX as u32), 1)))]
    fn counts_are_absolute_or_from_the_apps_own(
        #[case] text: &str,
        #[case] now: u32,
        #[case] to: Result<(u32, bool), CountError>,
    ) {
        assert_eq!(Count::parse(text).and_then(|count| count.of(now)), to);
    }

    #[rstest]
    #[case("")]
    #[case("+")]
    #[case("%")]
    #[case("two")]
    #[case("1.5")]
    #[case("+-1")]
    #[case("99999999999")]
    fn other_texts_are_refused_in_their_own_words(#[case] text: &str) {
        assert_eq!(Count::parse(text), Err(CountError::Text(text.to_owned())));
    }

    #[rstest]
    #[case("2-10", Some((2, 10)))]
    #[case("2–10", Some((2, 10)))]
    #[case("2..10", Some((2, 10)))]
    #[case("min 2 max 10", Some((2, 10)))]
    #[case("max=10, min=2", Some((2, 10)))]
    #[case("2", None)]
    #[case("2-10-12", None)]
    #[case("min 2 min 10", None)]
    #[case("2 10 max", None)]
    #[case("a-b", None)]
    fn bounds_are_two_numbers(#[case] text: &str, #[case] bounds: Option<(u32, u32)>) {
        assert_eq!(Bounds::parse(text).ok(), bounds.map(|(min, max)| Bounds { min, max }));
    }

    proptest! {
        #[test]
        fn nothing_typed_panics_and_what_is_read_is_read_again(text in "\\PC{0,12}", now: u32) {
            if let Ok(count) = Count::parse(&text) {
                prop_assert_eq!(Count::parse(&count.to_string()), Ok(count));
                if let Ok((to, _)) = count.of(now) {
                    prop_assert!(to <= i32::MAX as u32);
                }
            }
            let _ = Bounds::parse(&text);
        }
    }
}
