//! Effects, each to its runner.

use std::{collections::BTreeSet, sync::Arc};

use rolldeck_cluster::{
    connect::{Cluster, Login},
    writer::Writer,
};
use rolldeck_core::{fleet::AddedColumns, text::Clean};
use rolldeck_driver::Keep;
use rolldeck_screens::{BatchEffect, ContextsEffect, Effect, ShellSettings};

use super::{
    act::Acts, batch::Batch, changes::Changes, containers::Containers, events::Events, fleet::Fleet, logs::Logs,
    names::Names, namespaces::Namespaces, nodes::Nodes, object::Objects, page::Page, past::Past, plan::Plan,
    post::Post, shell::Shells, trouble::Trouble,
};

/// What the loop itself must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: a runner has it.
    Nothing,
    /// Leave.
    Quit,
    /// Put this on the terminal's clipboard.
    Copy(String),
    /// Lend the terminal to a login.
    Login,
    /// Read which contexts there are.
    Contexts,
    /// Go to this context.
    Switch(Clean),
}

/// The runners, over one connection.
pub struct Runners {
    cluster: Cluster,
    post: Post,
    fleet: Fleet,
    names: Names,
    page: Page,
    object: Objects,
    plan: Plan,
    trouble: Trouble,
    changes: Changes,
    act: Acts,
    nodes: Nodes,
    events: Events,
    namespaces: Namespaces,
    containers: Containers,
    logs: Logs,
    shells: Shells,
    batch: Batch,
    past: Past,
    /// Guards look at the labels of namespaces.
    on_labels: bool,
}

impl Runners {
    /// Idle runners over a connection. The one door for writes stays in here.
    pub fn new(cluster: Cluster, writer: Writer, past: Past, keep: Option<Keep>, post: Post) -> Self {
        let on_labels = writer.guards().on_labels();
        let writer = Arc::new(writer);
        let batch = Batch::new(writer.clone(), &cluster.user, keep, post.clone());
        Self {
            trouble: Trouble::default(),
            changes: Changes::default(),
            act: Acts::new(writer.clone(), &cluster.user),
            shells: Shells::new(writer.clone(), &cluster.user),
            logs: Logs::new(writer.clone(), &cluster.user),
            plan: Plan::new(writer.clone()),
            cluster,
            post,
            fleet: Fleet::default(),
            names: Names::default(),
            page: Page::default(),
            nodes: Nodes::default(),
            events: Events::default(),
            namespaces: Namespaces::default(),
            containers: Containers::default(),
            object: Objects::default(),
            batch,
            past,
            on_labels,
        }
    }

    /// The same; what is watched keeps what these columns show.
    #[must_use]
    pub fn keeping(self, added: AddedColumns) -> Self {
        Self { fleet: Fleet::keeping(added), ..self }
    }

    /// The same with shells that are opened like this.
    #[must_use]
    pub fn with_shells(mut self, settings: ShellSettings) -> Self {
        self.logs.debug_with(&settings);
        self.shells.settings = settings;
        self
    }

    /// The way to log in again.
    pub fn login(&self) -> Login {
        self.cluster.login.clone()
    }

    /// Watches anew what was watched, after a login as `user`: streams that had ended for want of it begin again.
    pub fn restart(&mut self, user: &Clean) {
        self.act.name(user);
        self.shells.name(user);
        self.logs.name(user);
        self.batch.name(user);
        self.fleet.restart(&self.cluster, &self.post);
    }

    /// Watches nothing from now on, until a scope is asked for again. A batch that is being driven goes on.
    pub fn park(&mut self) {
        self.fleet.park();
        self.logs.park();
        self.batch.park();
    }

    /// The number of the scope that is watched now.
    pub fn era(&self) -> u64 {
        self.fleet.era()
    }

    /// Whether a batch is being driven here, an act has no answer yet, or a shell that was told to end has not.
    pub fn busy(&self) -> bool {
        self.batch.driving() || self.act.busy() || self.shells.busy()
    }

    /// Asks the driver to leave in good order: nothing new starts. Shells are hung up.
    pub fn interrupt(&self) {
        self.batch.interrupt();
        self.shells.interrupt();
    }

    /// Watches other namespaces, and looks for unfinished batches there, too (at the start the state asks for that itself).
    fn scope(&mut self, namespaces: BTreeSet<Clean>) {
        let first = self.fleet.era() == 0;
        if self.on_labels {
            self.names.read_labels(&self.cluster, &self.post, namespaces.clone());
        }
        self.fleet.scope(&self.cluster, &self.post, namespaces);
        if !first {
            self.batch.carry_out(BatchEffect::Find, self.fleet.namespaces());
        }
    }

    /// Carries an effect out, without waiting for it.
    pub fn carry_out(&mut self, effect: Effect) -> Asked {
        match effect {
            Effect::Quit => return Asked::Quit,
            Effect::Copy(text) => return Asked::Copy(text),
            Effect::Remember(line) => self.past.add(line),
            Effect::Login => return Asked::Login,
            Effect::Contexts(ContextsEffect::Read) => return Asked::Contexts,
            Effect::Contexts(ContextsEffect::Switch(name)) => return Asked::Switch(name),
            Effect::Scope(namespaces) => self.scope(namespaces),
            Effect::Namespaces => self.names.read(&self.cluster, &self.post),
            Effect::Metrics(shown) => self.fleet.metrics(&self.cluster, &self.post, shown),
            Effect::Page(effect) => self.page.carry_out(&self.cluster, &self.post, effect),
            Effect::Object(effect) => self.object.carry_out(&self.cluster, &self.post, effect),
            Effect::Plan(effect) => self.plan.carry_out(&self.cluster, &self.post, effect),
            Effect::Trouble(effect) => self.trouble.carry_out(&self.cluster, &self.post, effect),
            Effect::Changes(effect) => self.changes.carry_out(&self.cluster, &self.post, effect),
            Effect::Act(effect) => self.act.carry_out(&self.cluster, &self.post, effect),
            Effect::Nodes(effect) => self.nodes.carry_out(&self.cluster, &self.post, effect),
            Effect::Events(effect) => self.events.carry_out(&self.cluster, &self.post, effect),
            Effect::NamespacesRoom(effect) => self.namespaces.carry_out(&self.cluster, &self.post, effect),
            Effect::Containers(effect) => self.containers.carry_out(&self.cluster, &self.post, effect),
            Effect::Logs(effect) => self.logs.carry_out(&self.cluster, &self.post, effect),
            Effect::Forward(effect) => self.shells.forward(&self.cluster, &self.post, effect),
            Effect::Copies(effect) => self.shells.copy(&self.cluster, &self.post, effect),
            Effect::Run(effect) => self.shells.run(&self.cluster, &self.post, effect),
            Effect::Shell(effect) => self.shells.carry_out(&self.cluster, &self.post, effect),
            Effect::Batch(effect) => self.batch.carry_out(effect, self.fleet.namespaces()),
        }
        Asked::Nothing
    }
}
