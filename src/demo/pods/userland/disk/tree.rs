//! Paths to files and folders.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{
    Draft, Host, Image, Written,
    logs::{self, LogFile},
    mounts, system,
};
use crate::pods::chance::Chance;

/// What a file holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text that is known when the file system is made.
    Text(String),
    /// Bytes that are.
    Bytes(Arc<Vec<u8>>),
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
    /// Permissions.
    pub(crate) mode: u32,
    /// Which file it is, whatever its name.
    pub(crate) inode: u64,
}

/// A log file as far as it was read: what comes is put behind it.
#[derive(Debug)]
struct Read {
    begins: DateTime<Utc>,
    until: DateTime<Utc>,
    bytes: Arc<Vec<u8>>,
}

/// Logs that are held as far as they were read.
const READ: usize = 12;

/// The file system of one container, for one session.
#[derive(Debug)]
pub(crate) struct Disk {
    /// The container.
    pub(crate) host: Host,
    image: Image,
    files: BTreeMap<String, Content>,
    folders: Vec<String>,
    read: Mutex<HashMap<u64, Read>>,
}

impl Disk {
    /// The file system as it is now.
    pub(crate) fn new(host: Host) -> Self {
        let mut files = BTreeMap::new();
        system::fill(&host, &mut files);
        mounts::fill(&host, &mut files);
        for (path, bytes) in logs::binaries(&host) {
            files.insert(path, Content::Bytes(Arc::new(bytes)));
        }
        let image = Image::of(&host);
        for name in crate::pods::userland::commands::NAMES.iter().filter(|name| image.has(name)) {
            files.insert(format!("/bin/{name}"), Content::Program);
        }
        let mut folders: Vec<String> =
            ["/tmp", "/root", "/home/app", "/app", "/dev", "/usr/bin", "/var/log"].map(str::to_owned).to_vec();
        folders.extend(mounts::folders(&host));
        Self { host, image, files, folders, read: Mutex::default() }
    }

    /// The image.
    pub(crate) fn image(&self) -> Image {
        self.image
    }

    /// Whether a program is there to be run: by its name, or where it lies.
    pub(crate) fn runs(&self, name: &str) -> bool {
        let plain = name.strip_prefix("/bin/").or(name.strip_prefix("/usr/bin/")).unwrap_or(name);
        self.image.has(plain)
    }

    /// The log at a path, as files are named now.
    fn log(&self, path: &str) -> Option<LogFile> {
        if !logs::folders(&self.host).iter().any(|folder| path.starts_with(folder.as_str())) {
            return None;
        }
        logs::files(&self.host).into_iter().find(|(file, _)| file == path).map(|(_, log)| log)
    }

    /// The bytes of a log now.
    fn log_bytes(&self, log: &LogFile) -> Arc<Vec<u8>> {
        let now = self.host.now();
        let mut all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = all.get_mut(&log.inode).filter(|read| read.begins == log.begins()) {
            if read.until < now && log.grows(read.until) {
                let news = log.bytes(Some(read.until), now);
                Arc::make_mut(&mut read.bytes).extend_from_slice(&news);
                read.until = now;
            }
            return Arc::clone(&read.bytes);
        }
        let bytes = Arc::new(log.bytes(None, now));
        if all.len() >= READ
            && let Some(oldest) = all.iter().min_by_key(|(_, read)| read.until).map(|(inode, _)| *inode)
        {
            all.remove(&oldest);
        }
        all.insert(log.inode, Read { begins: log.begins(), until: now, bytes: Arc::clone(&bytes) });
        bytes
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
        let inode = || Chance::new(29).named(path).bits() % 400_000 + 10;
        let folder =
            |modified| Some(Stat { folder: true, program: false, size: 4096, modified, mode: 0o755, inode: inode() });
        let file = |size: usize, modified| {
            let (size, mode) = (size as u64, 0o644);
            Some(Stat { folder: false, program: false, size, modified, mode, inode: inode() })
        };
        match self.host.drafts.get(path) {
            Some(Draft::File(Written { bytes, at, mode, inode })) => {
                return Some(Stat { mode, inode, ..file(bytes.len(), at)? });
            }
            Some(Draft::Folder(at, mode)) => return Some(Stat { mode, ..folder(at)? }),
            Some(Draft::Gone) => return None,
            None => {}
        }
        let born = self.host.source.life.started;
        if let Some(log) = self.log(path) {
            let stat = file(self.log_bytes(&log).len(), log.modified(self.host.now()))?;
            return Some(Stat { inode: log.inode, ..stat });
        }
        if let Some(text) = self.process(path) {
            return file(text.len(), self.host.now());
        }
        match self.files.get(path) {
            Some(Content::Text(text)) => file(text.len(), born),
            Some(Content::Bytes(bytes)) => file(bytes.len(), born),
            Some(Content::Program) => Some(Stat { program: true, mode: 0o755, ..file(14_664, born)? }),
            None if path == "/dev/null" => file(0, born),
            None if self.is_folder(path) => folder(born),
            None => None,
        }
    }

    /// A file below `/proc/NUMBER`.
    fn process(&self, path: &str) -> Option<String> {
        let (pid, name) = path.strip_prefix("/proc/")?.split_once('/')?;
        let (command, environment) = self.host.processes.files(pid.parse().ok()?)?;
        match name {
            "cmdline" => Some(command),
            "environ" => Some(environment),
            _ => None,
        }
    }

    /// Paths that come and go by themselves: logs and processes.
    fn passing(&self, inside: &str) -> Vec<String> {
        let mut paths = Vec::new();
        let meets = |root: &str| root.starts_with(inside) || inside.starts_with(root);
        if logs::folders(&self.host).iter().any(|folder| meets(folder)) {
            paths.extend(logs::files(&self.host).into_iter().map(|(path, _)| path));
        }
        if meets("/proc/") {
            let pids = self.host.processes.list().into_iter().map(|(pid, _)| pid);
            paths.extend(pids.flat_map(|pid| ["cmdline", "environ"].map(|name| format!("/proc/{pid}/{name}"))));
        }
        paths
    }

    fn is_folder(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        path == "/"
            || self.files.range(inside.clone()..).next().is_some_and(|(file, _)| file.starts_with(&inside))
            || self.folders.iter().any(|folder| folder == path || folder.starts_with(&inside))
            || self.passing(&inside).iter().any(|file| file.starts_with(&inside))
            || self.host.drafts.all().iter().any(|(file, draft)| file.starts_with(&inside) && *draft != Draft::Gone)
    }

    /// The names in a folder, in order; `None` where it is none.
    pub(crate) fn list(&self, path: &str) -> Option<Vec<String>> {
        if !self.stat(path)?.folder {
            return None;
        }
        let inside = format!("{}/", path.trim_end_matches('/'));
        let (drafts, passing) = (self.host.drafts.all(), self.passing(&inside));
        let all = self.files.keys().chain(&self.folders).chain(&passing).chain(drafts.iter().map(|(path, _)| path));
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
            None => self.files.contains_key(path) || self.log(path).is_some() || self.stat(path).is_some(),
        }
    }

    /// The bytes of a file now, or why there are none, in the words of the C library.
    pub(crate) fn read(&self, path: &str) -> Result<Arc<Vec<u8>>, &'static str> {
        match self.host.drafts.get(path) {
            Some(Draft::File(file)) => return Ok(file.bytes),
            Some(Draft::Folder(..)) => return Err("Is a directory"),
            Some(Draft::Gone) => return Err("No such file or directory"),
            None => {}
        }
        if let Some(log) = self.log(path) {
            return Ok(self.log_bytes(&log));
        }
        if let Some(text) = self.process(path) {
            return Ok(Arc::new(text.into_bytes()));
        }
        match self.files.get(path) {
            Some(Content::Text(text)) => Ok(Arc::new(text.clone().into_bytes())),
            Some(Content::Bytes(bytes)) => Ok(Arc::clone(bytes)),
            Some(Content::Program) => Ok(Arc::new(b"\x7fELF\x02\x01\x01".to_vec())),
            None if path == "/dev/null" => Ok(Arc::default()),
            None if self.is_folder(path) => Err("Is a directory"),
            None => Err("No such file or directory"),
        }
    }

    /// Writes a file, after what is there or instead of it.
    pub(crate) fn write(&self, path: &str, bytes: &[u8], append: bool) -> Result<(), &'static str> {
        if path == "/dev/null" {
            return Ok(());
        }
        self.may_write(path)?;
        if append && self.host.drafts.append(path, bytes, self.host.now())? {
            return Ok(());
        }
        let mut whole =
            if append { self.read(path).map(|before| before.to_vec()).unwrap_or_default() } else { Vec::new() };
        whole.extend_from_slice(bytes);
        let mode = self.stat(path).map_or(0o644, |stat| stat.mode);
        self.put(path, Arc::new(whole), mode)
    }

    /// Puts a file in place of what is there. The file of a name stays the same, a new name is a new file.
    pub(crate) fn put(&self, path: &str, bytes: Arc<Vec<u8>>, mode: u32) -> Result<(), &'static str> {
        self.may_write(path)?;
        let inode = self.stat(path).map_or_else(|| self.host.drafts.inode(), |stat| stat.inode);
        self.host.drafts.put(path, Draft::File(Written { bytes, at: self.host.now(), mode, inode }))
    }

    /// Gives a file, or a folder that was made, other permissions.
    pub(crate) fn set_mode(&self, path: &str, mode: u32) -> Result<(), &'static str> {
        if let Some(Draft::Folder(at, _)) = self.host.drafts.get(path) {
            return self.host.drafts.put(path, Draft::Folder(at, mode));
        }
        let bytes = self.read(path)?;
        self.put(path, bytes, mode)
    }

    /// Gives a file another name; what had that name is gone.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), &'static str> {
        let (bytes, stat) = (self.read(from)?, self.stat(from).ok_or("No such file or directory")?);
        self.may_write(to)?;
        self.is_writable(from)?;
        let file = Written { bytes, at: stat.modified, mode: stat.mode, inode: stat.inode };
        self.host.drafts.put(from, Draft::Gone)?;
        self.host.drafts.put(to, Draft::File(file))
    }

    /// Makes a folder.
    pub(crate) fn make_folder(&self, path: &str) -> Result<(), &'static str> {
        if self.stat(path).is_some() {
            return Err("File exists");
        }
        self.may_write(path)?;
        self.host.drafts.put(path, Draft::Folder(self.host.now(), 0o755))
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
