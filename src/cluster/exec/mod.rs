//! What is opened into pods: shells, commands, attachments, ports, files. Every way in is given by the one door
//! ([`crate::writer::Writer`]), which asks read-only mode and the guards first.

mod attach;
mod channels;
mod debug;
mod ended;
mod files;
mod forward;
mod limits;
mod lines;
mod place;
mod request;
mod rights;
mod run;
mod session;
mod shells;

pub use files::{Follow, FollowEvent};
pub(crate) use files::{Piece, ReadEnd, Wanted};
pub use forward::Forward;
pub(crate) use request::reads_files;
pub use rights::rights;
pub use session::Session;
