//! Bytes as they come → lines.

/// The longest line, in bytes; what is longer goes on in the next one.
pub const LONGEST: usize = 64 << 20;

/// What is kept ready for the beginning of a line.
const READY: usize = 64 << 10;

/// Splits a stream at its line feeds. What the cuts of the stream are makes no difference.
#[derive(Clone, Debug)]
pub struct Splitter {
    pending: Vec<u8>,
    longest: usize,
}

/// A line that was split off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its bytes without its end, which is a line feed, with a carriage return before it or without.
    pub text: &'a [u8],
    /// It is longer than may be: the next one goes on with it.
    pub cut: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new(LONGEST)
    }
}

impl Splitter {
    /// One whose lines have at most so many bytes (1 at least).
    pub fn new(longest: usize) -> Self {
        Self { pending: Vec::new(), longest: longest.max(1) }
    }

    /// Takes what came, and gives each line that is whole now.
    pub fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
        while !bytes.is_empty() {
            let room = self.longest - self.pending.len();
            let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(room + 1)]);
            match end {
                Some(end) if self.pending.is_empty() => each(whole(&bytes[..end])),
                Some(end) => {
                    self.pending.extend_from_slice(&bytes[..end]);
                    each(whole(&self.pending));
                    self.forget();
                }
                None if bytes.len() > room => {
                    self.pending.extend_from_slice(&bytes[..room]);
                    each(Piece { text: &self.pending, cut: true });
                    self.forget();
                    bytes = &bytes[room..];
                    continue;
                }
                None => {
                    self.pending.extend_from_slice(bytes);
                    return;
                }
            }
            bytes = &bytes[end.map_or(bytes.len(), |end| end + 1)..];
        }
    }

    /// The beginning of a line whose end has not come.
    pub fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Forgets that beginning: the stream was cut, and brings it again.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.pending.shrink_to(READY);
    }
}

fn whole(text: &[u8]) -> Piece<'_> {
    Piece { text: text.strip_suffix(b"\r").unwrap_or(text), cut: false }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(splitter: &mut Splitter, bytes: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let mut lines = Vec::new();
        splitter.feed(bytes, |piece| lines.push((piece.text.to_vec(), piece.cut)));
        lines
    }

    #[test]
    fn lines_end_at_line_feeds_and_carriage_returns_before_them() {
        let mut splitter = Splitter::default();
        let lines = split(&mut splitter, b"a\r\n\nb\rc\r\r\n\0\xff\nrest");
        let texts: Vec<_> = lines.iter().map(|(text, _)| text.as_slice()).collect();
        assert_eq!(texts, [&b"a"[..], b"", b"b\rc\r", b"\0\xff"]);
        assert_eq!(splitter.pending(), b"rest");
    }

    #[test]
    fn a_line_that_never_ends_is_cut_and_nothing_of_it_is_lost() {
        let lines = split(&mut Splitter::new(4), b"abcdefghij\nxy\nabcd\n");
        let lines: Vec<_> = lines.iter().map(|(text, cut)| (text.as_slice(), *cut)).collect();
        assert_eq!(lines, [(&b"abcd"[..], true), (b"efgh", true), (b"ij", false), (b"xy", false), (b"abcd", false)]);
    }

    #[test]
    fn memory_for_a_long_line_is_given_back() {
        let mut splitter = Splitter::default();
        splitter.feed(&vec![b'x'; 1 << 20], |_| ());
        splitter.feed(b"\n", |_| ());
        assert!(splitter.pending.capacity() <= READY);
    }

    proptest! {
        #[test]
        fn any_cut_of_the_bytes_gives_the_same_lines(bytes in prop::collection::vec(prop::sample::select(b"ab\r\n\0".to_vec()), 0..200),
            cuts in prop::collection::vec(0usize..200, 0..20), longest in 1usize..12) {
            let mut at_once = Splitter::new(longest);
            let want = split(&mut at_once, &bytes);
            let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < bytes.len()).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let mut splitter = Splitter::new(longest);
            let got: Vec<_> = cuts.windows(2).flat_map(|cut| split(&mut splitter, &bytes[cut[0]..cut[1]])).collect();
            prop_assert_eq!(got, want);
            prop_assert_eq!(splitter.pending(), at_once.pending());
        }
    }
}
