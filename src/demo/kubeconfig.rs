//! The kubeconfig of a running demo cluster.

use std::net::SocketAddr;

/// The name of the context, so that every program that uses it says what it is on.
pub const CONTEXT: &str = "rolldeck-demo";

/// A kubeconfig with one context, [`CONTEXT`], for the server at `address`.
pub(crate) fn kubeconfig(address: SocketAddr) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: {CONTEXT}\n\
         clusters:\n- name: {CONTEXT}\n  cluster:\n    server: http://{address}\n\
         users:\n- name: demo\n  user: {{}}\n\
         contexts:\n- name: {CONTEXT}\n  context:\n    cluster: {CONTEXT}\n    user: demo\n    namespace: prod\n"
    )
}
