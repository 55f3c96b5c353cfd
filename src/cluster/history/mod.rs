//! What is read for one app when asked for.

mod events;
mod page;
mod revisions;
mod selector;
#[cfg(test)]
mod tests;

pub use events::events;
pub use page::app;
pub use revisions::revisions;
