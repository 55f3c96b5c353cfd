//! Updates on their way out, many at a time.

use std::{sync::Arc, time::Duration};

use rolldeck_core::fleet::{Source, SourceEvent, Update};
use tokio::{sync::mpsc, time::Instant};

/// Updates in one message.
const MOST: usize = 512;
/// How long an update may wait for company.
const DELAY: Duration = Duration::from_millis(10);

/// Nobody listens any more.
#[derive(Debug)]
pub(super) struct Unheard;

#[derive(Debug)]
pub(super) struct Batch {
    source: Arc<Source>,
    to: mpsc::Sender<Vec<Update>>,
    /// What the machine said last; becomes updates.
    pub(super) said: Vec<SourceEvent>,
    ready: Vec<Update>,
    due: Option<Instant>,
}

impl Batch {
    pub(super) fn new(source: Source, to: mpsc::Sender<Vec<Update>>) -> Self {
        Self { source: Arc::new(source), to, said: Vec::new(), ready: Vec::new(), due: None }
    }

    /// When what waits must leave.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes up what was said; sends where a message is full.
    pub(super) async fn gather(&mut self) -> Result<(), Unheard> {
        let source = &self.source;
        self.ready.extend(self.said.drain(..).map(|event| Update { source: source.clone(), event }));
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
