//! From flags and kubeconfigs to a connection.

mod certificate;
mod context;
mod deadline;
mod diagnose;
mod error;
mod files;
mod greet;
mod login;
mod nearest;
mod options;
mod plugin;
mod tokens;
mod transport;

#[cfg(test)]
pub(crate) mod replay;
#[cfg(test)]
mod tests;

pub(crate) use context::with_sources;
pub(crate) use diagnose::{find, find_io_kind};
pub use error::ConnectError;
pub use login::{Login, connect, contexts};
pub use options::{Cluster, Options};
#[cfg(test)]
pub(crate) use tests::Home;
pub(crate) use transport::percent_decoded;
