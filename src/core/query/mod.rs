//! The filter: what `/` takes, what a row tells it, and how matches are ranked.
//!
//! | term | finds |
//! | --- | --- |
//! | `word` | names equal to it, beginning with it, with a word that does, holding it, or its letters in order; else any other text of the row |
//! | `"two words"` | that text as it stands |
//! | `name:x`, `status:x`, `image:x`, `ns:x`, `kind:x`, `node:x` | that part alone; in quotes the whole of it |
//! | `key=value`, `key!=value`, `label:key` | labels, and the columns that were added |
//! | `cpu>80%`, `mem>1Gi`, `restarts>3`, `age<10m`, `ready<100%`, `replicas=0`, `net>10M`, `disk>80%` | figures; one that is not known never matches |
//! | `!term` | what the term does not |
//!
//! Terms are separated by blanks, and all must hold.

mod complete;
mod facts;
mod judge;
mod limit;
mod near;
mod parse;
mod rank;
mod search;
mod term;
#[cfg(test)]
mod tests;
mod text;

pub use complete::{Vocabulary, Wanted, complete};
pub use facts::{Facts, Field, Figure, Reading};
pub use parse::QueryError;
pub use rank::Rank;
pub use search::{About, Found, Query};
