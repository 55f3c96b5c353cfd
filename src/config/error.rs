//! What is wrong with a file, where, and what was probably meant.

use std::{io, path::PathBuf};

use rolldeck_core::text::nearest::nearest;

/// Why keys or colours cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file is there and cannot be read.
    #[error("failed to read {}: {source}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}, line {line}: {what}", file.display())]
    Wrong {
        /// Which.
        file: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What, and what was probably meant.
        what: String,
    },
    /// No theme, or no keymap, has this name.
    #[error("there is no {what} \"{name}\": {meant} One of your own would be {}", file.display())]
    Missing {
        /// A theme or a keymap.
        what: &'static str,
        /// The name.
        name: String,
        /// What was probably meant, or those that there are.
        meant: String,
        /// Where the user's would lie.
        file: PathBuf,
    },
}

impl ConfigError {
    /// From an error of TOML's or serde's, with the line and the nearest name that was expected there.
    pub fn from_toml(file: PathBuf, text: &str, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        // Of a list, the span begins where the list does: a message that starts with the piece it is about tells where in it.
        let piece = message.strip_prefix('"').and_then(|rest| rest.split_once('"')).map(|(piece, _)| piece);
        let within = piece.and_then(|piece| find_quoted(text.get(span.clone())?, piece));
        Self::Wrong { file, line: line(text, span.start + within.unwrap_or(0)), what: explain(message) }
    }

    /// About the place so many bytes into the text.
    pub fn at(file: PathBuf, text: &str, offset: usize, what: String) -> Self {
        Self::Wrong { file, line: line(text, offset), what }
    }

    /// About a piece of text that stands somewhere in the file, in quotes.
    pub fn about(file: PathBuf, text: &str, piece: &str, what: String) -> Self {
        let at = text.lines().position(|line| {
            let code = line.split_once(" #").map_or(line, |(code, _)| code);
            !code.trim_start().starts_with('#') && find_quoted(code, piece).is_some()
        });
        Self::Wrong { file, line: at.map_or(1, |n| n + 1), what }
    }
}

/// Where a piece stands in quotes, in bytes.
fn find_quoted(text: &str, piece: &str) -> Option<usize> {
    text.find(&format!("\"{piece}\"")).or_else(|| text.find(&format!("'{piece}'")))
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// serde says "unknown variant `x`, expected one of `a`, `b`": the nearest of those is enough.
fn explain(message: &str) -> String {
    let message = message.trim_end();
    let Some((start, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let (Some(word), mut names) = (quoted(start).next(), quoted(expected).peekable()) else {
        return message.to_owned();
    };
    if !start.starts_with("unknown ") || names.peek().is_none() {
        return message.to_owned();
    }
    let start = start.replace('`', "\"").replace("variant", "name").replace("field", "key");
    match nearest(word, quoted(expected)) {
        Some(name) => format!("{start}; did you mean \"{name}\"?"),
        None => format!("{start}; known are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
