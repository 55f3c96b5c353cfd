//! What the script that follows files says: see follow.sh.

use bytes::{Bytes, BytesMut};

/// One thing that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A file begins here.
    Begins { file: usize, inode: String, offset: u64 },
    /// Bytes of a file.
    Data { file: usize, offset: u64, bytes: Bytes },
    /// It became shorter than what was read.
    Truncated(usize),
    /// Another file has its name; whether the rest of the old one was found.
    Rotated(usize, bool),
    /// It is not there.
    Missing(usize),
}

/// What it says is not in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Garbled(pub String);

/// Longer is no line of the script, and no block.
const LINE: usize = 256;
const BLOCK: usize = 1 << 20;

#[derive(Debug)]
enum At {
    Line,
    Data { file: usize, offset: u64, length: usize },
    End { file: usize, offset: u64, bytes: Bytes },
}

/// Takes the stream apart.
#[derive(Debug)]
pub(super) struct Frames {
    buffer: BytesMut,
    at: At,
}

impl Frames {
    pub(super) fn new() -> Self {
        Self { buffer: BytesMut::new(), at: At::Line }
    }

    pub(super) fn push(&mut self, block: &[u8]) {
        self.buffer.extend_from_slice(block);
    }

    /// The next frame, once it is whole.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Garbled> {
        loop {
            match std::mem::replace(&mut self.at, At::Line) {
                At::Data { file, offset, length } => {
                    if self.buffer.len() < length {
                        self.at = At::Data { file, offset, length };
                        return Ok(None);
                    }
                    let bytes = self.buffer.split_to(length).freeze();
                    self.at = At::End { file, offset, bytes };
                }
                At::End { file, offset, bytes } => {
                    let Some(line) = self.line()? else {
                        self.at = At::End { file, offset, bytes };
                        return Ok(None);
                    };
                    let real = line.strip_prefix("E ").and_then(|count| count.parse::<usize>().ok());
                    let real = real.filter(|count| *count <= bytes.len()).ok_or(Garbled(line))?;
                    if real > 0 {
                        return Ok(Some(Frame::Data { file, offset, bytes: bytes.slice(..real) }));
                    }
                }
                At::Line => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if let Some(frame) = self.said(&line)? {
                        return Ok(Some(frame));
                    }
                }
            }
        }
    }

    fn line(&mut self) -> Result<Option<String>, Garbled> {
        let end = self.buffer.iter().take(LINE).position(|byte| *byte == b'\n');
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match end {
            Some(end) => {
                let line = self.buffer.split_to(end + 1);
                Ok(Some(text(&line[..end])))
            }
            None if self.buffer.len() >= LINE => Err(Garbled(text(&self.buffer[..LINE]))),
            None => Ok(None),
        }
    }

    /// What a line says; `None` where data follow.
    fn said(&mut self, line: &str) -> Result<Option<Frame>, Garbled> {
        let bad = || Garbled(line.to_owned());
        let words: Vec<&str> = line.split(' ').collect();
        // Files are counted from 1 there.
        let file = words.get(1).and_then(|word| word.parse::<usize>().ok()?.checked_sub(1)).ok_or_else(bad)?;
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok()).ok_or_else(bad);
        Ok(Some(match words[0] {
            "N" => Frame::Begins { file, inode: words.get(2).copied().unwrap_or("-").to_owned(), offset: number(3)? },
            "D" => {
                let length = usize::try_from(number(3)?).ok().filter(|length| *length <= BLOCK).ok_or_else(bad)?;
                self.at = At::Data { file, offset: number(2)?, length };
                return Ok(None);
            }
            "T" => Frame::Truncated(file),
            "R" => Frame::Rotated(file, number(2)? == 1),
            "M" => Frame::Missing(file),
            _ => return Err(bad()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &[u8] = b"N 1 77 5\nD 1 5 4\na\nD E 4\nD 1 9 3\nx\0\0E 1\nT 1\nR 2 1\nM 2\nD 2 0 2\n\0\0E 0\n";

    fn all(step: usize) -> Vec<Frame> {
        let mut frames = Frames::new();
        let mut out = Vec::new();
        for block in SAID.chunks(step) {
            frames.push(block);
            while let Some(frame) = frames.next().unwrap() {
                out.push(frame);
            }
        }
        out
    }

    #[test]
    fn frames_are_the_same_however_the_stream_is_cut() {
        let data = |offset, bytes: &'static [u8]| Frame::Data { file: 0, offset, bytes: Bytes::from_static(bytes) };
        let expected = [
            Frame::Begins { file: 0, inode: "77".into(), offset: 5 },
            data(5, b"a\nD "),
            data(9, b"x"),
            Frame::Truncated(0),
            Frame::Rotated(1, true),
            Frame::Missing(1),
        ];
        for step in [1, 2, 7, SAID.len()] {
            assert_eq!(all(step), expected, "{step}");
        }
    }

    #[test]
    fn what_is_not_in_the_language_is_an_error_and_never_a_block_without_end() {
        for said in
            [&b"sh: dd: not found\n"[..], b"D 1 0 99999999999\n", b"D 0 0 1\n", b"D 1 0 1\nxE 5\n", &[b'x'; 300]]
        {
            let mut frames = Frames::new();
            frames.push(said);
            assert!(frames.next().is_err(), "{said:?}");
        }
    }
}
