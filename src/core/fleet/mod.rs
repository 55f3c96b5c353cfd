//! The store of everything in view: events in, joined and sorted rows out.

mod facts;
mod feed;
mod hpas;
mod join;
mod pods;
mod row;
#[cfg(test)]
mod scale_tests;
mod sources;
mod store;
#[cfg(test)]
mod store_tests;
mod trend;
mod version;
#[cfg(test)]
mod version_tests;
mod view;
#[cfg(test)]
mod view_tests;

pub use facts::{AskedApp, AskedPod};
pub use feed::{FeedEvent, Freshness, Object, Resource, Scope, Source, SourceEvent, Update};
pub use row::{NodeLoad, PodFacts, PodRow, Row, RowTexts, Usage, Version};
pub use store::{AddedColumns, Fleet, Touched};
pub use trend::Trend;
pub use version::version_label;
pub use view::{Order, SortKey, View};
