//! The terminal's clipboard (OSC 52), which works over SSH, and through tmux and screen where they let it.

use std::env;

use crossterm::{Command, clipboard::CopyToClipboard};

/// What stands between us and the terminal that has the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Nothing that needs to be told.
    Nothing,
    /// tmux: takes the sequence itself where `set-clipboard` is `on`, and hands on a wrapped one where `allow-passthrough` is.
    Tmux,
    /// GNU screen: hands on a wrapped one, in pieces.
    Screen,
}

/// The longest piece that GNU screen hands on, in bytes; its own limit is 768.
const PIECE: usize = 512;

impl Between {
    /// What the environment says.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| var(name).is_some_and(|value| !value.is_empty());
        match () {
            () if set("TMUX") => Self::Tmux,
            () if set("STY") => Self::Screen,
            () => Self::Nothing,
        }
    }

    /// The bytes that put `text` on the clipboard.
    pub fn copy(self, text: &str) -> Vec<u8> {
        let mut plain = String::new();
        CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain).expect("a String takes every character");
        match self {
            Self::Nothing => plain,
            Self::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
            // The sequence's own terminator would end screen's wrapper: BEL ends it as well.
            Self::Screen => {
                let sequence = plain.replace("\x1b\\", "\x07");
                let pieces = sequence.as_bytes().chunks(PIECE).map(String::from_utf8_lossy);
                pieces.map(|piece| format!("\x1bP{piece}\x1b\\")).collect()
            }
        }
        .into_bytes()
    }
}

/// The bytes that put `text` on the clipboard of the terminal that this process runs in.
pub fn copy(text: &str) -> Vec<u8> {
    Between::detect(|name| env::var(name).ok()).copy(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(vars: &[&str]) -> Between {
        Between::detect(|name| vars.contains(&name).then(|| "/tmp/x".to_owned()))
    }

    #[test]
    fn the_clipboard_is_reached_through_whatever_lies_between() {
        let text = |between: Between| String::from_utf8(between.copy("shop")).unwrap();
        assert_eq!(text(between(&[])), "\x1b]52;c;c2hvcA==\x1b\\");
        assert_eq!(
            text(between(&["TMUX", "STY"])),
            "\x1b]52;c;c2hvcA==\x1b\\\x1bPtmux;\x1b\x1b]52;c;c2hvcA==\x1b\x1b\\\x1b\\"
        );
        assert_eq!(text(between(&["STY"])), "\x1bP\x1b]52;c;c2hvcA==\x07\x1b\\");
    }

    #[test]
    fn screen_gets_a_long_text_in_pieces_that_make_up_the_whole() {
        let long = "x".repeat(3000);
        let sent = String::from_utf8(Between::Screen.copy(&long)).unwrap();
        let pieces: Vec<&str> = sent.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= PIECE + 2));
        let whole: String = pieces.iter().map(|piece| &piece[2..]).collect();
        let plain = String::from_utf8(Between::Nothing.copy(&long)).unwrap();
        assert_eq!(whole, plain.replace("\x1b\\", "\x07"));
    }
}
