//! What the machine asks, and what it is told.

use std::time::Duration;

use rolldeck_core::{logs::Nanos, text::Clean};

use crate::{
    logs::{request::Wants, subject::Status},
    watch::machine::Refusal,
};

/// A point in time on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Since an arbitrary start; never goes back.
    pub(crate) mono: Duration,
    /// To show, and to put on lines that bring no time.
    pub(crate) wall: Nanos,
}

/// Which log of a container is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// That of the newest instance, and of each that follows.
    Newest,
    /// That of the newest instance, up to now.
    NewestToNow,
    /// That of the instance before, to its end.
    Previous,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Nothing until then, or until it is told of a new status; `None`: only that.
    Wait(Option<Duration>),
    /// This, and to be told how that goes, to its end.
    Open(Wants),
    /// Nothing any more.
    Nothing,
}

/// What came. The bytes of a log come by [`Machine::feed`](super::Machine::feed).
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// How the container stands now.
    Status(Status),
    /// The server answers what was asked for, or is silent for so long that it would have refused by now.
    Opened,
    /// Nothing has come for so long that whatever the log has would have come: see [`Machine::feed`](super::Machine::feed).
    Silent,
    /// The stream ended as it should.
    Ended,
    /// No connection, no answer, or a stream that broke.
    Lost(Clean),
    /// The server answered no.
    Refused(Refusal),
    /// The cluster answers again.
    LinkUp,
}
