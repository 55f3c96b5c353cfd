//! Logs: bytes of many streams in, lines of one view out.
//!
//! ```text
//! bytes ─ Decoder (one a source) ─> Arc<Block> ─ Merge ─> Arc<Block> ─ Ring ─> View, Scan, …
//! ```
//!
//! A [`Decoder`] splits, reads times and levels, folds stack traces, and after a reconnect drops what was delivered before. [`Merge`]
//! orders the lines of many sources by the server's time. [`Ring`] keeps the newest, numbers them for ever, and counts what left it.
//! [`show`] is for drawing them, [`read`] for what is in one of them, [`count`] for what they are together.

mod ask;
mod bits;
mod block;
pub mod count;
mod decode;
mod dedup;
pub mod download;
mod expression;
mod filter;
mod fold;
mod gap;
mod json;
mod level;
mod line;
mod matcher;
mod merge;
mod needle;
mod own;
mod part;
pub mod read;
mod ring;
#[cfg(test)]
mod samples;
mod search;
pub mod show;
mod source;
mod split;
mod stamp;
mod told;
mod view;
mod zone;

pub use ask::{Begin, LogsOf, Picked, PickedFile, Reading, Rotated, SourceState};
pub use block::Block;
pub use decode::{Decoder, Framing};
pub use dedup::{Dedup, Verdict};
pub use filter::{Filter, Sign, Term};
pub use fold::{Fold, fold_of};
pub use gap::{Gap, Why};
pub use level::{Detector, Level};
pub use line::{Flags, Line};
pub use matcher::{Matcher, PatternError};
pub use merge::Merge;
pub use own::{Own, OwnTimes};
pub use ring::{Left, Ring};
pub use search::{Direction, Found, Scan};
pub use source::{COLOURS, Ended, Kind, Revision, RevisionId, Source, SourceId, SourceSet, Sources, TooMany};
pub use split::{LONGEST, Piece, Splitter};
pub use stamp::{Nanos, SECOND, Stamps, nanos, rfc3339, time};
pub use told::Told;
pub use view::{Progress, View};
