//! The copies of this console: those that run, and those that ended and were not put away.

use rolldeck_core::{
    shell::{Copied, CopyError, CopyWanted, Denied, Progress},
    text::Clean,
};

use super::{CopyAction, CopyEffect, CopyId, CopyReply, words};

/// How a copy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing is copied yet: the right is asked for, or it waits for its turn.
    Waiting,
    /// It runs, at so many bytes a second lately.
    Running(Progress, u64),
    /// It ended well, or with some left out.
    Done(Copied),
    /// It ended otherwise.
    Failed(CopyError),
    /// The user may not.
    Denied(Denied),
    /// It was stopped from here.
    Stopped,
}

/// One copy: in or out of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Which.
    pub id: CopyId,
    /// As it was asked for.
    pub wanted: CopyWanted,
    /// How it stands.
    pub stand: Stand,
}

impl Copy {
    /// Whether it runs, or is about to.
    pub fn running(&self) -> bool {
        matches!(self.stand, Stand::Waiting | Stand::Running(..))
    }

    /// Whether it did not come to a good end, so that it may be tried again.
    pub fn may_again(&self) -> bool {
        matches!(self.stand, Stand::Failed(_) | Stand::Denied(_) | Stand::Stopped)
    }
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// In the order in which they were asked for.
    pub list: Vec<Copy>,
    last: CopyId,
}

impl Copies {
    /// How many run, or are about to.
    pub fn running(&self) -> usize {
        self.list.iter().filter(|copy| copy.running()).count()
    }

    /// Does what a room wants; returns what is to be done outside.
    pub(crate) fn act(&mut self, action: CopyAction) -> Vec<CopyEffect> {
        match action {
            CopyAction::Start(wanted) => wanted.into_iter().map(|wanted| self.start(wanted)).collect(),
            CopyAction::Again { id, overwrite } => {
                let Some(copy) = self.list.iter_mut().find(|copy| copy.id == id && copy.may_again()) else {
                    return Vec::new();
                };
                self.last += 1;
                copy.id = self.last;
                copy.stand = Stand::Waiting;
                copy.wanted.options.overwrite |= overwrite;
                copy.wanted.options.resume = true;
                vec![CopyEffect::Start(copy.id, copy.wanted.clone())]
            }
            CopyAction::Stop(id) => {
                let Some(at) = self.list.iter().position(|copy| copy.id == id) else { return Vec::new() };
                if self.list[at].running() {
                    self.list[at].stand = Stand::Stopped;
                    return vec![CopyEffect::Stop(id)];
                }
                self.list.remove(at);
                Vec::new()
            }
        }
    }

    fn start(&mut self, wanted: CopyWanted) -> CopyEffect {
        self.last += 1;
        self.list.push(Copy { id: self.last, wanted: wanted.clone(), stand: Stand::Waiting });
        CopyEffect::Start(self.last, wanted)
    }

    /// Takes what is told about one; returns what to say of it.
    pub(crate) fn take(&mut self, id: CopyId, reply: &CopyReply) -> Option<(bool, Clean)> {
        let copy = self.list.iter_mut().find(|copy| copy.id == id && copy.running())?;
        copy.stand = match reply {
            CopyReply::Progress(progress, rate) => {
                copy.stand = Stand::Running(progress.clone(), *rate);
                return None;
            }
            CopyReply::Ended(Ok(copied)) => Stand::Done(copied.clone()),
            CopyReply::Ended(Err(error)) => Stand::Failed(error.clone()),
            CopyReply::Denied(denied) => Stand::Denied(denied.clone()),
        };
        Some((!matches!(copy.stand, Stand::Done(_)), words::news(copy).into()))
    }
}
