//! Files inside of a container: which there are, and one of them.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use rolldeck_core::{
    shell::{FileEntry, FilePattern, Place, Refused},
    text::Clean,
};
use tokio::sync::mpsc;

use super::{
    job::{Job, Of},
    manifest::Entry,
    names::{Taken, below},
    pack::suffix,
    saver::Sink,
    shared::{Shared, Stop},
};
use crate::{
    exec::{Piece, ReadEnd, Wanted},
    writer::Writer,
};

/// Blocks that wait to be written.
const ROOM: usize = 16;
/// So often a file is begun anew because another one has its name.
const REPLACED: u32 = 5;

fn refused(refused: &Refused) -> Stop {
    let said = Clean::from(refused.to_string());
    if matches!(refused, Refused::Unreached(..)) { Stop::Cut(said) } else { Stop::Remote(said) }
}

/// Files of a container that match, and what is not among them.
pub(super) struct Matching {
    /// Each, and whether it is a link that was not named itself.
    pub(super) files: Vec<(FileEntry, bool)>,
    /// What could not be looked at.
    pub(super) complaints: Vec<Clean>,
    /// Places where there is nothing.
    pub(super) without: Vec<String>,
}

/// The files of a container that these words mean: directories and patterns.
///
/// # Errors
/// Why they could not be listed, in words.
pub(super) async fn matching(writer: &Writer, place: &Place, words: &str) -> Result<Matching, Clean> {
    listed(writer, place, words).await.map_err(|stop| match stop {
        Stop::Local(why) | Stop::Remote(why) | Stop::Cut(why) => why,
        Stop::Cancelled => "cancelled".into(),
    })
}

async fn listed(writer: &Writer, place: &Place, words: &str) -> Result<Matching, Stop> {
    let mut patterns = BTreeMap::new();
    for word in words.split_whitespace() {
        let pattern = FilePattern::new(word)
            .ok_or_else(|| Stop::Remote(format!("{word} is no absolute path: write /var/log or /srv/*.log").into()))?;
        patterns.insert(word.to_owned(), pattern);
    }
    let all: Vec<FilePattern> = patterns.values().cloned().collect();
    let listing = writer.list_whole(place, &all).await.map_err(|error| refused(&error))?;
    let mut complaints = listing.complaints;
    let mut without = Vec::new();
    for (word, pattern) in &patterns {
        if !listing.files.iter().any(|file| pattern.matches(&file.path)) {
            complaints
                .retain(|said| !(said.contains(pattern.root.as_str()) && said.to_lowercase().contains("no such")));
            without.push(word.clone());
        }
    }
    if listing.cut {
        complaints.push("there are more files than could be listed: name a directory below".into());
    }
    let named = |file: FileEntry| {
        let link = file.link && !patterns.contains_key(&file.path);
        (file, link)
    };
    Ok(Matching { files: listing.files.into_iter().map(named).collect(), complaints, without })
}

impl Job {
    /// The files that match, as jobs, and what was left out.
    pub(super) async fn list(&self, shared: &Shared) -> Result<(Vec<Job>, Vec<String>), Stop> {
        let (place, at) = (self.place(), self.entry.place());
        let found = shared.unless_stopped(listed(&shared.writer, &place, &self.entry.kind)).await??;
        let mut left_out: Vec<String> = found.complaints.iter().map(|said| format!("{at} {said}")).collect();
        left_out.extend(found.without.iter().map(|word| format!("{at} no file matches {word}")));
        let folder = self.entry.path.trim_end_matches('/');
        let (mut jobs, mut taken) = (Vec::new(), Taken::default());
        for (file, link) in found.files {
            if link {
                left_out.push(format!("{at} {}: a link is not followed: name it to have it", file.shown()));
                continue;
            }
            let path = format!("{folder}/{}", taken.name(&below(&file.path), suffix(shared.compress)));
            let entry = Entry { path, kind: file.path.clone(), ..self.entry.anew() };
            jobs.push(Job { n: 0, entry, of: Of::File { size: file.size }, node: self.node.clone() });
        }
        Ok((jobs, left_out))
    }

    /// Reads a file until it or the stream ends.
    pub(super) async fn file(
        &mut self,
        shared: &Shared,
        size: Option<u64>,
        sink: &mut Sink,
        aside: &mut Vec<Entry>,
    ) -> Result<(), Stop> {
        for _ in 0..REPLACED {
            let sum = if self.entry.bytes > 0 { Some(sink.content().await?) } else { None };
            let wanted = Wanted { path: self.entry.kind.clone(), listed: size, from: self.entry.bytes, sum };
            match self.pieces(shared, &wanted, sink).await? {
                ReadEnd::Whole(theirs) => {
                    let ours = sink.content().await?;
                    if theirs.as_ref().is_some_and(|theirs| *theirs != ours) {
                        return Err(Stop::Remote("it arrived otherwise than it left: its checksums differ".into()));
                    }
                    self.entry.verified = theirs.is_some();
                    return Ok(());
                }
                ReadEnd::Replaced => {
                    sink.settle(shared, &mut self.entry).await?;
                    self.set_aside(shared, "its end: another file had its name when it was gone on with", aside)
                        .await?;
                    self.entry = self.entry.anew();
                    sink.anew(shared, &self.entry).await?;
                }
                ReadEnd::Not(why) => return Err(Stop::Remote(why)),
                ReadEnd::Cut(why) => return Err(Stop::Cut(why)),
            }
        }
        Err(Stop::Remote("it is replaced faster than it can be read".into()))
    }

    /// One stream of it.
    async fn pieces(&mut self, shared: &Shared, wanted: &Wanted, sink: &mut Sink) -> Result<ReadEnd, Stop> {
        let (to, mut come) = mpsc::channel(ROOM);
        let place = self.place();
        let reading = shared.writer.read_file(&place, wanted, to);
        tokio::pin!(reading);
        let mut end = None;
        loop {
            let next = async {
                if end.is_some() {
                    return (come.recv().await, None);
                }
                tokio::select! {
                    piece = come.recv() => (piece, None),
                    ended = &mut reading => (None, Some(ended)),
                }
            };
            match shared.unless_stopped(next).await? {
                (Some(Piece::Bytes(bytes)), _) => {
                    sink.write(&bytes).await?;
                    self.entry.bytes += bytes.len() as u64;
                    shared.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    sink.step(shared, &mut self.entry, None).await?;
                }
                (Some(Piece::Size(_)), _) => {}
                (None, Some(ended)) => end = Some(ended),
                (None, None) => match end {
                    Some(ended) => return ended.map_err(|error| refused(&error)),
                    None => end = Some((&mut reading).await),
                },
            }
        }
    }
}
