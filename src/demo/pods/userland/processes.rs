//! The processes that sessions have started in one container: their numbers, and the signals that end them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// What is known of a process.
#[derive(Debug)]
struct Process {
    command: String,
    environment: BTreeMap<String, String>,
    signal: watch::Sender<i32>,
    /// What it ended with.
    ended: watch::Sender<Option<i32>>,
}

/// The processes of a container but for its first, which is the app's. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Processes(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    last: u32,
    all: BTreeMap<u32, Process>,
}

/// The first number that a session's process gets.
const FIRST: u32 = 20;

/// A process that lives as long as this.
pub(crate) struct Living {
    /// Its number.
    pub(crate) pid: u32,
    /// When it ends, and with what.
    pub(crate) ended: watch::Receiver<Option<i32>>,
    processes: Processes,
    signal: watch::Receiver<i32>,
}

impl Drop for Living {
    fn drop(&mut self) {
        self.processes.inner().all.remove(&self.pid);
    }
}

impl Living {
    /// Lives until `work` is done or a signal comes; the exit code.
    pub(crate) async fn until(mut self, work: impl Future<Output = i32>) -> i32 {
        let code = tokio::select! {
            code = work => code,
            Ok(signal) = self.signal.wait_for(|signal| *signal != 0) => 128 + *signal,
        };
        if let Some(process) = self.processes.inner().all.get(&self.pid) {
            process.ended.send_replace(Some(code));
        }
        code
    }
}

impl Processes {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new process.
    pub(crate) fn begin(&self, command: &str, environment: &BTreeMap<String, String>) -> Living {
        let mut inner = self.inner();
        inner.last = inner.last.max(FIRST) + 1;
        let pid = inner.last;
        let (signal, heard) = watch::channel(0);
        let (ended, told) = watch::channel(None);
        let process = Process { command: command.to_owned(), environment: environment.clone(), signal, ended };
        inner.all.insert(pid, process);
        Living { pid, ended: told, processes: self.clone(), signal: heard }
    }

    /// The process becomes another command.
    pub(crate) fn becomes(&self, pid: u32, command: &str, environment: &BTreeMap<String, String>) {
        if let Some(process) = self.inner().all.get_mut(&pid) {
            process.command = command.to_owned();
            process.environment = environment.clone();
        }
    }

    /// Sends a signal; false where there is no such process.
    pub(crate) fn kill(&self, pid: u32, signal: i32) -> bool {
        let inner = self.inner();
        let Some(process) = inner.all.get(&pid) else { return false };
        if signal != 0 {
            process.signal.send_replace(signal);
        }
        true
    }

    /// Each with its command.
    pub(crate) fn list(&self) -> Vec<(u32, String)> {
        self.inner().all.iter().map(|(pid, process)| (*pid, process.command.clone())).collect()
    }

    /// The command of a process and its environment, as `/proc` has them.
    pub(crate) fn files(&self, pid: u32) -> Option<(String, String)> {
        let inner = self.inner();
        let process = inner.all.get(&pid)?;
        let environment = process.environment.iter().map(|(name, value)| format!("{name}={value}\0")).collect();
        Some((process.command.replace(' ', "\0") + "\0", environment))
    }
}
