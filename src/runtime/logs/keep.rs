//! Everything that a reading gives, kept in a file under the state directory.

use std::{io, path::PathBuf, sync::Arc};

use rolldeck_core::{
    logs::{Block, Sources, rfc3339},
    text::Clean,
};
use rolldeck_screens::logs::KeptLog;
use tokio::{fs, io::AsyncWriteExt};

use crate::config::state_directory;

/// It is told anew whenever it has grown by so many bytes.
const STEP: u64 = 1 << 20;

/// The file.
pub struct Keeper {
    path: PathBuf,
    file: fs::File,
    bytes: u64,
    told: u64,
}

impl Keeper {
    /// Makes a new file, that nobody else may read.
    ///
    /// # Errors
    /// The file, why not, and the way out.
    pub async fn begin() -> Result<Self, Clean> {
        let place = state_directory().ok_or("there is no home directory to keep it under: set $XDG_STATE_HOME")?;
        let place = place.join("logs");
        let path = place.join(format!("{}.log", chrono::Utc::now().format("%Y%m%dT%H%M%S%3fZ")));
        let made = async {
            fs::create_dir_all(&place).await?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            options.mode(0o600);
            options.open(&path).await
        };
        let file = made.await.map_err(|error| failed(&path, &error))?;
        Ok(Self { path, file, bytes: 0, told: 0 })
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
            if let Some(source) = sources.get(line.source) {
                text.extend_from_slice(
                    format!(" {}/{} [{}] ", source.namespace, source.pod, source.container).as_bytes(),
                );
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
        if self.bytes < self.told + STEP {
            return None;
        }
        self.told = self.bytes;
        Some(Ok(self.kept()))
    }
}

fn failed(path: &std::path::Path, error: &io::Error) -> Clean {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full: what was kept so far stays".to_owned(),
        _ => error.to_string(),
    };
    format!("{}: {why}", path.display()).into()
}
