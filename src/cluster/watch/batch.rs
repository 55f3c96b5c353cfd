//! Updates on their way out, many at a time.

use std::time::Duration;

use rolldeck_core::fleet::FeedEvent;
use tokio::{sync::mpsc, time::Instant};

/// Updates in one message.
const MOST: usize = 512;
/// How long an update may wait for company.
const DELAY: Duration = Duration::from_millis(10);

/// Nobody listens any more.
#[derive(Debug)]
pub(super) struct Unheard;

/// Makes an update of what a source said.
pub(super) type Wrap<T, U> = Box<dyn Fn(FeedEvent<T>) -> U + Send + Sync>;

pub(super) struct Batch<T, U> {
    wrap: Wrap<T, U>,
    to: mpsc::Sender<Vec<U>>,
    /// What the machine said last; becomes updates.
    pub(super) said: Vec<FeedEvent<T>>,
    ready: Vec<U>,
    due: Option<Instant>,
}

impl<T, U> Batch<T, U> {
    pub(super) fn new(wrap: Wrap<T, U>, to: mpsc::Sender<Vec<U>>) -> Self {
        Self { wrap, to, said: Vec::new(), ready: Vec::new(), due: None }
    }

    /// When what waits must leave.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes up what was said; sends where a message is full.
    pub(super) async fn gather(&mut self) -> Result<(), Unheard> {
        self.ready.extend(self.said.drain(..).map(&self.wrap));
        if self.ready.len() >= MOST {
            return self.flush().await;
        }
        if !self.ready.is_empty() && self.due.is_none() {
            self.due = Some(Instant::now() + DELAY);
        }
        Ok(())
    }

    /// Sends what waits.
    pub(super) async fn flush(&mut self) -> Result<(), Unheard> {
        self.due = None;
        while !self.ready.is_empty() {
            let rest = if self.ready.len() > MOST { self.ready.split_off(MOST) } else { Vec::new() };
            let full = std::mem::replace(&mut self.ready, rest);
            self.to.send(full).await.map_err(|_| Unheard)?;
        }
        Ok(())
    }

    /// Waits until nobody listens.
    pub(super) async fn unheard(&self) {
        self.to.closed().await;
    }
}
