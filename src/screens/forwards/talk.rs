//! What forwarded ports ask for, and what they are told.

use std::net::SocketAddr;

use rolldeck_core::shell::{Denied, ForwardStats, ForwardWanted, Refused};

/// Tells one forwarded port from others for as long as the console runs.
pub type ForwardId = u64;

/// What is asked of a forwarded port's runner.
#[derive(Clone, Debug)]
pub enum ForwardEffect {
    /// Ask whether the user may, and listen.
    Open(ForwardId, ForwardWanted),
    /// Close it, and every connection through it.
    Close(ForwardId),
}

/// What is told about a forwarded port.
#[derive(Clone, Debug)]
pub enum ForwardReply {
    /// It listens here.
    Opened(SocketAddr),
    /// So much went through.
    Stats(ForwardStats),
    /// The user may not.
    Denied(Denied),
    /// It was not opened.
    Refused(Refused),
}
