//! What was entered into the palette, kept over restarts: a plain file of lines, the newest last.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// So many lines are kept when the file is cut.
const KEPT: usize = 100;
/// The file is cut when it has grown beyond this, in bytes.
const MOST: u64 = 32 * 1024;

/// The file; nothing is kept where there is no state directory.
pub struct Past(Option<PathBuf>);

impl Past {
    /// In this directory.
    pub fn new(place: Option<PathBuf>) -> Self {
        Self(place.map(|place| place.join("history")))
    }

    /// The lines of earlier runs, oldest first, at most as many as are kept. What cannot be read is as good as empty: the
    /// history is a convenience, and the log says why.
    pub fn lines(&self) -> Vec<String> {
        let Some(file) = &self.0 else { return Vec::new() };
        match read(file) {
            Ok((lines, false)) => lines,
            Ok((lines, true)) => {
                if let Err(error) = cut(file, &lines) {
                    tracing::warn!(%error, "failed to cut the palette's history");
                }
                lines
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "failed to read the palette's history");
                Vec::new()
            }
        }
    }

    /// Keeps one more line, off the loop.
    pub fn add(&self, line: String) {
        let Some(file) = self.0.clone() else { return };
        tokio::task::spawn_blocking(move || {
            if let Err(error) = append(&file, &line) {
                tracing::warn!(%error, "failed to keep the palette's history");
            }
        });
    }
}

/// The last lines, and whether the file has grown too long.
fn read(file: &Path) -> io::Result<(Vec<String>, bool)> {
    let mut open = fs::File::open(file)?;
    let long = open.metadata()?.len() > MOST;
    if long {
        io::Seek::seek(&mut open, io::SeekFrom::End(-(MOST as i64)))?;
    }
    let mut bytes = Vec::new();
    open.take(MOST).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().skip(usize::from(long)).filter(|line| !line.is_empty()).collect();
    let from = lines.len().saturating_sub(KEPT);
    Ok((lines[from..].iter().map(|line| (*line).to_owned()).collect(), long))
}

fn append(file: &Path, line: &str) -> io::Result<()> {
    if let Some(place) = file.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(place)?;
    }
    let mut open = OpenOptions::new().append(true).create(true).mode(0o600).open(file)?;
    open.write_all(format!("{}\n", line.replace('\n', " ")).as_bytes())
}

/// Leaves these lines alone in the file, by a new one in its place.
fn cut(file: &Path, lines: &[String]) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    open.write_all(format!("{}\n", lines.join("\n")).as_bytes())?;
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn lines_come_back_in_their_order_from_a_file_that_only_its_owner_reads() {
        let place = tempfile::tempdir().unwrap();
        let past = Past::new(Some(place.path().join("state")));
        assert!(past.lines().is_empty());
        let file = past.0.clone().unwrap();
        append(&file, "pods shop").unwrap();
        append(&file, "ns\nqa").unwrap();
        assert_eq!(past.lines(), ["pods shop", "ns qa"]);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_has_grown_long_is_cut_to_its_newest_lines() {
        let place = tempfile::tempdir().unwrap();
        let past = Past::new(Some(place.path().to_owned()));
        let file = past.0.clone().unwrap();
        fs::write(&file, (0..5000).map(|n| format!("pods app-{n}\n")).collect::<String>()).unwrap();
        assert_eq!(past.lines().len(), KEPT);
        assert_eq!(past.lines().last().map(String::as_str), Some("pods app-4999"));
        assert!(fs::metadata(&file).unwrap().len() < 2000);
    }

    #[test]
    fn without_a_state_directory_nothing_is_kept_and_nothing_fails() {
        assert!(Past::new(None).lines().is_empty());
        Past::new(None).add("fleet".to_owned());
    }
}
