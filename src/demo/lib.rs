//! The demo cluster: a Kubernetes API server on loopback, with controllers that make it live and a fleet to look at.
//!
//! It knows nothing of the console, which meets it over HTTP like any other cluster.

pub mod api;
pub mod clock;
mod control;
mod kubeconfig;
mod pods;
mod serve;
pub mod server;
pub mod store;
pub mod world;

pub use control::Controls;
pub use kubeconfig::CONTEXT;
pub use pods::Pods;
pub use serve::{Options, Running, ServeError, serve};
