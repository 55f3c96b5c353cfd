//! Contexts of kubeconfigs, and those that are parked.

use crate::text::Clean;

/// A context as its kubeconfig has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeContext {
    /// Its name.
    pub name: Clean,
    /// The server's address, empty where the cluster is missing.
    pub server: Clean,
    /// The user as the kubeconfig names it.
    pub user: Clean,
    /// Its namespace, `default` where it names none.
    pub namespace: Clean,
    /// It is the current context of the kubeconfigs.
    pub default: bool,
}

/// A context that this console was in, and what waits there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Its name.
    pub context: Clean,
    /// What waits there, in words: `3 marks, a plan`; empty where nothing does.
    pub holds: Clean,
    /// A batch is being driven there.
    pub batch: bool,
    /// So many shells are open there.
    pub shells: usize,
    /// So many copies of files run there.
    pub copies: usize,
    /// So many downloads of logs go on there.
    pub downloads: usize,
}
