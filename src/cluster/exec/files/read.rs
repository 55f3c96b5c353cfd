//! One file as a stream of bytes, from any byte on, up to the end that it has as it is opened.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use rolldeck_core::{
    shell::{FilePattern, Listing, Opening, Place, Refused},
    text::Clean,
};
use tokio::sync::mpsc;

use super::{checksum, list, script};
use crate::{
    exec::{
        channels::{Channel, Closed, Takes},
        place, request,
        run::carried,
        shells::is_missing,
    },
    writer::{Way, Writer},
};

/// See the script.
const READ: &str = include_str!("read.sh");
/// No file takes longer; a link that says nothing ends much earlier.
const LIMIT: Duration = Duration::from_secs(24 * 3600);
/// How deep a directory is read that is named as a whole.
const DEPTH: usize = 32;
/// What the container complains is kept up to so many bytes.
const SAID: usize = 2048;
/// How the script ends: see there.
const NOT_HERE: i32 = 64;
const REPLACED: i32 = 67;

/// What of a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Its path, as the container has it.
    pub(crate) path: String,
    /// Its size in bytes as it was listed: what counts where the image cannot tell it as the file is opened.
    pub(crate) listed: Option<u64>,
    /// So many bytes were read before.
    pub(crate) from: u64,
    /// SHA-256 of them, in hexadecimal: the file has to begin with them.
    pub(crate) sum: Option<String>,
}

/// What comes of a file, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Its size as it was opened, in bytes.
    Size(u64),
    /// More of it.
    Bytes(Bytes),
}

/// How the reading of a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReadEnd {
    /// All of it came. With the SHA-256 that the container has of the whole, where it can tell.
    Whole(Option<String>),
    /// It does not begin with what was read before: another file has its name now.
    Replaced,
    /// It cannot be read, or became shorter, in words.
    Not(Clean),
    /// The link broke.
    Cut(Clean),
}

impl Writer {
    /// Reads a file from a byte on, up to the end that it has as it is opened. What it grows by, and a rotation meanwhile, change
    /// nothing of that, where the image has a shell; else it is read up to the size that was listed.
    ///
    /// # Errors
    /// Why nothing was opened.
    pub(crate) async fn read_file(
        &self,
        place: &Place,
        wanted: &Wanted,
        to: mpsc::Sender<Piece>,
    ) -> Result<ReadEnd, Refused> {
        let way = self.way(Opening::Download, &place.pod.namespace).await?;
        place::running(&place::pod(&way, place).await?, place)?;
        let mut reading = Reading::new(to, wanted.from, None);
        let sum = wanted.sum.clone().unwrap_or_else(|| "-".to_owned());
        let argv = script(READ, [wanted.path.clone(), wanted.from.to_string(), sum]);
        let request = request::read_files(place, &argv, false);
        let closed = carried(&way, place, request, LIMIT, &mut reading).await?;
        if !reading.is_beyond(closed.as_ref()) {
            return Ok(reading.end(closed));
        }
        let mut reading = Reading::new(reading.to, wanted.from, wanted.listed);
        plain(&way, place, wanted, &mut reading).await
    }

    /// The files that match, with all below a directory that is named as a whole. Those that cannot be looked at are among the
    /// complaints.
    ///
    /// # Errors
    /// Why nothing could be listed.
    pub(crate) async fn list_whole(&self, place: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        let mut listing = self.list_files(place, patterns).await?;
        let way = self.way(Opening::Files, &place.pod.namespace).await?;
        for pattern in patterns.iter().filter(|pattern| pattern.matches(&pattern.root)) {
            let (files, cut) = list::files(&way, place, DEPTH, &pattern.root).await?;
            listing.cut |= cut;
            let known: BTreeSet<String> = listing.files.iter().map(|file| file.path.clone()).collect();
            listing.files.extend(files.into_iter().filter(|file| !known.contains(&file.path)));
        }
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }
}

/// Reads with `cat` or `tail` alone.
async fn plain(way: &Way, place: &Place, wanted: &Wanted, reading: &mut Reading) -> Result<ReadEnd, Refused> {
    let prefix = async |bytes| checksum::remote(way, place, &wanted.path, bytes).await;
    if wanted.from > 0
        && (wanted.listed.is_some_and(|size| size < wanted.from)
            || wanted.sum.is_some() && prefix(wanted.from).await.is_some_and(|sum| Some(sum) != wanted.sum))
    {
        return Ok(ReadEnd::Replaced);
    }
    let path = wanted.path.clone();
    let argv = match wanted.from {
        0 => vec!["cat".to_owned(), path],
        from => vec!["tail".to_owned(), "-c".to_owned(), format!("+{}", from + 1), path],
    };
    let closed = match reading.size == Some(reading.got) {
        true => Some(Closed::Exit(0)),
        false => carried(way, place, request::read_files(place, &argv, false), LIMIT, reading).await?,
    };
    Ok(match reading.plain_end(closed) {
        ReadEnd::Whole(_) => ReadEnd::Whole(prefix(reading.got).await),
        other => other,
    })
}

/// A file on its way.
struct Reading {
    to: mpsc::Sender<Piece>,
    /// Bytes that came, with those from before.
    got: u64,
    from: u64,
    size: Option<u64>,
    /// No more than the size is taken: whoever reads is not told where to end.
    bounded: bool,
    sum: Option<String>,
    /// The beginning of a line of standard error, and lines that are complaints.
    line: Vec<u8>,
    said: Vec<u8>,
}

impl Reading {
    fn new(to: mpsc::Sender<Piece>, from: u64, size: Option<u64>) -> Self {
        let bounded = size.is_some();
        Self { to, got: from, from, size, bounded, sum: None, line: Vec::new(), said: Vec::new() }
    }

    /// Whether the image cannot do what the script asks: nothing came, and it ended as a shell does that does not understand.
    fn is_beyond(&self, closed: Option<&Closed>) -> bool {
        let untouched = self.got == self.from && self.size.is_none();
        match closed {
            Some(Closed::Failed(why)) => untouched && is_missing(why),
            Some(Closed::Exit(code)) => untouched && [2, NOT_HERE, 126, 127].contains(code),
            _ => false,
        }
    }

    fn end(&mut self, closed: Option<Closed>) -> ReadEnd {
        match closed {
            Some(Closed::Exit(REPLACED)) => ReadEnd::Replaced,
            Some(Closed::Exit(0)) if self.size == Some(self.got) => ReadEnd::Whole(self.sum.take()),
            closed => self.why_not(closed),
        }
    }

    fn plain_end(&mut self, closed: Option<Closed>) -> ReadEnd {
        let all = match self.size {
            Some(size) => size == self.got,
            None => closed == Some(Closed::Exit(0)),
        };
        if all { ReadEnd::Whole(None) } else { self.why_not(closed) }
    }

    fn why_not(&self, closed: Option<Closed>) -> ReadEnd {
        let said = String::from_utf8_lossy(&self.said);
        let said = Clean::new(said.trim());
        match (closed, self.size) {
            (Some(Closed::Cut(why)), _) => ReadEnd::Cut(why.into()),
            (Some(Closed::Left), _) => ReadEnd::Cut("it was left".into()),
            (None, _) => ReadEnd::Cut(format!("it took longer than {} h", LIMIT.as_secs() / 3600).into()),
            _ if !said.is_empty() => ReadEnd::Not(said),
            (Some(Closed::Failed(why)), _) => ReadEnd::Not(why.into()),
            (Some(Closed::Exit(0)), Some(size)) => {
                ReadEnd::Not(format!("it became shorter while it was read: {} of {size} bytes came", self.got).into())
            }
            (Some(Closed::Exit(code)), _) => ReadEnd::Not(format!("exit code {code}").into()),
        }
    }

    /// What standard error says: size and sum, or a complaint.
    async fn hear(&mut self, block: &[u8]) -> bool {
        for piece in block.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(&piece[..piece.len().min(SAID.saturating_sub(self.line.len()))]);
            if !piece.ends_with(b"\n") {
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let text = String::from_utf8_lossy(&line);
            match text.trim_end().split_once(' ') {
                Some(("S", size)) if self.size.is_none() && size.parse::<u64>().is_ok() => {
                    self.size = size.parse().ok();
                    if self.to.send(Piece::Size(self.size.unwrap_or_default())).await.is_err() {
                        return false;
                    }
                }
                Some(("C", _)) if self.size.is_some() => self.sum = checksum::read(&line[2..]),
                _ => {
                    let room = SAID.saturating_sub(self.said.len()).min(line.len());
                    self.said.extend_from_slice(&line[..room]);
                }
            }
        }
        true
    }
}

impl Takes for Reading {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        if channel == Channel::Err {
            return self.hear(&block).await;
        }
        let left = self.size.filter(|_| self.bounded).map_or(u64::MAX, |size| size.saturating_sub(self.got));
        let block = block.slice(..usize::try_from(left).unwrap_or(usize::MAX).min(block.len()));
        self.got += block.len() as u64;
        self.to.send(Piece::Bytes(block)).await.is_ok() && !(self.bounded && self.size == Some(self.got))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> (Reading, mpsc::Receiver<Piece>) {
        let (to, come) = mpsc::channel(16);
        (Reading::new(to, 0, None), come)
    }

    #[tokio::test]
    async fn size_and_sum_are_told_beside_the_bytes_however_they_are_cut() {
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let (mut reading, mut come) = reading();
        for byte in b"S 3\n" {
            assert!(reading.take(Channel::Err, Bytes::copy_from_slice(&[*byte])).await);
        }
        assert!(reading.take(Channel::Out, Bytes::from_static(b"abc")).await);
        assert!(reading.take(Channel::Err, format!("C {sum}\n").into()).await);
        assert_eq!(reading.end(Some(Closed::Exit(0))), ReadEnd::Whole(Some(sum.to_owned())));
        assert_eq!(come.recv().await, Some(Piece::Size(3)));
        assert_eq!(come.recv().await, Some(Piece::Bytes(Bytes::from_static(b"abc"))));
    }

    #[tokio::test]
    async fn a_file_that_shrank_or_cannot_be_opened_is_not_whole() {
        let (mut shrank, _come) = reading();
        assert!(shrank.take(Channel::Err, Bytes::from_static(b"S 9\n")).await);
        assert!(shrank.take(Channel::Out, Bytes::from_static(b"abc")).await);
        let words = "it became shorter while it was read: 3 of 9 bytes came".into();
        assert_eq!(shrank.end(Some(Closed::Exit(0))), ReadEnd::Not(words));
        let (mut closed, _come) = reading();
        let said = "sh: can't open /x: Permission denied";
        assert!(closed.take(Channel::Err, format!("{said}\n").into()).await);
        assert!(!closed.is_beyond(Some(&Closed::Exit(66))));
        assert_eq!(closed.end(Some(Closed::Exit(66))), ReadEnd::Not(said.into()));
        assert!(closed.is_beyond(Some(&Closed::Exit(NOT_HERE))));
    }
}
