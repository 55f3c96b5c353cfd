//! One scope's poll.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use rolldeck_core::{
    Time,
    fleet::{Freshness, Resource, Scope, Source},
    model::PodUsage,
    text::Clean,
};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use super::{Report, pace::Pace};
use crate::{
    watch::{
        answer::{encoding, refusal, why},
        machine::Refusal,
        request::{get, path, words},
    },
    wire::{Decoder, Encoding, List, Part},
};

/// How long a poll may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is refused or absent is asked for again so slowly.
const REFUSED: Duration = Duration::from_secs(60);
/// After a poll that got no answer.
const AGAIN: Duration = Duration::from_secs(15);

struct Poll {
    pods: Vec<PodUsage>,
    newest: Option<Time>,
    window: Option<Duration>,
}

pub(super) async fn run(client: kube::Client, scope: Scope, to: mpsc::Sender<Report>) {
    let source = Source { resource: Resource::PodMetrics, scope: scope.clone() };
    let mut decoder = Decoder::new(Resource::PodMetrics);
    let mut pace = Pace::default();
    let (mut said, mut heard) = (None, chrono::Utc::now());
    loop {
        let answer = tokio::select! {
            answer = timeout(PATIENCE, ask(&client, &source, &mut decoder)) => answer,
            () = to.closed() => return,
        };
        let answer = answer.unwrap_or_else(|_| Err(Failed::Lost(Clean::new("no answer for 10 s"))));
        let (fresh, wait) = match answer {
            Ok(poll) => {
                heard = chrono::Utc::now();
                let wait = pace.after(poll.newest, poll.window);
                if to.send(Report::Usage(scope.clone(), poll.pods)).await.is_err() {
                    return;
                }
                (Freshness::Live, wait)
            }
            Err(failed) => meaning(failed, &source, heard),
        };
        if said.as_ref() != Some(&fresh) {
            said = Some(fresh.clone());
            if to.send(Report::Freshness(source.clone(), fresh)).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = sleep(wait) => {}
            () = to.closed() => return,
        }
    }
}

enum Failed {
    Refused(Refusal),
    Lost(Clean),
}

fn meaning(failed: Failed, source: &Source, since: Time) -> (Freshness, Duration) {
    match failed {
        Failed::Lost(why) => (Freshness::Stale { since, why }, AGAIN),
        Failed::Refused(refusal) => match refusal.code {
            401 => (Freshness::Unauthorized(refusal.message), AGAIN),
            403 => (Freshness::Forbidden(words("list", source)), REFUSED),
            404 => (Freshness::Absent, REFUSED),
            // The API is registered, and nobody serves it (k8s.io/kube-aggregator, pkg/apiserver/handler_proxy.go).
            503 => (Freshness::Stale { since, why: Clean::new("the metrics server is not available (503)") }, AGAIN),
            code => {
                let why = format!("the metrics server answered {code}: {}", refusal.message).into();
                (Freshness::Stale { since, why }, refusal.retry_after.unwrap_or(AGAIN))
            }
        },
    }
}

async fn ask(client: &kube::Client, source: &Source, decoder: &mut Decoder) -> Result<Poll, Failed> {
    let request = get(&path(source), Encoding::ACCEPT, true).ok_or(Failed::Lost(Clean::new("no such scope")))?;
    let response = client.send(request).await.map_err(|error| match error {
        kube::Error::Auth(error) => {
            Failed::Refused(Refusal { code: 401, message: error.to_string().into(), retry_after: None })
        }
        error => Failed::Lost(why(&error)),
    })?;
    if !response.status().is_success() {
        return Err(Failed::Refused(refusal(response).await));
    }
    let encoding = encoding(response.headers());
    let mut body = response.into_body();
    let mut list = List::new(encoding);
    let mut poll = Poll { pods: Vec::new(), newest: None, window: None };
    while let Some(frame) = body.frame().await {
        list.feed(&frame.map_err(|error| Failed::Lost(why(&error)))?.into_data().unwrap_or_default());
        while let Some(part) = list.pull().map_err(|error| Failed::Lost(format!("failed to {error}").into()))? {
            if let Part::Item(item) = part {
                poll.take(decoder, encoding, &item);
            }
        }
    }
    list.end().map_err(|error| Failed::Lost(format!("failed to {error}").into()))?;
    Ok(poll)
}

impl Poll {
    /// A pod whose usage cannot be read has none.
    fn take(&mut self, decoder: &mut Decoder, encoding: Encoding, item: &Bytes) {
        let Ok(sample) = decoder.sample(encoding, item) else { return };
        if sample.at > self.newest {
            (self.newest, self.window) = (sample.at, sample.window);
        }
        self.pods.push(sample.usage);
    }
}
