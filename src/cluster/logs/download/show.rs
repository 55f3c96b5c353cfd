//! Files inside of containers, read to the end that they have, without a file of this machine.

use std::{collections::VecDeque, sync::Arc};

use rolldeck_core::{
    act::PodId,
    logs::{
        Begin, Block, Decoder, Ended, Framing, Kind, Nanos, SECOND, Source, SourceState, Sources, Told,
        download::Download, nanos,
    },
    shell::Place,
    text::Clean,
};
use tokio::sync::mpsc;

use super::{
    file::matching,
    plan::{self, is_done},
};
use crate::{
    connect::Cluster,
    exec::{Piece, ReadEnd, Wanted},
    logs::{since::Gate, subject::Container},
    writer::Writer,
};

/// Bytes of lines that are passed on together.
const BYTES: usize = 256 << 10;
/// Blocks that wait.
const ROOM: usize = 16;

/// Nobody listens any more.
struct Gone;

/// Reads the files of `wanted` inside of its containers, one after another, each a source, from where it says to the end that each
/// has as it is opened. What is told comes as from [`open`](crate::logs::open), and ends with [`Told::Complete`].
pub async fn read_files(writer: Arc<Writer>, cluster: &Cluster, wanted: &Download, to: mpsc::Sender<Vec<Told>>) {
    let mut show = Show { writer, wanted, sources: Sources::default(), files: 0, to };
    let told = match show.all(cluster).await {
        Ok(()) if show.files == 0 && show.sources.is_empty() => {
            Told::Failed(format!("no file matches {}", wanted.places.join(" ")).into())
        }
        Ok(()) => Told::Complete,
        Err(Ok(why)) => Told::Failed(why),
        Err(Err(Gone)) => return,
    };
    // Where nobody listens, nobody misses it.
    let _ = show.to.send(vec![told]).await;
}

struct Show<'a> {
    writer: Arc<Writer>,
    wanted: &'a Download,
    sources: Sources,
    files: usize,
    to: mpsc::Sender<Vec<Told>>,
}

impl Show<'_> {
    /// All of them; else why not, or that nobody listens.
    async fn all(&mut self, cluster: &Cluster) -> Result<(), Result<Clean, Gone>> {
        let pods = plan::pods(cluster, self.wanted).await.map_err(Ok)?;
        if pods.is_empty() {
            return Err(Ok("there are no pods".into()));
        }
        for (name, pod, containers) in &pods {
            for container in containers.iter().filter(|container: &&Container| !is_done(container)) {
                let source = pod.source((&name.namespace, &name.name), &container.name);
                let id = PodId { namespace: name.namespace.clone(), name: name.name.clone(), uid: pod.uid.clone() };
                let place = Place { pod: id, container: container.name.clone() };
                self.container(&place, source).await.map_err(Err)?;
            }
        }
        Ok(())
    }

    async fn container(&mut self, place: &Place, source: Source) -> Result<(), Gone> {
        let words = self.wanted.places.join(" ");
        let found = match matching(&self.writer, place, &words).await {
            Ok(found) => found,
            Err(why) => return self.refused(Source { kind: Kind::File(Clean::new(&words)), ..source }, why).await,
        };
        for why in found.complaints {
            self.files += 1;
            self.refused(Source { kind: Kind::File(Clean::new(&words)), ..source.clone() }, why).await?;
        }
        for (file, _) in found.files.into_iter().filter(|(_, link)| !link) {
            self.files += 1;
            let source = Source { kind: Kind::File(Clean::new(&file.path)), ..source.clone() };
            let wanted = Wanted { path: file.path, listed: file.size, from: 0, sum: None };
            self.file(place, source, &wanted).await?;
        }
        Ok(())
    }

    async fn say(&self, told: Vec<Told>) -> Result<(), Gone> {
        self.to.send(told).await.map_err(|_| Gone)
    }

    async fn refused(&mut self, source: Source, why: Clean) -> Result<(), Gone> {
        let Ok(id) = self.sources.add(source.clone()) else { return Ok(()) };
        let state = SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why));
        self.say(vec![Told::Sources(vec![(id, source)]), Told::State(id, state)]).await
    }

    async fn file(&mut self, place: &Place, source: Source, wanted: &Wanted) -> Result<(), Gone> {
        let Ok(id) = self.sources.add(source.clone()) else { return Ok(()) };
        self.say(vec![Told::Sources(vec![(id, source)])]).await?;
        let mut lines = Lines::new(Decoder::new(id, Framing::Plain), self.wanted.begin);
        let (to, mut come) = mpsc::channel(ROOM);
        let reading = self.writer.read_file(place, wanted, to);
        tokio::pin!(reading);
        let mut end = None;
        loop {
            let piece = tokio::select! {
                biased;
                piece = come.recv() => piece,
                ended = &mut reading, if end.is_none() => {
                    end = Some(ended);
                    continue;
                }
            };
            match (piece, end.is_some()) {
                (Some(Piece::Bytes(bytes)), _) => self.lines(lines.take(&bytes)).await?,
                (Some(Piece::Size(_)), _) => {}
                (None, true) => break,
                (None, false) => end = Some((&mut reading).await),
            }
        }
        self.lines(lines.end()).await?;
        let end = match end {
            Some(Ok(ReadEnd::Whole(_))) | None => Ended::Complete,
            Some(Ok(ReadEnd::Not(why) | ReadEnd::Cut(why))) => Ended::Refused(why),
            Some(Ok(ReadEnd::Replaced)) => Ended::Refused("another file has its name now".into()),
            Some(Err(refused)) => Ended::Refused(refused.to_string().into()),
        };
        self.say(vec![Told::State(id, SourceState::Ended(nanos(chrono::Utc::now()), end))]).await
    }

    async fn lines(&self, blocks: Vec<Arc<Block>>) -> Result<(), Gone> {
        if blocks.is_empty() { Ok(()) } else { self.say(vec![Told::Lines(blocks)]).await }
    }
}

/// The lines of a file from where they are wanted on.
struct Lines {
    decoder: Decoder,
    gate: Gate,
    /// The last so many lines, and the one that is not whole.
    tail: Option<(usize, VecDeque<Vec<u8>>)>,
}

impl Lines {
    fn new(decoder: Decoder, begin: Begin) -> Self {
        let now = nanos(chrono::Utc::now());
        let ago = |seconds: u64| now - i64::try_from(seconds).unwrap_or(0).saturating_mul(SECOND);
        let since = |at: Nanos| Gate::since(at, false);
        let (gate, tail) = match begin {
            Begin::Head => (Gate::Open, None),
            Begin::Tail(lines) => (Gate::Open, Some((usize::try_from(lines).unwrap_or(usize::MAX), VecDeque::new()))),
            Begin::Ago(seconds) => (since(ago(seconds)), None),
            Begin::At(at) => (since(at), None),
        };
        Self { decoder, gate, tail }
    }

    fn take(&mut self, bytes: &[u8]) -> Vec<Arc<Block>> {
        let Some((most, kept)) = &mut self.tail else {
            let text = self.gate.pass(None, bytes);
            self.decoder.feed(&text, nanos(chrono::Utc::now()));
            return if self.decoder.held() >= BYTES { self.decoder.take() } else { Vec::new() };
        };
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match kept.back_mut().filter(|line| !line.ends_with(b"\n")) {
                Some(line) => line.extend_from_slice(piece),
                None => kept.push_back(piece.to_vec()),
            }
            if kept.len() > *most {
                kept.pop_front();
            }
        }
        Vec::new()
    }

    fn end(&mut self) -> Vec<Arc<Block>> {
        let now = nanos(chrono::Utc::now());
        let rest = match self.tail.take() {
            Some((_, kept)) => kept.into_iter().flatten().collect(),
            None => self.gate.end(),
        };
        self.decoder.feed(&rest, now);
        self.decoder.finish(now);
        self.decoder.take()
    }
}

#[cfg(test)]
mod tests {
    use rolldeck_core::logs::{SourceId, nanos};

    use super::*;

    fn read(text: &str, begin: Begin, step: usize) -> Vec<String> {
        let mut lines = Lines::new(Decoder::new(SourceId(0), Framing::Plain), begin);
        let mut blocks: Vec<_> = text.as_bytes().chunks(step).flat_map(|piece| lines.take(piece)).collect();
        blocks.extend(lines.end());
        let lines = blocks.iter().flat_map(|block| block.lines());
        lines.map(|line| String::from_utf8_lossy(line.text).into_owned()).collect()
    }

    #[test]
    fn a_file_begins_where_it_was_asked_to_however_it_is_cut() {
        let text = "2026-11-23T08:00:00Z a\n at x\n2026-11-23T09:00:00Z b\n at y\n2026-11-23T10:00:00Z c";
        let nine = nanos(chrono::DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").unwrap().to_utc());
        for step in [1, 7, 1000] {
            assert_eq!(read(text, Begin::Head, step).len(), 5);
            assert_eq!(read(text, Begin::Tail(2), step), [" at y", "2026-11-23T10:00:00Z c"]);
            let since = read(text, Begin::At(nine), step);
            assert_eq!(since, ["2026-11-23T09:00:00Z b", " at y", "2026-11-23T10:00:00Z c"]);
        }
    }
}
