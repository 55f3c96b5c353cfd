//! A session's two directions, as all of its processes share them: what is typed comes in, what is written goes out.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Mutex as Turns, mpsc, watch};

use super::{Channel, Event};

/// Bytes of typed input that are held for a command that does not read.
const HELD: usize = 64 * 1024;

/// The two directions of a session.
pub(crate) struct Session {
    /// It has a terminal: input is edited and echoed, output ends its lines with a carriage return.
    pub(crate) tty: bool,
    output: mpsc::Sender<(Channel, Bytes)>,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Who reads does so alone.
    turn: Turns<()>,
    pub(super) history: Mutex<Vec<String>>,
}

struct State {
    size: (u16, u16),
    held: Vec<u8>,
    ended: bool,
    readers: usize,
}

/// Somebody reads: ctrl-c is theirs.
pub(super) struct Reading<'a> {
    session: &'a Session,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.session.state().readers -= 1;
    }
}

impl Session {
    pub(crate) fn new(tty: bool, output: mpsc::Sender<(Channel, Bytes)>) -> Self {
        let state = State { size: (80, 24), held: Vec::new(), ended: false, readers: 0 };
        Self {
            tty,
            output,
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            turn: Turns::new(()),
            history: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|times| *times += 1);
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (u16, u16) {
        self.state().size
    }

    /// Takes in what comes from the client, until it is gone: then it waits for ever.
    pub(crate) async fn pump(&self, mut input: mpsc::Receiver<Event>) {
        loop {
            let event = input.recv().await;
            match event {
                Some(Event::Bytes(bytes)) => {
                    // A terminal drops what is typed beyond measure; a pipe is not read then.
                    let room = HELD.saturating_sub(self.state().held.len());
                    if self.tty {
                        self.state().held.extend_from_slice(&bytes[..bytes.len().min(room)]);
                    } else {
                        self.until(|state| (state.held.len() < HELD).then_some(())).await;
                        self.state().held.extend_from_slice(&bytes);
                    }
                }
                Some(Event::Resize(columns, rows)) => self.state().size = (columns, rows),
                Some(Event::End) | None => self.state().ended = true,
            }
            let over = self.state().ended;
            self.tell();
            if over {
                return std::future::pending().await;
            }
        }
    }

    /// Waits until `look` finds something.
    async fn until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut changed = self.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if let Some(found) = look(&mut self.state()) {
                return found;
            }
            // The sender lives as long as this.
            let _ = changed.changed().await;
        }
    }

    /// Returns once nobody is there for whom to go on.
    pub(crate) async fn closed(&self) {
        self.output.closed().await;
    }

    /// Hands bytes to the client, and waits while it does not read. False once it is gone.
    pub(crate) async fn write(&self, channel: Channel, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return !self.output.is_closed();
        }
        if !self.tty {
            return self.output.send((channel, Bytes::copy_from_slice(bytes))).await.is_ok();
        }
        let mut text = Vec::with_capacity(bytes.len() + 16);
        for byte in bytes {
            if *byte == b'\n' {
                text.push(b'\r');
            }
            text.push(*byte);
        }
        self.output.send((Channel::Out, text.into())).await.is_ok()
    }

    /// Returns once ctrl-c was typed while nobody read. Never without a terminal.
    pub(crate) async fn interrupted(&self) {
        if !self.tty {
            return std::future::pending().await;
        }
        self.until(|state| {
            let at = state.held.iter().position(|byte| *byte == 3).filter(|_| state.readers == 0)?;
            state.held.drain(..=at);
            Some(())
        })
        .await;
        self.write(Channel::Out, b"^C\n").await;
    }

    pub(super) async fn reading(&self) -> Reading<'_> {
        let turn = self.turn.lock().await;
        self.state().readers += 1;
        Reading { session: self, _turn: turn }
    }

    /// What a command that reads gets next; `None` at the end.
    ///
    /// # Errors
    /// `Err(())` where ctrl-c came.
    pub(crate) async fn block(&self) -> Result<Option<Vec<u8>>, ()> {
        if self.tty {
            return Ok(self.plain_line().await?.map(|mut line| {
                line.push(b'\n');
                line
            }));
        }
        let _reading = self.reading().await;
        let block = self
            .until(|state| {
                let some = !state.held.is_empty() || state.ended;
                some.then(|| std::mem::take(&mut state.held))
            })
            .await;
        self.tell();
        Ok((!block.is_empty()).then_some(block))
    }

    /// A line without its end; `None` at the end of the input.
    ///
    /// # Errors
    /// `Err(())` where ctrl-c came.
    pub(crate) async fn plain_line(&self) -> Result<Option<Vec<u8>>, ()> {
        if self.tty {
            return match self.edit("").await {
                super::Line::Text(text) => Ok(Some(text.into_bytes())),
                super::Line::Interrupted => Err(()),
                super::Line::End => Ok(None),
            };
        }
        let _reading = self.reading().await;
        let line = self
            .until(|state| match state.held.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    let mut line: Vec<u8> = state.held.drain(..=end).collect();
                    line.pop();
                    Some(Some(line))
                }
                None if !state.ended => None,
                None if state.held.is_empty() => Some(None),
                None => Some(Some(std::mem::take(&mut state.held))),
            })
            .await;
        self.tell();
        Ok(line)
    }

    /// One key: a character, a control character or an escape sequence; `None` at the end. Who calls this [reads](Self::reading).
    pub(super) async fn key(&self) -> Option<String> {
        self.until(|state| match key_length(&state.held) {
            Some(length) => {
                let key: Vec<u8> = state.held.drain(..length).collect();
                Some(Some(String::from_utf8_lossy(&key).into_owned()))
            }
            None => state.ended.then_some(None),
        })
        .await
    }

    /// Returns once the terminal has another size.
    pub(super) async fn resized(&self, from: (u16, u16)) {
        self.until(|state| (state.size != from).then_some(())).await;
    }
}

/// How many bytes the first key takes; `None` where it has not come whole.
fn key_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [] => None,
        [0x1b, b'[' | b'O', rest @ ..] => rest.iter().position(|byte| (0x40..=0x7e).contains(byte)).map(|at| at + 3),
        [0x1b] => None,
        [0x1b, ..] => Some(2),
        [first, ..] => {
            let length = match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => 1,
            };
            (bytes.len() >= length).then_some(length)
        }
    }
}
