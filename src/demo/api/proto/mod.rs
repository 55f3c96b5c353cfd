//! Protobuf: objects, lists and watch events as the API server frames them.

mod decode;
mod encode;
mod envelope;
#[cfg(test)]
mod tests;
mod wire;

pub(super) use decode::{decode, is};
pub(super) use encode::encode;
pub(super) use envelope::{event_frame, list_head, list_item, unknown};
