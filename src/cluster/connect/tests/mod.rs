//! Connecting, against a server of the test's own.

mod answers;
mod credentials;
mod elsewhere;
mod files;
mod kubeconfig;
mod network;
mod plugins;
mod stack;

pub(crate) use kubeconfig::Home;
