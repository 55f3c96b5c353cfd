//! Lines on their way to a screen: only what is seen of them is ever decoded.

mod cells;
mod sgr;
mod spans;
mod walk;
mod wrap;

pub use sgr::{Colour, Style};
pub use spans::{Span, plain, spans};
pub use walk::{Place, Walk};
pub use wrap::{EXACT, Wrapped, column_of, slice};
