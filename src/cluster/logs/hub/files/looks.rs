//! How often containers are looked into for new files.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, SemaphorePermit};

/// In so many containers at once.
const AT_ONCE: usize = 4;
/// Once more as slowly for each so many containers.
const CROWD: u32 = 10;

/// Shared by all containers of a reading.
pub(super) struct Looks {
    turns: Semaphore,
    every: Duration,
    crowd: AtomicU32,
}

/// One of the containers. It counts until it is dropped.
pub(super) struct Looker(Arc<Looks>);

impl Looks {
    /// Into one container so often.
    pub(super) fn new(every: Duration) -> Arc<Self> {
        Arc::new(Self { turns: Semaphore::new(AT_ONCE), every, crowd: AtomicU32::new(0) })
    }
}

impl Looker {
    /// One more.
    pub(super) fn join(looks: &Arc<Looks>) -> Self {
        looks.crowd.fetch_add(1, Ordering::Relaxed);
        Self(looks.clone())
    }

    /// Its turn, which lasts until the permit is dropped. `None` never comes: nobody closes them.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.0.turns.acquire().await.ok()
    }

    /// How long to wait between two looks: the more containers there are the longer.
    pub(super) fn pause(&self) -> Duration {
        self.0.every * (1 + self.0.crowd.load(Ordering::Relaxed) / CROWD)
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        self.0.crowd.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_containers_are_looked_into_less_often_until_they_are_gone() {
        let looks = Looks::new(Duration::from_secs(10));
        let one = Looker::join(&looks);
        assert_eq!(one.pause(), Duration::from_secs(10));
        let others: Vec<Looker> = (0..29).map(|_| Looker::join(&looks)).collect();
        assert_eq!(one.pause(), Duration::from_secs(40));
        drop(others);
        assert_eq!(one.pause(), Duration::from_secs(10));
    }
}
