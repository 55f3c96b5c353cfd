//! Files that are followed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use rolldeck_core::{
    shell::{End, From, Input, Opening, Place, Refused},
    text::Clean,
};
use tokio::sync::{mpsc, oneshot};

use super::{
    FOLLOW,
    frames::{Frame, Frames, Garbled},
    script, tail,
};
use crate::{
    exec::{
        channels::{Channel, Closed, Takes, carry},
        ended, place, request,
        shells::is_missing,
    },
    writer::{Way, Writer},
};

/// Blocks that wait for whoever reads: of at most 256 KiB.
const BLOCKS: usize = 16;
/// How long to wait before a link that broke is tried again: doubled up to the second.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));
/// The script's own sign that a file became shorter while it was read.
const SHRUNK: i32 = 75;

/// What becomes of the files that are followed. `file` is the number of the path, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowEvent {
    /// It is there, and read from this byte on: for the first time, or because it is a new file of that name.
    Began {
        /// Which.
        file: usize,
        /// From which byte on.
        offset: u64,
        /// Its number on its filesystem, where the image can tell it.
        inode: Option<Arc<str>>,
    },
    /// What was written.
    Bytes {
        /// Which.
        file: usize,
        /// Where in the file they begin; not known where the image's `tail` reads.
        offset: Option<u64>,
        /// The bytes.
        bytes: Bytes,
    },
    /// It became shorter: what was written between the last look and that is missing, and it is read from its start.
    Truncated {
        /// Which.
        file: usize,
    },
    /// Another file has its name now. `whole`: the old one was read to its end under its new name.
    Rotated {
        /// Which.
        file: usize,
        /// Nothing is missing.
        whole: bool,
    },
    /// It is not there; it is waited for.
    Missing {
        /// Which.
        file: usize,
    },
    /// The link broke, and is tried again: reading goes on where it was, so that nothing is missing.
    Interrupted(Clean),
    /// It goes on after a broken link.
    Resumed,
    /// It is over, and why.
    Ended(End),
}

/// Files that are followed. Dropping it ends the command in the container.
pub struct Follow {
    /// What becomes of them, in order.
    pub events: mpsc::Receiver<FollowEvent>,
    _held: oneshot::Sender<()>,
}

impl Writer {
    /// Follows files of one container by one command in it: bytes are told by file and offset, rotation and truncation are told,
    /// and after a broken link it goes on with the next byte. Needs a shell and dd, or tail and head.
    ///
    /// # Errors
    /// Why it was not begun.
    pub async fn follow_files(&self, place: &Place, paths: &[String], from: From) -> Result<Follow, Refused> {
        let way = self.way(Opening::Files, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let instance = place::running(&pod, place)?;
        let (events, out) = mpsc::channel(BLOCKS);
        let (held, dropped) = oneshot::channel::<()>();
        let known = paths.iter().map(|path| (path.clone(), None)).collect();
        let follower = Follower { way, place: place.clone(), id: instance.id, from, known, events };
        tokio::spawn(async move {
            tokio::select! {
                () = follower.live() => {}
                _ = dropped => {}
            }
        });
        Ok(Follow { events: out, _held: held })
    }
}

struct Follower {
    way: Way,
    place: Place,
    id: String,
    from: From,
    /// By file: its path, and its inode and how far it was read.
    known: Vec<(String, Option<(String, u64)>)>,
    events: mpsc::Sender<FollowEvent>,
}

impl Follower {
    async fn live(mut self) {
        let mut pause = AGAIN.0;
        loop {
            let before = self.read_so_far();
            let why = match self.once().await {
                Ok(Closed::Left) => return,
                Ok(Closed::Exit(SHRUNK)) => continue,
                Ok(Closed::Cut(why)) => why,
                Ok(closed) if self.is_beyond(&closed) => {
                    let end = tail::all(&self.way, &self.place, &self.id, self.paths(), self.from, &self.events).await;
                    return self.end(end).await;
                }
                Ok(closed) => return self.end(ended::why(&self.way, &self.place, &self.id, closed).await).await,
                Err(Refused::Unreached(_, why)) => why.to_string(),
                Err(Refused::Gone(_) | Refused::Replaced(_)) => return self.end(End::PodGone).await,
                Err(refused) => return self.end(End::Failed(refused.to_string().into())).await,
            };
            pause = if self.read_so_far() == before { (pause * 2).min(AGAIN.1) } else { AGAIN.0 };
            if self.events.send(FollowEvent::Interrupted(why.into())).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
            // A container that ended meanwhile has no such file any more, or another one.
            if let Ok(pod) = place::pod(&self.way, &self.place).await
                && place::running(&pod, &self.place).map_or(true, |now| now.id != self.id)
            {
                let end = ended::why(&self.way, &self.place, &self.id, Closed::Cut("it does not run".into())).await;
                return self.end(end).await;
            }
        }
    }

    fn read_so_far(&self) -> BTreeMap<usize, u64> {
        let read = self.known.iter().enumerate();
        read.filter_map(|(file, (_, known))| Some((file, known.as_ref()?.1))).collect()
    }

    async fn end(&self, end: End) {
        // Nobody listens any more where this fails.
        let _ = self.events.send(FollowEvent::Ended(end)).await;
    }

    /// Whether the image's shell, or the lack of one, is why nothing was read: a shell ends with 2 where it does not understand.
    fn is_beyond(&self, closed: &Closed) -> bool {
        self.read_so_far().is_empty()
            && match closed {
                Closed::Failed(why) => is_missing(why),
                Closed::Exit(code) => [2, 126, 127].contains(code),
                Closed::Cut(_) | Closed::Left => false,
            }
    }

    fn paths(&self) -> Vec<String> {
        self.known.iter().map(|(path, _)| path.clone()).collect()
    }

    /// One command, from where the one before it stopped.
    async fn once(&mut self) -> Result<Closed, Refused> {
        let began = self.known.iter().any(|(_, known)| known.is_some());
        let from = match self.from {
            // What was missing until now is new.
            _ if began => "0-".to_owned(),
            From::Start => "0-".to_owned(),
            From::Bytes(count) => count.to_string(),
            From::Lines(count) => format!("L{count}"),
        };
        let of = |(path, known): &(String, Option<(String, u64)>)| match known {
            Some((inode, offset)) => [path.clone(), inode.clone(), offset.to_string()],
            None => [path.clone(), "-".to_owned(), "-".to_owned()],
        };
        let arguments = std::iter::once(from).chain(self.known.iter().flat_map(of));
        let request = request::read_files(&self.place, &script(FOLLOW, arguments), true);
        let connection = self.way.open(request, &self.place).await?;
        if began && self.events.send(FollowEvent::Resumed).await.is_err() {
            return Ok(Closed::Left);
        }
        let closes = connection.supports_stream_close();
        let (hold, mut input) = mpsc::channel::<Input>(1);
        let mut reading =
            Reading { frames: Frames::new(), known: &mut self.known, events: &self.events, garbled: None };
        let closed = carry(connection.into_stream(), closes, &mut input, &mut None, &mut reading).await;
        let garbled = reading.garbled.take();
        drop(hold);
        Ok(match garbled {
            Some(Garbled(said)) => Closed::Failed(format!("the image's programs do not follow files: {said}")),
            None => closed,
        })
    }
}

struct Reading<'a> {
    frames: Frames,
    known: &'a mut Vec<(String, Option<(String, u64)>)>,
    events: &'a mpsc::Sender<FollowEvent>,
    garbled: Option<Garbled>,
}

impl Takes for Reading<'_> {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        if channel == Channel::Err {
            // tail and dd say there what the frames say better.
            return true;
        }
        self.frames.push(&block);
        loop {
            let frame = match self.frames.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => return true,
                Err(garbled) => {
                    self.garbled = Some(garbled);
                    return false;
                }
            };
            let Some(event) = self.learn(frame) else { continue };
            if self.events.send(event).await.is_err() {
                return false;
            }
        }
    }
}

impl Reading<'_> {
    fn learn(&mut self, frame: Frame) -> Option<FollowEvent> {
        Some(match frame {
            Frame::Begins { file, inode, offset } => {
                let told = (inode != "-").then(|| inode.as_str().into());
                self.known.get_mut(file)?.1 = Some((inode, offset));
                FollowEvent::Began { file, offset, inode: told }
            }
            Frame::Data { file, offset, bytes } => {
                if let Some((_, read)) = &mut self.known.get_mut(file)?.1 {
                    *read = offset + bytes.len() as u64;
                }
                FollowEvent::Bytes { file, offset: Some(offset), bytes }
            }
            Frame::Truncated(file) => {
                if let Some((_, read)) = &mut self.known.get_mut(file)?.1 {
                    *read = 0;
                }
                FollowEvent::Truncated { file }
            }
            Frame::Rotated(file, whole) => FollowEvent::Rotated { file, whole },
            Frame::Missing(file) => FollowEvent::Missing { file },
        })
    }
}
