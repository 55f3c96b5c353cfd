//! What another context runs: a connection of its own, reads, and the end of it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use rolldeck_cluster::{
    connect::{ConnectError, Login},
    past,
};
use rolldeck_core::text::Clean;
use rolldeck_screens::{Elsewhere, Message, PlanReply};
use tokio::task::JoinSet;

use super::post::Post;

/// How long all of it may take, a credential plugin included.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked for.
pub struct Wanted {
    /// Comes back with the answer.
    pub asked: u64,
    /// The context.
    pub context: Clean,
    /// The names of the apps.
    pub names: BTreeSet<Clean>,
    /// Where to look if not all namespaces may be listed, beside the context's own.
    pub namespaces: BTreeSet<Clean>,
}

/// The look under way; a new one ends it.
#[derive(Default)]
pub struct Looks(JoinSet<()>);

impl Looks {
    /// Looks, by the kubeconfigs of this login.
    pub fn look(&mut self, login: Login, post: &Post, wanted: Wanted) {
        let post = post.clone();
        self.0 = JoinSet::new();
        self.0.spawn(async move {
            let asked = wanted.asked;
            let late = |_| Err(format!("no answer came within {} s", PATIENCE.as_secs()).into());
            let found = tokio::time::timeout(PATIENCE, look(&login, wanted)).await.unwrap_or_else(late);
            post.send(Message::Plan(PlanReply::Elsewhere(asked, found.map(Arc::new)))).await;
        });
    }

    /// Ends it.
    pub fn enough(&mut self) {
        self.0 = JoinSet::new();
    }
}

/// The connection ends when this does, or is dropped.
async fn look(login: &Login, wanted: Wanted) -> Result<Elsewhere, Clean> {
    let cluster = login.elsewhere(&wanted.context).await.map_err(|error| said(&error))?;
    let fallback = wanted.namespaces.iter().chain(&cluster.namespaces).cloned().collect();
    let mut running = past::running(&cluster, &fallback).await.map_err(|error| Clean::from(error.to_string()))?;
    running.apps.retain(|(key, _)| wanted.names.contains(&key.name));
    Ok(Elsewhere { context: wanted.context, server: cluster.server, read: chrono::Utc::now(), running })
}

/// The lines of the message in one.
fn said(error: &ConnectError) -> Clean {
    let text = error.to_string();
    text.lines().collect::<Vec<_>>().join(". ").into()
}
