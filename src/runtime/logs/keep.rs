//! Everything that a reading gives, kept in a file under the state directory.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rolldeck_core::{
    logs::{Block, Sources, rfc3339},
    text::Clean,
};
use rolldeck_screens::logs::KeptLog;
use tokio::{fs, io::AsyncWriteExt, time::Instant};

use crate::config::state_directory;

/// It is told anew whenever it has grown by so many bytes, or so much time has passed since it was.
const STEP: u64 = 1 << 20;
const OFTEN: Duration = Duration::from_secs(2);

/// The file.
pub struct Keeper {
    path: PathBuf,
    file: fs::File,
    bytes: u64,
    told: (u64, Instant),
}

impl Keeper {
    /// Makes a new file, that nobody else may read.
    ///
    /// # Errors
    /// The file, why not, and the way out.
    pub async fn begin() -> Result<Self, Clean> {
        let place = state_directory().ok_or("there is no home directory to keep it under: set $XDG_STATE_HOME")?;
        Self::begin_in(&place.join("logs")).await
    }

    async fn begin_in(place: &Path) -> Result<Self, Clean> {
        let path = place.join(format!("{}.log", chrono::Utc::now().format("%Y%m%dT%H%M%S%3fZ")));
        let made = async {
            fs::create_dir_all(place).await?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            options.mode(0o600);
            options.open(&path).await
        };
        let file = made.await.map_err(|error| failed(&path, &error))?;
        Ok(Self::of(path, file))
    }

    fn of(path: PathBuf, file: fs::File) -> Self {
        Self { path, file, bytes: 0, told: (0, Instant::now()) }
    }

    /// How it stands.
    pub fn kept(&self) -> KeptLog {
        KeptLog { path: Clean::from(self.path.display().to_string()), bytes: self.bytes }
    }

    /// Writes lines, each behind its time, pod and container. What is to be said of it, if that is news.
    pub async fn take(&mut self, blocks: &[Arc<Block>], sources: &Sources) -> Option<Result<KeptLog, Clean>> {
        let mut text = Vec::with_capacity(blocks.iter().map(|block| block.text_len() * 2).sum());
        for line in blocks.iter().flat_map(|block| block.lines()) {
            text.extend_from_slice(rfc3339(line.time).as_bytes());
            text.push(b' ');
            if let Some(source) = sources.get(line.source) {
                let place = format!("{}/{} [{}] ", source.namespace, source.pod, source.container);
                text.extend_from_slice(place.as_bytes());
            }
            text.extend_from_slice(line.text);
            text.push(b'\n');
        }
        let written = async {
            self.file.write_all(&text).await?;
            self.file.flush().await
        };
        if let Err(error) = written.await {
            return Some(Err(failed(&self.path, &error)));
        }
        self.bytes += text.len() as u64;
        let (told, at) = self.told;
        if self.bytes < told + STEP && at.elapsed() < OFTEN {
            return None;
        }
        self.told = (self.bytes, Instant::now());
        Some(Ok(self.kept()))
    }
}

fn failed(path: &Path, error: &io::Error) -> Clean {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full; what was kept so far stays: make room".to_owned(),
        _ => format!("{error}: $XDG_STATE_HOME names another place"),
    };
    format!("{}: {why}", path.display()).into()
}

#[cfg(test)]
mod tests {
    use rolldeck_core::logs::{Flags, Level, Line, Source, SourceId};

    use super::*;

    #[tokio::test]
    async fn lines_are_kept_behind_their_time_and_place_where_nobody_else_may_read() {
        let place = tempfile::tempdir().unwrap();
        let mut keeper = Keeper::begin_in(&place.path().join("logs")).await.unwrap();
        let mut sources = Sources::default();
        let source =
            Source { namespace: "qa".into(), pod: "web-1".into(), container: "main".into(), ..Source::default() };
        let id = sources.add(source).unwrap();
        let mut block = Block::default();
        let line = |text| Line { number: 0, time: 1, source: id, level: Level::Info, flags: Flags::NONE, text };
        block.push(line(b"one"));
        block.push(Line { source: SourceId(7), ..line(b"two") });
        assert_eq!(keeper.take(&[Arc::new(block)], &sources).await, None, "it has not grown by much");
        let kept = std::fs::read_to_string(&keeper.path).unwrap();
        let at = "1970-01-01T00:00:00.000000001Z";
        assert_eq!(kept, format!("{at} qa/web-1 [main] one\n{at} two\n"));
        assert_eq!(keeper.kept().bytes, kept.len() as u64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&keeper.path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let Err(why) = Keeper::begin_in(&file).await else { panic!("it is no directory") };
        assert!(why.contains("/file/") && why.ends_with("$XDG_STATE_HOME names another place"), "{why}");
    }

    fn lines() -> (Vec<Arc<Block>>, Sources) {
        let mut sources = Sources::default();
        let (namespace, pod, container) = ("qa".into(), "gateway-1".into(), "main".into());
        sources.add(Source { namespace, pod, container, ..Source::default() }).unwrap();
        let mut block = Block::default();
        for text in [&b"one"[..], b"\x1b[31mtwo\xff"] {
            let (level, flags, source) = (Level::Unknown, Flags::NONE, SourceId(0));
            block.push(Line { number: 0, time: 1_795_420_229_000_000_000, source, level, flags, text });
        }
        (vec![Arc::new(block)], sources)
    }

    #[tokio::test]
    async fn its_size_is_told_again_after_a_while_however_little_came() {
        let place = tempfile::tempdir().unwrap();
        let mut keeper = Keeper::begin_in(place.path()).await.unwrap();
        let (blocks, sources) = lines();
        assert_eq!(keeper.take(&blocks, &sources).await, None);
        keeper.told.1 -= OFTEN;
        let told = keeper.take(&blocks, &sources).await.expect("news").unwrap();
        assert_eq!(told, keeper.kept());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_full_disk_is_said_to_be_full() {
        let path = PathBuf::from("/dev/full");
        let file = fs::OpenOptions::new().write(true).open(&path).await.unwrap();
        let (blocks, sources) = lines();
        let told = Keeper::of(path, file).take(&blocks, &sources).await;
        let why = told.expect("news").expect_err("no room").to_string();
        assert_eq!(why, "/dev/full: the disk is full; what was kept so far stays: make room");
    }
}
