//! Pieces that several screens are made of.

mod cell;
mod column;
mod dialog;
mod document;
mod filter;
#[cfg(test)]
mod filter_tests;
mod listing;
mod popup;
mod prompt;
mod scroll;
mod sparkline;
mod table;
#[cfg(test)]
mod table_tests;
mod tables;
pub mod text;

pub use cell::Cell;
pub use column::{Chosen, Column, Columns};
pub use dialog::{Answer, Dialog};
pub use document::{Document, Line, Sheet, key};
pub use filter::{FilterField, Typed};
pub use listing::{Listing, nothing};
pub use popup::popup;
pub use prompt::{Edited, Prompt};
pub use scroll::{ENTRIES, Scroll, moved};
pub use sparkline::sparkline;
pub use table::{Laid, Look, Table, beside};
pub use tables::{GROWING, tables};
