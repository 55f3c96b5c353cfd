//! The nodes: how each is, what it carries and what it uses; and a node's pods, greediest first.

mod cells;
mod known;
mod pods;
mod pods_rows;
mod room;
mod rows;
mod talk;
#[cfg(test)]
mod tests;

pub use pods::NodePods;
pub use pods_rows::COLUMNS as POD_COLUMNS;
pub use room::Nodes;
pub use rows::COLUMNS;
pub use talk::{NodesEffect, NodesOf, NodesReply};

/// The nodes.
pub fn open() -> Box<dyn crate::Screen> {
    Box::new(Nodes::new())
}
