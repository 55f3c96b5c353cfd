//! The last lines of a container's log.

use std::sync::Arc;

use rolldeck_cluster::{tail::tail, writer::Writer};
use rolldeck_core::batch::PortError;
use rolldeck_screens::{
    BatchReply, Message,
    batch::{Lines, Tail, TailOf},
};

use crate::runtime::post::Post;

/// Lines of each log.
const LINES: usize = 5;

/// Reads what is wanted, and tells it.
pub async fn read(writer: Arc<Writer>, of: TailOf, post: Post) {
    let part = |wanted: bool, previous: bool| {
        let (writer, of) = (&writer, &of);
        async move {
            if !wanted {
                return None;
            }
            let place = (&of.namespace, &of.pod, &of.container);
            Some(tail(writer.cluster(), place, previous, LINES).await.map_err(|error| words(&error)))
        }
    };
    let (before, now): (Option<Lines>, Option<Lines>) = tokio::join!(part(of.before, true), part(of.now, false));
    post.send(Message::Batch(BatchReply::Tail(of, Tail { before, now }))).await;
}

/// Why there is no log.
fn words(error: &PortError) -> rolldeck_core::text::Clean {
    match error {
        PortError::Forbidden(why) => format!("you may not read it ({why})").into(),
        PortError::NotFound(_) => "the pod is gone".into(),
        other => other.to_string().into(),
    }
}
