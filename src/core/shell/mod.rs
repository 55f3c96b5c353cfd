//! What is opened into a pod: places, rights, ends and figures, as plain data. Nothing here opens anything.

mod copy;
mod end;
mod files;
mod forward;
mod grid;
mod limits;
mod place;
mod refused;
mod rights;
mod run;

pub use copy::{Copied, CopiedFile, CopyError, CopyOptions, CopyWanted, Copying, Progress};
pub use end::End;
pub use files::{FileEntry, FilePattern, From, Listing};
pub use forward::{ForwardStats, ForwardWanted};
pub use grid::{Colour, Grid, Hits, Modes, MouseMode, Paint, Span};
pub use limits::{Limit, Limits};
pub use place::{DebugMount, DebugWanted, Debugger, Input, Place, ShellWanted, Size, seen_at};
pub use refused::{Opening, Refused};
pub use rights::{Access, Denied, Right, Rule};
pub use run::{Command, RunEnd, RunOutput, RunWanted};
