//! Whether a file that is read again is the one that was read before.

use std::sync::Arc;

use rolldeck_core::logs::Nanos;

/// So many of its first bytes tell a file from another one.
const HEAD: usize = 256;

/// By what a file is known again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Its number on its filesystem, where the image can tell it.
    inode: Option<Arc<str>>,
    /// Its first bytes, at most [`HEAD`]; none where it was not read from its start.
    head: Vec<u8>,
    /// How far it was read, where that is known.
    read: Option<u64>,
    begun: bool,
}

impl Marks {
    /// It is read from this byte on.
    pub(super) fn began(&mut self, offset: u64, inode: Option<Arc<str>>) {
        *self = Self { inode, head: Vec::new(), read: Some(offset), begun: offset == 0 };
    }

    /// It became shorter, and is read from its start.
    pub(super) fn truncated(&mut self) {
        (self.head, self.read, self.begun) = (Vec::new(), Some(0), true);
    }

    /// These bytes of it were read.
    pub(super) fn bytes(&mut self, offset: Option<u64>, bytes: &[u8]) {
        self.read = offset.map(|offset| offset + bytes.len() as u64);
        let room = HEAD.saturating_sub(self.head.len());
        if self.begun && room > 0 && offset == Some(self.head.len() as u64) {
            self.head.extend_from_slice(&bytes[..room.min(bytes.len())]);
        }
    }
}

/// A file whose container has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Its path.
    pub(super) path: String,
    /// What it was.
    pub(super) marks: Marks,
    /// When its last line was written.
    pub(super) last: Option<Nanos>,
}

/// Whether the file of a container that runs again is the one that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is, as on a volume that outlives the container: it was read up to this byte.
    Same(u64),
    /// It is another one, as in a container's own filesystem.
    New,
}

/// Compares a file that is read from its start with what it was.
#[derive(Debug)]
pub(super) struct Judge {
    before: Marks,
    held: Vec<u8>,
    /// When the last line of the one before was written.
    pub(super) last: Option<Nanos>,
}

impl Judge {
    /// With the file that was left; `size`: what is there now, in bytes. A shorter one is another one.
    pub(super) fn new(left: Left, size: Option<u64>) -> Self {
        let Left { marks, last, .. } = left;
        let shorter = marks.read.is_none_or(|read| size.is_none_or(|size| size < read));
        let before = if shorter { Marks::default() } else { marks };
        Self { before, held: Vec::new(), last }
    }

    /// It is there. `None`: its first bytes have to tell.
    pub(super) fn began(&self, inode: Option<&Arc<str>>) -> Option<Verdict> {
        let Some(read) = self.before.read.filter(|read| *read > 0) else { return Some(Verdict::New) };
        match (&self.before.inode, inode) {
            (Some(before), Some(now)) if before != now => Some(Verdict::New),
            _ if !self.before.head.is_empty() => None,
            (Some(_), Some(_)) => Some(Verdict::Same(read)),
            // Nothing tells: rather lines that come twice than lines that are lost.
            _ => Some(Verdict::New),
        }
    }

    /// More of its first bytes, which are held until they can be judged.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Option<Verdict> {
        self.held.extend_from_slice(bytes);
        let (held, head) = (&self.held, &self.before.head);
        let both = held.len().min(head.len());
        match self.before.read {
            Some(read) if held[..both] == head[..both] => (held.len() >= head.len()).then_some(Verdict::Same(read)),
            _ => Some(Verdict::New),
        }
    }

    /// What was held, from its first byte on.
    pub(super) fn held(self) -> Vec<u8> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// A file of which `text` was read from `offset` on.
    fn left(inode: Option<&str>, offset: u64, text: &str) -> Left {
        let mut marks = Marks::default();
        marks.began(offset, inode.map(Into::into));
        marks.bytes(Some(offset), text.as_bytes());
        Left { path: "/l/a".into(), marks, last: None }
    }

    #[rstest]
    #[case::same(Some("7"), Some("7"), "one\ntwo\n", Verdict::Same(4))]
    #[case::another_inode(Some("7"), Some("8"), "one\ntwo\n", Verdict::New)]
    #[case::another_head(Some("7"), Some("7"), "two\nthree\n", Verdict::New)]
    #[case::no_inode_and_the_same_head(None, Some("7"), "one\ntwo\n", Verdict::Same(4))]
    #[case::no_inode_and_another_head(None, None, "other\n", Verdict::New)]
    fn a_longer_file_is_the_same_by_its_inode_and_its_first_bytes(
        #[case] before: Option<&str>,
        #[case] now: Option<&str>,
        #[case] text: &str,
        #[case] verdict: Verdict,
    ) {
        let mut judge = Judge::new(left(before, 0, "one\n"), Some(text.len() as u64));
        let now = now.map(Arc::from);
        let told = judge.began(now.as_ref()).or_else(|| judge.bytes(text.as_bytes()));
        assert_eq!(told, Some(verdict));
    }

    #[test]
    fn a_shorter_file_and_one_that_is_not_there_are_others_whatever_they_hold() {
        for size in [Some(3), None] {
            let judge = Judge::new(left(Some("7"), 0, "one\n"), size);
            assert_eq!(judge.began(Some(&"7".into())), Some(Verdict::New));
        }
    }

    #[test]
    fn a_file_that_was_begun_within_is_known_by_its_inode_and_never_guessed() {
        let judge = Judge::new(left(Some("7"), 100, "one\n"), Some(200));
        assert_eq!(judge.began(Some(&"7".into())), Some(Verdict::Same(104)));
        assert_eq!(judge.began(None), Some(Verdict::New));
    }

    #[test]
    fn first_bytes_are_held_until_they_tell_and_come_out_whole() {
        let head = "x".repeat(HEAD + 10);
        let mut judge = Judge::new(left(None, 0, &head), Some(1_000));
        assert_eq!(judge.began(None), None);
        assert_eq!(judge.bytes(&head.as_bytes()[..HEAD - 1]), None);
        assert_eq!(judge.bytes(b"yz"), Some(Verdict::New));
        assert_eq!(judge.held().len(), HEAD + 1);
    }
}
