//! The shell itself, and how a session begins and ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::watch, task::JoinSet};

use super::{
    io::{Fds, standard},
    syntax::{Bad, Command, List, parse},
};
use crate::pods::userland::{
    Disk, Host, Line, Session, Terminal,
    commands::{Task, View, start},
    disk::mounts::environment,
};

/// Deeper than this, no shell runs in another.
const DEEPEST: usize = 24;

/// How a command that was asked for ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With this exit code.
    Code(i32),
    /// There is no such program.
    Missing(String),
}

/// What leaves the order of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The shell ends with this.
    Exit(i32),
    /// A function does.
    Return(i32),
    /// So many loops end.
    Break(usize),
    /// So many loops end but the last, which goes on.
    Continue(usize),
    /// ctrl-c.
    Interrupted,
}

/// What runs in the background. It ends with its session.
#[derive(Default)]
pub(super) struct Jobs {
    pub(super) tasks: JoinSet<()>,
    pub(super) ended: BTreeMap<u32, watch::Receiver<Option<i32>>>,
}

/// A shell at work. A clone is a process of its own, as `( … )` has it.
#[derive(Clone)]
pub(crate) struct Shell {
    /// The files.
    pub(super) disk: Arc<Disk>,
    pub(super) session: Arc<Session>,
    pub(super) jobs: Arc<Mutex<Jobs>>,
    /// The variables.
    pub(super) env: BTreeMap<String, String>,
    pub(super) functions: BTreeMap<String, Arc<Command>>,
    /// The folder that it is in.
    pub(super) folder: String,
    /// What the last command ended with.
    pub(super) status: i32,
    /// What the last `$(…)` of a command ended with.
    pub(super) substituted: Option<i32>,
    pub(super) fds: Fds,
    /// The name of the script that runs, and its arguments.
    pub(super) arguments: Vec<String>,
    pub(super) flow: Option<Flow>,
    /// `$$`
    pub(super) pid: u32,
    /// `$!`
    pub(super) behind: Option<u32>,
    pub(super) depth: usize,
}

/// Ends what runs in the background when a session does.
struct Over(Arc<Mutex<Jobs>>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).tasks.abort_all();
    }
}

/// Runs one command, as an exec into a container does.
pub(crate) async fn run(host: Host, argv: &[String], terminal: Terminal) -> Ending {
    let name = argv.first().map(String::as_str).unwrap_or_default();
    let Terminal { tty, input, output } = terminal;
    let session = Arc::new(Session::new(tty, output));
    let env = environment(&host);
    let processes = host.processes.clone();
    let disk = Arc::new(Disk::new(host));
    if !disk.runs(name) {
        return Ending::Missing(name.to_owned());
    }
    let jobs = Arc::<Mutex<Jobs>>::default();
    let _over = Over(Arc::clone(&jobs));
    let living = processes.begin(&argv.join(" "), &env);
    let folder = if disk.stat("/app").is_some() { "/app" } else { "/" };
    let shell = Shell {
        disk,
        session: Arc::clone(&session),
        jobs,
        env,
        functions: BTreeMap::new(),
        folder: folder.to_owned(),
        status: 0,
        substituted: None,
        fds: standard(),
        arguments: Vec::new(),
        flow: None,
        pid: living.pid,
        behind: None,
        depth: 0,
    };
    let code = living.until(async {
        tokio::select! {
            biased;
            code = shell.called(argv) => code,
            () = session.interrupted() => 130,
            () = session.closed() => 130,
            () = session.pump(input) => 130,
        }
    });
    Ending::Code(code.await)
}

impl Shell {
    /// The command of this name among the programs of the image.
    pub(super) fn start(&self, name: &str, args: &[String]) -> Option<Task> {
        let (columns, rows) = self.session.size();
        let view =
            View { disk: &self.disk, env: &self.env, folder: &self.folder, columns, rows, tty: self.session.tty };
        start(&view, name, args)
    }

    /// A process of its own.
    pub(super) fn fork(&self) -> Self {
        Self { depth: self.depth + 1, flow: None, ..self.clone() }
    }

    /// Runs one command that is not parsed, an exec's own, to its end.
    async fn called(mut self, argv: &[String]) -> i32 {
        let status = self.execute(argv.to_vec()).await;
        self.ended(status)
    }

    /// Runs a list to its end, as a process of its own does.
    pub(super) async fn whole(mut self, list: &List) -> i32 {
        let status = if self.is_too_deep().await { 2 } else { Box::pin(self.list(list)).await };
        self.ended(status)
    }

    /// The exit code, after `status` as the last command's.
    pub(super) fn ended(&self, status: i32) -> i32 {
        match self.flow {
            Some(Flow::Exit(code) | Flow::Return(code)) => code,
            Some(Flow::Interrupted) => 130,
            _ => status,
        }
    }

    pub(super) async fn is_too_deep(&mut self) -> bool {
        let deep = self.depth > DEEPEST;
        if deep {
            self.fail("too many shells in one another").await;
        }
        deep
    }

    /// Runs a script in this shell.
    pub(super) async fn script(&mut self, text: &str) -> i32 {
        match parse(text) {
            Ok(list) => Box::pin(self.list(&list)).await,
            Err(bad) => {
                let name = self.arguments.first().map_or("sh", String::as_str);
                let why = format!("{name}: {}\n", bad.why());
                self.write(2, why.as_bytes()).await;
                self.status = 2;
                2
            }
        }
    }

    /// A shell of this text and these arguments, as a process of its own.
    pub(super) async fn separate(&self, text: Option<&str>, arguments: Vec<String>) -> i32 {
        let mut inner = self.fork();
        if inner.is_too_deep().await {
            return 2;
        }
        inner.functions.clear();
        inner.arguments = arguments;
        let command = match text {
            Some(text) => format!("sh -c {text}"),
            None => "sh".to_owned(),
        };
        let living = self.disk.host.processes.begin(&command, &self.env);
        inner.pid = living.pid;
        let work = async move {
            let status = match text {
                Some(text) => inner.script(text).await,
                None => inner.interact().await,
            };
            inner.ended(status)
        };
        Box::pin(living.until(work)).await
    }

    /// Reads commands until they end: with a prompt where there is a terminal.
    async fn interact(&mut self) -> i32 {
        let mut text = String::new();
        loop {
            let prompt = match text.is_empty() {
                true => format!("{} # ", if self.folder == "/root" { "~" } else { &self.folder }),
                false => "> ".to_owned(),
            };
            match self.session.line(&prompt).await {
                Line::Text(line) => text += &line,
                Line::Interrupted => {
                    self.status = 130;
                    text.clear();
                    continue;
                }
                Line::End => {
                    if self.session.tty {
                        self.write(1, b"exit\n").await;
                    }
                    return self.status;
                }
            }
            if let Err(Bad::Unfinished(_)) = parse(&text) {
                text.push('\n');
                continue;
            }
            self.typed(&std::mem::take(&mut text)).await;
            match self.flow.take() {
                Some(Flow::Exit(code)) => return code,
                Some(Flow::Interrupted) => self.status = 130,
                _ => {}
            }
        }
    }

    /// Runs what was typed, until ctrl-c.
    async fn typed(&mut self, text: &str) {
        let session = Arc::clone(&self.session);
        let (fds, arguments) = (self.fds.clone(), self.arguments.clone());
        let interrupted = tokio::select! {
            biased;
            _ = Box::pin(self.script(text)) => false,
            () = session.interrupted() => true,
        };
        if interrupted {
            (self.fds, self.arguments, self.status, self.flow) = (fds, arguments, 130, None);
        }
    }

    /// Writes to a descriptor; false where that came to nothing.
    pub(super) async fn write(&mut self, fd: u8, bytes: &[u8]) -> bool {
        let Some(super::io::Fd::Out(sink)) = self.fds.get(&fd).cloned() else { return false };
        match sink.write(bytes, &self.session, &self.disk).await {
            Ok(()) => true,
            Err(None) => {
                self.flow = Some(Flow::Exit(141));
                false
            }
            Err(Some(why)) => {
                let text = format!("sh: write error: {why}\n");
                // Standard error is no file in most cases, so that this ends.
                if let Some(super::io::Fd::Out(super::io::Sink::Session(_) | super::io::Sink::Pipe(_))) =
                    self.fds.get(&2)
                {
                    Box::pin(self.write(2, text.as_bytes())).await;
                }
                false
            }
        }
    }

    /// Says on standard error why something was not done; the code.
    pub(super) async fn complain(&mut self, text: &str, code: i32) -> i32 {
        self.write(2, format!("{text}\n").as_bytes()).await;
        code
    }

    /// Says why this shell cannot go on, and ends it.
    pub(super) async fn fail(&mut self, why: &str) {
        self.complain(&format!("sh: {why}"), 2).await;
        self.flow = Some(Flow::Exit(2));
    }
}
