//! The files of one container: those that were picked, and those that match and come later.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rolldeck_core::{
    act::PodId,
    kept::Name,
    logs::{Begin, Kind, PickedFile, Source, SourceId, SourceState},
    shell::{FileEntry, FilePattern, From, Listing, Place, Refused},
    text::Clean,
};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::JoinSet,
    time::{Duration, Instant, sleep_until},
};

use super::{
    begin::{Begun, begin},
    names::{is_packed, is_past},
    reach::Reach,
    set::{Over, Said, Set, Turned, now, refusal},
};
use crate::logs::since::Gate;

/// Files of one container that are followed at most: each is looked at five times a second.
const MOST: usize = 100;
/// Commands that follow files of one container at once: files that come later have one of their own.
const SETS: usize = 16;

/// Follows the files of one container.
pub(super) struct Container<R> {
    reach: R,
    name: (Name, Clean),
    place: Place,
    base: Source,
    paths: Vec<String>,
    patterns: Vec<FilePattern>,
    /// Some of what was picked stands for files that may come.
    grows: bool,
    /// The sources of files that are known.
    ids: BTreeMap<String, SourceId>,
    /// Files that were passed over.
    passed: BTreeSet<String>,
    /// Files that may be the past of others: they are believed to be their own when they are seen again.
    doubtful: BTreeSet<String>,
    /// Files whose container ended, and how far they were read.
    ended: Vec<(String, Option<u64>)>,
    turned: Turned,
    sets: JoinSet<Over>,
    looks: Arc<Semaphore>,
    look: Duration,
    to: mpsc::Sender<Said>,
}

impl<R: Reach> Container<R> {
    /// Of these files. It is looked for others so often.
    pub(super) fn new(
        reach: R,
        (pod, container): (Name, Clean),
        files: Vec<PickedFile>,
        (looks, look): (Arc<Semaphore>, Duration),
        to: mpsc::Sender<Said>,
    ) -> Self {
        let (patterns, paths): (Vec<PickedFile>, Vec<PickedFile>) = files.into_iter().partition(PickedFile::is_pattern);
        let id = PodId { namespace: pod.namespace.clone(), name: pod.name.clone(), uid: Clean::default() };
        Self {
            reach,
            place: Place { pod: id, container: container.clone() },
            name: (pod, container),
            base: Source::default(),
            paths: paths.iter().map(|file| file.path.to_string()).collect(),
            patterns: patterns.iter().filter_map(|file| FilePattern::new(&file.path)).collect(),
            grows: !patterns.is_empty(),
            ids: BTreeMap::new(),
            passed: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            ended: Vec::new(),
            turned: Turned::default(),
            sets: JoinSet::new(),
            looks,
            look,
            to,
        }
    }

    /// Follows them until nobody listens, or nothing more can come.
    pub(super) async fn live(mut self, begin: Begin) {
        self.base = self.reach.source(&self.name.0, &self.name.1).await;
        self.place.pod.uid = self.base.uid.clone();
        if self.open(begin).await.is_none() {
            return;
        }
        let mut next = Instant::now() + self.look;
        let to = self.to.clone();
        loop {
            let looks = self.grows || !self.ended.is_empty();
            if !looks && self.sets.is_empty() {
                return;
            }
            tokio::select! {
                Some(over) = self.sets.join_next() => match over {
                    Ok(Over::Container(files)) => self.ended.extend(files),
                    Ok(Over::Done) => {}
                    Ok(Over::Unheard) | Err(_) => return,
                },
                () = sleep_until(next), if looks => {
                    if self.look_again().await.is_none() {
                        return;
                    }
                    next = Instant::now() + self.look;
                }
                () = to.closed() => return,
            }
        }
    }

    /// Begins with what is there. `None`: there is no more to be done.
    async fn open(&mut self, from: Begin) -> Option<()> {
        let timed = matches!(from, Begin::Ago(_) | Begin::At(_));
        let mut paths = self.paths.clone();
        let mut entries = BTreeMap::new();
        if self.grows || timed {
            let named = self.paths.iter().filter_map(|path| FilePattern::new(path));
            let patterns: Vec<FilePattern> = self.patterns.iter().cloned().chain(named).collect();
            match self.list(&patterns).await {
                Ok(listing) => {
                    let (found, notes) = self.choose(listing.files);
                    for note in notes {
                        self.to.send(Said::Note(note)).await.ok()?;
                    }
                    paths
                        .extend(found.iter().map(|entry| entry.path.clone()).filter(|path| !self.paths.contains(path)));
                    entries = found.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
                }
                // What it is that cannot be listed is told as a source.
                Err(refused) if self.grows => return self.refuse(refused).await,
                Err(_) => {}
            }
        }
        let files = self.join(paths).await?;
        if files.is_empty() {
            return Some(());
        }
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let known: Vec<Option<FileEntry>> = paths.iter().map(|path| entries.remove(path)).collect();
        let begun = begin(&self.reach, &self.place, (&paths, &known), (from, now())).await;
        if let Ok(begun) = &begun
            && begun.untimed > 0
        {
            let note = format!(
                "{} of {}/{} [{}] tell no time in their lines: written since then, they are shown from farther back",
                if begun.untimed == 1 { "1 file".to_owned() } else { format!("{} files", begun.untimed) },
                self.name.0.namespace,
                self.name.0.name,
                self.name.1,
            );
            self.to.send(Said::Note(note.into())).await.ok()?;
        }
        self.follow(files, begun);
        Some(())
    }

    /// Looks which files there are now.
    async fn look_again(&mut self) -> Option<()> {
        let named = self.ended.iter().filter_map(|(path, _)| FilePattern::new(path));
        let patterns: Vec<FilePattern> = self.patterns.iter().cloned().chain(named).collect();
        let listing = match self.list(&patterns).await {
            Ok(listing) => listing,
            Err(Refused::Gone(_) | Refused::Replaced(_) | Refused::NoContainer(_)) => return None,
            // It is not reached, or does not run: it may later.
            Err(_) => return Some(()),
        };
        self.again(&listing).await?;
        if self.grows { self.news(listing).await } else { Some(()) }
    }

    /// Goes on with files whose container has ended, and runs again.
    async fn again(&mut self, listing: &Listing) -> Option<()> {
        let ended = std::mem::take(&mut self.ended);
        let files: Vec<(String, SourceId)> =
            ended.iter().filter_map(|(path, _)| Some((path.clone(), *self.ids.get(path)?))).collect();
        if files.is_empty() {
            return Some(());
        }
        let size = |path: &str| listing.files.iter().find(|entry| entry.path == path).and_then(|entry| entry.size);
        // One that is as long as it was is the same one, on a volume; a shorter one is new.
        let gate = |(path, read): &(String, Option<u64>)| match (size(path), read) {
            (Some(size), Some(read)) if size >= *read => Gate::After(*read),
            _ => Gate::Open,
        };
        let gates = ended.iter().map(gate).collect();
        let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
        match self.reach.follow(&self.place, &paths, From::Start).await {
            Ok(events) => {
                let set = Set::new(files, self.turned.clone(), self.to.clone()).restarted();
                let begun = Begun { events, held: Vec::new(), gates, untimed: 0 };
                self.sets.spawn(set.follow(Ok(begun)));
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
            return Some(());
        }
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
        let _turn = self.looks.acquire().await;
        self.reach.list(&self.place, patterns).await
    }

    /// The files that are followed of those that match, and what is to be said of the others.
    fn choose(&mut self, mut found: Vec<FileEntry>) -> (Vec<FileEntry>, Vec<Clean>) {
        let mut notes = Vec::new();
        let (packed, plain): (Vec<FileEntry>, Vec<FileEntry>) =
            found.drain(..).partition(|entry| is_packed(&entry.path) && !self.paths.contains(&entry.path));
        let (pod, container) = &self.name;
        let at = format!("{}/{} [{container}]", pod.namespace, pod.name);
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
    async fn join(&mut self, paths: Vec<String>) -> Option<Vec<(String, SourceId)>> {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            if let Some(id) = self.source(&path).await? {
                self.ids.insert(path.clone(), id);
                files.push((path, id));
            }
        }
        Some(files)
    }

    async fn source(&self, path: &str) -> Option<Option<SourceId>> {
        let (answer, id) = oneshot::channel();
        let source = Source { kind: Kind::File(Clean::new(path)), ..self.base.clone() };
        self.to.send(Said::Join(source, answer)).await.ok()?;
        id.await.ok()
    }

    /// Nothing can be listed: everything that was picked says why.
    async fn refuse(&mut self, refused: Refused) -> Option<()> {
        let state = refusal(refused);
        let roots = self.patterns.iter().map(|pattern| pattern.root.clone());
        let picked: Vec<String> = self.paths.iter().cloned().chain(roots).collect();
        for (_, id) in self.join(picked).await? {
            self.to.send(Said::State(id, state.clone())).await.ok()?;
        }
        None
    }
}
