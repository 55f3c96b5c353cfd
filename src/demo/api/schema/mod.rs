//! What the fields of an object are: their names, protobuf tags, types and merge rules, read from one table.

mod check;
mod table;

pub(super) use check::{Finding, check};
pub(super) use table::{Field, Merge, Message, Scalar, Shape, message_of, named};
