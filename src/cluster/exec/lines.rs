//! What a terminal does for a process that has none: lines are edited here and sent whole, and shown as they are typed.

use bytes::Bytes;
use rolldeck_core::{shell::Input, text::width::width};
use tokio::sync::mpsc;

/// A line that is being typed.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    /// The first bytes of a character that is not complete.
    rest: Vec<u8>,
    /// Within an escape sequence: keys that move have nothing to move.
    escape: bool,
}

/// What keys made of a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// For the process: whole lines.
    pub send: Vec<u8>,
    /// For the screen.
    pub echo: String,
    /// Standard input is to end: ctrl-d on an empty line.
    pub end: bool,
}

impl Line {
    /// Takes keys.
    pub(super) fn keys(&mut self, bytes: &[u8]) -> Typed {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let rest = self.rest.split_off(whole);
        let text = String::from_utf8_lossy(&self.rest).into_owned();
        self.rest = rest;
        let mut typed = Typed::default();
        text.chars().for_each(|c| self.key(c, &mut typed));
        typed
    }

    fn key(&mut self, c: char, typed: &mut Typed) {
        match c {
            '\x1b' => self.escape = true,
            _ if self.escape => self.escape = !c.is_ascii_alphabetic() && c != '~',
            '\r' | '\n' => {
                self.text.push('\n');
                typed.send.extend(std::mem::take(&mut self.text).into_bytes());
                typed.echo.push_str("\r\n");
            }
            '\x7f' | '\x08' => self.rub_out(typed),
            '\x15' => {
                while !self.text.is_empty() {
                    self.rub_out(typed);
                }
            }
            '\x04' if self.text.is_empty() => typed.end = true,
            '\x04' => typed.send.extend(std::mem::take(&mut self.text).into_bytes()),
            c if c.is_control() && c != '\t' => {}
            c => {
                self.text.push(c);
                typed.echo.push(c);
            }
        }
    }

    fn rub_out(&mut self, typed: &mut Typed) {
        let columns = self.text.pop().map_or(0, |c| width(c.encode_utf8(&mut [0; 4])));
        (0..columns).for_each(|_| typed.echo.push_str("\x08 \x08"));
    }
}

/// Carries keys on as lines until nobody types or nobody listens.
pub(super) async fn edited(mut keys: mpsc::Receiver<Input>, to: mpsc::Sender<Input>, screen: mpsc::Sender<Bytes>) {
    let mut line = Line::default();
    while let Some(input) = keys.recv().await {
        let Input::Bytes(bytes) = input else {
            if to.send(input).await.is_err() {
                return;
            }
            continue;
        };
        let typed = line.keys(&bytes);
        if !typed.echo.is_empty() && screen.send(typed.echo.into()).await.is_err() {
            return;
        }
        if !typed.send.is_empty() && to.send(Input::Bytes(typed.send)).await.is_err() {
            return;
        }
        if typed.end && to.send(Input::End).await.is_err() {
            return;
        }
    }
}

/// A block whose lines end as a terminal needs them to.
pub(super) fn with_returns(block: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(block.len() + 16);
    for byte in block {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_shown_and_sent_whole() {
        let mut line = Line::default();
        let typed = line.keys(b"helo\x7f\x7flo ");
        assert_eq!((&typed.send[..], &*typed.echo), (&b""[..], "helo\x08 \x08\x08 \x08lo "));
        let wide = "日".as_bytes();
        assert_eq!(line.keys(&wide[..2]), Typed::default());
        assert_eq!(line.keys(&wide[2..]).echo, "日");
        assert_eq!(line.keys(b"\x7f").echo, "\x08 \x08\x08 \x08");
        assert_eq!(line.keys(b"\x1b[A\x1b[3~\x03w\r").send, b"helo w\n");
        assert_eq!(line.keys(b"gone\x15kept\rmore\r").send, b"kept\nmore\n");
        assert!(line.keys(b"\x04").end && !line.keys(b"x\x04").end);
    }

    #[test]
    fn lines_begin_at_the_left() {
        assert_eq!(&with_returns(b"a\nb\n")[..], b"a\r\nb\r\n");
    }
}
