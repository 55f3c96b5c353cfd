//! The log of a container, as the API gives it.

use std::time::Duration;

use http_body_util::BodyExt;
use rolldeck_core::{
    logs::{Begin, Nanos, SECOND, Stamps},
    text::Clean,
};
use tokio::time::timeout;

use super::{
    job::{Job, Of, lines},
    saver::Sink,
    shared::{Shared, Stop},
};
use crate::{
    logs::{
        machine::{Cause, cause, is_removed},
        request::{From, Wants},
    },
    watch::answer::{refusal, why},
};

/// How long an answer may take to begin, and to go on.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing came for so long.
pub(super) fn late<E>(_: E) -> Stop {
    Stop::Cut(format!("no answer for {} s", PATIENCE.as_secs()).into())
}

impl Job {
    /// Reads until the log or the stream ends.
    pub(super) async fn log(&mut self, shared: &Shared, sink: &mut Sink) -> Result<(), Stop> {
        let mut lines = lines(sink, &self.entry);
        let read = self.log_into(shared, &mut lines).await;
        // What came is saved whatever it ended with.
        let flushed = match read {
            Err(Stop::Local(_)) => Ok(()),
            _ => lines.flush(&mut self.entry, shared).await,
        };
        self.entry.resume = Some(lines.cursor);
        read.and(flushed)
    }

    async fn log_into(&mut self, shared: &Shared, lines: &mut super::saver::Lines<'_>) -> Result<(), Stop> {
        let from = match lines.cursor.since() {
            Some(at) => {
                lines.again = Some(lines.cursor.again());
                From::At(at)
            }
            None => match shared.begin {
                Begin::Head => From::Start,
                Begin::Tail(lines) => From::Tail(lines),
                Begin::Ago(seconds) if !shared.resumed => From::Ago(seconds),
                _ => From::At(shared.since().unwrap_or_default().div_euclid(SECOND) * SECOND),
            },
        };
        let previous = matches!(self.of, Of::Log { previous: true, .. });
        let address = self.address();
        let request = address.log(Wants { previous, follow: false, from });
        let request = request.ok_or_else(|| Stop::Remote("the request cannot be written".into()))?;
        let answer = shared.unless_stopped(timeout(PATIENCE, shared.cluster.client.send(request))).await?;
        let response = answer.map_err(late)?.map_err(|error| Stop::Cut(why(&error)))?;
        if !response.status().is_success() {
            return Err(refused(cause(&refusal(response).await, &address)));
        }
        let mut body = response.into_body();
        while let Some(frame) = shared.unless_stopped(timeout(PATIENCE, body.frame())).await?.map_err(late)? {
            let frame = frame.map_err(|error| Stop::Cut(why(&error)))?;
            let Ok(bytes) = frame.into_data() else { continue };
            // Some kubelets answer in the place of a log that there is none any more.
            let said = String::from_utf8_lossy(&bytes[..bytes.len().min(500)]);
            if self.entry.lines == 0 && is_removed(&said) {
                return Err(Stop::Remote(said.lines().next().unwrap_or_default().into()));
            }
            lines.feed(&bytes, &mut self.entry, shared).await?;
        }
        lines.finish(&mut self.entry, shared).await
    }

    /// The time of the oldest line that the kubelet has; none: it has none, or cannot be asked.
    pub(super) async fn oldest(&self, shared: &Shared, previous: bool) -> Option<Nanos> {
        let request = self.address().first(previous)?;
        let response = timeout(PATIENCE, shared.cluster.client.send(request)).await.ok()?.ok()?;
        if !response.status().is_success() {
            return None;
        }
        let bytes = timeout(PATIENCE, response.into_body().collect()).await.ok()?.ok()?.to_bytes();
        Stamps::default().read(&bytes).map(|(at, _)| at)
    }
}

fn refused(cause: Cause) -> Stop {
    match cause {
        Cause::Forbidden(what) => Stop::Remote(format!("not allowed: {what}").into()),
        Cause::NotStarted(why) => Stop::Remote(format!("it has not started: {why}").into()),
        Cause::NoPrevious => Stop::Remote("the kubelet has no previous log of it".into()),
        Cause::NoPod => Stop::Remote(Clean::from("its pod is gone")),
        Cause::Removed(why) | Cause::Never(why) => Stop::Remote(why),
        Cause::NotNow(why) => Stop::Cut(why),
    }
}
