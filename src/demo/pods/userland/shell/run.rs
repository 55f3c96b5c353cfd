//! Running what was parsed.

use std::collections::BTreeMap;

use super::{
    chain::through,
    syntax::{Command, List, Target, When, parse},
};
use crate::pods::userland::{
    Channel, Disk, Host, Terminal,
    commands::{Done, Task, View, start},
    disk::mounts::environment,
    terminal::Line,
};

/// What `$(…)` may hold.
const CAPTURED: usize = 1024 * 1024;

/// How a command that was asked for ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With this exit code.
    Code(i32),
    /// There is no such program.
    Missing(String),
}

/// A shell at work.
pub(crate) struct Shell {
    /// The files.
    pub(super) disk: Disk,
    /// The variables.
    pub(super) env: BTreeMap<String, String>,
    /// The folder that it is in.
    pub(super) folder: String,
    /// What the last command ended with.
    pub(super) status: i32,
    pub(super) terminal: Terminal,
    /// What `$(…)` prints, the innermost last.
    captures: Vec<Vec<u8>>,
    pub(super) exit: Option<i32>,
    /// The name of the script that runs, and its arguments.
    pub(super) arguments: Vec<String>,
}

/// What a command of a pipeline reads.
enum Feed {
    /// What the session reads.
    Session,
    /// What the command before it wrote, or a file.
    Bytes(Vec<u8>),
}

/// Runs one command, as an exec into a container does.
pub(crate) async fn run(host: Host, argv: &[String], terminal: Terminal) -> Ending {
    let env = environment(&host);
    let disk = Disk::new(host);
    let folder = if disk.stat("/app").is_some() { "/app" } else { "/" };
    let mut shell = Shell {
        disk,
        env,
        folder: folder.to_owned(),
        status: 0,
        terminal,
        captures: Vec::new(),
        exit: None,
        arguments: Vec::new(),
    };
    let name = argv.first().map(String::as_str).unwrap_or_default();
    if shell.start(name, argv.get(1..).unwrap_or_default()).is_none() {
        return Ending::Missing(name.to_owned());
    }
    Ending::Code(shell.call(argv).await)
}

impl Shell {
    pub(super) fn start(&self, name: &str, args: &[String]) -> Option<Task> {
        let view = View {
            disk: &self.disk,
            env: &self.env,
            folder: &self.folder,
            columns: self.terminal.size.0,
            rows: self.terminal.size.1,
        };
        start(&view, name, args)
    }

    /// Runs one command that is not parsed: an exec's own.
    async fn call(&mut self, argv: &[String]) -> i32 {
        let words = argv.iter().map(|arg| vec![super::syntax::Part::Text(arg.clone(), true)]).collect();
        let command = Command { words, ..Command::default() };
        let status = self.pipeline(vec![command]).await;
        self.exit.unwrap_or(status)
    }

    /// Runs a script; its exit code is in `status` as well.
    pub(super) async fn script(&mut self, text: &str) -> i32 {
        match parse(text) {
            Ok(list) => self.list(list).await,
            Err(why) => {
                let name = self.arguments.first().map_or("sh", String::as_str);
                let why = format!("{name}: {why}\n");
                self.emit(Channel::Err, why.as_bytes()).await;
                self.status = 2;
            }
        }
        self.status
    }

    /// What a script prints, without the line ends behind it.
    pub(super) async fn output(&mut self, script: &str) -> String {
        self.captures.push(Vec::new());
        Box::pin(self.script(script)).await;
        let text = self.captures.pop().unwrap_or_default();
        String::from_utf8_lossy(&text).trim_end_matches('\n').to_owned()
    }

    /// Reads commands until they end: with a prompt where there is a terminal.
    async fn interact(&mut self) -> i32 {
        loop {
            let prompt = format!("{} # ", if self.folder == "/root" { "~" } else { &self.folder });
            match self.terminal.line(&prompt).await {
                Line::Text(text) => drop(Box::pin(self.script(&text)).await),
                Line::Interrupted => self.status = 130,
                Line::End => {
                    if self.terminal.tty {
                        self.emit(Channel::Out, b"exit\n").await;
                    }
                    return self.status;
                }
            }
            if let Some(code) = self.exit.take() {
                return code;
            }
        }
    }

    async fn list(&mut self, list: List) {
        for (when, pipeline) in list {
            let runs = match when {
                When::Always => true,
                When::And => self.status == 0,
                When::Or => self.status != 0,
            };
            if runs {
                self.status = self.pipeline(pipeline).await;
            }
            // ctrl-c ends what is left of the line as well.
            if self.exit.is_some() || self.status == 130 {
                return;
            }
        }
    }

    async fn pipeline(&mut self, commands: Vec<Command>) -> i32 {
        let mut feed = Feed::Session;
        let mut status = 0;
        let mut commands = commands.into_iter();
        let mut becomes = false;
        while let Some(command) = commands.next() {
            let mut argv = self.argv(&command).await;
            // The shell becomes the command: nothing of it runs afterwards.
            if argv.len() > 1 && argv[0] == "exec" {
                argv.remove(0);
                becomes = true;
            }
            if let Some(word) = &command.input {
                let path = self.text(word).await;
                match self.disk.read(&Disk::absolute(&self.folder, &path)) {
                    Ok(bytes) => feed = Feed::Bytes(bytes.to_vec()),
                    Err(why) => return self.complain(&format!("sh: can't open {path}: {why}"), 1).await,
                }
            }
            let Some((name, args)) = argv.split_first() else {
                self.set(&command).await;
                continue;
            };
            let kept = self.with(&command).await;
            let task = self.start(name, args);
            self.env = kept.unwrap_or_else(|| std::mem::take(&mut self.env));
            let done = match task {
                None => Done::failed(127, format!("sh: {name}: not found")),
                Some(Task::Done(done)) => done,
                Some(Task::Filter(filter)) => match std::mem::replace(&mut feed, Feed::Session) {
                    Feed::Bytes(bytes) => through(filter, &bytes),
                    Feed::Session => {
                        let mut chain = vec![(filter, command)];
                        chain.extend(self.rest(commands).await);
                        return self.stream(chain).await;
                    }
                },
                Some(Task::Follow(first, paths, from)) => {
                    let chain = self.rest(commands).await;
                    return self.follow(first, paths, from, command, chain).await;
                }
                Some(task) => Done { code: self.act(task).await, ..Done::default() },
            };
            status = done.code;
            let last = commands.len() == 0 || command.out.is_some();
            // With `2>&1` before a pipe, both streams go into it.
            if last || command.err != Some(Target::Other) {
                self.give(&command, Channel::Err, &done.err).await;
            }
            if last {
                self.give(&command, Channel::Out, &done.out).await;
                feed = Feed::Bytes(Vec::new());
            } else {
                feed = Feed::Bytes(self.merged(&command, done));
            }
            if self.exit.is_some() || status == 130 {
                return status;
            }
        }
        if becomes {
            self.exit = Some(status);
        }
        status
    }

    /// What goes into the pipe behind a command.
    fn merged(&self, command: &Command, done: Done) -> Vec<u8> {
        let mut out = done.out;
        if command.err == Some(Target::Other) {
            out.extend_from_slice(&done.err);
        }
        out
    }

    pub(super) async fn argv(&mut self, command: &Command) -> Vec<String> {
        let mut argv = Vec::new();
        for word in &command.words {
            argv.extend(self.arguments(word).await);
        }
        argv
    }

    /// Sets a command's variables for good.
    async fn set(&mut self, command: &Command) {
        for (name, word) in &command.sets {
            let value = self.text(word).await;
            self.env.insert(name.clone(), value);
        }
    }

    /// Sets a command's variables; returns what there was before, where there are any.
    async fn with(&mut self, command: &Command) -> Option<BTreeMap<String, String>> {
        if command.sets.is_empty() {
            return None;
        }
        let before = self.env.clone();
        self.set(command).await;
        Some(before)
    }

    /// Does what changes the shell itself, or takes time.
    async fn act(&mut self, task: Task) -> i32 {
        match task {
            Task::Exit(code) => {
                self.exit = Some(code.unwrap_or(self.status));
                self.exit.unwrap_or_default()
            }
            Task::Folder(path) => {
                let old = std::mem::replace(&mut self.folder, path.clone());
                self.env.insert("OLDPWD".to_owned(), old);
                self.env.insert("PWD".to_owned(), path);
                0
            }
            Task::Set(all) => {
                self.env.extend(all);
                0
            }
            Task::Unset(names) => {
                self.env.retain(|name, _| !names.contains(name));
                0
            }
            Task::Rest(time) => {
                let clock = self.disk.host.clock.clone();
                if self.terminal.interrupted(clock.sleep(time)).await { 130 } else { 0 }
            }
            Task::Shift => {
                if self.arguments.len() > 1 {
                    self.arguments.remove(1);
                }
                0
            }
            Task::Script(text, arguments) => {
                let before = std::mem::replace(&mut self.arguments, arguments);
                let status = Box::pin(self.script(&text)).await;
                self.arguments = before;
                self.exit.take().unwrap_or(status)
            }
            Task::Shell => Box::pin(self.interact()).await,
            Task::Done(_) | Task::Filter(_) | Task::Follow(..) => 0,
        }
    }

    /// Hands what a command wrote to where it goes.
    pub(super) async fn give(&mut self, command: &Command, channel: Channel, bytes: &[u8]) {
        let (own, other) = match channel {
            Channel::Out => (&command.out, Channel::Err),
            Channel::Err => (&command.err, Channel::Out),
        };
        match own {
            None => self.emit(channel, bytes).await,
            Some(Target::File(word, append)) => {
                let path = self.text(word).await;
                if let Err(why) = self.disk.write(&Disk::absolute(&self.folder, &path), bytes, *append) {
                    self.complain(&format!("sh: can't create {path}: {why}"), 1).await;
                }
            }
            Some(Target::Other) => {
                let redirected = if channel == Channel::Err { command.out.clone() } else { command.err.clone() };
                match redirected {
                    Some(Target::File(word, _)) => {
                        let path = self.text(&word).await;
                        let _ = self.disk.write(&Disk::absolute(&self.folder, &path), bytes, true);
                    }
                    _ => self.emit(other, bytes).await,
                }
            }
        }
    }

    async fn emit(&mut self, channel: Channel, bytes: &[u8]) {
        match self.captures.last_mut().filter(|_| channel == Channel::Out) {
            Some(capture) => {
                let room = CAPTURED.saturating_sub(capture.len());
                capture.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            None => {
                for block in bytes.chunks(32 * 1024) {
                    if !self.terminal.write(channel, block).await {
                        self.exit = Some(141);
                        return;
                    }
                }
            }
        }
    }

    pub(super) async fn complain(&mut self, text: &str, code: i32) -> i32 {
        self.emit(Channel::Err, format!("{text}\n").as_bytes()).await;
        code
    }
}
