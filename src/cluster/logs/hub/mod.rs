//! One reading of logs: follows the pods of a scope, keeps a stream for each container, merges what they bring.

mod archive;
mod cast;
mod files;
mod join;
mod others;
mod outlet;
mod revisions;
mod run;
mod why_not;

pub use archive::Seen;
pub use files::open_files;
pub use run::{Hub, Wanted, open, open_seeing};
