//! An open session: bytes in both directions, and a grid of them now and then.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rolldeck_cluster::exec::Session;
use rolldeck_core::shell::{End, Input, Size};
use rolldeck_emulator::{Emulator, View};
use rolldeck_screens::{
    Message, ShellReply,
    shell::{Look, ShellId},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{Order, record::Recorder};
use crate::runtime::post::Post;

/// Grids that the container causes come no closer than this.
const FRAME: Duration = Duration::from_millis(33);
/// How long a program may hold an update back that it wants to be shown as a whole.
const HELD: Duration = Duration::from_millis(150);
/// Bytes of input that wait for a container that does not read.
const WAITING: usize = 1 << 20;

/// A session's terminal.
pub(super) struct Live {
    id: ShellId,
    post: Post,
    emulator: Emulator,
    recorder: Option<Recorder>,
    /// What goes to the container, and how many bytes it is.
    waiting: VecDeque<Input>,
    bytes: usize,
    /// Something changed that was not told.
    dirty: bool,
    /// A key was typed since the last grid.
    keyed: bool,
    told: Instant,
    /// Since when an update is held back.
    held: Option<Instant>,
}

impl Live {
    pub(super) fn new(id: ShellId, post: Post, size: Size, scrollback: usize, recorder: Option<Recorder>) -> Self {
        Self {
            id,
            post,
            emulator: Emulator::new(size, scrollback),
            recorder,
            waiting: VecDeque::new(),
            bytes: 0,
            dirty: false,
            keyed: false,
            told: Instant::now(),
            held: None,
        }
    }

    /// Carries a session to its end; the last that it showed is told before.
    pub(super) async fn carry(mut self, mut session: Session, mut orders: mpsc::Receiver<Order>) -> End {
        let mut open = true;
        loop {
            let due = self.due();
            let input = session.input.clone();
            tokio::select! {
                biased;
                order = orders.recv(), if open => match order {
                    Some(order) => self.take(order),
                    None => {
                        // Nobody looks at it any more.
                        open = false;
                        self.waiting = [Input::Close].into();
                    }
                },
                permit = input.reserve(), if !self.waiting.is_empty() => match (permit, self.waiting.pop_front()) {
                    (Ok(permit), Some(next)) => {
                        self.bytes = self.bytes.saturating_sub(length(&next));
                        permit.send(next);
                    }
                    _ => self.waiting.clear(),
                },
                () = sleep_until(due.unwrap_or(self.told)), if due.is_some() => self.tell().await,
                block = session.output.recv() => match block {
                    Some(block) => self.show(&block).await,
                    None => break,
                },
            }
        }
        let end = session.end.await.unwrap_or_else(|_| End::Failed("the session's task ended without a word".into()));
        self.emulator.release();
        self.held = None;
        self.tell().await;
        if let (End::NoShell(_), Some(recorder)) = (&end, self.recorder) {
            recorder.discard().await;
        }
        end
    }

    /// Does what it is told.
    pub(super) fn take(&mut self, order: Order) {
        match order {
            Order::Input(bytes) => {
                self.keyed = true;
                if self.bytes + bytes.len() > WAITING {
                    tracing::warn!(id = self.id, bytes = bytes.len(), "the container does not read: input was dropped");
                    return;
                }
                self.bytes += bytes.len();
                self.waiting.push_back(Input::Bytes(bytes));
                return;
            }
            Order::Resize(size) => {
                self.emulator.resize(size);
                self.waiting.push_back(Input::Resize(size));
                if let Some(recorder) = &mut self.recorder {
                    recorder.resize(size);
                }
            }
            Order::Look(look) => self.look(look),
            Order::Close => {
                // What waits was typed for a program that is to end.
                self.waiting = [Input::Close].into();
                return;
            }
        }
        (self.dirty, self.keyed) = (true, true);
    }

    fn look(&mut self, look: Look) {
        match look {
            Look::Up(lines) => self.emulator.look(View::Up(lines)),
            Look::Top => self.emulator.look(View::Top),
            Look::Bottom => self.emulator.look(View::Bottom),
            Look::Search(text) => self.emulator.search(&text),
            Look::Older => self.emulator.next_hit(true),
            Look::Newer => self.emulator.next_hit(false),
        }
    }

    async fn show(&mut self, block: &[u8]) {
        self.emulator.feed(block);
        self.dirty = true;
        self.held = self.emulator.holds().then(|| self.held.unwrap_or_else(Instant::now));
        if let Some(recorder) = &mut self.recorder {
            recorder.output(block).await;
        }
    }

    /// When the next grid is told.
    fn due(&self) -> Option<Instant> {
        match (self.dirty, self.held, self.keyed) {
            (_, Some(since), _) => Some(since + HELD),
            (true, None, true) => Some(Instant::now()),
            (true, None, false) => Some(self.told + FRAME),
            (false, None, _) => None,
        }
    }

    async fn tell(&mut self) {
        if self.held.take().is_some() {
            self.emulator.release();
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.flush().await;
        }
        let grid = Arc::new(self.emulator.grid());
        self.post.send(Message::Shell(self.id, ShellReply::Screen(grid, self.keyed))).await;
        (self.dirty, self.keyed, self.told) = (false, false, Instant::now());
    }
}

fn length(input: &Input) -> usize {
    match input {
        Input::Bytes(bytes) => bytes.len(),
        Input::Resize(_) | Input::End | Input::Close => 0,
    }
}
