//! What is typed comes in, what is written goes out; with a terminal between, its line editing, echo and keys.

use std::sync::PoisonError;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Channel, Session};

/// Lines that the arrow keys bring back.
const REMEMBERED: usize = 200;

/// What comes from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Standard input, or keys.
    Bytes(Bytes),
    /// Standard input has ended.
    End,
    /// The client's terminal has this size now: columns, rows.
    Resize(u16, u16),
}

/// A line that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// It, without its end.
    Text(String),
    /// ctrl-c.
    Interrupted,
    /// ctrl-d on an empty line, or the end of the input.
    End,
}

/// The client's side of a session: what it sends, and where what it gets goes.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// The session has a terminal.
    pub(crate) tty: bool,
    /// What comes from the client.
    pub(crate) input: mpsc::Receiver<Event>,
    /// What goes to it.
    pub(crate) output: mpsc::Sender<(Channel, Bytes)>,
}

impl Terminal {
    /// A session over two channels.
    pub(crate) fn new(tty: bool, input: mpsc::Receiver<Event>, output: mpsc::Sender<(Channel, Bytes)>) -> Self {
        Self { tty, input, output }
    }
}

impl Session {
    /// A line from the input, edited and echoed where there is a terminal.
    pub(crate) async fn line(&self, prompt: &str) -> Line {
        if self.tty {
            return self.edit(prompt).await;
        }
        match self.plain_line().await {
            Ok(Some(line)) => Line::Text(String::from_utf8_lossy(&line).into_owned()),
            Ok(None) => Line::End,
            Err(()) => Line::Interrupted,
        }
    }

    pub(super) async fn edit(&self, prompt: &str) -> Line {
        let _reading = self.reading().await;
        self.write(Channel::Out, prompt.as_bytes()).await;
        let (mut line, mut back): (Vec<char>, usize) = (Vec::new(), 0);
        loop {
            let Some(key) = self.key().await else { return Line::End };
            match key.as_str() {
                "\r" | "\n" => {
                    self.write(Channel::Out, b"\n").await;
                    let text: String = line.into_iter().collect();
                    if !text.trim().is_empty() && !prompt.is_empty() {
                        self.remember(&text);
                    }
                    return Line::Text(text);
                }
                "\x03" => {
                    self.write(Channel::Out, b"^C\n").await;
                    return Line::Interrupted;
                }
                "\x04" if line.is_empty() => return Line::End,
                "\x7f" | "\x08" => drop(line.pop()),
                "\x15" => line.clear(),
                "\x17" => {
                    while line.last() == Some(&' ') {
                        line.pop();
                    }
                    while line.last().is_some_and(|last| *last != ' ') {
                        line.pop();
                    }
                }
                "\x0c" => {
                    let whole: String = line.iter().collect();
                    self.write(Channel::Out, format!("\x1b[2J\x1b[H{prompt}{whole}").as_bytes()).await;
                    continue;
                }
                "\x1b[A" | "\x1b[B" => {
                    let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
                    back = if key == "\x1b[A" { (back + 1).min(history.len()) } else { back.saturating_sub(1) };
                    let old = history.len().checked_sub(back).and_then(|at| history.get(at));
                    line = old.map(|text| text.chars().collect()).unwrap_or_default();
                }
                key if key.starts_with(|first: char| !first.is_control()) => {
                    line.extend(key.chars());
                    self.write(Channel::Out, key.as_bytes()).await;
                    continue;
                }
                _ => continue,
            }
            self.redraw(prompt, &line).await;
        }
    }

    /// Draws the line anew after more than a key was added.
    async fn redraw(&self, prompt: &str, line: &[char]) {
        let line: String = line.iter().collect();
        let last = prompt.rsplit('\n').next().unwrap_or_default();
        self.write(Channel::Out, format!("\r\x1b[K{last}{line}").as_bytes()).await;
    }

    /// Keeps a line for the arrow keys.
    fn remember(&self, line: &str) {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        if history.len() >= REMEMBERED {
            history.remove(0);
        }
        history.push(line.to_owned());
    }
}
