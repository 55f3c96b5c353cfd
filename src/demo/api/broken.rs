//! Bodies that end in the middle where a fault says so.

use std::io;

use futures::stream;
use http_body_util::{BodyExt, StreamBody};

use super::{faults::Faults, hooks::Body};

/// A body that is held, and cut, by the faults that meet the `get` of a path while it is sent.
pub(super) fn breakable(faults: Faults, path: String, body: Body) -> Body {
    let stream = stream::unfold((body, false), move |(mut body, over)| {
        let (faults, path) = (faults.clone(), path.clone());
        async move {
            if over {
                return None;
            }
            if let Err(cut) = faults.pass("get", &path).await {
                return Some((Err(cut), (body, true)));
            }
            tokio::select! {
                biased;
                () = faults.cut("get", &path) => {
                    Some((Err(io::ErrorKind::ConnectionReset.into()), (body, true)))
                }
                frame = body.frame() => frame.map(|frame| (frame, (body, false))),
            }
        }
    });
    StreamBody::new(stream).boxed_unsync()
}
