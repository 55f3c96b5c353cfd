//! The files of one container: those that were picked, and those that match and come later.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    act::PodId,
    logs::{Begin, Ended, Kind, Nanos, PickedFile, Source, SourceId, SourceState},
    shell::{FileEntry, FilePattern, From, Listing, Place, Refused},
    text::Clean,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Duration, Instant, sleep, sleep_until, timeout},
};

use super::{
    begin::{Begun, begin},
    left::{Judge, Left},
    looks::Looker,
    names::{is_packed, is_past},
    reach::Reach,
    run::number,
    set::{Over, Said, Set, Turned, now, refusal},
};
use crate::logs::{since::Gate, subject::Status};

/// Files of one container that are followed at most: each is looked at five times a second.
const MOST: usize = 100;
/// Commands that follow files of one container at once: files that come later have one of their own.
const SETS: usize = 16;
/// How long commands in a pod that is gone may take to say how they ended.
const GRACE: Duration = Duration::from_secs(3);

/// Follows the files of one container.
pub(super) struct Container<R> {
    reach: R,
    pub(super) place: Place,
    pub(super) base: Source,
    pub(super) paths: Vec<String>,
    /// Some of what was picked stands for files that may come: as it was written, and what it means.
    pub(super) patterns: Vec<(String, FilePattern)>,
    /// The sources of files that are known.
    pub(super) ids: BTreeMap<String, SourceId>,
    /// The sources that stand for patterns that nothing matches yet.
    pub(super) awaited: BTreeMap<String, SourceId>,
    /// Files that were passed over.
    passed: BTreeSet<String>,
    /// Files that may be the past of others: they are believed to be their own when they are seen again.
    doubtful: BTreeSet<String>,
    /// Files whose container ended.
    ended: Vec<Left>,
    /// Since when it is not reached.
    lost: Option<Nanos>,
    turned: Turned,
    sets: JoinSet<Over>,
    looker: Looker,
    pub(super) status: watch::Receiver<Status>,
    pub(super) to: mpsc::Sender<Said>,
}

/// What came of the first look at a container.
enum Opened {
    /// Its files are followed.
    Followed,
    /// It cannot be looked into yet.
    Later,
}

impl<R: Reach> Container<R> {
    /// Of these paths and patterns in the container that `base` is.
    pub(super) fn new(
        reach: R,
        base: Source,
        picked: &BTreeSet<Arc<str>>,
        (looker, status): (Looker, watch::Receiver<Status>),
        to: mpsc::Sender<Said>,
    ) -> Self {
        let (patterns, paths): (Vec<&Arc<str>>, Vec<&Arc<str>>) =
            picked.iter().partition(|path| PickedFile::means_many(path));
        let id = PodId { namespace: base.namespace.clone(), name: base.pod.clone(), uid: base.uid.clone() };
        let pattern = |path: &Arc<str>| Some((path.to_string(), FilePattern::new(path)?));
        Self {
            reach,
            place: Place { pod: id, container: base.container.clone() },
            base,
            paths: paths.into_iter().map(|path| path.to_string()).collect(),
            patterns: patterns.into_iter().filter_map(pattern).collect(),
            ids: BTreeMap::new(),
            awaited: BTreeMap::new(),
            passed: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            ended: Vec::new(),
            lost: None,
            turned: Turned::default(),
            sets: JoinSet::new(),
            looker,
            status,
            to,
        }
    }

    /// Follows them until nobody listens, or nothing more can come: as soon as the container runs, and whenever it runs again.
    pub(super) async fn live(mut self, mut from: Begin) {
        loop {
            match self.starts().await {
                None => return,
                // All that is written by a container that starts now is new.
                Some(true) => from = Begin::Head,
                Some(false) => {}
            }
            match self.open(from).await {
                None => return,
                Some(Opened::Followed) => break,
                Some(Opened::Later) => {
                    tokio::select! {
                        Ok(()) = self.status.changed() => {}
                        () = sleep(self.looker.pause()) => {}
                    }
                }
            }
        }
        let mut next = Instant::now() + self.looker.pause();
        let to = self.to.clone();
        loop {
            let looks = !self.patterns.is_empty() || !self.ended.is_empty();
            if !looks && self.sets.is_empty() {
                return;
            }
            tokio::select! {
                Some(over) = self.sets.join_next() => match over {
                    Ok(Over::Container(files)) => {
                        self.ended.extend(files);
                        // It may run again already.
                        next = Instant::now();
                    }
                    Ok(Over::Done) => {}
                    Ok(Over::Unheard) | Err(_) => return,
                },
                Ok(()) = self.status.changed() => {
                    let status = self.status.borrow_and_update().clone();
                    match self.stands(status).await {
                        None => return,
                        Some(true) => next = Instant::now(),
                        Some(false) => {}
                    }
                }
                () = sleep_until(next), if looks => {
                    if self.look_again().await.is_none() {
                        return;
                    }
                    next = Instant::now() + self.looker.pause();
                }
                () = to.closed() => return,
            }
        }
    }

    /// The container stands so now. Whether it is time to look for its files; `None`: it is over.
    async fn stands(&mut self, status: Status) -> Option<bool> {
        match status {
            Status::There(instance) => match instance.ended {
                None => Some(true),
                Some((at, code)) => {
                    let state = SourceState::Ended(at.unwrap_or_else(now), Ended::Exited(code));
                    self.tell_awaited(&state).await?;
                    Some(false)
                }
            },
            Status::NotStarted(_) => Some(false),
            Status::Gone => {
                // Those that follow files in it say what they read to the last, and how it ended.
                let rest = async { while self.sets.join_next().await.is_some() {} };
                let _ = timeout(GRACE, rest).await;
                self.sets.shutdown().await;
                let all = self.ids.values().chain(self.awaited.values()).copied().collect();
                self.to.send(Said::Gone(all)).await.ok()?;
                None
            }
        }
    }

    /// Begins with what is there. `None`: there is no more to be done.
    async fn open(&mut self, from: Begin) -> Option<Opened> {
        let timed = matches!(from, Begin::Ago(_) | Begin::At(_));
        let mut paths = self.paths.clone();
        let mut entries = BTreeMap::new();
        if !self.patterns.is_empty() || timed {
            let named = self.paths.iter().filter_map(|path| FilePattern::new(path));
            let patterns: Vec<FilePattern> = self.patterns().chain(named).collect();
            match self.list(&patterns).await {
                Ok(listing) => {
                    let (found, notes) = self.choose(listing.files);
                    for note in notes {
                        self.to.send(Said::Note(note)).await.ok()?;
                    }
                    paths
                        .extend(found.iter().map(|entry| entry.path.clone()).filter(|path| !self.paths.contains(path)));
                    self.await_others(&paths).await?;
                    entries = found.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
                }
                // What it is that cannot be listed is told as a source.
                Err(refused) if !self.patterns.is_empty() => return self.not_opened(refused).await,
                Err(_) => {}
            }
        }
        let files = self.join(paths).await?;
        if files.is_empty() {
            return Some(Opened::Followed);
        }
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let known: Vec<Option<FileEntry>> = paths.iter().map(|path| entries.remove(path)).collect();
        let begun = begin(&self.reach, &self.place, (&paths, &known), (from, now())).await;
        let (early, untimed) = match &begun {
            Ok(begun) => (None, begun.untimed),
            Err(refused) => (Some(refused.clone()).filter(is_early), 0),
        };
        if let Some(refused) = early {
            return self.not_opened(refused).await;
        }
        if untimed > 0 {
            let files = if untimed == 1 { "1 file".to_owned() } else { format!("{untimed} files") };
            let note = format!(
                "{files} of {} tell no time in their lines: written since then, they are shown from farther back",
                self.place
            );
            self.to.send(Said::Note(note.into())).await.ok()?;
        }
        self.follow(files, begun);
        Some(Opened::Followed)
    }

    /// It cannot be looked into: everything that was picked says why. `None`: it never can.
    async fn not_opened(&mut self, refused: Refused) -> Option<Opened> {
        let early = is_early(&refused);
        let state = match refused {
            Refused::NotRunning(_, why) => SourceState::Waiting(why),
            Refused::Unreached(_, why) => SourceState::Reconnecting(*self.lost.get_or_insert_with(now), why),
            Refused::Other(_, why) if early => SourceState::Waiting(why),
            refused => refusal(refused),
        };
        self.tell_all(&state).await?;
        early.then_some(Opened::Later)
    }

    fn patterns(&self) -> impl Iterator<Item = FilePattern> {
        self.patterns.iter().map(|(_, pattern)| pattern.clone())
    }

    /// Looks which files there are now.
    async fn look_again(&mut self) -> Option<()> {
        let named = self.ended.iter().filter_map(|left| FilePattern::new(&left.path));
        let patterns: Vec<FilePattern> = self.patterns().chain(named).collect();
        let listing = match self.list(&patterns).await {
            Ok(listing) => listing,
            Err(Refused::Gone(_) | Refused::Replaced(_) | Refused::NoContainer(_)) => {
                return self.stands(Status::Gone).await.map(|_| ());
            }
            // It is not reached, or does not run: it may later.
            Err(_) => return Some(()),
        };
        self.again(&listing).await?;
        if self.patterns.is_empty() { Some(()) } else { self.news(listing).await }
    }

    /// Goes on with files whose container has ended, and runs again.
    async fn again(&mut self, listing: &Listing) -> Option<()> {
        let ended = std::mem::take(&mut self.ended);
        let files: Vec<(String, SourceId)> =
            ended.iter().filter_map(|left| Some((left.path.clone(), *self.ids.get(&left.path)?))).collect();
        if files.is_empty() {
            return Some(());
        }
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        match self.reach.follow(&self.place, &paths, From::Start).await {
            Ok(events) => {
                let size = |path: &str| listing.files.iter().find(|entry| entry.path == path)?.size;
                let judge = |left: Left| {
                    let size = size(&left.path);
                    Judge::new(left, size)
                };
                let judges = ended.into_iter().map(judge).collect();
                let set = Set::new(files, self.turned.clone(), self.to.clone()).restarted(judges);
                let gates = vec![Gate::Open; paths.len()];
                self.sets.spawn(set.follow(Ok(Begun { events, held: Vec::new(), gates, untimed: 0 })));
            }
            Err(_) => self.ended = ended,
        }
        Some(())
    }

    /// Takes in the files that were not there before.
    async fn news(&mut self, listing: Listing) -> Option<()> {
        let mut new = Vec::new();
        for FileEntry { path, .. } in listing.files {
            if self.ids.contains_key(&path) || self.passed.contains(&path) || is_packed(&path) {
                continue;
            }
            if self.turned.has_past(&path) {
                // It was read to its end under the name that it had.
                self.passed.insert(path);
            } else if self.ids.keys().any(|now| is_past(&path, now)) && self.doubtful.insert(path.clone()) {
                // It may have been renamed a moment ago, and whoever follows it has not said so yet.
            } else {
                new.push(path);
            }
        }
        if new.is_empty() {
            return self.await_others(&[]).await;
        }
        self.await_others(&new).await?;
        let full = self.sets.len() >= SETS || self.ids.len() + new.len() > MOST;
        let files = self.join(new).await?;
        if full {
            let why =
                "as many files of this container as can be followed are followed already: pick it alone to read it";
            for (_, id) in files {
                self.to.send(Said::State(id, SourceState::Waiting(why.into()))).await.ok()?;
            }
            return Some(());
        }
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let known = vec![None; paths.len()];
        let begun = begin(&self.reach, &self.place, (&paths, &known), (Begin::Head, now())).await;
        self.follow(files, begun);
        Some(())
    }

    fn follow(&mut self, files: Vec<(String, SourceId)>, begun: Result<Begun<R::Events>, Refused>) {
        let set = Set::new(files, self.turned.clone(), self.to.clone());
        self.sets.spawn(set.follow(begun));
    }

    async fn list(&self, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        let _turn = self.looker.turn().await;
        self.reach.list(&self.place, patterns).await
    }

    /// The files that are followed of those that match, and what is to be said of the others.
    fn choose(&mut self, mut found: Vec<FileEntry>) -> (Vec<FileEntry>, Vec<Clean>) {
        let mut notes = Vec::new();
        let (packed, plain): (Vec<FileEntry>, Vec<FileEntry>) =
            found.drain(..).partition(|entry| is_packed(&entry.path) && !self.paths.contains(&entry.path));
        let at = &self.place;
        if !packed.is_empty() {
            notes.push(format!("{} packed files of {at} are not read: download them", packed.len()).into());
            self.passed.extend(packed.into_iter().map(|entry| entry.path));
        }
        let mut plain = plain;
        if plain.len() > MOST {
            plain.sort_by_key(|entry| std::cmp::Reverse(entry.modified));
            notes.push(format!("{} files of {at} match: the {MOST} newest are followed", plain.len()).into());
            self.passed.extend(plain.drain(MOST..).map(|entry| entry.path));
        }
        (plain, notes)
    }

    /// Makes sources of files. `None`: nobody listens.
    pub(super) async fn join(&mut self, paths: Vec<String>) -> Option<Vec<(String, SourceId)>> {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let id = match self.ids.get(&path) {
                Some(id) => Some(*id),
                None => self.source(&path).await?,
            };
            if let Some(id) = id {
                self.ids.insert(path.clone(), id);
                files.push((path, id));
            }
        }
        Some(files)
    }

    pub(super) async fn source(&self, path: &str) -> Option<Option<SourceId>> {
        number(&self.to, Source { kind: Kind::File(Clean::new(path)), ..self.base.clone() }).await
    }
}

/// Whether a container may only not be there yet: it is said to run before its kubelet knows it.
fn is_early(refused: &Refused) -> bool {
    match refused {
        Refused::NotRunning(..) | Refused::Unreached(..) => true,
        Refused::Other(_, why) => why.starts_with("container not found"),
        _ => false,
    }
}
