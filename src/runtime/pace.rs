//! When the next frame may be drawn.

use std::time::Duration;

use tokio::time::Instant;

/// Frames that the cluster causes come no closer than this: at most 30 a second.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 30 + 1);

/// Keeps the time between frames. A key's frame does not wait.
#[derive(Debug, Default)]
pub struct Pace {
    last: Option<Instant>,
    urgent: bool,
}

impl Pace {
    /// The next frame answers a key, a paste or a new size: at once.
    pub fn hurry(&mut self) {
        self.urgent = true;
    }

    /// When the next frame may be drawn; `now` or before: at once.
    pub fn due(&self, now: Instant) -> Instant {
        match self.last {
            Some(last) if !self.urgent => last + FRAME,
            _ => now,
        }
    }

    /// A frame was drawn.
    pub fn drawn(&mut self, now: Instant) {
        *self = Self { last: Some(now), urgent: false };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames drawn in a second in which something changes each millisecond, with a key at each of these milliseconds.
    fn frames(keys: &[u64]) -> Vec<u64> {
        let start = Instant::now();
        let (mut pace, mut drawn) = (Pace::default(), Vec::new());
        for n in 0..1000 {
            let now = start + Duration::from_millis(n);
            if keys.contains(&n) {
                pace.hurry();
            }
            if pace.due(now) <= now {
                pace.drawn(now);
                drawn.push(n);
            }
        }
        drawn
    }

    #[test]
    fn the_cluster_causes_at_most_thirty_frames_a_second() {
        let drawn = frames(&[]);
        assert!(drawn.len() <= 30, "{}", drawn.len());
        assert!(drawn.windows(2).all(|pair| pair[1] - pair[0] >= 33));
    }

    #[test]
    fn a_key_is_drawn_at_once() {
        let drawn = frames(&[5, 6, 500]);
        assert!([5, 6, 500].iter().all(|key| drawn.contains(key)), "{drawn:?}");
    }
}
