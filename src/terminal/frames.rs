//! The thread that writes frames, so that a terminal that does not read stops neither keys nor the cluster's messages.

use std::{
    io::{self, Write},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use tokio::sync::mpsc;

/// Hands frames to a thread, one at a time.
#[derive(Debug)]
pub struct Frames {
    to: SyncSender<Vec<u8>>,
    done: mpsc::Receiver<io::Result<()>>,
    busy: bool,
}

impl Frames {
    /// Starts the thread over `sink`, which may block for as long as it likes.
    pub fn new(mut sink: impl Write + Send + 'static) -> Self {
        let (to, frames) = sync_channel::<Vec<u8>>(1);
        let (tell, done) = mpsc::channel(1);
        thread::spawn(move || {
            for frame in frames {
                let outcome = sink.write_all(&frame).and_then(|()| sink.flush());
                let failed = outcome.is_err();
                if tell.blocking_send(outcome).is_err() || failed {
                    return;
                }
            }
        });
        Self { to, done, busy: false }
    }

    /// Whether a frame is on its way.
    pub fn busy(&self) -> bool {
        self.busy
    }

    /// Hands a frame over. Returns whether it was taken: not while another is on its way.
    pub fn send(&mut self, frame: Vec<u8>) -> bool {
        if self.busy {
            return false;
        }
        // A thread that has ended left its reason in `done`, where `written` finds it.
        let _ = self.to.try_send(frame);
        self.busy = true;
        true
    }

    /// Waits until the frame on its way is written; for ever while there is none. Safe to drop and call again.
    ///
    /// # Errors
    /// Any of the sink's: the terminal is gone.
    pub async fn written(&mut self) -> io::Result<()> {
        if !self.busy {
            return std::future::pending().await;
        }
        let outcome = self.done.recv().await.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()));
        self.busy = false;
        outcome
    }
}
