//! The last lines of a text whose length is not known.

use std::collections::VecDeque;

/// Bytes that are kept at most.
const BYTES: usize = 64 << 20;

/// Keeps the last so many lines, and no more bytes than memory is given for it.
#[derive(Debug)]
pub(super) struct Last {
    lines: u64,
    kept: VecDeque<Vec<u8>>,
    bytes: usize,
    pending: Vec<u8>,
}

impl Last {
    /// So many.
    pub(super) fn new(lines: u64) -> Self {
        Self { lines, kept: VecDeque::new(), bytes: 0, pending: Vec::new() }
    }

    /// Takes bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.pending.len() >= BYTES {
                self.push();
            }
        }
    }

    fn push(&mut self) {
        let line = std::mem::take(&mut self.pending);
        self.bytes += line.len();
        self.kept.push_back(line);
        while self.kept.len() as u64 > self.lines || (self.bytes > BYTES && self.kept.len() > 1) {
            self.bytes -= self.kept.pop_front().map_or(0, |line| line.len());
        }
    }

    /// What was kept.
    pub(super) fn end(mut self) -> Vec<Vec<u8>> {
        if !self.pending.is_empty() {
            self.push();
        }
        self.kept.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_whatever_the_cuts() {
        for cut in 1..8 {
            let mut last = Last::new(2);
            b"one\ntwo\nthree\nfour".chunks(cut).for_each(|piece| last.take(piece));
            assert_eq!(last.end(), [b"three\n".to_vec(), b"four".to_vec()], "{cut}");
        }
    }
}
