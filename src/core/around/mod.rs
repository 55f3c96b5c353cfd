//! What stands around an app: its autoscaler, Services and routes, what it mounts and reads, claims and budgets. Made of the raw
//! objects, joined and judged without a server.

mod autoscaler;
mod claim;
mod config;
mod json;
mod route;
mod selector;
mod service;
#[cfg(test)]
mod tests;

pub use autoscaler::{Autoscaler, AutoscalerCondition, Metric};
pub use claim::{Budget, Claim, claims};
pub use config::{ConfigKind, ConfigUse, Known, Way, config_uses, older};
pub use route::{Route, RouteKind, RoutePath};
pub use selector::Selector;
pub(crate) use selector::holds;
pub use service::{Endpoint, Service, Slice, Traffic, traffic};
