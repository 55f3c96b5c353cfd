//! Recordings, as asciicasts (asciicast v2: a header, then a line for each event). Output alone: what is typed is not recorded.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Local, Utc};
use rolldeck_core::{
    shell::{Place, Size},
    text::Clean,
};
use serde_json::json;
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncWriteExt, BufWriter},
    time::Instant,
};

use crate::config;

/// A recording is no longer: it ends there, and the session goes on.
const MOST: u64 = 256 << 20;

/// A recording under way.
pub(super) struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
    begun: Instant,
    written: u64,
    /// The first bytes of a character that is not complete.
    rest: Vec<u8>,
    resized: Option<Size>,
    failed: bool,
}

impl Recorder {
    /// Begins one in the state directory. Where that cannot be written, there is none, and the log says why.
    pub(super) async fn new(place: &Place, size: Size) -> Option<Self> {
        let directory = config::state_directory()?.join("recordings");
        let now = Local::now();
        match Self::begin(&directory, place, size, now.to_utc(), &now.format("%Y%m%d-%H%M%S").to_string()).await {
            Ok(recorder) => Some(recorder),
            Err(error) => {
                tracing::error!(%error, directory = %directory.display(), "the session is not recorded");
                None
            }
        }
    }

    async fn begin(
        directory: &Path,
        place: &Place,
        Size { cols, rows }: Size,
        now: DateTime<Utc>,
        name: &str,
    ) -> std::io::Result<Self> {
        fs::create_dir_all(directory).await?;
        let name = format!("{name}-{}-{}-{}.cast", place.pod.namespace, place.pod.name, place.container);
        let path = directory.join(name.replace(['/', '\\'], "_"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        let header = json!({ "version": 2, "width": cols, "height": rows, "timestamp": now.timestamp(), "title": place.to_string() });
        let mut file = BufWriter::new(file);
        file.write_all(format!("{header}\n").as_bytes()).await?;
        let begun = Instant::now();
        Ok(Self { path, file, begun, written: 0, rest: Vec::new(), resized: None, failed: false })
    }

    /// Where it is written to.
    pub(super) fn path(&self) -> Clean {
        Clean::from(self.path.display().to_string())
    }

    /// Nothing was there to be recorded: it leaves no file behind.
    pub(super) async fn discard(self) {
        if let Err(error) = fs::remove_file(&self.path).await {
            tracing::error!(%error, path = %self.path.display(), "an empty recording stays");
        }
    }

    /// The terminal has another size from the next output on.
    pub(super) fn resize(&mut self, size: Size) {
        self.resized = Some(size);
    }

    /// What the container wrote.
    pub(super) async fn output(&mut self, block: &[u8]) {
        if let Some(Size { cols, rows }) = self.resized.take() {
            self.event("r", &format!("{cols}x{rows}")).await;
        }
        self.rest.extend_from_slice(block);
        let text = whole(&mut self.rest);
        self.event("o", &text).await;
    }

    async fn event(&mut self, kind: &str, text: &str) {
        if self.failed || text.is_empty() {
            return;
        }
        let line = format!("{}\n", json!([self.begun.elapsed().as_secs_f64(), kind, text]));
        self.written += line.len() as u64;
        let written = match self.written > MOST {
            true => Err(std::io::Error::other("it has grown too large")),
            false => self.file.write_all(line.as_bytes()).await,
        };
        if let Err(error) = written {
            tracing::error!(%error, path = %self.path.display(), "the recording ends here");
            self.failed = true;
        }
    }

    /// Writes what was recorded so far: the program may be killed, and the recording is to have all that was seen.
    pub(super) async fn flush(&mut self) {
        if let Err(error) = self.file.flush().await {
            tracing::error!(%error, path = %self.path.display(), "the end of the recording is missing");
        }
    }
}

/// Takes the characters that are complete; what is no UTF-8 becomes U+FFFD.
fn whole(bytes: &mut Vec<u8>) -> String {
    let keep = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
        _ => 0,
    };
    // A broken character before an incomplete one is no error of the latter.
    let rest = bytes.split_off(bytes.len() - keep.min(3));
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

#[cfg(test)]
mod tests {
    use rolldeck_core::act::PodId;

    use super::*;

    #[tokio::test]
    async fn a_recording_is_an_asciicast_whatever_the_blocks() {
        let place = tempfile::tempdir().unwrap();
        let pod = PodId { namespace: "qa".into(), name: "web-1".into(), uid: "u".into() };
        let at = Place { pod, container: "main".into() };
        let size = Size { cols: 80, rows: 24 };
        let mut recorder = Recorder::begin(place.path(), &at, size, DateTime::UNIX_EPOCH, "x").await.unwrap();
        let text = "日\"\r\n".as_bytes();
        recorder.output(&text[..2]).await;
        recorder.resize(Size { cols: 100, rows: 30 });
        recorder.output(&text[2..]).await;
        // The recorder stays: nothing is left for a good end to write.
        recorder.flush().await;
        let file = place.path().join("x-qa-web-1-main.cast");
        let written = std::fs::read_to_string(file).unwrap();
        let lines: Vec<serde_json::Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["version"], 2);
        assert_eq!((&lines[0]["width"], &lines[0]["height"]), (&80.into(), &24.into()));
        let events: Vec<_> =
            lines[1..].iter().map(|line| (line[1].as_str().unwrap(), line[2].as_str().unwrap())).collect();
        assert_eq!(events, [("r", "100x30"), ("o", "日\"\r\n")]);
        recorder.discard().await;
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
