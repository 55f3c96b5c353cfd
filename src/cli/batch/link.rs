//! The connection that a command works over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Utc;
use rolldeck_cluster::{
    connect::{Cluster, Options, connect},
    history,
    writer::Writer,
};
use rolldeck_core::{
    batch::{Author, guard::Guard},
    model::Labels,
    text::Clean,
};
use rolldeck_driver::{Clock, Identity};

use super::end::End;
use crate::cli::{console::configure, flags::Flags};

/// A connection, the door for writes, and who we are.
pub struct Link {
    /// For reading.
    pub cluster: Cluster,
    /// The one door for writes.
    pub port: Arc<Writer>,
    /// This process.
    pub here: Identity,
}

impl Link {
    /// Connects as the flags and the configuration say.
    ///
    /// # Errors
    /// [`End::Refused`]: the configuration cannot be understood, or there is no connection.
    pub async fn open(flags: &Flags) -> Result<Self, End> {
        let config = configure(&flags.look).map_err(End::refused)?;
        let (guards, files_when_readonly) = (config.guards, config.files_when_readonly);
        let options = Options { guards, files_when_readonly, ..flags.options() };
        let (cluster, writer) = connect(&options).await.map_err(End::refused)?;
        Ok(Self { cluster, port: Arc::new(writer), here: Identity::here() })
    }

    /// The namespaces in view; empty: all.
    pub fn namespaces(&self) -> BTreeSet<Clean> {
        self.cluster.namespaces.iter().cloned().collect()
    }

    /// A clock for a batch.
    pub fn clock() -> Clock {
        Clock::new(Utc::now)
    }

    /// The author of what this process starts.
    pub fn author(&self) -> Author {
        Author::new(self.cluster.user.clone(), Clean::new(&self.here.who))
    }

    /// The strictest guard over these namespaces, and the rule that asks for it.
    pub async fn guard(&self, namespaces: &BTreeSet<Clean>) -> (Guard, Clean) {
        let guards = self.port.guards();
        let labels: BTreeMap<Clean, Labels> = match guards.on_labels() {
            true => history::namespace_labels(&self.cluster, namespaces).await,
            false => BTreeMap::new(),
        };
        let of = |namespace: &Clean| {
            guards.of(&self.cluster.context, &self.cluster.server, namespace, labels.get(namespace))
        };
        let strictest = |known: (Guard, Clean), next: (Guard, Clean)| if next.0 > known.0 { next } else { known };
        namespaces.iter().map(of).fold(Default::default(), strictest)
    }

    /// Whether nothing may be written, and why.
    pub fn readonly(&self) -> Option<Clean> {
        self.cluster.readonly.then(|| "read-only: --readonly writes nothing".into())
    }
}
