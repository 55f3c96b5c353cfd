//! What goes out: lines in one order, held until their time, and passed on no more often than they can be shown.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rolldeck_core::logs::{Block, Merge, Nanos, SECOND, SourceId, SourceState, Sources, Told};
use tokio::{
    sync::{Semaphore, mpsc},
    time::Instant,
};

/// How long a line waits for older ones of other sources, while all are followed.
const LIVE: Nanos = 300 * SECOND / 1000;
/// And while some are still being opened.
const OPENING: Nanos = 3 * SECOND;
/// Lines go out no more often.
const FRAME: Duration = Duration::from_millis(33);
/// So many bytes wait to go out; then the streams wait.
const MOST: usize = 4 << 20;

/// The way out.
pub(super) struct Outlet {
    start: Instant,
    merge: Merge,
    waiting: Vec<Told>,
    blocks: Vec<Arc<Block>>,
    bytes: usize,
    sent: Instant,
    /// Sources that are being opened.
    opening: usize,
    states: Vec<Option<SourceState>>,
    /// What is read to its end comes in the order of time, however slow a source is: then these are the sources that wait for it.
    ordered: Option<Ordered>,
    to: mpsc::Sender<Vec<Told>>,
}

/// Sources that bring no more before what they have brought has gone on, so that each is held in memory by a piece.
#[derive(Default)]
struct Ordered {
    /// More sources are to come: nothing goes out.
    held: bool,
    turns: BTreeMap<SourceId, Turn>,
}

struct Turn {
    next: Arc<Semaphore>,
    /// It has brought a piece.
    taken: bool,
}

impl Outlet {
    pub(super) fn new(to: mpsc::Sender<Vec<Told>>) -> Self {
        let now = Instant::now();
        Self {
            start: now,
            merge: Merge::new(OPENING),
            waiting: Vec::new(),
            blocks: Vec::new(),
            bytes: 0,
            sent: now.checked_sub(FRAME).unwrap_or(now),
            opening: 0,
            states: Vec::new(),
            ordered: None,
            to,
        }
    }

    /// One out of which all lines go in the order of time: every source is waited for until it has ended, and nothing goes out before
    /// all sources are [there](Self::all_joined).
    pub(super) fn ordered(to: mpsc::Sender<Vec<Told>>) -> Self {
        let ordered = Some(Ordered { held: true, ..Ordered::default() });
        Self { merge: Merge::patient(), ordered, ..Self::new(to) }
    }

    /// A source will bring lines. Where all go out in one order: what it takes a permit of for each piece that it brings.
    pub(super) fn joins(&mut self, id: SourceId) -> Option<Arc<Semaphore>> {
        let ordered = self.ordered.as_mut()?;
        self.merge.open(id);
        let turn = Turn { next: Arc::new(Semaphore::new(1)), taken: false };
        let next = turn.next.clone();
        ordered.turns.insert(id, turn);
        Some(next)
    }

    /// No source will join that others would have to wait for.
    pub(super) fn all_joined(&mut self) {
        if let Some(ordered) = &mut self.ordered {
            ordered.held = false;
        }
        self.collect();
    }

    fn now(&self) -> Nanos {
        self.start.elapsed().as_nanos().try_into().unwrap_or(Nanos::MAX)
    }

    /// Says something behind all lines that are due.
    pub(super) fn say(&mut self, told: Told) {
        self.collect();
        self.close_blocks();
        self.waiting.push(told);
    }

    /// Takes lines of one source.
    pub(super) fn take(&mut self, blocks: Vec<Arc<Block>>) {
        let now = self.now();
        let source = blocks.iter().find_map(|block| Some(block.lines().next()?.source));
        if let (Some(ordered), Some(source)) = (&mut self.ordered, source)
            && let Some(turn) = ordered.turns.get_mut(&source)
        {
            turn.taken = true;
        }
        blocks.into_iter().for_each(|block| self.merge.push(block, now));
        self.collect();
    }

    /// How a source stands now: others wait for its lines only where some can come.
    pub(super) fn state(&mut self, sources: &mut Sources, id: SourceId, state: SourceState) {
        let at = usize::from(id.0);
        if at >= self.states.len() {
            self.states.resize(at + 1, None);
        }
        let opens = |state: &Option<SourceState>| matches!(state, Some(SourceState::Connecting));
        let before = opens(&self.states[at]);
        self.states[at] = Some(state.clone());
        self.opening = self.opening + usize::from(opens(&self.states[at])) - usize::from(before);
        match &state {
            SourceState::Connecting | SourceState::Live => {
                self.merge.open(id);
                sources.resume(id);
            }
            SourceState::Ended(when, why) => {
                self.merge.close(id);
                sources.end(id, *when, why.clone());
            }
            // It comes back, and then with lines that may be older than all others have.
            SourceState::Reconnecting(..) if self.ordered.is_some() => {}
            SourceState::Waiting(_) | SourceState::Reconnecting(..) | SourceState::Forbidden(_) => self.merge.close(id),
        }
        self.merge.set_window(if self.opening > 0 { OPENING } else { LIVE });
        self.say(Told::State(id, state));
    }

    fn collect(&mut self) {
        if self.ordered.as_ref().is_some_and(|ordered| ordered.held) {
            return;
        }
        let ready = self.merge.flush(self.now());
        self.bytes += ready.iter().map(|block| block.text_len()).sum::<usize>();
        self.blocks.extend(ready);
        let turns = self.ordered.iter_mut().flat_map(|ordered| &mut ordered.turns);
        for (id, turn) in turns.filter(|(_, turn)| turn.taken) {
            if !self.merge.is_waiting(*id) {
                turn.taken = false;
                turn.next.add_permits(1);
            }
        }
    }

    fn close_blocks(&mut self) {
        if !self.blocks.is_empty() {
            self.waiting.push(Told::Lines(std::mem::take(&mut self.blocks)));
        }
    }

    /// Whether streams must wait: nobody takes what is there already.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MOST
    }

    /// Nothing waits to go out.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.blocks.is_empty() && self.merge.held() == 0
    }

    /// Lets go whatever waits for older lines: none will come.
    pub(super) fn drain(&mut self) {
        let rest = self.merge.drain();
        self.bytes += rest.iter().map(|block| block.text_len()).sum::<usize>();
        self.blocks.extend(rest);
    }

    /// When something is due, though nothing more comes.
    fn due(&self) -> Option<Instant> {
        if !self.waiting.is_empty() || !self.blocks.is_empty() {
            return Some(self.sent + FRAME);
        }
        let due = self.merge.due()?;
        Some(self.start + Duration::from_nanos(due.try_into().unwrap_or_default()))
    }

    /// Waits until something is due, and sends it. Ends where nobody listens; may be dropped and begun anew at any time.
    pub(super) async fn send(&mut self) -> Result<(), Gone> {
        loop {
            self.collect();
            let Some(due) = self.due() else {
                self.to.closed().await;
                return Err(Gone);
            };
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                () = self.to.closed() => return Err(Gone),
            }
            self.collect();
            if self.waiting.is_empty() && self.blocks.is_empty() {
                continue;
            }
            let to = self.to.clone();
            let permit = to.reserve().await.map_err(|_| Gone)?;
            self.collect();
            self.close_blocks();
            permit.send(std::mem::take(&mut self.waiting));
            (self.bytes, self.sent) = (0, Instant::now());
            return Ok(());
        }
    }
}

/// Nobody listens any more.
pub(super) struct Gone;

#[cfg(test)]
mod tests {
    use rolldeck_core::logs::{Decoder, Framing};

    use super::*;

    fn lines(id: SourceId, text: &str) -> Vec<Arc<Block>> {
        let mut decoder = Decoder::new(id, Framing::Stamped);
        decoder.feed(text.as_bytes(), 0);
        decoder.take()
    }

    #[tokio::test]
    async fn a_source_brings_its_next_piece_once_the_one_before_has_gone_on() {
        let (to, _told) = mpsc::channel(1);
        let mut out = Outlet::ordered(to);
        let [one, other] = [SourceId(0), SourceId(1)];
        let turns = [one, other].map(|id| out.joins(id).expect("all in one order"));
        turns.iter().for_each(|turn| turn.try_acquire().expect("the first piece").forget());
        out.take(lines(one, "2026-11-23T08:00:01Z a\n"));
        out.take(lines(other, "2026-11-23T08:00:02Z b\n"));
        assert!(turns.iter().all(|turn| turn.available_permits() == 0), "there may be more sources");
        out.all_joined();
        let left = || turns.each_ref().map(|turn| turn.available_permits());
        assert_eq!((left(), out.blocks.len()), ([1, 0], 1), "only a line behind b shows that b is next");
        out.merge.close(one);
        out.collect();
        assert_eq!((left(), out.blocks.len()), ([1, 1], 2));
    }
}
