//! One source's stream: asks what the machine wants, and tells it what came.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::text::Clean;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{
    answer::{encoding, refusal, why},
    batch::{Batch, Unheard, Wrap},
    link::Monitored,
    machine::{Ask, Input, Machine, Manner, Named},
    reader::{Decode, Reader},
    request::{Address, build},
};

/// How long an answer may take to begin, and a list to go on.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a watch may say nothing: bookmarks come about once a minute (k8s.io/apiserver, storage/cacher).
const QUIET: Duration = Duration::from_secs(100);
/// How long a watch lasts, and the random part on top.
const LASTS: (Duration, Duration) = (Duration::from_secs(290), Duration::from_secs(120));

/// What a stream is made from.
pub(super) struct Plan<D: Decode, U> {
    pub(super) client: kube::Client,
    pub(super) link: Arc<Monitored>,
    pub(super) address: Address,
    pub(super) manner: Manner,
    pub(super) decoder: D,
    pub(super) wrap: Wrap<D::Object, U>,
    pub(super) to: mpsc::Sender<Vec<U>>,
    pub(super) seed: u64,
}

/// Streams until nobody listens any more, and ends never else.
pub(super) async fn run<D: Decode<Object: Named>, U>(plan: Plan<D, U>) {
    let Plan { client, link, address, manner, decoder, wrap, to, seed } = plan;
    let seed = seed ^ u64::try_from(chrono::Utc::now().timestamp_micros()).unwrap_or(0);
    let stream = Stream {
        down: link.subscribe(),
        machine: Machine::new(manner, seed, link.now()),
        reader: Reader::new(decoder),
        batch: Batch::new(wrap, to),
        client,
        address,
        link,
    };
    let Err(Unheard) = stream.forever().await;
}

enum Never {}

struct Stream<D: Decode, U> {
    client: kube::Client,
    address: Address,
    link: Arc<Monitored>,
    down: watch::Receiver<Option<Clean>>,
    machine: Machine,
    reader: Reader<D>,
    batch: Batch<D::Object, U>,
}

impl<D: Decode<Object: Named>, U> Stream<D, U> {
    async fn forever(mut self) -> Result<Never, Unheard> {
        loop {
            if !self.link.knows_watch_list() {
                self.machine.no_watch_list();
            }
            match self.machine.ask(self.link.now()) {
                Ask::Wait(until) => self.wait(self.link.instant(until)).await?,
                ask => self.exchange(&ask).await?,
            }
            if !self.machine.watch_list() {
                self.link.no_watch_list();
            }
            self.batch.flush().await?;
        }
    }

    async fn tell(&mut self, input: Input<D::Object>) -> Result<(), Unheard> {
        self.machine.heard(self.link.heard().1);
        self.machine.input(input, self.link.now(), &mut self.batch.said);
        self.batch.gather().await
    }

    async fn wait(&mut self, until: Instant) -> Result<(), Unheard> {
        self.batch.flush().await?;
        tokio::select! {
            () = sleep_until(until) => Ok(()),
            () = self.batch.unheard() => Err(Unheard),
            changed = self.down.changed() => {
                let down = changed.ok().and_then(|()| self.down.borrow_and_update().clone());
                self.tell(down.map_or(Input::LinkUp, Input::LinkDown)).await
            }
        }
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<(), Unheard> {
        let lasts = LASTS.0 + self.machine.jitter(LASTS.1);
        let Some(request) = build(&self.address, ask, lasts) else {
            return self.tell(Input::Lost(Clean::new("the request cannot be written"))).await;
        };
        let answer = tokio::select! {
            answer = timeout(PATIENCE, self.client.send(request)) => answer,
            why = gone(&mut self.down) => return self.tell(Input::LinkDown(why)).await,
            () = self.batch.unheard() => return Err(Unheard),
        };
        match answer {
            Err(_) => self.tell(Input::Lost(Clean::new("no answer for 15 s"))).await,
            Ok(Err(kube::Error::Auth(error))) => {
                self.tell(Input::Refused(super::machine::Refusal {
                    code: 401,
                    message: error.to_string().into(),
                    retry_after: None,
                }))
                .await
            }
            Ok(Err(error)) => self.tell(Input::Lost(why(&error))).await,
            Ok(Ok(response)) if !response.status().is_success() => {
                self.link.hear();
                let refusal = refusal(response).await;
                self.tell(Input::Refused(refusal)).await
            }
            Ok(Ok(response)) => self.receive(ask, response).await,
        }
    }

    async fn receive(&mut self, ask: &Ask, response: Response<Body>) -> Result<(), Unheard> {
        self.link.hear();
        self.reader.begin(encoding(response.headers()), matches!(ask, Ask::List { .. }));
        self.tell(Input::Opened).await?;
        self.batch.flush().await?;
        let mut body = response.into_body();
        loop {
            let patience = if self.machine.idles() { QUIET } else { PATIENCE };
            let quiet = Instant::now() + patience;
            let chunk = loop {
                let due = self.batch.due();
                tokio::select! {
                    biased;
                    why = gone(&mut self.down) => return self.tell(Input::LinkDown(why)).await,
                    chunk = body.frame() => break chunk,
                    () = sleep_until(due.unwrap_or(quiet)), if due.is_some() => self.batch.flush().await?,
                    () = sleep_until(quiet) => return self.silent().await,
                    () = self.batch.unheard() => return Err(Unheard),
                }
            };
            match chunk {
                Some(Ok(frame)) => {
                    self.link.hear();
                    let bytes = frame.into_data().unwrap_or_default();
                    if self.take(&bytes).await?.is_break() {
                        return Ok(());
                    }
                }
                Some(Err(error)) => return self.tell(Input::Lost(why(&error))).await,
                None => {
                    let last = self.reader.end();
                    return self.tell(last).await;
                }
            }
        }
    }

    /// Feeds what came to the machine; breaks off where the stream is of no more use.
    async fn take(&mut self, bytes: &Bytes) -> Result<std::ops::ControlFlow<()>, Unheard> {
        self.reader.feed(bytes);
        loop {
            match self.reader.pull() {
                Ok(Some(input)) => {
                    let over = matches!(input, Input::Error(_));
                    self.tell(input).await?;
                    if over {
                        return Ok(std::ops::ControlFlow::Break(()));
                    }
                }
                Ok(None) => return Ok(std::ops::ControlFlow::Continue(())),
                Err(error) => {
                    self.tell(Input::Lost(format!("failed to {error}").into())).await?;
                    return Ok(std::ops::ControlFlow::Break(()));
                }
            }
        }
    }

    /// A watch is opened again, in case its connection alone has died; a list that stands still is given up.
    async fn silent(&mut self) -> Result<(), Unheard> {
        let input = if self.machine.idles() { Input::Ended } else { Input::Lost(Clean::new("no answer for 15 s")) };
        self.tell(input).await
    }
}

/// Waits until the link is found to be down.
pub(crate) async fn gone(down: &mut watch::Receiver<Option<Clean>>) -> Clean {
    loop {
        if down.changed().await.is_err() {
            return std::future::pending().await;
        }
        let why = down.borrow_and_update().clone();
        if let Some(why) = why {
            return why;
        }
    }
}
