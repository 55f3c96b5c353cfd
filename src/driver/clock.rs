//! Time for a batch: it never jumps, and it tells when the machine slept.

use std::{sync::Arc, time::Duration};

use rolldeck_core::Time;
use tokio::time::Instant;

/// The moment at which a batch's clock was started, and the wall clock beside it.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> Time + Send + Sync>,
    began: Instant,
    began_wall: Time,
}

impl Clock {
    /// A clock over this wall clock.
    pub fn new(wall: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        let began_wall = wall();
        Self { wall: Arc::new(wall), began: Instant::now(), began_wall }
    }

    /// Now: the wall clock's time at the start and what has passed since, so that a corrected clock ends no deadline.
    pub fn now(&self) -> Time {
        self.began_wall + chrono::Duration::from_std(self.began.elapsed()).unwrap_or_default()
    }

    /// How much further the wall clock has gone than the monotonic one, which stands still while the machine sleeps.
    pub fn slept(&self) -> Duration {
        ((self.wall)() - self.now()).to_std().unwrap_or_default()
    }
}
