//! Forwarded ports.

use super::Place;
use crate::text::Clean;

/// A forwarded port, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardWanted {
    /// The pod; ports belong to all of its containers.
    pub place: Place,
    /// The pod's port.
    pub remote: u16,
    /// The port on 127.0.0.1; 0 is any free one.
    pub local: u16,
}

/// What went through a forwarded port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForwardStats {
    /// Connections that are open.
    pub open: usize,
    /// Connections so far.
    pub connections: u64,
    /// Bytes to the pod.
    pub sent: u64,
    /// Bytes from the pod.
    pub received: u64,
    /// What went wrong last, in words.
    pub last_error: Option<Clean>,
}
