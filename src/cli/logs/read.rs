//! Reading, and what it comes to.

use std::{collections::BTreeSet, io, sync::Arc};

use rolldeck_cluster::{
    logs::{FilePlace, Hub, Wanted, open, open_files, places, read_files},
    writer::Writer as Port,
};
use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{
        Begin, Block, Ended, Flags, Kind, Nanos, PickedFile, Reading, SECOND, SourceId, SourceState, Sources, Told,
        nanos, rfc3339,
    },
    shell::{FilePattern, Place},
    text::Clean,
};
use tokio::{sync::mpsc, task::JoinSet};

use super::{args::Logs, whom::whom, write::Writer};
use crate::cli::batch::{End, Link};

/// Batches that wait to be written.
const ROOM: usize = 2;

/// Reads what the command line asks for, and writes it.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn read(logs: &Logs) -> Result<End, End> {
    let link = Link::open(&logs.flags).await?;
    let of = whom(&link.cluster, &logs.names).await?;
    let reading = match (logs.previous, logs.why_not) {
        (true, _) => Reading::Previous,
        (_, true) => Reading::WhyNot,
        _ => Reading::Stdout,
    };
    let container = logs.container.as_ref().map(|name| Clean::new(name));
    let wanted = Wanted { of, container, reading, begin: logs.begin(), follows: logs.follow };
    let (to, mut told) = mpsc::channel(ROOM);
    let _reading = match logs.files.is_empty() {
        true => Open::Hub(open(&link.cluster, wanted, to)),
        false => files(logs, &link, wanted, to).await?,
    };
    let (sources, zoneless) = (Sources::default(), BTreeSet::new());
    let mut reader = Reader { logs, sources, problems: 0, zoneless, writer: Writer::new(logs) };
    while let Some(batch) = told.recv().await {
        for one in batch {
            match reader.take(one) {
                Ok(None) => {}
                Ok(Some(end)) => return Ok(end),
                // Whoever read it has seen enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(End::Done),
                Err(error) => return Err(End::failed(format!("failed to write: {error}"))),
            }
        }
    }
    Err(End::failed("the reading ended by itself"))
}

/// A reading under way. Dropping it ends it.
enum Open {
    Hub(#[expect(dead_code, reason = "it is held")] Hub),
    Task(#[expect(dead_code, reason = "it is held")] JoinSet<()>),
}

/// Begins to read files inside of the containers: to their ends, or on and on.
async fn files(logs: &Logs, link: &Link, wanted: Wanted, to: mpsc::Sender<Vec<Told>>) -> Result<Open, End> {
    if logs.previous {
        return Err(End::refused("--previous has no files: with --download both are saved"));
    }
    if let Some(bad) = logs.files.iter().find(|word| FilePattern::new(word).is_none()) {
        return Err(End::refused(format!("{} is no absolute path: write /var/log or /srv/*.log", Clean::new(bad))));
    }
    if !logs.follow {
        let (writer, cluster, wanted) =
            (link.port.clone(), link.cluster.clone(), logs.download(wanted.of, String::new()));
        let mut task = JoinSet::new();
        task.spawn(async move { read_files(writer, &cluster, &wanted, to).await });
        return Ok(Open::Task(task));
    }
    let failed = |error| End::refused(format!("failed to read the pods: {error}"));
    let mut picked = Vec::new();
    for FilePlace { place, .. } in places(&link.cluster, &wanted.of).await.map_err(failed)? {
        if logs.container.as_ref().is_some_and(|only| *only != *place.container) {
            continue;
        }
        for word in &logs.files {
            let name = Name { namespace: place.pod.namespace.clone(), name: place.pod.name.clone() };
            let path = on_and_on(&link.port, &place, word).await;
            picked.push(PickedFile { pod: name, container: place.container.clone(), path: path.into() });
        }
    }
    Ok(Open::Hub(open_files(link.port.clone(), &link.cluster, wanted.of, picked.into(), logs.begin(), to)))
}

/// A directory is followed with all that comes below it; what cannot be looked at is told by whoever follows it.
async fn on_and_on(writer: &Arc<Port>, place: &Place, word: &str) -> String {
    let Some(pattern) = FilePattern::new(word).filter(|pattern| pattern.matches(&pattern.root)) else {
        return word.to_owned();
    };
    match writer.list_files(place, std::slice::from_ref(&pattern)).await {
        Ok(listing) if !listing.files.iter().any(|file| file.path == pattern.root) => format!("{}/", pattern.root),
        _ => word.to_owned(),
    }
}

struct Reader<'a> {
    logs: &'a Logs,
    sources: Sources,
    problems: usize,
    /// Files of which was said that their times name no zone.
    zoneless: BTreeSet<SourceId>,
    writer: Writer,
}

impl Reader<'_> {
    /// Takes what was told; the end, if it is one.
    fn take(&mut self, told: Told) -> io::Result<Option<End>> {
        match told {
            Told::Lines(blocks) => {
                for block in blocks {
                    self.zones(&block);
                    self.writer.block(&block, &self.sources)?;
                }
                self.writer.flush()?;
            }
            Told::Sources(sources) => {
                for (_, source) in sources {
                    // As many as the reading has: it tells itself where there are more than can be.
                    let _ = self.sources.add(source);
                }
            }
            Told::State(id, state) => {
                let Some(source) = self.sources.get(id) else { return Ok(None) };
                let at = format!("{}/{} [{}]", source.namespace, source.pod, source.container);
                match state {
                    SourceState::Forbidden(what) => self.problem(&format!("{at}: not allowed: {what}")),
                    SourceState::Ended(_, Ended::Refused(why)) => self.problem(&format!("{at}: {why}")),
                    SourceState::Reconnecting(since, why) => {
                        eprintln!("rolldeck: {at}: tried again since {}: {why}", rfc3339(since));
                    }
                    SourceState::Waiting(why) if self.logs.follow => eprintln!("rolldeck: {at}: waits: {why}"),
                    _ => {}
                }
            }
            Told::Rotated(id, rotated) if self.lacks(rotated.first) => {
                let Some(source) = self.sources.get(id) else { return Ok(None) };
                let at = format!("{}/{} [{}]", source.namespace, source.pod, source.container);
                match rotated.first {
                    Some(first) => eprintln!("rolldeck: {at}: the kubelet has nothing before {}", rfc3339(first)),
                    None => {
                        eprintln!("rolldeck: {at}: the kubelet has no line: none was written, or all are rotated away")
                    }
                }
            }
            Told::Pods(Freshness::Live) if self.sources.is_empty() && self.logs.follow => {
                eprintln!("rolldeck: there are no pods yet");
            }
            Told::Pods(Freshness::Forbidden(what)) => return Ok(Some(End::refused(format!("not allowed: {what}")))),
            Told::Pods(Freshness::Unauthorized(why)) => return Ok(Some(End::refused(why))),
            Told::Pods(Freshness::Stale { why, .. }) => eprintln!("rolldeck: pods are not known any more: {why}"),
            Told::Pods(_) | Told::Rotated(..) => {}
            Told::Note(note) => eprintln!("rolldeck: {note}"),
            Told::Failed(why) => return Ok(Some(End::refused(why))),
            Told::Complete => return Ok(Some(self.end())),
        }
        Ok(None)
    }

    /// Says once for each file that its times name no zone.
    fn zones(&mut self, block: &Block) {
        if !block.may_have(Flags::ZONELESS) {
            return;
        }
        for line in block.lines().filter(|line| line.flags.has(Flags::ZONELESS)) {
            if self.zoneless.insert(line.source)
                && let Some(source) = self.sources.get(line.source)
                && let Kind::File(path) = &source.kind
            {
                let at = format!("{}/{} [{}]", source.namespace, source.pod, source.container);
                eprintln!("rolldeck: {at}: the times in {path} name no zone: it was worked out from when lines came");
            }
        }
    }

    /// Whether a log that begins there lacks anything that was asked for.
    fn lacks(&self, first: Option<Nanos>) -> bool {
        let Some(first) = first else { return true };
        match self.logs.begin() {
            Begin::Head => true,
            Begin::Tail(_) => false,
            Begin::At(at) => first > at,
            Begin::Ago(seconds) => first > nanos(chrono::Utc::now()) - i64::try_from(seconds).unwrap_or(0) * SECOND,
        }
    }

    fn problem(&mut self, what: &str) {
        self.problems += 1;
        eprintln!("rolldeck: {what}");
    }

    fn end(&self) -> End {
        match (self.sources.len(), self.problems) {
            (0, _) if self.logs.previous => End::refused("no container was started anew: there is no previous log"),
            (0, _) => End::refused("there are no pods"),
            (all, problems) if all == problems => End::refused(""),
            (_, 0) => End::Done,
            _ => End::failed(""),
        }
    }
}
