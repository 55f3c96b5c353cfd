//! From text to commands: the POSIX shell's language without here-documents.

mod command;
mod tree;
mod word;

pub(super) use command::parse;
pub(super) use tree::{Chain, Command, Item, List, Node, Part, Pipeline, Redirect, To, Variable, When, Word};

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// It ends too early: more may come.
    Unfinished(String),
    /// Whatever came, it would be none.
    Wrong(String),
}

impl Bad {
    /// The complaint.
    pub(super) fn why(&self) -> &str {
        match self {
            Self::Unfinished(why) | Self::Wrong(why) => why,
        }
    }
}

/// Deeper than this nothing is nested.
const DEEPEST: usize = 40;

/// A text, and how far it was read.
struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// Whether this comes next.
    fn sees(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.chars.get(self.at + at) == Some(&c))
    }

    /// Takes this, if it comes next.
    fn takes(&mut self, text: &str) -> bool {
        let seen = self.sees(text);
        if seen {
            self.at += text.chars().count();
        }
        seen
    }

    /// Passes blanks, comments and lines that go on.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.chars.get(self.at + 1) == Some(&'\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Passes blanks and ends of lines.
    fn lines(&mut self) {
        self.blanks();
        while self.takes("\n") {
            self.blanks();
        }
    }

    /// The word without quotes that comes next, if it stands alone: it may be one of the language's own.
    fn reserved(&self) -> String {
        let rest = &self.chars[self.at..];
        let end = rest.iter().position(|c| " \t\r\n;|&<>()".contains(*c)).unwrap_or(rest.len());
        rest[..end].iter().collect()
    }

    /// Takes one of the language's own words, or says what stands in its place.
    fn expect(&mut self, word: &str) -> Result<(), Bad> {
        self.lines();
        if self.reserved() != word {
            return Err(self.unexpected());
        }
        self.at += word.len();
        Ok(())
    }

    fn unexpected(&self) -> Bad {
        match self.peek() {
            None => Bad::Unfinished(said("end of file")),
            Some('\n') => Bad::Wrong(said("newline")),
            Some(c) if ";|&<>()".contains(c) => {
                let rest = &self.chars[self.at..];
                let end = rest.iter().position(|other| *other != c).unwrap_or(rest.len()).min(2);
                Bad::Wrong(said(&rest[..end].iter().collect::<String>()))
            }
            Some(_) => Bad::Wrong(said(&self.reserved())),
        }
    }

    /// Goes one level deeper while `inside` reads.
    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, Bad>) -> Result<T, Bad> {
        if self.depth >= DEEPEST {
            return Err(Bad::Wrong("syntax error: nested too deep".to_owned()));
        }
        self.depth += 1;
        let read = inside(self);
        self.depth -= 1;
        read
    }
}

fn said(what: &str) -> String {
    format!("syntax error: unexpected \"{what}\"")
}
