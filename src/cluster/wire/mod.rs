//! How objects travel: frames, envelopes, lists and the fields that rolldeck reads, in protobuf and JSON. No IO.

pub mod apps;
mod convert;
mod envelope;
mod frame;
pub mod hpa;
mod json_list;
mod list;
pub mod meta;
mod object;
pub mod pod;
pub mod scalars;
pub mod usage;

pub use convert::{Sample, images};
#[cfg(test)]
pub(crate) use envelope::object as object_of;
pub use envelope::{Encoding, EventKind, Status, event, object, status, status_object};
pub use frame::{Frames, LONGEST, Lines, WireError};
pub use list::{List, Part};
pub use object::{Decoder, Seen, app_from_json, hpa_from_json, is_read_as_json, meta_of, name_of, pod_from_json};

#[cfg(test)]
mod fixtures;
