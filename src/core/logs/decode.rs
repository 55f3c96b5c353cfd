//! Bytes of one source → blocks of lines.

use std::{borrow::Cow, sync::Arc};

use super::{
    block::Block,
    dedup::{Dedup, Verdict},
    fold::Folder,
    gap::Gap,
    level::{Detector, Level},
    line::{Flags, Line},
    own::OwnTimes,
    source::SourceId,
    split::{Piece, Splitter},
    stamp::{Nanos, Stamps},
    zone::ZoneByArrival,
};

/// A block is closed at so many bytes of text, …
const BYTES: usize = 256 << 10;
/// … or so many lines.
const LINES: usize = 4 << 10;

/// Runtimes cut long lines into parts of these many bytes, or a multiple (containerd 16 KiB, CRI-O 8 KiB).
const PART: usize = 8 << 10;

/// How the lines of a stream come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each behind its time and a blank: the API's log with `timestamps=true`.
    Stamped,
    /// As the app wrote them: files. A line that tells its [own time](OwnTimes) is of that time, as are those behind it that tell none; lines
    /// before any that does are of their arrival, and so are those whose times name no zone until lines that come as they are written have
    /// shown which it is.
    Plain,
}

/// Makes lines of the bytes of one source.
///
/// Feed it what comes, take the blocks that are ready. It knows nothing of time but what it is told.
#[derive(Clone, Debug)]
pub struct Decoder {
    splitter: Splitter,
    lines: Lines,
}

#[derive(Clone, Debug)]
struct Lines {
    source: SourceId,
    framing: Framing,
    stamps: Stamps,
    own: OwnTimes,
    zone: ZoneByArrival,
    detector: Detector,
    folder: Folder,
    dedup: Dedup,
    /// The time of the last line that brought one.
    last: Option<Nanos>,
    /// The last line was cut, and the next goes on with it.
    cut: bool,
    /// That line was delivered before, and so is what goes on with it.
    cut_known: bool,
    block: Block,
    ready: Vec<Arc<Block>>,
}

impl Decoder {
    /// For a stream of `source`.
    pub fn new(source: SourceId, framing: Framing) -> Self {
        Self::with_longest(source, framing, super::split::LONGEST)
    }

    /// One whose lines have at most `longest` bytes.
    pub fn with_longest(source: SourceId, framing: Framing, longest: usize) -> Self {
        let lines = Lines {
            source,
            framing,
            stamps: Stamps::default(),
            own: OwnTimes::default(),
            zone: ZoneByArrival::default(),
            detector: Detector::default(),
            folder: Folder::default(),
            dedup: Dedup::default(),
            last: None,
            cut: false,
            cut_known: false,
            block: Block::default(),
            ready: Vec::new(),
        };
        Self { splitter: Splitter::new(longest), lines }
    }

    /// The stream begins within the log: what comes again after a reconnect and is older than its first line was not asked for.
    pub fn begins_within(&mut self) {
        self.lines.dedup.begins_within();
    }

    /// Takes what came at `now`.
    pub fn feed(&mut self, bytes: &[u8], now: Nanos) {
        let Self { splitter, lines } = self;
        splitter.feed(bytes, |piece| lines.take(piece, now, Flags::NONE));
    }

    /// The blocks that are ready, with all lines that were whole. A caller that takes after every read has every line at once; one
    /// that takes at most every few milliseconds has fewer and bigger blocks.
    pub fn take(&mut self) -> Vec<Arc<Block>> {
        self.lines.close();
        std::mem::take(&mut self.lines.ready)
    }

    /// The bytes that it holds: of an unfinished line, and of blocks that were not taken.
    pub fn held(&self) -> usize {
        let ready: usize = self.lines.ready.iter().map(|block| block.size()).sum();
        self.splitter.pending().len() + self.lines.block.size() + ready
    }

    /// The stream ended, and what is left of it is a line without its end.
    pub fn finish(&mut self, now: Nanos) {
        if !self.splitter.pending().is_empty() {
            let text = self.splitter.pending();
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            self.lines.take(Piece { text, cut: false }, now, Flags::OPEN);
        }
        self.splitter.forget();
        self.lines.cut = false;
    }

    /// The stream broke and is opened again: forgets the line that was broken, which comes again. Returns the whole second from which
    /// to ask for it (`sinceTime`), or `None` where nothing was delivered: then it is asked for as it was at first.
    pub fn reconnect(&mut self) -> Option<Nanos> {
        self.splitter.forget();
        self.lines.cut = false;
        self.lines.dedup.reconnect()
    }

    /// The log goes on in another one, of which nothing can have been delivered: that nothing comes again is no sign of a gap. Called
    /// after [`reconnect`](Self::reconnect).
    pub fn joined(&mut self) {
        self.lines.dedup.joined();
    }

    /// The time of the last line that brought one.
    pub fn last(&self) -> Option<Nanos> {
        self.lines.last
    }

    /// The time of the youngest line that was delivered, of a stream that brings times.
    pub fn newest(&self) -> Option<Nanos> {
        self.lines.dedup.newest()
    }

    /// Marks that lines may be missing here.
    pub fn gap(&mut self, gap: Gap) {
        self.lines.gap(gap);
    }
}

impl Lines {
    fn take(&mut self, piece: Piece<'_>, now: Nanos, flags: Flags) {
        let goes_on = std::mem::replace(&mut self.cut, piece.cut);
        let flags = if piece.cut { flags.with(Flags::CUT) } else { flags };
        if goes_on {
            if !self.cut_known {
                let level = self.folder.join();
                self.push(self.last.unwrap_or(now), level, flags.with(Flags::FOLDED), piece.text);
            }
            return;
        }
        let (time, text, told) = self.stamped(piece.text, now);
        let arrival = told.has(Flags::ARRIVAL);
        let text = if self.framing == Framing::Stamped && text.len() > PART { joined(text) } else { text.into() };
        self.cut_known = false;
        if self.framing == Framing::Stamped && !arrival {
            match self.dedup.judge(time, &text) {
                Verdict::Known => {
                    self.cut_known = true;
                    return;
                }
                Verdict::NewBehind(gap) => self.gap(gap),
                Verdict::New => {}
            }
        }
        let (folded, level) = self.folder.take(time, &text, self.detector.level(&text));
        let flags = if folded { flags.with(Flags::FOLDED) } else { flags };
        self.push(time, level, flags.with(told), &text);
    }

    /// The time of a line, its text, and how its time is known.
    fn stamped<'a>(&mut self, line: &'a [u8], now: Nanos) -> (Nanos, &'a [u8], Flags) {
        let read = match self.framing {
            Framing::Stamped => self.stamps.read(line).and_then(|(at, end)| match line.get(end) {
                Some(b' ') => Some((at, &line[end + 1..], Flags::NONE)),
                Some(_) => None,
                None => Some((at, &line[end..], Flags::NONE)),
            }),
            Framing::Plain => self.own.read(line, now).and_then(|own| match own.zoned {
                true => Some((own.at, line, Flags::NONE)),
                false => Some((self.zone.moment(own.at, now)?, line, Flags::ZONELESS)),
            }),
        };
        match (read, self.last) {
            (Some(read), _) => {
                self.last = Some(read.0);
                read
            }
            // Lines between others that brought their time, as those of a stack trace, are of the same.
            (None, Some(last)) => (last, line, Flags::NONE),
            (None, None) => (now, line, Flags::ARRIVAL),
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.push(gap.to, Level::Unknown, Flags::GAP, gap.text().as_bytes());
    }

    fn push(&mut self, time: Nanos, level: Level, flags: Flags, text: &[u8]) {
        if !self.block.is_empty() && (self.block.text_len() + text.len() > BYTES || self.block.len() >= LINES) {
            self.close();
            self.block = Block::with_capacity(BYTES.max(text.len()) + 1, LINES);
        }
        self.block.push(Line { number: 0, time, source: self.source, level, flags, text });
    }

    fn close(&mut self) {
        if !self.block.is_empty() {
            let mut block = std::mem::take(&mut self.block);
            block.settle();
            self.ready.push(Arc::new(block));
        }
    }
}

/// A line without the times that an older kubelet repeats before every part of it.
fn joined(text: &[u8]) -> Cow<'_, [u8]> {
    let mut stamps = Stamps::default();
    let (mut parts, mut from, mut at) = (Vec::new(), 0, PART);
    while at < text.len() {
        match stamps.read(&text[at..]) {
            Some((_, end)) if text.get(at + end) == Some(&b' ') => {
                parts.push(&text[from..at]);
                from = at + end + 1;
                at = from + PART;
            }
            _ => at += PART,
        }
    }
    match parts.is_empty() {
        true => text.into(),
        false => {
            parts.push(&text[from..]);
            parts.concat().into()
        }
    }
}

#[cfg(test)]
mod tests;
