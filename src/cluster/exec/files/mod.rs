//! Files in containers: listed, followed, copied, with what the image has. Names are arguments, never part of a script.

mod checksum;
mod download;
mod follow;
mod frames;
mod list;
mod names;
mod read;
mod tail;
mod upload;

pub use follow::{Follow, FollowEvent};
pub(crate) use read::{Piece, ReadEnd, Wanted};

/// Lists files: the arguments are the depth and the directories.
const LIST: &str = include_str!("list.sh");
/// Lists directories: the arguments are the depth and the directory.
const FOLDERS: &str = include_str!("folders.sh");
/// Follows files: see the script.
const FOLLOW: &str = include_str!("follow.sh");

/// What whoever writes into a directory needs of it.
const OWNER: u32 = 0o700;

/// The arguments that run a script with these.
fn script(text: &str, arguments: impl IntoIterator<Item = String>) -> Vec<String> {
    let head = ["sh", "-c", text, "rolldeck"].map(str::to_owned);
    head.into_iter().chain(arguments).collect()
}
