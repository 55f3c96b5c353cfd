//! The forwarded ports of this console.

use std::net::SocketAddr;

use rolldeck_core::{
    shell::{ForwardStats, ForwardWanted},
    text::Clean,
};

use super::{ForwardEffect, ForwardId, ForwardReply};

/// How a forwarded port stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// On its way.
    Opening,
    /// It listens here.
    Open(SocketAddr),
    /// It was not opened, and why.
    Failed(Clean),
}

/// A forwarded port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// Which.
    pub id: ForwardId,
    /// As it was asked for.
    pub wanted: ForwardWanted,
    /// What went through.
    pub stats: ForwardStats,
    pub(super) phase: Phase,
}

impl Forwarded {
    /// Whether it is open, or on its way.
    pub fn open(&self) -> bool {
        !matches!(self.phase, Phase::Failed(_))
    }

    /// `127.0.0.1:8080`, once it listens.
    pub fn address(&self) -> Option<String> {
        match &self.phase {
            Phase::Open(address) => Some(address.to_string()),
            _ => None,
        }
    }
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forwards {
    /// In the order in which they were asked for.
    pub list: Vec<Forwarded>,
    last: ForwardId,
}

impl Forwards {
    /// Another one is wanted.
    pub(crate) fn add(&mut self, wanted: ForwardWanted) -> ForwardEffect {
        self.last += 1;
        let forwarded =
            Forwarded { id: self.last, wanted: wanted.clone(), stats: ForwardStats::default(), phase: Phase::Opening };
        self.list.push(forwarded);
        ForwardEffect::Open(self.last, wanted)
    }

    /// One is to be closed and forgotten.
    pub(crate) fn remove(&mut self, id: ForwardId) -> ForwardEffect {
        self.list.retain(|forwarded| forwarded.id != id);
        ForwardEffect::Close(id)
    }

    /// How many are open, or on their way.
    pub fn open(&self) -> usize {
        self.list.iter().filter(|forwarded| forwarded.open()).count()
    }

    /// Takes what is told about one; returns what to say of it.
    pub(crate) fn take(&mut self, id: ForwardId, reply: &ForwardReply) -> Option<(bool, Clean)> {
        let forwarded = self.list.iter_mut().find(|forwarded| forwarded.id == id)?;
        let (pod, port) = (&forwarded.wanted.place.pod, forwarded.wanted.remote);
        let why = match reply {
            ForwardReply::Opened(address) => {
                forwarded.phase = Phase::Open(*address);
                return Some((false, format!("{address} goes to port {port} of {pod}: \":forwards\" lists it").into()));
            }
            ForwardReply::Stats(stats) => {
                forwarded.stats = stats.clone();
                return None;
            }
            ForwardReply::Denied(denied) => Clean::from(format!(
                "{}. With kubectl: {}",
                denied.words(),
                denied.kubectl.replace(":PORT", &format!(":{port}"))
            )),
            ForwardReply::Refused(refused) => Clean::from(refused.to_string()),
        };
        forwarded.phase = Phase::Failed(why.clone());
        Some((true, why))
    }
}
