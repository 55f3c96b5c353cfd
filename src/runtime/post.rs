//! The one queue that everything outside speaks through.

use rolldeck_screens::Message;
use tokio::sync::mpsc;

/// Messages that may wait. A full queue holds its senders back; nothing is dropped.
const ROOM: usize = 128;

/// A message, and which fleet it is about.
#[derive(Debug)]
pub struct Posted {
    /// The number of the scope that was watched when it was sent; `None` where it does not matter.
    pub era: Option<u64>,
    /// What is said.
    pub message: Message,
}

/// The way into the queue.
#[derive(Clone, Debug)]
pub struct Post(mpsc::Sender<Posted>);

/// A new queue.
pub fn queue() -> (Post, mpsc::Receiver<Posted>) {
    let (to, from) = mpsc::channel(ROOM);
    (Post(to), from)
}

impl Post {
    /// Sends, waiting for room. Returns whether anybody listens still.
    pub async fn send(&self, message: Message) -> bool {
        self.0.send(Posted { era: None, message }).await.is_ok()
    }

    /// [`Self::send`] of what holds only while the scope of this number is watched.
    pub async fn send_of(&self, era: u64, message: Message) -> bool {
        self.0.send(Posted { era: Some(era), message }).await.is_ok()
    }
}
