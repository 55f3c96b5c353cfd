//! A program in a pseudo-terminal of 180×50, and when it wrote what.

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use regex::Regex;

use crate::Failure;

/// Columns and rows.
const SIZE: (u16, u16) = (180, 50);

/// A program under measurement. Ended when dropped.
pub struct Program {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    pieces: Receiver<(Instant, Vec<u8>)>,
    parser: vt100::Parser,
    /// When it was started.
    pub started: Instant,
    /// Bytes that it wrote so far.
    pub bytes: u64,
}

impl Program {
    /// Starts a program with these arguments and variables, `home` as its home.
    pub fn start(program: &Path, args: &[&str], home: &Path, env: &[(&str, &str)]) -> Result<Self, Failure> {
        let (cols, rows) = SIZE;
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })?;
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in env {
            command.env(name, value);
        }
        command.cwd(home);
        let mut source = pty.master.try_clone_reader()?;
        let writer = pty.master.take_writer()?;
        let (to, pieces) = sync_channel(1024);
        std::thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(read @ 1..) = source.read(&mut buffer) {
                if to.send((Instant::now(), buffer[..read].to_vec())).is_err() {
                    return;
                }
            }
        });
        let started = Instant::now();
        let child = pty.slave.spawn_command(command)?;
        let parser = vt100::Parser::new(rows, cols, 0);
        Ok(Self { child, _master: pty.master, writer, pieces, parser, started, bytes: 0 })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap_or(0)
    }

    /// Takes the next piece that it writes; when it came. `None` when nothing comes within `patience`.
    pub fn piece(&mut self, patience: Duration) -> Result<Option<Instant>, Failure> {
        match self.pieces.recv_timeout(patience) {
            Ok((at, piece)) => {
                self.bytes += piece.len() as u64;
                self.parser.process(&piece);
                Ok(Some(at))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(format!("the program has ended:\n{}", self.text()).into()),
        }
    }

    /// Whether some line of the screen matches.
    pub fn shows(&self, pattern: &Regex) -> bool {
        self.parser.screen().rows(0, SIZE.0).any(|line| pattern.is_match(&line))
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Waits until each pattern has been on the screen; when each first was, after the start.
    pub fn seen(&mut self, patterns: &[&Regex], patience: Duration) -> Result<Vec<Duration>, Failure> {
        let mut seen = vec![None; patterns.len()];
        let end = self.started + patience;
        while seen.iter().any(Option::is_none) {
            if Instant::now() > end {
                return Err(format!("not within {patience:?}: {patterns:?}\n{}", self.text()).into());
            }
            let Some(at) = self.piece(Duration::from_millis(200))? else { continue };
            for (place, pattern) in seen.iter_mut().zip(patterns) {
                if place.is_none() && self.shows(pattern) {
                    *place = Some(at - self.started);
                }
            }
        }
        Ok(seen.into_iter().flatten().collect())
    }

    /// Reads on for so long.
    pub fn watch(&mut self, time: Duration) -> Result<(), Failure> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.piece(left)?;
        }
    }

    /// Types.
    pub fn keys(&mut self, text: &str) -> Result<(), Failure> {
        self.writer.write_all(text.as_bytes())?;
        Ok(self.writer.flush()?)
    }

    /// Leaves by keys, and waits until it has ended.
    pub fn leave(mut self, keys: &str) -> Result<(), Failure> {
        self.keys(keys)?;
        let end = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() && Instant::now() < end {
            let _ = self.pieces.recv_timeout(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
