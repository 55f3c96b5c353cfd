//! The commands.

mod arguments;
mod blocks;
mod change;
mod figures;
mod files;
mod find;
mod grep;
mod list;
mod system;
mod test;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use super::Disk;

/// What a command sees of the shell that runs it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The files.
    pub(super) disk: &'a Disk,
    /// The variables.
    pub(super) env: &'a BTreeMap<String, String>,
    /// The folder that it is in.
    pub(super) folder: &'a str,
    /// How wide the terminal is.
    pub(super) columns: u16,
    /// How high it is.
    pub(super) rows: u16,
    /// There is a terminal.
    pub(super) tty: bool,
}

impl View<'_> {
    fn path(&self, path: &str) -> String {
        Disk::absolute(self.folder, path)
    }
}

/// What a command that is done has written, and its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
    pub(super) code: i32,
}

impl Done {
    /// It wrote this and succeeded.
    pub(super) fn said(text: impl Into<String>) -> Self {
        Self { out: text.into().into_bytes(), ..Self::default() }
    }

    /// It failed, and says why on standard error.
    pub(super) fn failed(code: i32, why: impl AsRef<str>) -> Self {
        Self { err: format!("{}\n", why.as_ref()).into_bytes(), code, ..Self::default() }
    }

    /// Adds a complaint and goes on.
    pub(super) fn complain(&mut self, why: impl AsRef<str>) {
        self.err.extend_from_slice(format!("{}\n", why.as_ref()).as_bytes());
        self.code = 1;
    }
}

/// A command that reads lines and writes others.
pub(super) trait Filter: Send {
    /// Takes a line with its end; false where no more is wanted.
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool;

    /// Whether it takes any bytes as they come, and no lines.
    fn is_raw(&self) -> bool {
        false
    }

    /// There is no more; returns the exit code.
    fn end(&mut self, out: &mut Vec<u8>) -> i32;
}

/// A file that `tail` follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    /// As it was called.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: String,
    /// Which file it was at the last look.
    pub(super) inode: Option<u64>,
    /// How far it was read.
    pub(super) offset: u64,
}

/// What `tail -f` has written, and what it goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Following {
    /// What it has written.
    pub(super) first: Vec<u8>,
    /// The files.
    pub(super) files: Vec<Followed>,
    /// Whether the name is followed (`-F`), and not the file that had it.
    pub(super) by_name: bool,
}

/// What a command is to the shell.
pub(super) enum Task {
    /// It is done.
    Done(Done),
    /// It reads standard input.
    Filter(Box<dyn Filter>),
    /// It goes on with what files get.
    Follow(Following),
    /// It waits.
    Rest(Duration),
    /// A shell that runs a script, with its name and arguments.
    Script(String, Vec<String>),
    /// A shell that reads commands.
    Shell,
    /// It has written this, and runs these commands.
    Calls(Done, Vec<Vec<String>>),
    /// It takes the whole screen.
    Top,
}

/// The programs that an image may have in `/bin`.
pub(super) const NAMES: &[&str] = &[
    "[",
    "ash",
    "basename",
    "cat",
    "chmod",
    "clear",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "dirname",
    "du",
    "echo",
    "env",
    "false",
    "find",
    "free",
    "grep",
    "gunzip",
    "head",
    "hostname",
    "id",
    "ls",
    "mkdir",
    "mv",
    "nproc",
    "printenv",
    "printf",
    "ps",
    "pwd",
    "rm",
    "sed",
    "seq",
    "sh",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "stty",
    "tail",
    "tee",
    "test",
    "top",
    "touch",
    "tr",
    "true",
    "uname",
    "uniq",
    "uptime",
    "wc",
    "which",
    "whoami",
    "zcat",
];

/// Where a program of this name is, if the image has it.
pub(super) fn which(disk: &Disk, name: &str) -> Option<String> {
    let plain = name.strip_prefix("/bin/").unwrap_or(name);
    disk.runs(plain).then(|| format!("/bin/{plain}"))
}

/// Starts a command; `None` where there is none of this name.
pub(super) fn start(view: &View, name: &str, args: &[String]) -> Option<Task> {
    if !view.disk.runs(name) {
        return None;
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let args = args.as_slice();
    let task = match name {
        "sh" | "ash" => shell(args),
        "sleep" => system::sleep(args),
        "cat" => files::cat(view, args),
        "zcat" | "gunzip" => files::zcat(view, args),
        "head" => files::head(view, args),
        "tail" => files::tail(view, args),
        "tee" => files::tee(view, args),
        "grep" => grep::grep(view, args),
        "wc" => text::wc(view, args),
        "sort" => text::sort(view, args),
        "uniq" => text::uniq(view, args),
        "cut" => text::cut(view, args),
        "tr" => text::tr(args),
        "sed" => text::sed(view, args),
        "dd" => blocks::dd(view, args),
        "sha256sum" => blocks::sha256sum(view, args),
        "find" => find::find(view, args),
        "top" if view.tty && !args.contains(&"-b") => Task::Top,
        _ => Task::Done(done(view, name, args)?),
    };
    Some(task)
}

/// Commands that read nothing and are done at once.
fn done(view: &View, name: &str, args: &[&str]) -> Option<Done> {
    Some(match name {
        "ls" => list::ls(view, args),
        "du" => list::du(view, args),
        "mkdir" => files::mkdir(view, args),
        "rm" => files::rm(view, args),
        "touch" => files::touch(view, args),
        "chmod" => change::chmod(view, args),
        "mv" | "cp" => change::copy(view, name, args),
        "stat" => change::stat(view, args),
        "seq" => change::seq(args),
        "ps" => figures::ps(view),
        "top" => figures::top(view),
        "df" => figures::df(view, args),
        "free" => figures::free(view),
        "uptime" => figures::uptime(view),
        "nproc" => Done::said(format!("{}\n", super::disk::system::cpus(&view.disk.host))),
        "test" => test::test(view, args),
        "[" => match args.split_last() {
            Some((&"]", args)) => test::test(view, args),
            _ => Done::failed(2, "sh: [: missing ]"),
        },
        name => system::done(view, name, args)?,
    })
}

fn shell(args: &[&str]) -> Task {
    match args {
        [] => Task::Shell,
        [flag, script, ..] if flag.starts_with('-') && flag.ends_with('c') => {
            let rest = args.get(2..).unwrap_or_default();
            Task::Script((*script).to_owned(), rest.iter().map(|&arg| arg.to_owned()).collect())
        }
        [flag, ..] if flag.starts_with('-') => Task::Shell,
        [file, ..] => {
            Task::Done(Done::failed(2, format!("sh: can't open '{file}': scripts in files are not run here")))
        }
    }
}
