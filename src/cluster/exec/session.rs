//! Interactive sessions.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use kube::client::Connection;
use rolldeck_core::{
    shell::{End, Input, Opening, Place, Refused, ShellWanted, Size},
    text::Clean,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    channels::{Channel, Closed, Takes, carry},
    ended,
    limits::limits,
    place,
    request::{Streams, exec},
    run::{Kept, carried},
    shells::{HANG_UP, candidates, is_missing},
};
use crate::writer::{Way, Writer};

/// Keys and sizes that wait for the link.
const KEYS: usize = 256;
/// Blocks that wait for the screen: of at most 32 KiB each, as servers send them.
const BLOCKS: usize = 64;

/// An open session. Dropping it closes it, whatever still waits.
pub struct Session {
    /// What the container may use, to be shown before its first prompt; empty where nothing is to be said.
    pub first_line: Clean,
    /// Keys, sizes, and the end: full while the container does not read.
    pub input: mpsc::Sender<Input>,
    /// What the container writes. Drain it: what is not read holds the container back, and nothing else.
    pub output: mpsc::Receiver<Bytes>,
    /// How it ended; it comes after the last output.
    pub end: oneshot::Receiver<End>,
    _held: oneshot::Sender<()>,
}

/// How long a session that was dropped may take to say goodbye to the container.
const GOODBYE: Duration = Duration::from_secs(3);

impl Writer {
    /// Opens a shell with a terminal in a container: the configured command, else the first of bash, ash and sh. Where the image
    /// has none, the session ends as [`End::NoShell`].
    ///
    /// # Errors
    /// Why nothing was opened.
    pub async fn shell(&self, place: &Place, wanted: &ShellWanted) -> Result<Session, Refused> {
        let way = self.way(Opening::Shell, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let instance = place::running(&pod, place)?;
        let name = name();
        let tries = candidates(&wanted.command, &name);
        let first = exec(place, &tries[0].1, TERMINAL);
        let (limits, connection) = futures::join!(limits(&way, place, &pod), way.open(first, place));
        let shell = Shell { way, place: place.clone(), id: instance.id, name, tries, size: Some(wanted.size) };
        let connection = connection?;
        Ok(Session::start(limits.line(), |input, output| shell.live(connection, input, output)))
    }
}

const TERMINAL: Streams = Streams { stdin: true, tty: true };

impl Session {
    /// A session that this future carries to its end.
    pub(super) fn start<F: Future<Output = End> + Send + 'static>(
        first_line: Clean,
        live: impl FnOnce(mpsc::Receiver<Input>, mpsc::Sender<Bytes>) -> F,
    ) -> Self {
        let (input, keys) = mpsc::channel(KEYS);
        let (blocks, output) = mpsc::channel(BLOCKS);
        let (tell, end) = oneshot::channel();
        let (held, dropped) = oneshot::channel();
        let life = live(keys, blocks);
        tokio::spawn(async move {
            tokio::pin!(life);
            tokio::select! {
                // Nobody waits for the end of a session that is dropped just now.
                end = &mut life => drop(tell.send(end)),
                _ = dropped => drop(timeout(GOODBYE, life).await),
            }
        });
        Self { first_line, input, output, end, _held: held }
    }
}

/// A name that no other session has.
fn name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let (now, number) = (chrono::Utc::now().timestamp_micros(), NUMBER.fetch_add(1, Ordering::Relaxed));
    format!("{now:x}-{:x}-{number:x}", std::process::id())
}

/// A shell that is looked for, and then carried.
struct Shell {
    way: Way,
    place: Place,
    id: String,
    name: String,
    tries: Vec<(String, Vec<String>)>,
    size: Option<Size>,
}

impl Shell {
    async fn live(
        mut self,
        mut connection: Connection,
        mut input: mpsc::Receiver<Input>,
        output: mpsc::Sender<Bytes>,
    ) -> End {
        let mut typed = Typed::default();
        for at in 0..self.tries.len() {
            let mut screen = Screen { output: output.clone(), shown: typed.found.clone(), held: Vec::new() };
            let closes = connection.supports_stream_close();
            let (to, mut keys) = mpsc::channel(KEYS);
            let carried = carry(connection.into_stream(), closes, &mut keys, &mut self.size, &mut screen);
            let closed = tokio::select! {
                closed = carried => closed,
                never = typed.relay(&mut input, to) => never,
            };
            if !screen.is_missing(&closed) {
                screen.show_held().await;
                if closed == Closed::Left {
                    self.hang_up().await;
                }
                return ended::why(&self.way, &self.place, &self.id, closed).await;
            }
            let Some((_, next)) = self.tries.get(at + 1) else { break };
            match self.way.open(exec(&self.place, next, TERMINAL), &self.place).await {
                Ok(opened) => connection = opened,
                Err(refused) => return End::Failed(Clean::from(refused.to_string())),
            }
        }
        End::NoShell(self.tries.into_iter().map(|(name, _)| name).collect())
    }

    /// Ends what the session began with: a stream that ends does not.
    async fn hang_up(&self) {
        let argv = ["sh", "-c", HANG_UP, "rolldeck", &self.name].map(str::to_owned);
        let request = exec(&self.place, &argv, Streams::default());
        let mut kept = Kept::new(0);
        // A link that is gone leaves the shell behind, as it would leave any.
        if let Err(refused) = carried(&self.way, &self.place, request, GOODBYE, &mut kept).await {
            tracing::info!(%refused, place = %self.place, "a session was left without a hang-up");
        }
    }
}

/// What is typed while it is not known whether the image has the program at all: it is typed again for the next one.
#[derive(Default)]
struct Typed {
    kept: Vec<Input>,
    /// A program is there that says something.
    found: Arc<AtomicBool>,
}

/// So many inputs are typed again: the first try answers within a second.
const AGAIN: usize = 1024;

impl Typed {
    /// Hands on what was typed and what comes, until it is dropped.
    async fn relay<T>(&mut self, input: &mut mpsc::Receiver<Input>, to: mpsc::Sender<Input>) -> T {
        for again in self.kept.clone() {
            // Whoever does not take it has come to an end, and that is told.
            let _ = to.send(again).await;
        }
        while let Some(next) = input.recv().await {
            if !self.found.load(Ordering::Relaxed) && self.kept.len() < AGAIN {
                self.kept.push(next.clone());
            }
            let _ = to.send(next).await;
        }
        drop(to);
        std::future::pending().await
    }
}

/// Where the output goes. Words of a runtime that does not find the program are held back: the next one may be there.
struct Screen {
    output: mpsc::Sender<Bytes>,
    shown: Arc<AtomicBool>,
    held: Vec<u8>,
}

/// A runtime's complaint is no longer.
const COMPLAINT: usize = 2048;

impl Screen {
    fn is_missing(&self, closed: &Closed) -> bool {
        match closed {
            _ if self.is_shown() => false,
            Closed::Failed(why) => is_missing(why),
            Closed::Exit(_) => is_missing(&String::from_utf8_lossy(&self.held)),
            Closed::Cut(_) | Closed::Left => false,
        }
    }

    fn is_shown(&self) -> bool {
        self.shown.load(Ordering::Relaxed)
    }

    async fn show_held(&mut self) -> bool {
        self.shown.store(true, Ordering::Relaxed);
        let held = std::mem::take(&mut self.held);
        held.is_empty() || self.output.send(held.into()).await.is_ok()
    }
}

impl Takes for Screen {
    async fn take(&mut self, _: Channel, block: Bytes) -> bool {
        if self.is_shown() {
            return self.output.send(block).await.is_ok();
        }
        self.held.extend_from_slice(&block);
        let complaint = self.held.len() <= COMPLAINT && is_missing(&String::from_utf8_lossy(&self.held));
        complaint || self.show_held().await
    }
}
