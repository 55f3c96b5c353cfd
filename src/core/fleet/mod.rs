//! The store of everything in view: events in, joined and sorted rows out.

mod feed;
mod row;
mod store;
mod view;

pub use feed::{Freshness, Object, Resource, Scope, Source, SourceEvent, Update};
pub use row::{PodFacts, PodRow, Row, Usage, Version};
pub use store::{Fleet, Touched};
pub use view::{Order, SortKey, View};
