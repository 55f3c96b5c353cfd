//! Whether a silent cluster is idle or gone: one probe for all streams of a connection.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, header};
use rolldeck_core::{Time, text::Clean};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{answer::why, machine::Moment, request::get};

/// What all streams of one connection know together.
#[derive(Debug)]
pub(crate) struct Link {
    start: Instant,
    heard: Mutex<(Instant, Time)>,
    no_watch_list: AtomicBool,
    /// Why the cluster does not answer; `None` while it does.
    down: watch::Sender<Option<Clean>>,
}

impl Link {
    pub(crate) fn new() -> Self {
        let start = Instant::now();
        Self {
            start,
            heard: Mutex::new((start, chrono::Utc::now())),
            no_watch_list: AtomicBool::new(false),
            down: watch::Sender::new(None),
        }
    }

    pub(super) fn now(&self) -> Moment {
        Moment { mono: self.start.elapsed(), wall: chrono::Utc::now() }
    }

    pub(super) fn instant(&self, mono: Duration) -> Instant {
        self.start + mono
    }

    /// The cluster said something, whatever it was.
    pub(crate) fn hear(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = (Instant::now(), chrono::Utc::now());
    }

    /// When the cluster was last heard.
    pub(crate) fn heard(&self) -> (Instant, Time) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn knows_watch_list(&self) -> bool {
        !self.no_watch_list.load(Ordering::Relaxed)
    }

    pub(super) fn no_watch_list(&self) {
        self.no_watch_list.store(true, Ordering::Relaxed);
    }

    /// Tells of the cluster's going and coming back, and at once where it is gone already.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Clean>> {
        let mut down = self.down.subscribe();
        down.mark_changed();
        down
    }

    fn set(&self, down: Option<Clean>) {
        self.down.send_if_modified(|now| {
            let changes = now.is_some() != down.is_some();
            if changes {
                *now = down;
            }
            changes
        });
    }
}

/// A link with its monitor, which ends with the last stream that holds it.
pub(crate) struct Monitored {
    link: Arc<Link>,
    _monitor: JoinSet<()>,
}

impl Deref for Monitored {
    type Target = Link;

    fn deref(&self) -> &Link {
        &self.link
    }
}

/// Where the streams of one connection find the link that they share.
#[derive(Clone, Default)]
pub(crate) struct Pulse(Arc<Mutex<Weak<Monitored>>>);

impl Pulse {
    /// The link that is monitored already, else a new one at that pace.
    pub(crate) fn link(&self, client: &kube::Client, pace: Pace) -> Arc<Monitored> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.upgrade().unwrap_or_else(|| {
            let link = Arc::new(Link::new());
            let mut tasks = JoinSet::new();
            tasks.spawn(monitor(client.clone(), link.clone(), pace));
            let new = Arc::new(Monitored { link, _monitor: tasks });
            *known = Arc::downgrade(&new);
            new
        })
    }
}

/// How the monitor goes about it. The defaults show a dead link after 8 + 2 × 4 = 16 s, and cost a silent cluster one small
/// request each 8 s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Silence after which it asks.
    pub(crate) silence: Duration,
    /// How long it waits for an answer.
    pub(crate) patience: Duration,
    /// Between two questions to a cluster that is gone.
    pub(crate) again: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { silence: Duration::from_secs(8), patience: Duration::from_secs(4), again: Duration::from_secs(2) }
    }
}

/// Asks after each silence whether the cluster is there. The first question may have gone out on a pooled connection that died
/// alone, so only a second one that fails counts.
async fn monitor(client: kube::Client, link: Arc<Link>, pace: Pace) {
    loop {
        let silent_at = link.heard().0 + pace.silence;
        if Instant::now() < silent_at {
            sleep_until(silent_at).await;
            continue;
        }
        let mut failed = None;
        for _ in 0..2 {
            failed = probe(&client, pace.patience).await.err();
            if failed.is_none() {
                break;
            }
        }
        if failed.is_none() || link.heard().0 > silent_at {
            link.hear();
            link.set(None);
        } else {
            link.set(failed);
            sleep(pace.again).await;
        }
    }
}

/// Any answer will do, a refusal too. The connection is not used again, so that the next question needs a new one.
async fn probe(client: &kube::Client, patience: Duration) -> Result<(), Clean> {
    let Some(mut request) = get("/livez", "*/*", false) else { return Ok(()) };
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    match timeout(patience, client.send(request)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(why(&error)),
        Err(_) => Err(Clean::new("no answer")),
    }
}
