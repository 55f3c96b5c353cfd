//! Looks at where a log begins and ends, beside the stream that reads it.

use std::time::Duration;

use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::logs::{Nanos, SECOND, Stamps, nanos};
use tokio::time::{Instant, sleep_until, timeout};

use super::request::Address;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A line that is older than this has had time to come through a stream.
const ON_ITS_WAY: Nanos = 5 * SECOND;
/// A stream that stays silent is asked after so rarely in the end.
const RAREST: Duration = Duration::from_mins(5);

/// The time of a line of a log, and of the server when it told it.
pub(super) struct Edge {
    /// The time of the line; none: the log is empty.
    pub(super) line: Option<Nanos>,
    /// The server's time.
    pub(super) now: Option<Nanos>,
}

/// Asks for one line's time. `None`: that cannot be known.
pub(super) async fn edge(client: &kube::Client, request: Option<Request<Body>>) -> Option<Edge> {
    let ask = async {
        let response = client.send(request?).await.ok()?;
        if !response.status().is_success() {
            return None;
        }
        let date = response.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
        let now = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok()).map(|at| nanos(at.to_utc()));
        let bytes = response.into_body().collect().await.ok()?.to_bytes();
        let line = Stamps::default().read(&bytes).map(|(at, _)| at);
        (bytes.is_empty() || line.is_some()).then_some(Edge { line, now })
    };
    timeout(PATIENCE, ask).await.ok().flatten()
}

/// Finds out whether a followed stream that is silent stands still while its log goes on.
///
/// A kubelet learns of a rotation from inotify. Where a busy node's queue of events overflows it misses that, and goes on waiting for
/// the end of a file that nobody writes to any more (kubernetes, pkg/kubelet/kuberuntime/logs, `waitLogs`).
pub(super) struct Standstill {
    first: Duration,
    wait: Duration,
    next: Instant,
}

impl Standstill {
    /// Begins to listen; `first` is how long a stream may be silent before anything is asked.
    pub(super) fn new(first: Duration) -> Self {
        Self { first, wait: first, next: Instant::now() + first }
    }

    /// Something came.
    pub(super) fn beat(&mut self, at: Instant) {
        self.wait = self.first;
        self.next = at + self.first;
    }

    /// Waits until the stream has been silent for long, and tells whether its log has a line that should have come. `newest` is the
    /// youngest line that did. May be dropped at any moment and asked again.
    pub(super) async fn stands_still(
        &mut self,
        client: &kube::Client,
        address: &Address,
        newest: Option<Nanos>,
    ) -> bool {
        sleep_until(self.next).await;
        let edge = edge(client, address.last()).await;
        self.wait = (self.wait * 2).min(RAREST);
        self.next = Instant::now() + self.wait;
        edge.is_some_and(|edge| edge.lacks(newest))
    }
}

impl Edge {
    /// Whether the line is younger than the youngest that came, and has had time to come.
    fn lacks(&self, newest: Option<Nanos>) -> bool {
        let (Some(line), Some(now), Some(newest)) = (self.line, self.now, newest) else { return false };
        line > newest && now > line + ON_ITS_WAY
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_line_that_never_came(Some(20), Some(30), Some(10), true)]
    #[case::a_line_that_is_on_its_way(Some(27), Some(30), Some(10), false)]
    #[case::the_line_that_came(Some(10), Some(30), Some(10), false)]
    #[case::an_empty_log(None, Some(30), Some(10), false)]
    #[case::nothing_was_to_come_yet(Some(20), Some(30), None, false)]
    #[case::a_server_without_a_clock(Some(20), None, Some(10), false)]
    fn only_a_line_that_had_time_to_come_is_missed(
        #[case] line: Option<Nanos>,
        #[case] now: Option<Nanos>,
        #[case] newest: Option<Nanos>,
        #[case] missed: bool,
    ) {
        let seconds = |at: Option<Nanos>| at.map(|at| at * SECOND);
        let edge = Edge { line: seconds(line), now: seconds(now) };
        assert_eq!(edge.lacks(seconds(newest)), missed);
    }
}
