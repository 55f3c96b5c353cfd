//! The namespaces: what is in each, and a way to look at some of them only.

mod room;
mod rows;
#[cfg(test)]
mod tests;

pub use room::Namespaces;
pub use rows::COLUMNS;

/// What the room asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespacesEffect {
    /// Follow the namespaces of the cluster.
    Follow,
    /// No more.
    End,
}

/// What it is told: the stream spoke.
pub type NamespacesReply = Vec<rolldeck_core::kept::KeptEvent<rolldeck_core::model::NamespaceFacts>>;

/// The namespaces.
pub fn open() -> Box<dyn crate::Screen> {
    Box::new(Namespaces::default())
}
