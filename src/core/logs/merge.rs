//! Lines of many sources → one order, by the server's time.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque, binary_heap::PeekMut},
    ops::Range,
    sync::Arc,
};

use super::{block::Block, line::Flags, source::SourceId, stamp::Nanos};

/// A block is closed at so many bytes.
const BYTES: usize = 256 << 10;
/// A block of at least so many bytes goes on as it is, if it can go on whole.
const WHOLE: usize = 32 << 10;
/// Held back at most.
const HELD: usize = 64 << 20;

/// Merges sources by time within a reorder window.
///
/// A line waits until every open source has a later one, but no longer than the window after its arrival, so that a silent source
/// holds no other up. Lines of one source keep their order, whatever their times say. A line that comes after younger ones have gone
/// on is flagged [`Flags::LATE`]; none is dropped.
#[derive(Clone, Debug)]
pub struct Merge {
    window: Nanos,
    /// Every open source is waited for, whatever the window is and however much is held.
    patient: bool,
    feeds: Vec<Feed>,
    /// The first line that waits of each source that has one, by time and source.
    heads: BinaryHeap<Reverse<Head>>,
    /// Open sources without a line that waits.
    silent: usize,
    /// When the blocks that wait arrived, in that order.
    arrivals: VecDeque<(Nanos, u16, u64)>,
    /// Those that have gone on since are taken out when there are more.
    sweep_at: usize,
    /// Up to here lines have gone on.
    passed: Nanos,
    held: usize,
    out: Block,
    ready: Vec<Arc<Block>>,
}

/// Time, never below that of an earlier line of the source; and the source.
type Head = (Nanos, u16);

#[derive(Clone, Debug, Default)]
struct Feed {
    open: bool,
    queue: VecDeque<Arc<Block>>,
    /// The first line of the queue that waits.
    at: usize,
    /// Its time, never below that of an earlier one.
    time: Nanos,
    /// Blocks that have come, and that have gone on whole.
    came: u64,
    gone: u64,
}

impl Merge {
    /// One that waits for `window` nanoseconds at most.
    pub fn new(window: Nanos) -> Self {
        Self {
            window,
            patient: false,
            feeds: Vec::new(),
            heads: BinaryHeap::new(),
            silent: 0,
            arrivals: VecDeque::new(),
            sweep_at: 1024,
            passed: Nanos::MIN,
            held: 0,
            out: Block::default(),
            ready: Vec::new(),
        }
    }

    /// One that waits for every open source however long it takes, so that no line comes late. How much is held is up to whoever
    /// pushes: a source that [waits](Self::is_waiting) has brought enough.
    pub fn patient() -> Self {
        Self { patient: true, ..Self::new(Nanos::MAX) }
    }

    /// Waits for `window` from now on: longer while many sources open, shorter when they follow.
    pub fn set_window(&mut self, window: Nanos) {
        self.window = window;
    }

    /// A source will give lines: others wait for its, within the window.
    pub fn open(&mut self, source: SourceId) {
        let feed = self.feed(source);
        let waits = !std::mem::replace(&mut feed.open, true) && feed.queue.is_empty();
        self.silent += usize::from(waits);
    }

    /// A source gives no more lines for now. What it gave goes on.
    pub fn close(&mut self, source: SourceId) {
        let feed = self.feed(source);
        let waited = std::mem::replace(&mut feed.open, false) && feed.queue.is_empty();
        self.silent -= usize::from(waited);
    }

    fn feed(&mut self, source: SourceId) -> &mut Feed {
        let at = usize::from(source.0);
        if at >= self.feeds.len() {
            self.feeds.resize_with(at + 1, || Feed { time: Nanos::MIN, ..Feed::default() });
        }
        &mut self.feeds[at]
    }

    /// Takes a block, all of one source, that arrived at `now`.
    pub fn push(&mut self, block: Arc<Block>, now: Nanos) {
        let Some(first) = block.index().first() else { return };
        let (source, time) = (first.source, first.time);
        self.held += block.size();
        let feed = self.feed(source);
        feed.came += 1;
        let (came, silent) = (feed.came, feed.queue.is_empty());
        feed.queue.push_back(block);
        self.arrivals.push_back((now, source.0, came));
        if silent {
            let feed = self.feed(source);
            feed.time = feed.time.max(time);
            let (open, head) = (feed.open, (feed.time, source.0));
            self.heads.push(Reverse(head));
            self.silent -= usize::from(open);
        }
    }

    /// What can go on at `now`, in order.
    pub fn flush(&mut self, now: Nanos) -> Vec<Arc<Block>> {
        while self.may_go(now) && self.go() {}
        self.close_out();
        std::mem::take(&mut self.ready)
    }

    /// Everything that waits, in order: at the end.
    pub fn drain(&mut self) -> Vec<Arc<Block>> {
        while self.go() {}
        self.close_out();
        std::mem::take(&mut self.ready)
    }

    /// The bytes that wait.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether lines of a source wait.
    pub fn is_waiting(&self, source: SourceId) -> bool {
        self.feeds.get(usize::from(source.0)).is_some_and(|feed| !feed.queue.is_empty())
    }

    /// When something that waits will go on, though nothing more comes: then call [`flush`](Self::flush).
    pub fn due(&self) -> Option<Nanos> {
        if self.patient {
            return None;
        }
        let (arrived, ..) = self.arrivals.iter().find(|(_, source, came)| self.waits(*source, *came))?;
        Some(arrived.saturating_add(self.window))
    }

    fn waits(&self, source: u16, came: u64) -> bool {
        self.feeds[usize::from(source)].gone < came
    }

    /// Whether the oldest line may go on: nobody can bring an older one, or something has waited long enough.
    fn may_go(&mut self, now: Nanos) -> bool {
        if self.silent == 0 || (self.held > HELD && !self.patient) {
            return true;
        }
        if self.patient {
            return false;
        }
        while let Some((arrived, source, came)) = self.arrivals.front().copied() {
            if self.waits(source, came) {
                return arrived.saturating_add(self.window) <= now;
            }
            self.arrivals.pop_front();
        }
        false
    }

    /// Lets the oldest line go on, and those of its source that stand before any of another. Returns whether there was one.
    fn go(&mut self) -> bool {
        let heads = self.heads.as_slice();
        let Some(Reverse((_, source))) = heads.first().copied() else { return false };
        // In a heap the second lies right below the first.
        let next = heads.iter().skip(1).take(2).map(|Reverse(head)| *head).min().unwrap_or((Nanos::MAX, u16::MAX));
        let feed = &mut self.feeds[usize::from(source)];
        let (from, mut late) = (feed.at, 0);
        for entry in &feed.queue[0].index()[from..] {
            let time = feed.time.max(entry.time);
            if (time, source) > next {
                break;
            }
            feed.time = time;
            late += usize::from(time < self.passed);
            feed.at += 1;
        }
        self.passed = self.passed.max(feed.time);
        let to = feed.at;
        self.emit(source, from..to, late);
        self.turn(source);
        true
    }

    /// The source's next line waits now, or none does.
    fn turn(&mut self, source: u16) {
        let feed = &mut self.feeds[usize::from(source)];
        if feed.at == feed.queue[0].len() {
            self.end_block(source);
        }
        let feed = &self.feeds[usize::from(source)];
        let Some(mut head) = self.heads.peek_mut() else { return };
        match feed.queue.front() {
            Some(block) => *head = Reverse((feed.time.max(block.index()[feed.at].time), source)),
            None => {
                PeekMut::pop(head);
                self.silent += usize::from(feed.open);
            }
        }
    }

    fn end_block(&mut self, source: u16) {
        let feed = &mut self.feeds[usize::from(source)];
        self.held -= feed.queue.pop_front().map_or(0, |block| block.size());
        feed.at = 0;
        feed.gone += 1;
        if self.arrivals.len() > self.sweep_at {
            let feeds = &self.feeds;
            self.arrivals.retain(|(_, source, came)| feeds[usize::from(*source)].gone < *came);
            self.sweep_at = (2 * self.arrivals.len()).max(1024);
        }
    }

    fn emit(&mut self, source: u16, lines: Range<usize>, late: usize) {
        let block = &self.feeds[usize::from(source)].queue[0];
        if late == 0 && lines.len() == block.len() && block.text_len() >= WHOLE {
            let whole = block.clone();
            self.close_out();
            self.ready.push(whole);
            return;
        }
        if self.out.text_len() + block.span(lines.clone()).len() > BYTES && !self.out.is_empty() {
            self.close_out();
            self.out = Block::with_capacity(BYTES, BYTES / 64);
        }
        let block = &self.feeds[usize::from(source)].queue[0];
        // Times of a run rise, so that the late ones are its first.
        if late > 0 {
            self.out.extend(block, lines.start..lines.start + late);
            self.out.flag_last(late, Flags::LATE);
        }
        self.out.extend(block, lines.start + late..lines.end);
    }

    fn close_out(&mut self) {
        if !self.out.is_empty() {
            let mut out = std::mem::take(&mut self.out);
            out.settle();
            self.ready.push(Arc::new(out));
        }
    }
}

#[cfg(test)]
mod tests;
