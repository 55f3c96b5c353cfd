//! Pipelines that go on: filters behind what the session reads, or behind files that are followed.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    run::Shell,
    syntax::{Command, Target},
};
use crate::pods::userland::{
    Channel, Disk,
    commands::{Done, Filter, Task},
};

/// The commands behind one that never ends: each a filter, and where what it writes goes.
type Chain = Vec<(Box<dyn Filter>, Command)>;

/// How long `tail -f` waits between two looks.
const LOOK: TimeDelta = TimeDelta::milliseconds(500);

impl Shell {
    /// The filters behind a command that goes on. What is none reads nothing, and is left out.
    pub(super) async fn rest(&mut self, commands: std::vec::IntoIter<Command>) -> Chain {
        let mut chain: Chain = Vec::new();
        for command in commands {
            let argv = self.argv(&command).await;
            let Some((name, args)) = argv.split_first() else { continue };
            match self.start(name, args) {
                Some(Task::Filter(filter)) => chain.push((filter, command)),
                Some(_) => drop(self.complain(&format!("sh: {name}: reads nothing from a pipe"), 1).await),
                None => drop(self.complain(&format!("sh: {name}: not found"), 127).await),
            }
        }
        chain
    }

    /// Passes what the session reads through filters, line by line, until it ends.
    pub(super) async fn stream(&mut self, mut chain: Chain) -> i32 {
        if let Some((_, command)) = chain.last_mut() {
            self.open(command).await;
        }
        loop {
            match self.terminal.block().await {
                Ok(Some(bytes)) => {
                    if !self.pass(&mut chain, bytes).await {
                        break;
                    }
                }
                Ok(None) => break,
                Err(()) => return 130,
            }
        }
        self.end(chain).await
    }

    /// Empties the file that a command writes in several parts, so that each part is put behind the one before.
    async fn open(&mut self, command: &mut Command) {
        if let Some(Target::File(word, append @ false)) = &mut command.out {
            *append = true;
            let path = self.text(word).await;
            // Where it cannot be written, the first part tells so.
            let _ = self.disk.write(&Disk::absolute(&self.folder, &path), b"", false);
        }
    }

    /// Passes `first`, and what files get from `from` on, through filters, until ctrl-c.
    pub(super) async fn follow(
        &mut self,
        first: Vec<u8>,
        paths: Vec<String>,
        mut from: DateTime<Utc>,
        mut command: Command,
        mut chain: Chain,
    ) -> i32 {
        self.open(chain.last_mut().map_or(&mut command, |(_, last)| last)).await;
        if !self.forward(&command, &mut chain, first).await {
            return self.end(chain).await;
        }
        let clock = self.disk.host.clock.clone();
        loop {
            let now = clock.now();
            let logs = paths.iter().filter_map(|path| self.disk.log(path));
            let news: Vec<u8> = logs.flat_map(|log| log.since(from, now)).collect();
            from = now;
            if !self.forward(&command, &mut chain, news).await {
                return self.end(chain).await;
            }
            if self.terminal.interrupted(clock.sleep_until(from + LOOK)).await {
                return 130;
            }
        }
    }

    /// Sends what a command wrote through the filters behind it, or, where there are none, to where it goes; false where one
    /// wants no more.
    async fn forward(&mut self, command: &Command, chain: &mut Chain, bytes: Vec<u8>) -> bool {
        if chain.is_empty() {
            self.give(command, Channel::Out, &bytes).await;
            return true;
        }
        self.pass(chain, bytes).await
    }

    /// Sends bytes through filters; false where one wants no more.
    async fn pass(&mut self, chain: &mut Chain, mut bytes: Vec<u8>) -> bool {
        let mut more = true;
        for (filter, _) in chain.iter_mut() {
            let mut out = Vec::new();
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                more &= filter.take(line, &mut out);
            }
            bytes = out;
        }
        if let Some((_, command)) = chain.last() {
            let command = command.clone();
            self.give(&command, Channel::Out, &bytes).await;
        }
        more && self.exit.is_none()
    }

    /// Ends filters one after the other, each with what the one before it still had.
    async fn end(&mut self, mut chain: Chain) -> i32 {
        let mut status = 0;
        while !chain.is_empty() {
            let (mut filter, command) = chain.remove(0);
            let mut out = Vec::new();
            status = filter.end(&mut out);
            if chain.is_empty() {
                self.give(&command, Channel::Out, &out).await;
            } else {
                self.pass(&mut chain, out).await;
            }
        }
        status
    }
}

/// All of `bytes` through a filter.
pub(super) fn through(mut filter: Box<dyn Filter>, bytes: &[u8]) -> Done {
    let mut out = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !filter.take(line, &mut out) {
            break;
        }
    }
    let code = filter.end(&mut out);
    Done { out, code, ..Done::default() }
}
