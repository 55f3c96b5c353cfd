//! Files of one container that one command follows.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use rolldeck_core::{
    logs::{Block, Decoder, Ended, Framing, Gap, Nanos, Source, SourceId, SourceState, Why, nanos},
    shell::{End, Refused},
    text::Clean,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Duration, Instant, sleep_until},
};

use super::{
    begin::Begun,
    left::{Judge, Left, Marks, Verdict},
    names::is_past,
    reach::Events,
};
use crate::{exec::FollowEvent, logs::since::Gate};

/// How long a line waits for company at most.
const DELAY: Duration = Duration::from_millis(20);
/// A block is passed on at so many bytes.
const BYTES: usize = 128 << 10;

/// What one container's files say.
pub(super) enum Said {
    /// A source that is to have a number.
    Join(Source, oneshot::Sender<Option<SourceId>>),
    /// Lines.
    Blocks(Vec<Arc<Block>>),
    /// How a source stands.
    State(SourceId, SourceState),
    /// What nobody would guess.
    Note(Clean),
    /// The pod of these is gone: those that have not ended, end.
    Gone(Vec<SourceId>),
}

/// Files that were ever rotated or truncated while they were followed.
#[derive(Clone, Default)]
pub(super) struct Turned(Arc<Mutex<BTreeSet<String>>>);

impl Turned {
    fn note(&self, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }

    /// Whether by its name a file is what one of them was before.
    pub(super) fn has_past(&self, path: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|now| is_past(path, now))
    }
}

/// How a set of files ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Nobody listens.
    Unheard,
    /// The container ended. It may run again, with these files or with others of their names.
    Container(Vec<Left>),
    /// For good.
    Done,
}

/// The files.
pub(super) struct Set {
    files: Vec<File>,
    turned: Turned,
    to: mpsc::Sender<Said>,
    due: Option<Instant>,
}

struct File {
    path: String,
    id: SourceId,
    decoder: Decoder,
    gate: Gate,
    state: SourceState,
    marks: Marks,
    /// It was read before its container ended, and it is not known yet whether it is the same one.
    judge: Option<Judge>,
    /// It is what another one of these was before a rotation: its next rotation brings nothing new.
    past: bool,
    over: bool,
}

pub(super) fn now() -> Nanos {
    nanos(chrono::Utc::now())
}

impl Set {
    /// Of these, which were told as sources that are being opened.
    pub(super) fn new(files: Vec<(String, SourceId)>, turned: Turned, to: mpsc::Sender<Said>) -> Self {
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let file = |(path, id): (String, SourceId)| File {
            past: paths.iter().any(|other| is_past(&path, other)),
            path,
            id,
            decoder: Decoder::new(id, Framing::Plain),
            gate: Gate::Open,
            state: SourceState::Connecting,
            marks: Marks::default(),
            judge: None,
            over: false,
        };
        Self { files: files.into_iter().map(file).collect(), turned, to, due: None }
    }

    /// The same of files that are read again after their container ended, in the same order.
    #[must_use]
    pub(super) fn restarted(mut self, judges: Vec<Judge>) -> Self {
        self.files.iter_mut().zip(judges).for_each(|(file, judge)| file.judge = Some(judge));
        self
    }

    /// Follows them until they end or nobody listens.
    pub(super) async fn follow<E: Events>(mut self, begun: Result<Begun<E>, Refused>) -> Over {
        let Begun { mut events, held, gates, .. } = match begun {
            Ok(begun) => begun,
            Err(refused) => {
                // Nobody listens any more where this fails.
                let _ = self.all(refusal(refused)).await;
                return Over::Done;
            }
        };
        self.files.iter_mut().zip(gates).for_each(|(file, gate)| file.gate = gate);
        for event in held {
            if let Some(over) = self.hear(event).await {
                return over;
            }
        }
        let to = self.to.clone();
        loop {
            let due = self.due.unwrap_or_else(Instant::now);
            let over = tokio::select! {
                biased;
                event = events.next() => match event {
                    Some(event) => self.hear(event).await,
                    None => Some(Over::Done),
                },
                () = sleep_until(due), if self.due.is_some() => self.flush().await.map_or(Some(Over::Unheard), |()| None),
                () = to.closed() => Some(Over::Unheard),
            };
            if let Some(over) = over {
                return over;
            }
        }
    }

    async fn hear(&mut self, event: FollowEvent) -> Option<Over> {
        let end = match &event {
            FollowEvent::Ended(end) => Some(end.clone()),
            _ => None,
        };
        if self.take(event).await.is_none() {
            return Some(Over::Unheard);
        }
        Some(match end? {
            End::Container { .. } => Over::Container(self.files.drain(..).map(File::left).collect()),
            _ => Over::Done,
        })
    }

    /// Takes what became of the files. `None`: nobody listens.
    async fn take(&mut self, event: FollowEvent) -> Option<()> {
        let at = now();
        match event {
            FollowEvent::Bytes { file, offset, bytes } => self.bytes(file, offset, &bytes).await?,
            FollowEvent::Began { file, offset, inode } => {
                if let Some(file) = self.files.get_mut(file) {
                    if let Some(verdict) = file.judge.as_ref().and_then(|judge| judge.began(inode.as_ref())) {
                        file.judged(verdict, at);
                        self.due.get_or_insert_with(Instant::now);
                    }
                    file.marks.began(offset, inode);
                }
                self.state(file, SourceState::Live).await?;
            }
            FollowEvent::Truncated { file } => self.turn(file, Why::Truncated, None, at).await?,
            FollowEvent::Rotated { file, whole } => self.turn(file, Why::Rotated, whole.then_some(0), at).await?,
            FollowEvent::Missing { file } => {
                self.flush().await?;
                self.state(file, SourceState::Waiting("there is no such file".into())).await?;
            }
            FollowEvent::Interrupted(why) => {
                self.flush().await?;
                for file in 0..self.files.len() {
                    let since = match &self.files[file].state {
                        SourceState::Reconnecting(since, _) => *since,
                        SourceState::Waiting(_) => continue,
                        _ => at,
                    };
                    self.state(file, SourceState::Reconnecting(since, why.clone())).await?;
                }
            }
            FollowEvent::Resumed => {
                for file in 0..self.files.len() {
                    if matches!(self.files[file].state, SourceState::Reconnecting(..)) {
                        self.state(file, SourceState::Live).await?;
                    }
                }
            }
            FollowEvent::Ended(end) => {
                for file in self.files.iter_mut().filter(|file| !file.over) {
                    file.judged(Verdict::New, at);
                    let rest = file.gate.end();
                    file.decoder.feed(&rest, at);
                    file.decoder.finish(at);
                }
                self.flush().await?;
                self.all(SourceState::Ended(at, ended(end))).await?;
            }
        }
        Some(())
    }

    async fn bytes(&mut self, file: usize, offset: Option<u64>, bytes: &[u8]) -> Option<()> {
        let Some(file) = self.files.get_mut(file).filter(|file| !file.over) else { return Some(()) };
        file.take(offset, bytes);
        let full = file.decoder.held() >= BYTES;
        let due = *self.due.get_or_insert_with(|| Instant::now() + DELAY);
        if full || due <= Instant::now() { self.flush().await } else { Some(()) }
    }

    /// The file became another one, or shorter.
    async fn turn(&mut self, file: usize, why: Why, count: Option<u64>, at: Nanos) -> Option<()> {
        let Some(one) = self.files.get_mut(file).filter(|file| !file.over) else { return Some(()) };
        self.turned.note(&one.path);
        one.judged(Verdict::New, at);
        if why == Why::Truncated {
            one.marks.truncated();
        }
        one.decoder.finish(at);
        one.gate = Gate::Open;
        if one.past {
            one.over = true;
            self.flush().await?;
            return self.state(file, SourceState::Ended(at, Ended::Complete)).await;
        }
        let from = one.decoder.last().unwrap_or(at).min(at);
        one.decoder.gap(Gap { from, to: at, count, why });
        self.due.get_or_insert_with(Instant::now);
        Some(())
    }

    async fn flush(&mut self) -> Option<()> {
        self.due = None;
        for file in &mut self.files {
            let blocks = file.decoder.take();
            if !blocks.is_empty() {
                self.to.send(Said::Blocks(blocks)).await.ok()?;
            }
        }
        Some(())
    }

    /// Tells how a file stands, where that is news.
    async fn state(&mut self, file: usize, state: SourceState) -> Option<()> {
        let Some(file) = self.files.get_mut(file) else { return Some(()) };
        let ended = matches!(file.state, SourceState::Ended(..));
        if ended || std::mem::replace(&mut file.state, state.clone()) == state {
            return Some(());
        }
        self.to.send(Said::State(file.id, state)).await.ok()
    }

    async fn all(&mut self, state: SourceState) -> Option<()> {
        for file in 0..self.files.len() {
            self.state(file, state.clone()).await?;
        }
        Some(())
    }
}

impl File {
    fn take(&mut self, offset: Option<u64>, bytes: &[u8]) {
        let at = now();
        self.marks.bytes(offset, bytes);
        if let Some(judge) = &mut self.judge {
            let verdict = judge.bytes(bytes);
            if let Some(verdict) = verdict {
                self.judged(verdict, at);
            }
        } else if self.gate.is_open() {
            self.decoder.feed(bytes, at);
        } else {
            self.decoder.feed(&self.gate.pass(offset, bytes), at);
        }
    }

    /// It is known whether it is the file that was read before its container ended: a mark says that it was started anew, and what was
    /// held passes, if it is new.
    fn judged(&mut self, verdict: Verdict, at: Nanos) {
        let Some(judge) = self.judge.take() else { return };
        // What was written to a file that is gone with its container, and was not read, is missing; how much is not known.
        let count = match verdict {
            Verdict::Same(_) => Some(0),
            Verdict::New => None,
        };
        self.gate = match verdict {
            Verdict::Same(read) => Gate::After(read),
            Verdict::New => Gate::Open,
        };
        let from = judge.last.unwrap_or(at).min(at);
        self.decoder.gap(Gap { from, to: at, count, why: Why::Restarted });
        let held = self.gate.pass(Some(0), &judge.held());
        self.decoder.feed(&held, at);
    }

    fn left(self) -> Left {
        Left { path: self.path, last: self.decoder.last(), marks: self.marks }
    }
}

fn ended(end: End) -> Ended {
    match end {
        End::PodGone => Ended::PodGone,
        End::Container { code, .. } => Ended::Exited(code),
        End::Closed => Ended::Stopped,
        other => Ended::Refused(other.words()),
    }
}

/// How sources stand whose files are not followed.
pub(super) fn refusal(refused: Refused) -> SourceState {
    match refused {
        Refused::Forbidden(what) => SourceState::Forbidden(what),
        Refused::ReadOnly(..) => {
            let why =
                "read-only: following a file runs a command in its container; logs.files-when-read-only allows it";
            SourceState::Ended(now(), Ended::Refused(why.into()))
        }
        Refused::Gone(_) | Refused::Replaced(_) => SourceState::Ended(now(), Ended::PodGone),
        other => SourceState::Ended(now(), Ended::Refused(other.to_string().into())),
    }
}
