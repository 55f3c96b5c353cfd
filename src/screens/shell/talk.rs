//! What shells ask for, and what they are told.

use std::sync::Arc;

use rolldeck_core::{
    shell::{Denied, End, Grid, Opening, Place, Refused, Size},
    text::Clean,
};

use crate::Command;

/// Tells one session from others for as long as the console runs.
pub type ShellId = u64;

/// What is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A shell.
    Shell,
    /// The container's own process, with or without what is typed going to it.
    Attach {
        /// What is typed goes to it.
        stdin: bool,
    },
    /// A debug container beside it, and a shell in that.
    Debug,
}

impl What {
    /// What a command opens.
    pub fn of(command: Command) -> Self {
        match command {
            Command::Attach => Self::Attach { stdin: false },
            Command::Debug => Self::Debug,
            _ => Self::Shell,
        }
    }

    /// As errors and the audit name it.
    pub fn opening(self) -> Opening {
        match self {
            Self::Shell => Opening::Shell,
            Self::Attach { .. } => Opening::Attach,
            Self::Debug => Opening::Debug,
        }
    }
}

/// A session, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub place: Place,
    /// What.
    pub what: What,
}

/// What a room wants of the sessions.
#[derive(Clone, Debug)]
pub enum ShellAction {
    /// Open one, and look at it.
    Open(Wanted),
    /// Open it again in its place.
    Reopen(ShellId),
    /// Look at this one.
    Show(ShellId),
    /// End it, and forget it.
    Close(ShellId),
    /// Keep bytes that were typed for a session on its way: they go to it once it is open, and nowhere if it never is.
    TypeAhead(ShellId, Vec<u8>),
    /// Logs stand beside the terminals, or no more.
    Split(bool),
}

/// Where to look in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// So many lines further up; down, where negative.
    Up(i32),
    /// The oldest line that is kept.
    Top,
    /// What comes.
    Bottom,
    /// The newest line that has this text; an empty text ends the search.
    Search(String),
    /// The next line that has it, an older one.
    Older,
    /// The next line that has it, a newer one.
    Newer,
}

/// What is asked of a session's runner.
#[derive(Clone, Debug)]
pub enum ShellEffect {
    /// Ask whether the user may, and open.
    Open(ShellId, Wanted, Size),
    /// Keys, a paste, or the mouse, as a terminal sends them.
    Input(ShellId, Vec<u8>),
    /// The terminal has this size.
    Resize(ShellId, Size),
    /// Look elsewhere.
    Look(ShellId, Look),
    /// End it.
    Close(ShellId),
}

/// What is told about a session.
#[derive(Clone, Debug)]
pub enum ShellReply {
    /// What is being done until it is open: `asking whether you may`.
    Stage(Clean),
    /// It is open, and there: of a debug container it is that one's place.
    Opened {
        /// Where.
        place: Place,
        /// What the container may use; empty where nothing is known.
        limits: Clean,
        /// The file that it is recorded to.
        recorded: Option<Clean>,
    },
    /// It looks thus; whether a key was typed since it was told last.
    Screen(Arc<Grid>, bool),
    /// It ended.
    Ended(End),
    /// The user may not.
    Denied(Denied),
    /// It was not opened.
    Refused(Refused),
}
