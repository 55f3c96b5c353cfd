//! The Kubernetes API: the only crate that names kube or HTTP.

pub mod access;
pub mod act;
pub mod changes;
pub mod connect;
pub mod containers;
pub mod doctor;
pub mod events;
pub mod exec;
pub mod follow;
pub mod history;
pub mod logs;
pub mod metrics;
pub mod nodes;
pub mod object;
pub mod page;
pub mod past;
mod preflight;
pub mod signs;
pub mod tail;
pub mod watch;
pub mod wire;
pub mod writer;

#[cfg(test)]
mod replay;
