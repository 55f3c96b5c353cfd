//! Bytes on their way into a file, and the entry of the manifest that tells of them.

use std::{io, path::PathBuf, sync::atomic::Ordering, time::Duration};

use rolldeck_core::logs::{Nanos, Stamps, rfc3339};
use tokio::time::Instant;

use super::{
    cursor::{Again, Comes, Cursor},
    manifest::Entry,
    pack::{Pack, Written},
    shared::{Shared, Stop, held, local},
};

/// Lines are written together up to so many bytes.
const BYTES: usize = 256 << 10;
/// So often at most, and after so many bytes, the manifest learns how far a file is.
const STEP: (Duration, u64) = (Duration::from_secs(5), 64 << 20);

/// A file that is written, and its entry.
pub(super) struct Sink {
    pack: Pack,
    path: PathBuf,
    /// The number of its entry in the manifest.
    n: usize,
    /// The entry as of what is certainly written.
    safe: Entry,
    last: (Instant, u64),
}

impl Sink {
    /// Writes to a pack.
    pub(super) fn new(pack: Pack, n: usize, entry: &Entry) -> Self {
        let (path, last) = (pack.path().to_owned(), (Instant::now(), entry.bytes));
        Self { pack, path, n, safe: entry.clone(), last }
    }

    fn failed(&self, error: &io::Error) -> Stop {
        Stop::Local(local(&self.path, error))
    }

    /// Writes bytes that `entry` counts already.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.pack.write(bytes).await.map_err(|error| self.failed(&error))
    }

    /// Tells the manifest how far the file is, where that is some way from what it knows. All that `entry` counts has been
    /// written; `resume` is where to go on.
    pub(super) async fn step(
        &mut self,
        shared: &Shared,
        entry: &mut Entry,
        resume: Option<&Cursor>,
    ) -> Result<(), Stop> {
        let (at, bytes) = self.last;
        if entry.bytes < bytes + STEP.1 && at.elapsed() < STEP.0 {
            return Ok(());
        }
        self.settle(shared, entry).await?;
        entry.resume = resume.cloned();
        self.safe = entry.clone();
        held(&shared.news).push((self.n, entry.clone()));
        self.last = (Instant::now(), entry.bytes);
        Ok(())
    }

    /// The entry tells of all that was written until now.
    pub(super) async fn settle(&mut self, shared: &Shared, entry: &mut Entry) -> Result<(), Stop> {
        let written = self.pack.checkpoint().await.map_err(|error| self.failed(&error))?;
        take(entry, written, shared);
        Ok(())
    }

    /// Begins the file anew.
    pub(super) async fn anew(&mut self, shared: &Shared, entry: &Entry) -> Result<(), Stop> {
        let pack = Pack::create(&self.path, shared.compress, &shared.disk, true).await;
        self.pack = pack.map_err(|error| self.failed(&error))?;
        (self.safe, self.last) = (entry.clone(), (Instant::now(), 0));
        Ok(())
    }

    /// SHA-256 of all that was put in, in hexadecimal.
    pub(super) async fn content(&mut self) -> Result<String, Stop> {
        Ok(self.pack.checkpoint().await.map_err(|error| self.failed(&error))?.content)
    }

    /// Ends the file. After a failure of this machine the entry is as of what is certainly written.
    pub(super) async fn end(self, shared: &Shared, entry: &mut Entry, outcome: &Result<(), Stop>) -> Result<(), Stop> {
        let Self { pack, path, safe, .. } = self;
        if matches!(outcome, Err(Stop::Local(_))) {
            *entry = safe;
            return Ok(());
        }
        match pack.end().await {
            Ok(written) => {
                take(entry, written, shared);
                Ok(())
            }
            Err(error) => {
                *entry = safe;
                Err(Stop::Local(local(&path, &error)))
            }
        }
    }
}

fn take(entry: &mut Entry, written: Written, shared: &Shared) {
    (entry.saved, entry.sha256) = (written.bytes, written.sha256);
    let packed = shared.compress != rolldeck_core::logs::download::Compress::No;
    entry.content_sha256 = packed.then_some(written.content);
}

/// Lines on their way into a file.
pub(super) struct Lines<'a> {
    /// The file.
    pub(super) sink: &'a mut Sink,
    /// What was saved last.
    pub(super) cursor: Cursor,
    /// Lines that are expected to come again.
    pub(super) again: Option<Again>,
    /// Only lines from this moment on.
    pub(super) from: Option<Nanos>,
    /// A rotated file that begins here or later is the one that was read before, which was rotated meanwhile.
    pub(super) before: Option<Nanos>,
    /// The next line is the first of a rotated file; whether nothing of that file is wanted.
    pub(super) begins: bool,
    pub(super) over: bool,
    /// The beginning of a line.
    pending: Vec<u8>,
    out: Vec<u8>,
    stamps: Stamps,
}

impl<'a> Lines<'a> {
    /// Lines into this file, behind what the cursor has.
    pub(super) fn new(sink: &'a mut Sink, cursor: Cursor) -> Self {
        Self {
            sink,
            cursor,
            again: None,
            from: None,
            before: None,
            begins: false,
            over: false,
            pending: Vec::new(),
            out: Vec::with_capacity(BYTES),
            stamps: Stamps::default(),
        }
    }

    /// Takes bytes of a log with times.
    pub(super) async fn feed(&mut self, bytes: &[u8], entry: &mut Entry, shared: &Shared) -> Result<(), Stop> {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if self.pending.is_empty() {
                self.line(&rest[..end], true, entry, shared);
            } else {
                self.pending.extend_from_slice(&rest[..end]);
                let line = std::mem::take(&mut self.pending);
                self.line(&line, true, entry, shared);
                self.pending = line;
                self.pending.clear();
            }
            rest = &rest[end + 1..];
            if self.out.len() >= BYTES {
                self.flush(entry, shared).await?;
            }
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    /// The log ends: its last line may lack its end.
    pub(super) async fn finish(&mut self, entry: &mut Entry, shared: &Shared) -> Result<(), Stop> {
        if !self.pending.is_empty() {
            let line = std::mem::take(&mut self.pending);
            self.line(&line, false, entry, shared);
        }
        self.flush(entry, shared).await
    }

    fn line(&mut self, line: &[u8], ends: bool, entry: &mut Entry, shared: &Shared) {
        let stamp = self.stamps.read(line).filter(|(_, end)| line.get(*end) == Some(&b' '));
        let (at, text) = match stamp {
            Some((at, end)) => (at, &line[end + 1..]),
            None => (self.cursor.newest.unwrap_or_default(), line),
        };
        if std::mem::take(&mut self.begins) {
            self.over = self.before.is_some_and(|before| at >= before);
        }
        if self.over || self.from.is_some_and(|from| at < from) || self.comes_again(at, text, entry) {
            return;
        }
        if entry.first.is_none() {
            entry.first = Some(rfc3339(at));
        }
        self.cursor.saved(at, text);
        self.out.extend_from_slice(text);
        if ends {
            self.out.push(b'\n');
        }
        let bytes = text.len() as u64 + u64::from(ends);
        entry.bytes += bytes;
        entry.lines += 1;
        shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether the line was saved before; notes what is missing before it.
    fn comes_again(&mut self, at: Nanos, text: &[u8], entry: &mut Entry) -> bool {
        let Some(again) = &mut self.again else { return false };
        let comes = again.judge(at, text);
        let newest = self.cursor.newest.unwrap_or(at);
        if comes == Comes::NewBehindGap || again.differs() {
            entry.gap(newest, at);
        }
        if again.is_over() {
            self.again = None;
        }
        comes == Comes::Again
    }

    /// Writes the lines that were put together.
    pub(super) async fn flush(&mut self, entry: &mut Entry, shared: &Shared) -> Result<(), Stop> {
        self.sink.write(&self.out).await?;
        self.out.clear();
        self.sink.step(shared, entry, Some(&self.cursor)).await
    }
}
