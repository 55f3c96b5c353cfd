//! What the screens ask for. Each is carried out by its room's runner, and answers with messages.

use std::collections::BTreeSet;

use rolldeck_core::{model::AppKey, text::Clean};

use crate::{BatchEffect, ContextsEffect, ObjectEffect, PlanEffect};

/// Something to be done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Leave: a batch that this console drives is interrupted in good order first.
    Quit,
    /// Watch these namespaces from now on; empty: all. What was watched before ends.
    Scope(BTreeSet<Clean>),
    /// Metrics are shown (or not): poll them (or stop).
    Metrics(bool),
    /// Ask which namespaces there are, for completion.
    Namespaces,
    /// Put this text on the terminal's clipboard.
    Copy(String),
    /// This was entered into the palette: keep it for the next run.
    Remember(String),
    /// Lend the terminal to the credential plugin, interactively, and connect anew.
    Login,
    /// The contexts: read them, or go to another.
    Contexts(ContextsEffect),
    /// For the app page.
    Page(PageEffect),
    /// For the rooms of one object.
    Object(ObjectEffect),
    /// For the plan.
    Plan(PlanEffect),
    /// For a batch.
    Batch(BatchEffect),
    /// For what is unhealthy.
    Trouble(crate::TroubleEffect),
    /// For what changed.
    Changes(crate::ChangesEffect),
    /// For an act on pods.
    Act(crate::ActEffect),
    /// For the nodes, and a node's pods.
    Nodes(crate::NodesEffect),
    /// For events.
    Events(crate::EventsEffect),
    /// For the room of the namespaces.
    NamespacesRoom(crate::NamespacesEffect),
    /// For a pod's containers.
    Containers(crate::ContainersEffect),
    /// For logs.
    Logs(crate::LogsEffect),
    /// For a shell.
    Shell(crate::ShellEffect),
    /// For a forwarded port.
    Forward(crate::ForwardEffect),
    /// For a copy of files.
    Copies(crate::CopyEffect),
    /// For one command in many pods.
    Run(crate::RunEffect),
}

/// Reads for an app page.
#[derive(Clone, Debug)]
pub enum PageEffect {
    /// Read the app and follow what stands around it.
    Open(AppKey),
    /// Read the app, its revisions, its events and what it mounts again.
    Read(AppKey),
    /// Nobody looks any more.
    Close(AppKey),
}
