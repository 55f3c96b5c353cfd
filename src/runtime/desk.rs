//! A desk: one connection, the state that is shown of it, and the runners that work for it. One is shown, others may be parked.

use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::text::Clean;
use rolldeck_screens::{Session, State, update};

use super::{
    console::clock,
    past::Past,
    post::{Post, Posted},
    runners::Runners,
};
use crate::config::{self, Config};

/// One connection, and all that belongs to it.
pub struct Desk {
    /// Tells its messages from those of other desks.
    pub id: u64,
    /// The context's name.
    pub context: Clean,
    /// What is shown.
    pub state: State,
    /// What works.
    pub runners: Runners,
}

impl Desk {
    /// A desk over a new connection, in a terminal of this size: columns, rows.
    pub fn new(id: u64, (cluster, writer): (Cluster, Writer), config: &Config, post: &Post, size: (u16, u16)) -> Self {
        let about = Session {
            context: cluster.context.clone(),
            server: cluster.server.clone(),
            user: cluster.user.clone(),
            namespaces: cluster.namespaces.clone(),
            readonly: cluster.readonly,
            demo: *cluster.context == *rolldeck_demo::CONTEXT,
            guards: writer.guards().clone(),
            labels: Default::default(),
            logs: config.logs.clone(),
        };
        let past = Past::new(config::state_directory());
        let mut state = State::new(about, config.keymap.clone(), config.theme.clone(), clock(), size)
            .with_columns(config.columns.clone())
            .with_shells(config.shell.clone());
        state.recall(past.lines());
        Self {
            id,
            context: cluster.context.clone(),
            state,
            runners: Runners::new(cluster, writer, past, config.keep, post.of_desk(id))
                .keeping(config.columns.of_fleet())
                .with_shells(config.shell.clone()),
        }
    }

    /// Whether a message is of what is watched now.
    pub fn awaits(&self, posted: &Posted) -> bool {
        posted.era.is_none_or(|era| era == self.runners.era())
    }

    /// Takes a message while another desk is shown: a batch goes on.
    pub fn take_unseen(&mut self, posted: Posted) {
        if self.awaits(&posted) {
            for effect in update(&mut self.state, posted.message) {
                self.runners.carry_out(effect);
            }
        }
    }

    /// Leaves for another desk: nothing is watched any more.
    pub fn park(&mut self) {
        for effect in self.state.park() {
            self.runners.carry_out(effect);
        }
        self.runners.park();
    }
}
