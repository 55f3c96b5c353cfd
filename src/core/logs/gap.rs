//! Where lines may be missing, as a line of its own.

use super::stamp::{Nanos, Stamps, rfc3339};

/// Why lines may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// After a reconnect nothing that was delivered came again: the kubelet has rotated the log meanwhile.
    Rotated,
    /// They came faster than they could be taken.
    Burst,
    /// The file became shorter while it was followed.
    Truncated,
    /// The container was started anew, and with it its log.
    Restarted,
    /// The stream could not be had for a while.
    Unreachable,
}

impl Why {
    const ALL: [Self; 5] = [Self::Rotated, Self::Burst, Self::Truncated, Self::Restarted, Self::Unreachable];

    /// The reason as half a sentence.
    pub fn text(self) -> &'static str {
        match self {
            Self::Rotated => "the log was rotated while the stream was cut",
            Self::Burst => "they came faster than they could be taken",
            Self::Truncated => "the file was truncated",
            Self::Restarted => "the container was started anew",
            Self::Unreachable => "the stream could not be had",
        }
    }
}

/// Lines that may be missing, or that surely are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gap {
    /// The last moment before it of which there are lines.
    pub from: Nanos,
    /// The first behind it.
    pub to: Nanos,
    /// How many are missing, where that is known; 0 is no gap, but a seam that is worth a mark.
    pub count: Option<u64>,
    /// Why.
    pub why: Why,
}

const MAYBE: &str = "lines may be missing";
const SURELY: &str = "lines are missing";
const NOTHING: &str = "nothing is missing";

impl Gap {
    /// Its line, which a search finds, an export has, and [`Gap::read`] understands. The times are UTC.
    pub fn text(&self) -> String {
        let (from, to, why) = (rfc3339(self.from), rfc3339(self.to), self.why.text());
        match self.count {
            Some(0) => format!("{NOTHING} between {from} and {to}: {why}"),
            Some(count) => format!("{count} {SURELY} between {from} and {to}: {why}"),
            None => format!("{MAYBE} between {from} and {to}: {why}"),
        }
    }

    /// The gap that a line tells of.
    pub fn read(line: &[u8]) -> Option<Self> {
        let (head, rest) = std::str::from_utf8(line).ok()?.split_once(" between ")?;
        let count = match head.split_once(' ') {
            _ if head == MAYBE => None,
            _ if head == NOTHING => Some(0),
            Some((count, SURELY)) => Some(count.parse().ok()?),
            _ => return None,
        };
        let (from, rest) = rest.split_once(" and ")?;
        let (to, why) = rest.split_once(": ")?;
        let at = |text: &str| Stamps::default().read(text.as_bytes()).map(|(at, _)| at);
        let why = Why::ALL.into_iter().find(|known| known.text() == why)?;
        Some(Self { from: at(from)?, to: at(to)?, count, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_sentence_that_is_read_again() {
        for why in Why::ALL {
            for count in [None, Some(0), Some(1_234_567)] {
                let gap = Gap { from: 1_795_420_229_500_000_000, to: 1_795_420_230_000_000_000, count, why };
                assert_eq!(Gap::read(gap.text().as_bytes()), Some(gap));
            }
        }
        assert_eq!(Gap::read(b"lines may be missing between the lines"), None);
    }

    #[test]
    fn it_says_how_many_between_when_and_why() {
        let gap = Gap { from: 0, to: 1_500_000_000, count: Some(12), why: Why::Burst };
        let text = "12 lines are missing between 1970-01-01T00:00:00Z and 1970-01-01T00:00:01.5Z: they came faster than they could be taken";
        assert_eq!(gap.text(), text);
    }
}
