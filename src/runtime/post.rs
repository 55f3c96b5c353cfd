//! The one queue that everything outside speaks through.

use rolldeck_screens::Message;
use tokio::sync::mpsc;

/// Messages that may wait. A full queue holds its senders back; nothing is dropped.
const ROOM: usize = 128;

/// A message, and what it is about.
#[derive(Debug)]
pub struct Posted {
    /// The number of the desk that it is for: of the connection that it is about.
    pub desk: u64,
    /// The number of the scope that was watched when it was sent; `None` where it does not matter.
    pub era: Option<u64>,
    /// What is said.
    pub message: Message,
}

/// The way into the queue, for one desk.
#[derive(Clone, Debug)]
pub struct Post {
    desk: u64,
    to: mpsc::Sender<Posted>,
}

/// A new queue.
pub fn queue() -> (Post, mpsc::Receiver<Posted>) {
    let (to, from) = mpsc::channel(ROOM);
    (Post { desk: 0, to }, from)
}

impl Post {
    /// The way into the same queue for another desk.
    pub fn of_desk(&self, desk: u64) -> Self {
        Self { desk, to: self.to.clone() }
    }

    /// Sends, waiting for room. Returns whether anybody listens still.
    pub async fn send(&self, message: Message) -> bool {
        self.to.send(Posted { desk: self.desk, era: None, message }).await.is_ok()
    }

    /// [`Self::send`] of what holds only while the scope of this number is watched.
    pub async fn send_of(&self, era: u64, message: Message) -> bool {
        self.to.send(Posted { desk: self.desk, era: Some(era), message }).await.is_ok()
    }
}
