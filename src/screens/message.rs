//! What reaches the screens, in one queue.

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    Time,
    around::{Autoscaler, Budget, Claim, ConfigKind, Known, Route, RouteKind, Service, Slice},
    batch::{
        Found, Run,
        guard::{Guard, Guards},
    },
    fleet::{Freshness, Scope, Source, Update},
    kept::{KeptEvent, Name},
    model::{App, AppKey, Event, KubeContext, Labels, ObjectRef, Parked, PodUsage, Revision},
    text::Clean,
};
use serde_json::Value;

use crate::{BatchReply, Key, Mouse, ObjectReply, PlanReply, Viewer};

/// Local time of day for display: the offset of the operator's zone from UTC, in seconds, and the moment itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Now.
    pub now: Time,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// Whom the console is connected to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The kubeconfig's context, or `in-cluster`.
    pub context: Clean,
    /// The server's address.
    pub server: Clean,
    /// The user as the kubeconfig names it, or as whom it acts (`--as`).
    pub user: Clean,
    /// The namespaces in view at the start; empty: all.
    pub namespaces: Vec<Clean>,
    /// Nothing may be written.
    pub readonly: bool,
    /// It is the demo cluster: nothing of it is anybody's.
    pub demo: bool,
    /// The configuration's guards, and whether every batch needs a reason.
    pub guards: Guards,
    /// The labels of namespaces, where guards look at them and they could be read.
    pub labels: BTreeMap<Clean, Labels>,
    /// What the operator has set for logs.
    pub logs: crate::LogsSettings,
}

impl Session {
    /// The strictest guard that holds for any of these namespaces, and the rule that asks for it, in words for the operator
    /// (empty where none does).
    pub fn guard<'a>(&self, namespaces: impl IntoIterator<Item = &'a Clean>) -> (Guard, Clean) {
        let of = |namespace: &Clean| self.guards.of(&self.context, &self.server, namespace, self.labels.get(namespace));
        let strictest = |known: (Guard, Clean), next: (Guard, Clean)| if next.0 > known.0 { next } else { known };
        namespaces.into_iter().map(of).fold(Default::default(), strictest)
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// The terminal says that its background is light (or is not). The runtime picks the colours.
    Background(bool),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this size now: columns, rows.
    Resize(u16, u16),
    /// Time passed: sent when [`crate::State::wake_at`] has come, and with every other batch of messages.
    Clock(Clock),
    /// The sources of the fleet spoke.
    Fleet(Vec<Update>),
    /// A poll of metrics answered.
    Usage(Scope, Vec<PodUsage>),
    /// A polled source's freshness changed.
    Freshness(Source, Freshness),
    /// The namespaces that the cluster has. Never comes where the user may not list them.
    Namespaces(Vec<Clean>),
    /// The labels of these namespaces, as far as they may be read: asked for where guards look at them.
    Labels(BTreeMap<Clean, Labels>),
    /// The contexts of the kubeconfigs, in their order; why they cannot be read.
    Contexts(Result<Vec<KubeContext>, Clean>),
    /// The contexts that this console has left for another, complete.
    Parked(Vec<Parked>),
    /// What was read for an app page.
    Page(AppKey, PageReply),
    /// What was read of one object, for a room that shows it.
    Object(Viewer, ObjectRef, ObjectReply),
    /// What was read or checked for the plan that is open.
    Plan(PlanReply),
    /// About batches.
    Batch(BatchReply),
    /// Signs of trouble beside the fleet.
    Trouble(crate::TroubleReply),
    /// What was read of changes.
    Changes(crate::ChangesReply),
    /// What was asked before an act, or came of one.
    Act(crate::ActReply),
    /// About nodes.
    Nodes(crate::NodesReply),
    /// Events.
    Events(crate::EventsReply),
    /// About namespaces, for their room.
    NamespacesRoom(crate::NamespacesReply),
    /// About a pod's containers.
    Containers(Name, crate::ContainersReply),
    /// Of a reading of logs, or a download.
    Logs(crate::LogsId, crate::LogsReply),
    /// About a shell.
    Shell(crate::shell::ShellId, crate::ShellReply),
    /// About a forwarded port.
    Forward(crate::forwards::ForwardId, crate::ForwardReply),
    /// About a copy of files.
    Copy(crate::copies::CopyId, crate::CopyReply),
    /// What came of a command in a pod.
    RunIn(crate::RunReply),
    /// A batch that this console drives, or looks at, stands thus now.
    Run(Arc<Run>),
    /// The driver could not start, or not be commanded: why. Nothing was written.
    RunRefused(Clean),
    /// Unfinished batches in the cluster, complete, replacing what was known.
    Found(Vec<Found>),
    /// Something to say once at the bottom of the screen: whether it is an error, and the text.
    Note(bool, Clean),
    /// A login has ended well: whom the cluster takes us for from now on.
    LoggedIn(Clean),
    /// The terminal was lent (to a login command) and is back: redraw everything. What is typed within a second of it was typed
    /// for whoever had the terminal, and is dropped.
    Restored,
}

/// A part of an app page. Each comes by itself; an error is shown in the part's place.
#[derive(Clone, Debug)]
pub enum PageReply {
    /// The app, by a GET of its own: as it is known, and raw.
    App(Result<(Box<App>, Arc<Value>), Clean>),
    /// Its revisions, newest first.
    Revisions(Result<Arc<[Revision]>, Clean>),
    /// Events about it, its revisions and its pods, newest first.
    Events(Result<Arc<[Event]>, Clean>),
    /// A ConfigMap or Secret that it mounts or reads: what its metadata say.
    Config(ConfigKind, Clean, Known),
    /// The autoscalers of its namespace.
    Autoscalers(Vec<KeptEvent<Autoscaler>>),
    /// The events about autoscalers of its namespace.
    Scaling(Vec<KeptEvent<Event>>),
    /// The Services of its namespace.
    Services(Vec<KeptEvent<Service>>),
    /// The EndpointSlices of its namespace.
    Slices(Vec<KeptEvent<Slice>>),
    /// The routes of its namespace, of one kind.
    Routes(RouteKind, Vec<KeptEvent<Route>>),
    /// The claims of its namespace.
    Claims(Vec<KeptEvent<Claim>>),
    /// The disruption budgets of its namespace.
    Budgets(Vec<KeptEvent<Budget>>),
}
