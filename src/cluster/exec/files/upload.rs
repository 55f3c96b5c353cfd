//! From this machine into a container: one stream of bytes a file, without tar.

use std::{
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use kube::client::Connection;
use rolldeck_core::{
    shell::{Copied, CopiedFile, CopyError, CopyOptions, Input, Opening, Place, Progress},
    text::Clean,
};
use tokio::{
    fs::{self, File},
    io::AsyncReadExt,
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    OWNER,
    checksum::{self, Sum},
    script,
};
use crate::{
    exec::{
        channels::{Closed, carry},
        place,
        request::{Streams, exec},
        run::{Kept, carried},
    },
    writer::{Way, Writer},
};

const UPLOAD: &str = include_str!("upload.sh");
/// Makes directories that are not there, and says which of them were not: a digit each. The arguments are pairs of permissions and path.
const MAKE: &str = r#"while [ $# -gt 1 ]; do
  if [ -d "$2" ]; then printf 0; else mkdir -p -- "$2" && chmod "$1" "$2" && printf 1 || exit 1; fi
  shift 2
done"#;
/// Sets permissions: the arguments are pairs of permissions and path.
const CLOSE: &str = r#"while [ $# -gt 1 ]; do chmod "$1" "$2" || exit 1; shift 2; done"#;
/// Directories of one command.
const AT_ONCE: usize = 50;
/// How long directories may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// No file takes longer.
const LIMIT: Duration = Duration::from_secs(24 * 3600);
const BLOCK: usize = 32 * 1024;
/// Blocks that wait for the link.
const BLOCKS: usize = 8;

/// A file to send.
struct Item {
    from: PathBuf,
    to: String,
    size: u64,
    mode: u32,
}

impl Writer {
    /// Copies a file of this machine to a path in the container, or the files below a directory to below that path. Each appears
    /// under its name once it is whole. Links are not followed, permissions are kept, those of directories for the ones that it
    /// makes. Needs a shell in the image.
    ///
    /// # Errors
    /// Why it stopped.
    pub async fn upload(
        &self,
        place: &Place,
        from: &Path,
        to: &str,
        options: CopyOptions,
        progress: &watch::Sender<Progress>,
    ) -> Result<Copied, CopyError> {
        let way = self.way(Opening::Upload, &place.pod.namespace).await?;
        place::running(&place::pod(&way, place).await?, place)?;
        let mut copied = Copied::default();
        let Sent { items, folders } = collect(from, to, &mut copied.skipped).await?;
        let total = items.iter().map(|item| item.size).sum();
        progress.send_replace(Progress { total, files_total: items.len(), ..Progress::default() });
        let made = make(&way, place, &folders).await?;
        copied.folders = folders.len();
        for item in items {
            progress.send_modify(|progress| progress.file = Clean::new(&item.to));
            copied.files.push(send(&way, place, &item, options, progress).await?);
            progress.send_modify(|progress| progress.files_done += 1);
        }
        // From the inside out: one may be closed to its owner.
        let closed: Vec<_> = made.into_iter().rev().filter(|(_, mode)| mode & OWNER != OWNER).collect();
        for some in closed.chunks(AT_ONCE) {
            on_folders(&way, place, CLOSE, some).await?;
        }
        Ok(copied)
    }
}

fn local(path: &Path, error: &io::Error) -> CopyError {
    CopyError::Local(Clean::from(path.display().to_string()), Clean::from(error.to_string()))
}

/// What is sent: the files, and the directories that they and others stand in.
struct Sent {
    items: Vec<Item>,
    folders: Vec<Folder>,
}

/// A directory in the container, and its permissions.
type Folder = (String, u32);

/// What is to be sent. A path that ends with a slash is a directory to put it into, under its own name.
async fn collect(from: &Path, to: &str, skipped: &mut Vec<(Clean, Clean)>) -> Result<Sent, CopyError> {
    let (mut items, mut folders) = (Vec::new(), Vec::new());
    let name = from.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let to = if to.ends_with('/') { format!("{to}{name}") } else { to.to_owned() };
    let mut open = vec![(from.to_owned(), to.trim_end_matches('/').to_owned())];
    while let Some((path, to)) = open.pop() {
        let about = fs::symlink_metadata(&path).await.map_err(|error| local(&path, &error))?;
        if about.is_symlink() {
            skipped.push((Clean::from(path.display().to_string()), "a link is not followed".into()));
        } else if about.is_dir() {
            folders.push((to.clone(), about.permissions().mode() & 0o777));
            let mut folder = fs::read_dir(&path).await.map_err(|error| local(&path, &error))?;
            while let Some(inner) = folder.next_entry().await.map_err(|error| local(&path, &error))? {
                match inner.file_name().to_str() {
                    Some(name) => open.push((inner.path(), format!("{to}/{name}"))),
                    None => {
                        let name = Clean::from(inner.path().display().to_string());
                        skipped.push((name, "its name is no UTF-8".into()));
                    }
                }
            }
        } else if about.is_file() {
            items.push(Item { from: path, to, size: about.len(), mode: about.permissions().mode() & 0o777 });
        } else {
            skipped.push((Clean::from(path.display().to_string()), "it is no file".into()));
        }
    }
    items.sort_by(|a, b| a.to.cmp(&b.to));
    folders.sort();
    Ok(Sent { items, folders })
}

/// Makes the directories, so many with one command; returns those that were not there. Until all is in them they are open to their
/// owner.
async fn make(way: &Way, place: &Place, folders: &[Folder]) -> Result<Vec<Folder>, CopyError> {
    let mut made = Vec::new();
    for some in folders.chunks(AT_ONCE) {
        let open: Vec<Folder> = some.iter().map(|(path, mode)| (path.clone(), mode | OWNER)).collect();
        let said = on_folders(way, place, MAKE, &open).await?;
        let new = said.into_iter().zip(some).filter(|(digit, _)| *digit == b'1');
        made.extend(new.map(|(_, folder)| folder.clone()));
    }
    Ok(made)
}

/// Runs a script over directories and permissions for them; returns what it says.
async fn on_folders(way: &Way, place: &Place, text: &str, folders: &[Folder]) -> Result<Vec<u8>, CopyError> {
    let arguments = folders.iter().flat_map(|(path, mode)| [format!("{mode:o}"), path.clone()]);
    let request = exec(place, &script(text, arguments), Streams::default());
    let mut kept = Kept::new(4096);
    let closed = carried(way, place, request, PATIENCE, &mut kept).await?;
    let said = kept.output(PATIENCE);
    if closed != Some(Closed::Exit(0)) {
        let first = folders.first().map(|(path, _)| Clean::new(path)).unwrap_or_default();
        return Err(CopyError::Remote(first, why(&closed.unwrap_or(Closed::Left), &said.stderr)));
    }
    Ok(said.stdout)
}

async fn send(
    way: &Way,
    place: &Place,
    item: &Item,
    options: CopyOptions,
    progress: &watch::Sender<Progress>,
) -> Result<CopiedFile, CopyError> {
    let mut file = File::open(&item.from).await.map_err(|error| local(&item.from, &error))?;
    let replace = if options.overwrite { "1" } else { "0" };
    let arguments = [item.to.clone(), format!("{:o}", item.mode), item.size.to_string(), replace.to_owned()];
    let request = exec(place, &script(UPLOAD, arguments), Streams { stdin: true, tty: false });
    let connection = way.open(request, place).await?;
    let mut kept = Kept::new(4096);
    let (sum, closed) = exchange(connection, &mut file, item.size, &mut kept, progress)
        .await
        .map_err(|error| local(&item.from, &error))?;
    let output = kept.output(LIMIT);
    let at = || Clean::new(&item.to);
    match closed {
        Closed::Exit(0) => {}
        Closed::Exit(73) => return Err(CopyError::Exists(at())),
        Closed::Exit(21) => return Err(CopyError::Folder(at())),
        closed => return Err(CopyError::Remote(at(), why(&closed, &output.stderr))),
    }
    let sha256 = sum.ok_or_else(|| CopyError::Remote(at(), "it ended before all was sent".into()))?;
    let theirs = checksum::read(&output.stdout);
    if theirs.as_ref().is_some_and(|theirs| *theirs != sha256) {
        return Err(CopyError::Differs(at()));
    }
    Ok(CopiedFile { path: item.to.clone(), bytes: item.size, sha256, verified: theirs.is_some() })
}

/// Sends a file and waits for the answer: the checksum of what was sent, if all was, and the end.
async fn exchange(
    connection: Connection,
    file: &mut File,
    size: u64,
    kept: &mut Kept,
    progress: &watch::Sender<Progress>,
) -> io::Result<(Option<String>, Closed)> {
    let closes = connection.supports_stream_close();
    // `blocks` stays open until the end: dropping it would be to leave.
    let (blocks, mut input) = mpsc::channel(BLOCKS);
    let mut no_size = None;
    let feed = feed(file, size, &blocks, progress);
    let carried = timeout(LIMIT, carry(connection.into_stream(), closes, &mut input, &mut no_size, kept));
    tokio::pin!(feed, carried);
    let (mut fed, mut sum) = (false, None);
    loop {
        tokio::select! {
            sent = &mut feed, if !fed => (fed, sum) = (true, sent?),
            closed = &mut carried => return Ok((sum, closed.unwrap_or(Closed::Left))),
        }
    }
}

fn why(closed: &Closed, said: &[u8]) -> Clean {
    let said = Clean::new(String::from_utf8_lossy(said).trim());
    match closed {
        _ if !said.is_empty() => said,
        Closed::Exit(74) => "it did not arrive whole".into(),
        Closed::Exit(code) => format!("exit code {code}").into(),
        Closed::Failed(why) | Closed::Cut(why) => Clean::new(why),
        Closed::Left => "it took too long".into(),
    }
}

/// Sends the first `size` bytes; their checksum, or nothing where the other side wants no more.
async fn feed(
    file: &mut File,
    size: u64,
    blocks: &mpsc::Sender<Input>,
    progress: &watch::Sender<Progress>,
) -> io::Result<Option<String>> {
    let mut sum = Sum::new();
    let mut left = size;
    while left > 0 {
        let mut block = vec![0; BLOCK.min(usize::try_from(left).unwrap_or(BLOCK))];
        let count = file.read(&mut block).await?;
        if count == 0 {
            return Err(io::Error::other("it became shorter while it was read"));
        }
        block.truncate(count);
        sum.update(&block);
        left -= count as u64;
        if blocks.send(Input::Bytes(block)).await.is_err() {
            return Ok(None);
        }
        progress.send_modify(|progress| progress.done += count as u64);
    }
    // Where the protocol cannot end standard input, the script knows how much comes.
    Ok(blocks.send(Input::End).await.ok().map(|()| sum.end()))
}
