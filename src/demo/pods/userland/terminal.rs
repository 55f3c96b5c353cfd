//! What is typed comes in, what is written goes out; with a terminal between, its line editing, echo and keys.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::Channel;

/// Bytes of typed input that are held for a command that does not read.
const HELD: usize = 64 * 1024;

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

/// The two directions of a session.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// The session has a terminal: input is edited and echoed, output ends its lines with a carriage return.
    pub(crate) tty: bool,
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    input: mpsc::Receiver<Event>,
    output: mpsc::Sender<(Channel, Bytes)>,
    held: Vec<u8>,
    ended: bool,
    history: Vec<String>,
}

impl Terminal {
    /// A session over two channels.
    pub(crate) fn new(tty: bool, input: mpsc::Receiver<Event>, output: mpsc::Sender<(Channel, Bytes)>) -> Self {
        Self { tty, size: (80, 24), input, output, held: Vec::new(), ended: false, history: Vec::new() }
    }

    /// Hands bytes to the client, and waits while it does not read. False once it is gone.
    pub(crate) async fn write(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return !self.output.is_closed();
        }
        if !self.tty {
            return self.output.send((channel, Bytes::copy_from_slice(bytes))).await.is_ok();
        }
        let mut text = Vec::with_capacity(bytes.len() + 16);
        for byte in bytes {
            if *byte == b'\n' {
                text.push(b'\r');
            }
            text.push(*byte);
        }
        self.output.send((Channel::Out, text.into())).await.is_ok()
    }

    /// Takes the next of what comes; `None` at the end of the input.
    async fn event(&mut self) -> Option<()> {
        if self.ended {
            return None;
        }
        match self.input.recv().await {
            Some(Event::Bytes(bytes)) => {
                // A terminal drops what is typed beyond measure; a pipe is not read then.
                let room = if self.tty { HELD.saturating_sub(self.held.len()) } else { bytes.len() };
                self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Some(Event::Resize(columns, rows)) => self.size = (columns, rows),
            Some(Event::End) | None => self.ended = true,
        }
        Some(())
    }

    /// Waits for a span of the machine's time or until `until` is done, whichever is first; true where ctrl-c or the end of
    /// the client came before it.
    pub(crate) async fn interrupted(&mut self, until: impl Future<Output = ()>) -> bool {
        tokio::pin!(until);
        loop {
            if self.tty
                && let Some(at) = self.held.iter().position(|byte| *byte == 3)
            {
                self.held.drain(..=at);
                self.write(Channel::Out, b"^C\n").await;
                return true;
            }
            if self.output.is_closed() {
                return true;
            }
            let closed = self.output.clone();
            tokio::select! {
                () = &mut until => return false,
                () = closed.closed() => return true,
                _ = self.event(), if !self.ended && (self.tty || self.held.len() < HELD) => {}
            }
        }
    }

    /// A line from the input, edited and echoed where there is a terminal.
    pub(crate) async fn line(&mut self, prompt: &str) -> Line {
        if self.tty { self.edit(prompt).await } else { self.plain().await }
    }

    /// What a command that reads gets next: whole lines, unless one is very long. `None` at the end.
    ///
    /// # Errors
    /// `Err(())` where ctrl-c came.
    pub(crate) async fn block(&mut self) -> Result<Option<Vec<u8>>, ()> {
        if self.tty {
            return match self.edit("").await {
                Line::Text(text) => Ok(Some(format!("{text}\n").into_bytes())),
                Line::Interrupted => Err(()),
                Line::End => Ok(None),
            };
        }
        loop {
            let whole = self.held.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            let enough = self.held.len() >= HELD || self.ended && !self.held.is_empty();
            if let Some(length) = whole.or(enough.then_some(self.held.len())) {
                return Ok(Some(self.held.drain(..length).collect()));
            }
            if self.event().await.is_none() {
                return Ok(None);
            }
        }
    }

    async fn plain(&mut self) -> Line {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                return Line::Text(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            if self.event().await.is_none() {
                if self.held.is_empty() {
                    return Line::End;
                }
                let rest = std::mem::take(&mut self.held);
                return Line::Text(String::from_utf8_lossy(&rest).into_owned());
            }
        }
    }

    async fn edit(&mut self, prompt: &str) -> Line {
        self.write(Channel::Out, prompt.as_bytes()).await;
        let (mut line, mut back): (Vec<char>, usize) = (Vec::new(), 0);
        loop {
            let Some(key) = self.key().await else { return Line::End };
            match key.as_str() {
                "\r" | "\n" => {
                    self.write(Channel::Out, b"\n").await;
                    let text: String = line.into_iter().collect();
                    if !text.trim().is_empty() {
                        self.history.push(text.clone());
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
                    back = if key == "\x1b[A" { (back + 1).min(self.history.len()) } else { back.saturating_sub(1) };
                    let old = self.history.len().checked_sub(back).and_then(|at| self.history.get(at));
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
    async fn redraw(&mut self, prompt: &str, line: &[char]) {
        let line: String = line.iter().collect();
        let last = prompt.rsplit('\n').next().unwrap_or_default();
        self.write(Channel::Out, format!("\r\x1b[K{last}{line}").as_bytes()).await;
    }

    /// One key: a character, a control character or an escape sequence.
    async fn key(&mut self) -> Option<String> {
        loop {
            if let Some(length) = key_length(&self.held) {
                let key: Vec<u8> = self.held.drain(..length).collect();
                return Some(String::from_utf8_lossy(&key).into_owned());
            }
            self.event().await?;
        }
    }
}

/// How many bytes the first key takes; `None` where it has not come whole.
fn key_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [] => None,
        [0x1b, b'[' | b'O', rest @ ..] => rest.iter().position(|byte| (0x40..=0x7e).contains(byte)).map(|at| at + 3),
        [0x1b] => None,
        [0x1b, ..] => Some(2),
        [first, ..] => {
            let length = match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => 1,
            };
            (bytes.len() >= length).then_some(length)
        }
    }
}
