//! A folded line and its frames, found in the ring, where lines of other sources stand between.

use super::state::LONGEST;
use crate::logs::{
    line::{Flags, Line},
    ring::Ring,
    source::SourceId,
};

/// So far a head or a frame is looked for.
pub(in crate::logs) const FAR: u64 = 64 << 10;

/// A line and those that are folded into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// The line that stands for all. It may be a frame itself, where the ring has lost what it belonged to.
    pub head: u64,
    /// Its frames, in order.
    pub frames: Vec<u64>,
}

/// The fold that a line is in, as its head or as a frame. `None`: the ring does not have the line.
pub fn fold_of(ring: &Ring, number: u64) -> Option<Fold> {
    let line = ring.line(number)?;
    if line.flags.has(Flags::GAP) {
        return Some(Fold { head: number, frames: Vec::new() });
    }
    let head = head_of(ring, number);
    let behind = ring.lines(head + 1..head.saturating_add(FAR)).filter(|other| is_of(other, line.source));
    let frames = behind.take_while(Line::is_folded).take(LONGEST as usize).map(|frame| frame.number).collect();
    Some(Fold { head, frames })
}

/// The line that this one is folded into; itself, where it is not folded. The first frame that is left, where the ring has lost it.
pub(in crate::logs) fn head_of(ring: &Ring, number: u64) -> u64 {
    let Some(line) = ring.line(number).filter(Line::is_folded) else { return number };
    let mut head = number;
    for earlier in ring.lines(number.saturating_sub(FAR)..number).rev().filter(|other| is_of(other, line.source)) {
        head = earlier.number;
        if !earlier.is_folded() {
            break;
        }
    }
    head
}

fn is_of(line: &Line<'_>, source: SourceId) -> bool {
    line.source == source && !line.flags.has(Flags::GAP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Block, samples::line_of};

    #[test]
    fn frames_are_found_among_lines_of_other_sources() {
        let mut block = Block::default();
        for (source, folded) in [(0, false), (1, false), (0, true), (1, true), (0, true), (0, false), (0, true)] {
            let flags = if folded { Flags::FOLDED } else { Flags::NONE };
            block.push(Line { flags, ..line_of(source, 0, "x") });
        }
        let mut ring = Ring::new(1 << 20);
        ring.push(block.into());
        for number in [0, 2, 4] {
            assert_eq!(fold_of(&ring, number), Some(Fold { head: 0, frames: vec![2, 4] }));
        }
        assert_eq!(fold_of(&ring, 3), Some(Fold { head: 1, frames: vec![3] }));
        assert_eq!(fold_of(&ring, 5), Some(Fold { head: 5, frames: vec![6] }));
        assert_eq!(fold_of(&ring, 7), None);
    }
}
