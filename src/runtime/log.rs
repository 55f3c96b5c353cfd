//! What happened, in a file: never on the screen.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tokio::time::Instant;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// How large the file may grow before it becomes `rolldeck.log.1`, in bytes. So the log takes twice this at most.
const LIMIT: u64 = 4 * 1024 * 1024;

/// Lines that may wait for the disk; more are dropped, so that a slow disk holds nothing up.
const WAITING: usize = 4096;

/// Keeps the log going; what waits is written when it is dropped.
pub type LogGuard = WorkerGuard;

/// Starts to log into `place`, made where it is missing. `filter` is `ROLLDECK_LOG`, in the words of tracing's `EnvFilter`.
///
/// # Errors
/// When the file cannot be written. The program works without.
pub fn log(place: &Path, filter: Option<&str>) -> io::Result<LogGuard> {
    fs::create_dir_all(place)?;
    let (to, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING)
        .finish(Capped::open(place.join("rolldeck.log"), LIMIT)?);
    let filter = EnvFilter::try_new(filter.unwrap_or("info")).unwrap_or_else(|_| EnvFilter::new("info"));
    // Fails only where a subscriber is set already, which then logs instead.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(to).try_init();
    Ok(guard)
}

/// Notes how long something took that began at `start`, for whoever measures: `ROLLDECK_LOG=rolldeck::timing=trace`.
pub fn timing(what: &str, start: Instant) {
    let micros = start.elapsed().as_micros();
    tracing::trace!(target: "rolldeck::timing", micros, "{what}");
}

/// When the program began.
static BEGUN: OnceLock<Instant> = OnceLock::new();

/// Notes how long after the program's begin a stage of its start has ended. The first call is the begin itself.
pub fn stage(what: &str) {
    let begun = *BEGUN.get_or_init(Instant::now);
    timing(&format!("start {what}"), begun);
}

/// A file that is set aside when it is full.
struct Capped {
    path: PathBuf,
    file: File,
    size: u64,
    limit: u64,
}

impl Capped {
    fn open(path: PathBuf, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size, limit })
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size >= self.limit {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(self.path.clone(), self.limit)?;
        }
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_takes_two_files_of_its_limit_at_most() {
        let place = tempfile::tempdir().unwrap();
        let mut log = Capped::open(place.path().join("rolldeck.log"), 1000).unwrap();
        for _ in 0..100 {
            log.write_all(&[b'x'; 99]).unwrap();
        }
        let sizes: Vec<u64> =
            fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2);
        assert!(sizes.iter().all(|size| *size <= 1099), "{sizes:?}");
    }
}
