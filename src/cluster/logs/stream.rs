//! One container's log: asks what the machine wants, and passes on what came.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use http::Response;
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::{
    logs::{Block, Nanos, Rotated, SECOND, SourceId, SourceState, nanos},
    text::Clean,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{
    look::{Edge, Standstill, edge},
    machine::{Ask, Input, Machine, Moment},
    request::{Address, Wants},
    subject::Status,
};
use crate::watch::{
    answer::{refusal, why},
    link::Monitored,
    stream::gone,
};

/// A kubelet answers a follower nothing at all before the first line: silence for so long is taken for consent. It would have refused
/// by then.
const CONSENT: Duration = Duration::from_secs(3);
/// Whatever a log has comes within so long, also where the kubelet looks through a great one for where to begin.
const SILENCE: Duration = Duration::from_secs(10);
/// How long an answer that is not followed may take to begin and to go on.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a line waits for company at most.
const DELAY: Duration = Duration::from_millis(20);
/// A block is passed on at so many bytes.
const BYTES: usize = 128 << 10;
/// A log that begins so long after its container is told as one that does not go back to its start.
const SLACK: Nanos = 10 * SECOND;

/// What a stream is made from.
pub(super) struct Plan {
    pub(super) client: kube::Client,
    pub(super) link: Arc<Monitored>,
    pub(super) source: SourceId,
    pub(super) address: Address,
    pub(super) machine: Machine,
    /// How its container stands.
    pub(super) status: watch::Receiver<Status>,
    /// Streams that may be open at once.
    pub(super) permits: Arc<Semaphore>,
    /// Asks where the log begins.
    pub(super) looks_back: bool,
    /// How long a followed stream may be silent before it is asked whether its log went on.
    pub(super) quiet: Duration,
    pub(super) to: mpsc::Sender<Said>,
}

/// What a stream says.
#[derive(Debug)]
pub(super) enum Said {
    /// How it stands.
    State(SourceId, SourceState),
    /// Where it begins.
    Rotated(SourceId, Rotated),
    /// Lines.
    Blocks(Vec<Arc<Block>>),
}

/// Nobody listens any more.
struct Unheard;

/// Streams until there is nothing more to be had, or nobody listens.
pub(super) async fn run(plan: Plan) {
    let stream = Stream {
        start: Instant::now(),
        down: plan.link.subscribe(),
        told: None,
        due: None,
        silence: None,
        permit: None,
        looked: None,
        plan,
    };
    // Nobody listens: there is nobody to tell.
    let _ = stream.live().await;
}

struct Stream {
    plan: Plan,
    start: Instant,
    down: watch::Receiver<Option<Clean>>,
    told: Option<SourceState>,
    /// When lines that wait must leave.
    due: Option<Instant>,
    /// When it is clear that the log has nothing, if nothing comes.
    silence: Option<Instant>,
    permit: Option<OwnedSemaphorePermit>,
    /// When the instance began of which it was asked where its log begins.
    looked: Option<Nanos>,
}

impl Stream {
    fn now(&self) -> Moment {
        Moment { mono: self.start.elapsed(), wall: nanos(chrono::Utc::now()) }
    }

    async fn live(mut self) -> Result<(), Unheard> {
        loop {
            let now = self.now();
            match self.plan.machine.ask(now) {
                Ask::Nothing => {
                    self.flush().await?;
                    return self.tell().await;
                }
                Ask::Wait(until) => {
                    self.flush().await?;
                    self.tell().await?;
                    self.wait(until).await?;
                }
                Ask::Open(wants) => {
                    self.flush().await?;
                    self.permit().await?;
                    self.tell().await?;
                    self.exchange(wants).await?;
                    self.flush().await?;
                }
            }
        }
    }

    fn input(&mut self, input: Input) {
        let now = self.now();
        self.plan.machine.input(input, now);
    }

    /// Passes on the lines that are whole.
    async fn flush(&mut self) -> Result<(), Unheard> {
        self.due = None;
        let blocks = self.plan.machine.take();
        if blocks.is_empty() {
            return Ok(());
        }
        self.plan.to.send(Said::Blocks(blocks)).await.map_err(|_| Unheard)
    }

    /// Tells how it stands, if that is news.
    async fn tell(&mut self) -> Result<(), Unheard> {
        let state = self.plan.machine.state(self.now());
        self.say(state).await
    }

    async fn say(&mut self, state: SourceState) -> Result<(), Unheard> {
        if self.told.as_ref() == Some(&state) {
            return Ok(());
        }
        self.told = Some(state.clone());
        self.plan.to.send(Said::State(self.plan.source, state)).await.map_err(|_| Unheard)
    }

    /// Waits for a turn: only so many streams are open at once.
    async fn permit(&mut self) -> Result<(), Unheard> {
        if self.permit.is_some() {
            return Ok(());
        }
        if let Ok(permit) = self.plan.permits.clone().try_acquire_owned() {
            self.permit = Some(permit);
            return Ok(());
        }
        self.say(SourceState::Waiting("as many logs as can be followed at once are followed already".into())).await?;
        let turn = self.plan.permits.clone().acquire_owned();
        let unheard = self.plan.to.clone();
        tokio::select! {
            permit = turn => self.permit = permit.ok(),
            () = unheard.closed() => return Err(Unheard),
        }
        Ok(())
    }

    async fn wait(&mut self, until: Option<Duration>) -> Result<(), Unheard> {
        if until.is_none() {
            self.permit = None;
        }
        let until = self.start + until.unwrap_or_default();
        let timed = until > self.start;
        tokio::select! {
            () = sleep_until(until), if timed => {}
            () = self.plan.to.closed() => return Err(Unheard),
            status = changed(&mut self.plan.status) => self.input(Input::Status(status)),
            up = back(&mut self.down) => if up { self.input(Input::LinkUp) },
        }
        Ok(())
    }

    async fn exchange(&mut self, wants: Wants) -> Result<(), Unheard> {
        let Some(request) = self.plan.address.log(wants) else {
            self.input(Input::Lost("the request cannot be written".into()));
            return Ok(());
        };
        let started = self.plan.machine.started().filter(|_| self.plan.looks_back && !wants.previous);
        let looks = started.is_some() && std::mem::replace(&mut self.looked, started) != started;
        let (client, address) = (self.plan.client.clone(), self.plan.address.clone());
        let look = async { if looks { edge(&client, address.first(wants.previous)).await } else { None } };
        let (sender, mut looked) = (self.plan.client.clone(), !looks);
        let sent = sender.send(request);
        tokio::pin!(sent, look);
        self.silence = wants.follow.then(|| Instant::now() + SILENCE);
        let mut consent = Instant::now() + if wants.follow { CONSENT } else { PATIENCE };
        let answer = loop {
            tokio::select! {
                answer = &mut sent => break answer,
                begins = &mut look, if !looked => {
                    looked = true;
                    self.tell_beginning(begins).await?;
                }
                why = gone(&mut self.down) => {
                    self.input(Input::Lost(why));
                    return Ok(());
                }
                () = self.plan.to.closed() => return Err(Unheard),
                status = changed(&mut self.plan.status) => self.input(Input::Status(status)),
                () = past(self.silence) => self.silent().await?,
                () = sleep_until(consent) => {
                    if !wants.follow {
                        self.input(Input::Lost("no answer for 60 s".into()));
                        return Ok(());
                    }
                    self.input(Input::Opened);
                    self.tell().await?;
                    consent += Duration::from_hours(24);
                }
            }
        };
        if !looked {
            let begins = timeout(CONSENT, look).await.ok().flatten();
            self.tell_beginning(begins).await?;
        }
        match answer {
            Err(error) => self.input(Input::Lost(why(&error))),
            Ok(response) if !response.status().is_success() => {
                self.plan.link.hear();
                let refusal = refusal(response).await;
                self.input(Input::Refused(refusal));
            }
            Ok(response) => {
                self.plan.link.hear();
                self.input(Input::Opened);
                self.tell().await?;
                self.receive(wants, response).await?;
            }
        }
        Ok(())
    }

    async fn tell_beginning(&mut self, begins: Option<Edge>) -> Result<(), Unheard> {
        let (Some(begins), Some(started)) = (begins, self.plan.machine.started()) else { return Ok(()) };
        let late = begins.line.or(begins.now).is_some_and(|at| at > started + SLACK);
        if !late {
            return Ok(());
        }
        let rotated = Rotated { started: Some(started), first: begins.line };
        self.plan.to.send(Said::Rotated(self.plan.source, rotated)).await.map_err(|_| Unheard)
    }

    async fn receive(&mut self, wants: Wants, response: Response<Body>) -> Result<(), Unheard> {
        let mut body = response.into_body();
        let mut standstill = Standstill::new(self.plan.quiet);
        loop {
            let newest = self.plan.machine.newest();
            let due = self.due.unwrap_or_else(Instant::now);
            let quiet = Instant::now() + PATIENCE;
            let frame = tokio::select! {
                biased;
                why = gone(&mut self.down) => {
                    self.input(Input::Lost(why));
                    return Ok(());
                }
                frame = body.frame() => frame,
                () = sleep_until(due), if self.due.is_some() => {
                    self.flush().await?;
                    continue;
                }
                status = changed(&mut self.plan.status) => {
                    self.input(Input::Status(status));
                    continue;
                }
                () = past(self.silence) => {
                    self.silent().await?;
                    continue;
                }
                () = sleep_until(quiet), if !wants.follow => {
                    self.input(Input::Lost("no answer for 60 s".into()));
                    return Ok(());
                }
                still = standstill.stands_still(&self.plan.client, &self.plan.address, newest), if wants.follow => {
                    if still {
                        self.input(Input::Lost("the stream stood still while the log went on".into()));
                        return Ok(());
                    }
                    continue;
                }
                () = self.plan.to.closed() => return Err(Unheard),
            };
            match frame {
                None => {
                    self.input(Input::Ended);
                    return Ok(());
                }
                Some(Err(error)) => {
                    self.input(Input::Lost(why(&error)));
                    return Ok(());
                }
                Some(Ok(frame)) => {
                    self.plan.link.hear();
                    let Ok(bytes) = frame.into_data() else { continue };
                    standstill.beat(Instant::now());
                    if self.take(&bytes).await?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn silent(&mut self) -> Result<(), Unheard> {
        self.silence = None;
        self.input(Input::Silent);
        self.flush().await
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<ControlFlow<()>, Unheard> {
        self.silence = None;
        let now = self.now();
        if !self.plan.machine.feed(bytes, now) {
            return Ok(ControlFlow::Break(()));
        }
        let instant = Instant::now();
        let due = *self.due.get_or_insert(instant + DELAY);
        if due <= instant || self.plan.machine.held() >= BYTES {
            self.flush().await?;
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Waits until then; forever, where that is never.
async fn past(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The next status; never, where nobody tells any more.
async fn changed(status: &mut watch::Receiver<Status>) -> Status {
    if status.changed().await.is_err() {
        return std::future::pending().await;
    }
    status.borrow_and_update().clone()
}

/// Waits for news of the link: whether it is up.
async fn back(down: &mut watch::Receiver<Option<Clean>>) -> bool {
    if down.changed().await.is_err() {
        return std::future::pending().await;
    }
    down.borrow_and_update().is_none()
}
