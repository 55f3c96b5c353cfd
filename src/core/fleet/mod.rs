//! The store of everything in view: events in, joined and sorted rows out.

mod feed;
mod join;
mod pods;
mod row;
mod sources;
mod store;
mod version;
mod view;

pub use feed::{Freshness, Object, Resource, Scope, Source, SourceEvent, Update};
pub use row::{PodFacts, PodRow, Row, Usage, Version};
pub use store::{Fleet, Touched};
pub use version::version_label;
pub use view::{Order, SortKey, View};
