//! The commands.

mod arguments;
mod figures;
mod files;
mod grep;
mod list;
mod system;
mod test;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

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

    /// There is no more; returns the exit code.
    fn end(&mut self, out: &mut Vec<u8>) -> i32;
}

/// What a command is to the shell.
pub(super) enum Task {
    /// It is done.
    Done(Done),
    /// It reads standard input.
    Filter(Box<dyn Filter>),
    /// It has written this, and goes on with what these files get after that time.
    Follow(Vec<u8>, Vec<String>, DateTime<Utc>),
    /// It waits.
    Rest(Duration),
    /// It ends the shell, with the last status unless a code is given.
    Exit(Option<i32>),
    /// It changes the folder.
    Folder(String),
    /// It sets variables.
    Set(Vec<(String, String)>),
    /// It unsets variables.
    Unset(Vec<String>),
    /// A shell that runs a script, with its name and arguments.
    Script(String, Vec<String>),
    /// It forgets the first argument of the script.
    Shift,
    /// A shell that reads commands.
    Shell,
}

/// The programs in `/bin`.
pub(super) const NAMES: &[&str] = &[
    "ash", "basename", "cat", "clear", "cut", "date", "df", "dirname", "du", "echo", "env", "false", "find", "free",
    "grep", "gunzip", "head", "hostname", "id", "kill", "ls", "mkdir", "nproc", "printenv", "printf", "ps", "pwd",
    "rm", "sed", "sh", "sleep", "sort", "stty", "tail", "tee", "test", "top", "touch", "tr", "true", "uname", "uniq",
    "uptime", "wc", "which", "whoami", "zcat",
];

/// Starts a command; `None` where there is none of this name.
pub(super) fn start(view: &View, name: &str, args: &[String]) -> Option<Task> {
    let name = name.strip_prefix("/bin/").or(name.strip_prefix("/usr/bin/")).unwrap_or(name);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let args = args.as_slice();
    let task = match name {
        "sh" | "ash" => shell(args),
        "shift" => Task::Shift,
        "exit" => Task::Exit(args.first().and_then(|code| code.parse().ok())),
        "cd" => system::cd(view, args),
        "export" => {
            Task::Set(args.iter().filter_map(|arg| arg.split_once('=')).map(|(a, b)| (a.into(), b.into())).collect())
        }
        "unset" => Task::Unset(args.iter().map(|&name| name.to_owned()).collect()),
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
        _ => Task::Done(done(view, name, args)?),
    };
    Some(task)
}

/// Commands that read nothing and are done at once.
fn done(view: &View, name: &str, args: &[&str]) -> Option<Done> {
    Some(match name {
        "ls" => list::ls(view, args),
        "find" => list::find(view, args),
        "du" => list::du(view, args),
        "mkdir" => files::mkdir(view, args),
        "rm" => files::rm(view, args),
        "touch" => files::touch(view, args),
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
