//! The program against a real Kubernetes: the one that `ROLLDECK_TEST_KUBECONFIG` names. Unset, each test says so and does nothing.
//!
//! The cluster needs the images of `tests/cluster/images.py`. Each test makes namespaces of its own and removes them.

mod apps;
mod batch;
mod batches;
mod cluster;
mod deck;
mod downloads;
mod files;
mod fleet;
mod interrupted;
mod kinds;
mod links;
mod logs;
mod proxy;
mod rights;
mod shell;
mod terminal;
mod webhook;

pub use cluster::Cluster;
use cluster::Space;
pub use deck::Deck;
