//! Where commands read from and write to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turns, mpsc};

use crate::pods::userland::{Channel, Disk, Session};

/// Blocks that wait in a pipe.
const PIPE: usize = 16;
/// What `$(…)` may hold.
const CAPTURED: usize = 1024 * 1024;
/// A block of output has no more bytes.
const BLOCK: usize = 32 * 1024;

/// Where bytes come from.
#[derive(Clone)]
pub(super) enum Feed {
    /// What the session reads.
    Session,
    /// What the command before writes.
    Pipe(Arc<Turns<Pipe>>),
    /// A file, and how far it was read.
    File(Arc<Mutex<(Arc<Vec<u8>>, usize)>>),
}

/// The end of a pipe that is read.
pub(super) struct Pipe {
    blocks: mpsc::Receiver<Vec<u8>>,
    held: Vec<u8>,
}

/// Where bytes go.
#[derive(Clone)]
pub(super) enum Sink {
    /// A stream of the session.
    Session(Channel),
    /// To the next command.
    Pipe(mpsc::Sender<Vec<u8>>),
    /// To the end of a file.
    File(Arc<str>),
    /// Nowhere.
    Null,
    /// Into what `$(…)` means.
    Captured(Arc<Mutex<Vec<u8>>>),
}

/// What a descriptor leads to.
#[derive(Clone)]
pub(super) enum Fd {
    /// It is read.
    In(Feed),
    /// It is written.
    Out(Sink),
}

/// The descriptors of a process.
pub(super) type Fds = BTreeMap<u8, Fd>;

/// Those of a session: standard input, output and error.
pub(super) fn standard() -> Fds {
    let all = [Fd::In(Feed::Session), Fd::Out(Sink::Session(Channel::Out)), Fd::Out(Sink::Session(Channel::Err))];
    (0u8..).zip(all).collect()
}

/// Both ends of a pipe.
pub(super) fn pipe() -> (Fd, Fd) {
    let (write, blocks) = mpsc::channel(PIPE);
    let read = Pipe { blocks, held: Vec::new() };
    (Fd::Out(Sink::Pipe(write)), Fd::In(Feed::Pipe(Arc::new(Turns::new(read)))))
}

impl Feed {
    /// A file from its start.
    pub(super) fn file(bytes: Arc<Vec<u8>>) -> Self {
        Self::File(Arc::new(Mutex::new((bytes, 0))))
    }

    /// What there is next; `None` at the end.
    ///
    /// # Errors
    /// `Err(())` where ctrl-c came.
    pub(super) async fn block(&self, session: &Session) -> Result<Option<Vec<u8>>, ()> {
        match self {
            Self::Session => session.block().await,
            Self::Pipe(pipe) => {
                let mut pipe = pipe.lock().await;
                if !pipe.held.is_empty() {
                    return Ok(Some(std::mem::take(&mut pipe.held)));
                }
                Ok(pipe.blocks.recv().await)
            }
            Self::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let rest = file.0.get(file.1..).unwrap_or_default();
                let block = rest[..rest.len().min(BLOCK)].to_vec();
                file.1 += block.len();
                Ok((!block.is_empty()).then_some(block))
            }
        }
    }

    /// A line without its end, and nothing behind it; `None` at the end.
    ///
    /// # Errors
    /// `Err(())` where ctrl-c came.
    pub(super) async fn line(&self, session: &Session) -> Result<Option<Vec<u8>>, ()> {
        match self {
            Self::Session => session.plain_line().await,
            Self::Pipe(pipe) => {
                let mut pipe = pipe.lock().await;
                loop {
                    if let Some(end) = pipe.held.iter().position(|byte| *byte == b'\n') {
                        let mut line: Vec<u8> = pipe.held.drain(..=end).collect();
                        line.pop();
                        return Ok(Some(line));
                    }
                    match pipe.blocks.recv().await {
                        Some(block) => pipe.held.extend_from_slice(&block),
                        None if pipe.held.is_empty() => return Ok(None),
                        None => return Ok(Some(std::mem::take(&mut pipe.held))),
                    }
                }
            }
            Self::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let rest = file.0.get(file.1..).unwrap_or_default();
                if rest.is_empty() {
                    return Ok(None);
                }
                let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let line = rest[..end].to_vec();
                file.1 += end + 1;
                Ok(Some(line))
            }
        }
    }
}

impl Sink {
    /// Writes, and waits while nobody reads.
    ///
    /// # Errors
    /// `None` where nobody will ever read it; else why a file could not be written.
    pub(super) async fn write(&self, bytes: &[u8], session: &Session, disk: &Disk) -> Result<(), Option<&'static str>> {
        if bytes.is_empty() {
            return Ok(());
        }
        match self {
            Self::Session(channel) => {
                for block in bytes.chunks(BLOCK) {
                    if !session.write(*channel, block).await {
                        return Err(None);
                    }
                }
                Ok(())
            }
            Self::Pipe(pipe) => {
                for block in bytes.chunks(BLOCK) {
                    pipe.send(block.to_vec()).await.map_err(|_| None)?;
                }
                Ok(())
            }
            Self::File(path) => disk.write(path, bytes, true).map_err(Some),
            Self::Null => Ok(()),
            Self::Captured(held) => {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                let room = CAPTURED.saturating_sub(held.len());
                held.extend_from_slice(&bytes[..bytes.len().min(room)]);
                Ok(())
            }
        }
    }
}
