//! Lines counted: over time, by what they say, and between two revisions.

mod compare;
mod histogram;
mod normal;
mod patterns;

pub use compare::{Comparison, Difference, Row, compare};
pub use histogram::{Bar, Bars, Histogram};
pub use normal::normal;
pub use patterns::{Pattern, PatternOrder, Patterns};
