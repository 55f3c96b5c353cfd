//! Files that are followed by the image's own `tail`, one command each: where there is no shell for better.

use bytes::Bytes;
use futures::future::join_all;
use rolldeck_core::shell::{End, From, Input, Place};
use tokio::sync::mpsc;

use super::follow::FollowEvent;
use crate::{
    exec::{
        channels::{Channel, Closed, Takes, carry},
        ended, request,
        shells::is_missing,
    },
    writer::Way,
};

/// Follows all of them until the last has ended; how the first one did.
pub(super) async fn all(
    way: &Way,
    place: &Place,
    id: &str,
    paths: Vec<String>,
    from: From,
    events: &mpsc::Sender<FollowEvent>,
) -> End {
    let each = paths.iter().enumerate().map(|(file, path)| async move {
        let argv = argv(path, from);
        let connection = match way.open(request::read_files(place, &argv, false), place).await {
            Ok(connection) => connection,
            Err(refused) => return End::Failed(refused.to_string().into()),
        };
        let closes = connection.supports_stream_close();
        let (hold, mut input) = mpsc::channel::<Input>(1);
        let mut tailed = Tailed { file, events, began: false };
        let closed = carry(connection.into_stream(), closes, &mut input, &mut None, &mut tailed).await;
        drop(hold);
        match closed {
            Closed::Failed(why) if is_missing(&why) => End::NoShell(vec!["sh".to_owned(), "tail".to_owned()]),
            closed => ended::why(way, place, id, closed).await,
        }
    });
    join_all(each).await.into_iter().next().unwrap_or(End::Closed)
}

fn argv(path: &str, from: From) -> Vec<String> {
    let (unit, count) = match from {
        From::Start => ("-c", "+1".to_owned()),
        From::Bytes(count) => ("-c", count.to_string()),
        From::Lines(count) => ("-n", count.to_string()),
    };
    ["tail", unit, &count, "-F", path].map(str::to_owned).into()
}

struct Tailed<'a> {
    file: usize,
    events: &'a mpsc::Sender<FollowEvent>,
    began: bool,
}

impl Takes for Tailed<'_> {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        let file = self.file;
        if channel == Channel::Err {
            for line in String::from_utf8_lossy(&block).lines() {
                let Some(event) = said(file, line) else { continue };
                if self.events.send(event).await.is_err() {
                    return false;
                }
            }
            return true;
        }
        if !std::mem::replace(&mut self.began, true)
            && self.events.send(FollowEvent::Began { file, offset: 0, inode: None }).await.is_err()
        {
            return false;
        }
        self.events.send(FollowEvent::Bytes { file, offset: None, bytes: block }).await.is_ok()
    }
}

/// What `tail -F` says of a file: GNU's words, and busybox's. It does not tell whether the rest of an old one was read.
fn said(file: usize, line: &str) -> Option<FollowEvent> {
    if line.contains("truncated") {
        return Some(FollowEvent::Truncated { file });
    }
    if line.contains("has been replaced") || line.contains("has appeared") {
        return Some(FollowEvent::Rotated { file, whole: false });
    }
    let missing = line.contains("inaccessible") || line.contains("No such file") || line.contains("can't open");
    missing.then_some(FollowEvent::Missing { file })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("tail: /x: file truncated", Some(FollowEvent::Truncated { file: 3 }))]
    #[case("tail: '/x' has been replaced;  following new file", Some(FollowEvent::Rotated { file: 3, whole: false }))]
    #[case("tail: '/x' has become inaccessible: No such file or directory", Some(FollowEvent::Missing { file: 3 }))]
    #[case("tail: unrecognized file system type", None)]
    fn the_words_of_tail_are_understood(#[case] line: &str, #[case] event: Option<FollowEvent>) {
        assert_eq!(said(3, line), event);
    }

    #[test]
    fn it_begins_where_it_was_asked_to() {
        assert_eq!(argv("/x", From::Start)[1..4], ["-c", "+1", "-F"]);
        assert_eq!(argv("/x", From::Lines(20))[1..3], ["-n", "20"]);
    }
}
