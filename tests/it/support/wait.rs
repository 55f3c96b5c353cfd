//! Waiting for what happens elsewhere.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks again and again until `probe` has an answer, or panics with `what` and the last objection.
pub fn until<T>(limit: Duration, what: &str, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match probe() {
            Ok(answer) => return answer,
            Err(objection) if start.elapsed() > limit => panic!("not within {limit:?}: {what}; last: {objection}"),
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}
