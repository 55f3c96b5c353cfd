//! Paths to files and folders.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    Draft, Host,
    logs::{self, LogFile},
    mounts, system,
};

/// What a file holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text that is known when the file system is made.
    Text(String),
    /// A log.
    Log(LogFile),
    /// A program: not to be read.
    Program,
}

/// What `ls -l` tells of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stat {
    /// It is a folder.
    pub(crate) folder: bool,
    /// It can be run.
    pub(crate) program: bool,
    /// Bytes.
    pub(crate) size: u64,
    /// When it was written.
    pub(crate) modified: DateTime<Utc>,
}

/// The file system of one container.
#[derive(Debug)]
pub(crate) struct Disk {
    /// The container.
    pub(crate) host: Host,
    files: BTreeMap<String, Content>,
    folders: Vec<String>,
}

impl Disk {
    /// The file system as it is now.
    pub(crate) fn new(host: Host) -> Self {
        let mut files = BTreeMap::new();
        system::fill(&host, &mut files);
        mounts::fill(&host, &mut files);
        for (path, log) in logs::files(&host) {
            files.insert(path, Content::Log(log));
        }
        for name in crate::pods::userland::commands::NAMES {
            files.insert(format!("/bin/{name}"), Content::Program);
        }
        let mut folders: Vec<String> =
            ["/tmp", "/root", "/home/app", "/app", "/dev", "/usr/bin", "/var/log"].map(str::to_owned).to_vec();
        folders.extend(mounts::folders(&host));
        Self { host, files, folders }
    }

    /// An absolute path without `.`, `..` and double slashes, seen from `from`.
    pub(crate) fn absolute(from: &str, path: &str) -> String {
        let whole = if path.starts_with('/') { path.to_owned() } else { format!("{from}/{path}") };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// What is at an absolute path.
    pub(crate) fn stat(&self, path: &str) -> Option<Stat> {
        let folder = |modified| Some(Stat { folder: true, program: false, size: 4096, modified });
        let file = |size, modified| Some(Stat { folder: false, program: false, size, modified });
        match self.host.drafts.get(path) {
            Some(Draft::File(bytes, at)) => return file(bytes.len() as u64, at),
            Some(Draft::Folder(at)) => return folder(at),
            Some(Draft::Gone) => return None,
            None => {}
        }
        let born = self.host.source.life.started;
        match self.files.get(path) {
            Some(Content::Text(text)) => file(text.len() as u64, born),
            Some(Content::Program) => Some(Stat { folder: false, program: true, size: 14_664, modified: born }),
            Some(Content::Log(log)) => {
                let (size, modified) = log.size(&self.host);
                file(size, modified)
            }
            None if self.is_folder(path) => folder(born),
            None => None,
        }
    }

    fn is_folder(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        path == "/"
            || self.files.range(inside.clone()..).next().is_some_and(|(file, _)| file.starts_with(&inside))
            || self.folders.iter().any(|folder| folder == path || folder.starts_with(&inside))
            || self.host.drafts.all().iter().any(|(file, draft)| file.starts_with(&inside) && *draft != Draft::Gone)
    }

    /// The names in a folder, in order; `None` where it is none.
    pub(crate) fn list(&self, path: &str) -> Option<Vec<String>> {
        if !self.stat(path)?.folder {
            return None;
        }
        let inside = format!("{}/", path.trim_end_matches('/'));
        let drafts = self.host.drafts.all();
        let all = self.files.keys().chain(&self.folders).chain(drafts.iter().map(|(path, _)| path));
        let mut names: Vec<String> = all
            .filter_map(|file| file.strip_prefix(&inside)?.split('/').next().map(str::to_owned))
            .filter(|name| !name.is_empty() && self.there(&format!("{inside}{name}")))
            .collect();
        names.sort();
        names.dedup();
        Some(names)
    }

    /// Whether something is at a path, at less cost than [`Self::stat`].
    fn there(&self, path: &str) -> bool {
        match self.host.drafts.get(path) {
            Some(draft) => draft != Draft::Gone,
            None => self.files.contains_key(path) || self.is_folder(path),
        }
    }

    /// The bytes of a file now, or why there are none, in the words of the C library.
    pub(crate) fn read(&self, path: &str) -> Result<Arc<Vec<u8>>, &'static str> {
        self.read_at(path, self.host.now())
    }

    /// [`Self::read`], of a log as it was at a time.
    pub(crate) fn read_at(&self, path: &str, now: DateTime<Utc>) -> Result<Arc<Vec<u8>>, &'static str> {
        match self.host.drafts.get(path) {
            Some(Draft::File(bytes, _)) => return Ok(bytes),
            Some(Draft::Folder(_)) => return Err("Is a directory"),
            Some(Draft::Gone) => return Err("No such file or directory"),
            None => {}
        }
        match self.files.get(path) {
            Some(Content::Text(text)) => Ok(Arc::new(text.clone().into_bytes())),
            Some(Content::Log(log)) => Ok(Arc::new(log.read(now))),
            Some(Content::Program) => Ok(Arc::new(b"\x7fELF\x02\x01\x01".to_vec())),
            None if self.is_folder(path) => Err("Is a directory"),
            None if path == "/dev/null" => Ok(Arc::default()),
            None => Err("No such file or directory"),
        }
    }

    /// The log at a path, if one is there that still grows.
    pub(crate) fn log(&self, path: &str) -> Option<&LogFile> {
        match (self.host.drafts.get(path), self.files.get(path)) {
            (None, Some(Content::Log(log))) if log.grows() => Some(log),
            _ => None,
        }
    }

    /// Writes a file, after what is there or instead of it.
    pub(crate) fn write(&self, path: &str, bytes: &[u8], append: bool) -> Result<(), &'static str> {
        if path == "/dev/null" {
            return Ok(());
        }
        self.may_write(path)?;
        let mut whole =
            if append { self.read(path).map(|before| before.to_vec()).unwrap_or_default() } else { Vec::new() };
        whole.extend_from_slice(bytes);
        self.host.drafts.put(path, Draft::File(Arc::new(whole), self.host.now()))
    }

    /// Makes a folder.
    pub(crate) fn make_folder(&self, path: &str) -> Result<(), &'static str> {
        if self.stat(path).is_some() {
            return Err("File exists");
        }
        self.may_write(path)?;
        self.host.drafts.put(path, Draft::Folder(self.host.now()))
    }

    /// Removes a file, or a folder with all that is in it where that is asked for.
    pub(crate) fn remove(&self, path: &str, whole: bool) -> Result<(), &'static str> {
        let stat = self.stat(path).ok_or("No such file or directory")?;
        if stat.folder && !whole {
            return Err("Is a directory");
        }
        self.is_writable(path)?;
        if stat.folder {
            for name in self.list(path).unwrap_or_default() {
                self.remove(&format!("{path}/{name}"), true)?;
            }
        }
        self.host.drafts.put(path, Draft::Gone)
    }

    fn is_writable(&self, path: &str) -> Result<(), &'static str> {
        let fixed = ["/proc", "/sys", "/bin", "/usr"].iter().any(|root| path.starts_with(root));
        if fixed || mounts::holds(&self.host, path) { Err("Read-only file system") } else { Ok(()) }
    }

    fn may_write(&self, path: &str) -> Result<(), &'static str> {
        self.is_writable(path)?;
        if self.stat(path).is_some_and(|stat| stat.folder) {
            return Err("Is a directory");
        }
        let parent = path.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
        match self.stat(parent) {
            Some(stat) if stat.folder => Ok(()),
            Some(_) => Err("Not a directory"),
            None => Err("No such file or directory"),
        }
    }
}
