//! The objects of a cluster, cut down to what is shown and judged.
//!
//! All text is [`Clean`](crate::text::Clean); what repeats is interned by whoever decodes.

mod added;
mod app;
mod context;
mod detail;
mod hpa;
mod json_path;
mod labels;
mod node;
mod object;
mod page;
mod pod;
#[cfg(test)]
pub(crate) mod samples;

pub(crate) use added::by_title;
pub use added::{Added, AddedFrom};
pub use app::{App, AppKey, AppKind, Condition, Counts, Image, Requests, Strategy};
pub use context::{KubeContext, Parked};
pub use detail::{ContainerDetail, ContainerUsage, Doing, Ended, EnvValue, EnvVar, Hidden, PodDetail, Role};
pub use hpa::{Hpa, HpaMetric};
pub use json_path::{JsonPath, JsonPathError};
pub use labels::Labels;
pub use node::{Counted, Figures, NamespaceFacts, Node, NodeUsage, PodFigures, rates};
pub use object::{Api, ObjectRef};
pub use page::{Event, Revision};
pub use pod::{Asks, Container, ContainerState, Pod, PodPhase, PodUsage};
