//! From a container to this machine: one stream of bytes a file, without tar.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use rolldeck_core::{
    shell::{Copied, CopiedFile, CopyError, CopyOptions, FileEntry, Opening, Place, Progress},
    text::Clean,
};
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncReadExt, AsyncWriteExt},
    sync::watch,
};

use super::{
    OWNER,
    checksum::{self, Sum},
    list::{self, Tree},
    names, script,
};
use crate::{
    exec::{
        channels::{Channel, Closed, Takes},
        place, request,
        run::carried,
    },
    writer::{Way, Writer},
};

/// No file takes longer; a link that says nothing ends much earlier.
const LIMIT: Duration = Duration::from_secs(24 * 3600);
/// From a byte on: `tail` counts from 1.
const REST: &str = r#"exec tail -c "+$2" "$1""#;
/// How deep directories are copied.
const DEPTH: usize = 32;

impl Writer {
    /// Copies a file, or the files below a directory, to below a directory of this machine. Each is whole up to the size that it
    /// had when it was opened, and appears under its name once it is whole; until then it is `NAME.part`. Links are not
    /// followed, permissions are kept, those of directories for the ones that it makes. Dropping the future ends it; what was written stays for [`CopyOptions::resume`].
    ///
    /// # Errors
    /// Why it stopped. A file that cannot be read stops nothing: it is among [`Copied::skipped`].
    pub async fn download(
        &self,
        place: &Place,
        path: &str,
        to: &Path,
        options: CopyOptions,
        progress: &watch::Sender<Progress>,
    ) -> Result<Copied, CopyError> {
        let way = self.way(Opening::Download, &place.pod.namespace).await?;
        place::running(&place::pod(&way, place).await?, place)?;
        let Tree { files: found, folders, cut } = list::tree(&way, place, DEPTH, path).await?;
        if found.is_empty() && folders.is_empty() {
            return Err(CopyError::Nothing(Clean::new(path)));
        }
        let total = found.iter().filter_map(|file| file.size).sum();
        progress.send_replace(Progress { total, files_total: found.len(), ..Progress::default() });
        let mut copied = Copied::default();
        if cut {
            copied.skipped.push((Clean::new(path), "there are more files than could be listed".into()));
        }
        let made = make(path, &folders, to, &mut copied).await?;
        let mut taken = BTreeSet::new();
        for file in found {
            let name = match named(path, &file, &mut taken) {
                Ok(name) => name,
                Err(why) => {
                    copied.skipped.push((file.shown(), why.into()));
                    continue;
                }
            };
            progress.send_modify(|progress| progress.file = file.shown());
            let one = One { way: &way, place, file: &file, to: to.join(name), options, progress };
            match one.fetch().await {
                Ok(file) => copied.files.push(file),
                Err(CopyError::Remote(_, why)) => copied.skipped.push((file.shown(), why)),
                Err(error) => return Err(error),
            }
            progress.send_modify(|progress| progress.files_done += 1);
        }
        // From the inside out: one may be closed to its owner.
        for (folder, mode) in made.iter().rev().filter(|(_, mode)| mode & OWNER != OWNER) {
            set_mode(folder, *mode).await.map_err(|error| local(folder, &error))?;
        }
        Ok(copied)
    }
}

/// Makes the directories, also those without a file in them. Those that were not there are told, with the permissions that they are
/// to have; until all is in them they are open to their owner.
async fn make(
    root: &str,
    folders: &[(String, Option<u32>)],
    to: &Path,
    copied: &mut Copied,
) -> Result<Vec<(PathBuf, u32)>, CopyError> {
    let mut made = Vec::new();
    for (folder, mode) in folders {
        let place = match folder.trim_end_matches('/') == root.trim_end_matches('/') {
            true => Ok(to.to_owned()),
            false => names::local(root, folder).map(|name| to.join(name)),
        };
        match place {
            Ok(place) => {
                let here = |error: io::Error| local(&place, &error);
                let new = !fs::try_exists(&place).await.map_err(here)?;
                fs::create_dir_all(&place).await.map_err(here)?;
                copied.folders += 1;
                if let Some(mode) = mode.filter(|_| new).map(allowed) {
                    set_mode(&place, mode | OWNER).await.map_err(here)?;
                    made.push((place, mode));
                }
            }
            Err(why) => copied.skipped.push((Clean::new(folder), why.into())),
        }
    }
    Ok(made)
}

fn named(root: &str, file: &FileEntry, taken: &mut BTreeSet<PathBuf>) -> Result<PathBuf, &'static str> {
    if file.link {
        return Err("a link is not followed");
    }
    let name = names::local(root, &file.path)?;
    if !taken.insert(name.clone()) {
        return Err("another file has the same name on this machine");
    }
    Ok(name)
}

struct One<'a> {
    way: &'a Way,
    place: &'a Place,
    file: &'a FileEntry,
    to: PathBuf,
    options: CopyOptions,
    progress: &'a watch::Sender<Progress>,
}

fn local(path: &Path, error: &io::Error) -> CopyError {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    };
    CopyError::Local(Clean::from(path.display().to_string()), why.into())
}

impl One<'_> {
    async fn fetch(&self) -> Result<CopiedFile, CopyError> {
        let here = |error: io::Error| local(&self.to, &error);
        let shown = || Clean::from(self.to.display().to_string());
        if !self.options.overwrite && fs::try_exists(&self.to).await.map_err(here)? {
            return Err(CopyError::Exists(shown()));
        }
        if let Some(folder) = self.to.parent() {
            fs::create_dir_all(folder).await.map_err(|error| local(folder, &error))?;
        }
        let mut name = self.to.clone().into_os_string();
        name.push(".part");
        let part = PathBuf::from(name);
        let (sink, sum, offset) = self.begin(&part).await.map_err(|error| local(&part, &error))?;
        self.progress.send_modify(|progress| {
            progress.done += offset;
            progress.kept += offset;
        });
        let mut writing = Writing {
            sink,
            sum,
            left: self.file.size.map(|size| size - offset),
            done: offset,
            error: None,
            said: Vec::new(),
            progress: self.progress,
        };
        let closed = self.read(offset, &mut writing).await?;
        if let Some(error) = &writing.error {
            return Err(local(&part, error));
        }
        let whole = writing.left == Some(0) || writing.left.is_none() && closed == Some(Closed::Exit(0));
        if !whole {
            return Err(CopyError::Remote(self.file.shown(), writing.why_not(closed)));
        }
        writing.sink.flush().await.map_err(|error| local(&part, &error))?;
        writing.sink.sync_all().await.map_err(|error| local(&part, &error))?;
        let (bytes, sha256) = (writing.done, writing.sum.end());
        let theirs = checksum::remote(self.way, self.place, &self.file.path, bytes).await;
        if theirs.as_ref().is_some_and(|theirs| *theirs != sha256) {
            return Err(CopyError::Differs(self.file.shown()));
        }
        keep_mode(&part, self.file.mode).await.map_err(|error| local(&part, &error))?;
        fs::rename(&part, &self.to).await.map_err(here)?;
        Ok(CopiedFile { path: self.to.display().to_string(), bytes, sha256, verified: theirs.is_some() })
    }

    /// The file to write, the sum of what is in it, and how much that is.
    async fn begin(&self, part: &Path) -> io::Result<(File, Sum, u64)> {
        let mut sum = Sum::new();
        if self.options.resume
            && let Ok(mut file) = OpenOptions::new().read(true).append(true).open(part).await
        {
            let mut block = vec![0; 256 * 1024];
            let mut done = 0;
            loop {
                let count = file.read(&mut block).await?;
                if count == 0 {
                    break;
                }
                sum.update(&block[..count]);
                done += count as u64;
            }
            if self.file.size.is_some_and(|size| done <= size) {
                return Ok((file, sum, done));
            }
            sum = Sum::new();
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(part).await?;
        Ok((file, sum, 0))
    }

    async fn read(&self, offset: u64, writing: &mut Writing<'_>) -> Result<Option<Closed>, CopyError> {
        if writing.left == Some(0) {
            return Ok(Some(Closed::Exit(0)));
        }
        let path = &self.file.path;
        let argv = match offset {
            0 => vec!["cat".to_owned(), path.clone()],
            _ => script(REST, [path.clone(), (offset + 1).to_string()]),
        };
        let request = request::read_files(self.place, &argv, false);
        Ok(carried(self.way, self.place, request, LIMIT, writing).await?)
    }
}

async fn keep_mode(path: &Path, mode: Option<u32>) -> io::Result<()> {
    let Some(mode) = mode else { return Ok(()) };
    set_mode(path, allowed(mode) | 0o200).await
}

/// What runs as someone else in the container has no business doing so here.
fn allowed(mode: u32) -> u32 {
    mode & 0o777
}

async fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).await
}

/// Writes what comes, and no more than was there when it began.
struct Writing<'a> {
    sink: File,
    sum: Sum,
    left: Option<u64>,
    done: u64,
    error: Option<io::Error>,
    said: Vec<u8>,
    progress: &'a watch::Sender<Progress>,
}

impl Writing<'_> {
    fn why_not(&self, closed: Option<Closed>) -> Clean {
        let said = Clean::new(String::from_utf8_lossy(&self.said).trim());
        match closed {
            _ if !said.is_empty() => said,
            Some(Closed::Cut(why) | Closed::Failed(why)) => why.into(),
            Some(Closed::Exit(0)) => format!("it became shorter while it was read: {} bytes came", self.done).into(),
            Some(Closed::Exit(code)) => format!("exit code {code}").into(),
            Some(Closed::Left) | None => "it took too long".into(),
        }
    }
}

impl Takes for Writing<'_> {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        if channel == Channel::Err {
            let room = 1024usize.saturating_sub(self.said.len()).min(block.len());
            self.said.extend_from_slice(&block[..room]);
            return true;
        }
        let wanted = self.left.map_or(block.len(), |left| usize::try_from(left).unwrap_or(usize::MAX).min(block.len()));
        let block = &block[..wanted];
        if let Err(error) = self.sink.write_all(block).await {
            self.error = Some(error);
            return false;
        }
        self.sum.update(block);
        self.done += wanted as u64;
        self.left = self.left.map(|left| left - wanted as u64);
        self.progress.send_modify(|progress| progress.done += wanted as u64);
        self.left != Some(0)
    }
}
