//! What a script is made of.

use std::sync::Arc;

/// A piece of a word.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Part {
    /// Text as it is; `true` where it was quoted, so that it is no pattern.
    Text(String, bool),
    /// The value of a variable; `true` where it stays one word.
    Variable(Variable, bool),
    /// What a command prints; `true` where it stays one word.
    Output(Arc<List>, bool),
    /// A sum; `true` where it stays one word.
    Sum(Word, bool),
}

/// A word before it is expanded.
pub(in super::super) type Word = Vec<Part>;

/// A variable, and what is made of its value.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Variable {
    /// Its name.
    pub(in super::super) name: String,
    /// `:-`, `##` and their like, with the word behind it; `len` for `${#NAME}`.
    pub(in super::super) with: Option<(&'static str, Word)>,
}

/// Where a redirection leads.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum To {
    /// From a file.
    From(Word),
    /// To a file, after what is there where `true`.
    File(Word, bool),
    /// To where another descriptor leads, or nowhere for `-`.
    Same(Word),
}

/// A redirection of a descriptor.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Redirect {
    /// Which.
    pub(in super::super) of: u8,
    /// Where to.
    pub(in super::super) to: To,
}

/// What a command is.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Node {
    /// Variables that are set before it, its name and arguments.
    Simple(Vec<(String, Word)>, Vec<Word>),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// `if`: conditions with what is done then, and what is done else.
    If(Vec<(List, List)>, List),
    /// `while`; `until` where `true`.
    While(List, List, bool),
    /// `for`: the variable, the words (the arguments where there are none), what is done.
    For(String, Option<Vec<Word>>, List),
    /// `case`: the word, and patterns with what is done.
    Case(Word, Vec<(Vec<Word>, List)>),
    /// A function of this name.
    Function(String, Arc<Command>),
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Command {
    /// What it is.
    pub(in super::super) node: Node,
    /// Its redirections, in order.
    pub(in super::super) redirects: Vec<Redirect>,
}

/// Commands whose output is the next one's input.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Pipeline {
    /// `!` stands before it.
    pub(in super::super) not: bool,
    /// One at least.
    pub(in super::super) commands: Vec<Command>,
}

/// When a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum When {
    /// Whatever came of the one before.
    Always,
    /// Where it succeeded.
    And,
    /// Where it failed.
    Or,
}

/// Pipelines with `&&` and `||` between them.
pub(in super::super) type Chain = Vec<(When, Pipeline)>;

/// A chain; in the background where `&` stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Item {
    /// The pipelines.
    pub(in super::super) chain: Chain,
    /// It is not waited for.
    pub(in super::super) background: bool,
}

/// What is done one after the other.
pub(in super::super) type List = Vec<Item>;
