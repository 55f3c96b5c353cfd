//! What is read when asked for: of one app, and the names of the namespaces.

mod apps;
mod events;
mod namespaces;
mod page;
mod revisions;
mod selector;
#[cfg(test)]
mod tests;

pub use apps::{apps, autoscalers};
pub use events::{event, events};
pub use namespaces::{namespace_labels, namespaces};
pub use page::app;
pub(crate) use revisions::REVISION;
pub use revisions::revisions;
pub(crate) use selector::label_selector;
