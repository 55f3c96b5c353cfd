//! What copies ask for, and what they are told.

use rolldeck_core::shell::{Copied, CopyError, CopyWanted, Denied, Progress};

/// Tells one copy from others for as long as the console runs.
pub type CopyId = u64;

/// What a room wants of the copies.
#[derive(Clone, Debug)]
pub enum CopyAction {
    /// Begin these, and look at them.
    Start(Vec<CopyWanted>),
    /// Begin this one again: with what is there replaced, or from where it stopped.
    Again {
        /// Which.
        id: CopyId,
        /// What is there is replaced.
        overwrite: bool,
    },
    /// Stop it; one that has ended is forgotten.
    Stop(CopyId),
}

/// What is asked of a copy's runner.
#[derive(Clone, Debug)]
pub enum CopyEffect {
    /// Ask whether the user may, and copy.
    Start(CopyId, CopyWanted),
    /// Stop. Nothing is told of it afterwards.
    Stop(CopyId),
}

/// What is told about a copy.
#[derive(Clone, Debug)]
pub enum CopyReply {
    /// So far it is, at so many bytes a second lately.
    Progress(Progress, u64),
    /// It ended.
    Ended(Result<Copied, CopyError>),
    /// The user may not.
    Denied(Denied),
}
