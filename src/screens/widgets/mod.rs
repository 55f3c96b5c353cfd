//! Pieces that several screens are made of.

mod cell;
mod column;
mod dialog;
mod filter;
#[cfg(test)]
mod filter_tests;
mod prompt;
mod scroll;
mod table;
#[cfg(test)]
mod table_tests;
mod tables;
pub mod text;

pub use cell::Cell;
pub use column::{Chosen, Column, Columns};
pub use dialog::{Answer, Dialog};
pub use filter::{FilterField, Typed};
pub use prompt::{Edited, Prompt};
pub use scroll::Scroll;
pub use table::{Laid, Look, Table, beside};
pub use tables::tables;
