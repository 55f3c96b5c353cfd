//! What an answer's head and a refusal's body say.

use std::{error::Error, io, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::text::Clean;
use tokio::time::timeout;

use super::machine::Refusal;
use crate::wire::{self, Encoding};

/// A refusal's body is read up to here.
const LONGEST_REFUSAL: usize = 64 << 10;
/// And for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// The encoding that an answer is in.
pub(crate) fn encoding(headers: &HeaderMap) -> Encoding {
    Encoding::of(headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// Reads an answer that says no.
pub(crate) async fn refusal(response: Response<Body>) -> Refusal {
    let code = response.status().as_u16();
    let encoding = encoding(response.headers());
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    let body = timeout(PATIENCE, beginning(response.into_body())).await.unwrap_or_default();
    let mut refusal = refusal_of(&wire::status(encoding, &body));
    refusal.code = code;
    refusal.retry_after = retry_after.or(refusal.retry_after);
    refusal
}

/// A `Status`, as an ERROR event has it.
pub(crate) fn refusal_of(status: &wire::Status) -> Refusal {
    let seconds = status.details.as_ref().and_then(|details| u64::try_from(details.retry_after_seconds).ok());
    Refusal {
        code: u16::try_from(status.code).unwrap_or(0),
        message: Clean::from_bytes(&status.message),
        retry_after: seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs),
    }
}

async fn beginning(mut body: Body) -> Bytes {
    let mut all = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        all.extend_from_slice(&frame.into_data().unwrap_or_default());
        if all.len() > LONGEST_REFUSAL {
            break;
        }
    }
    all.freeze()
}

/// Why a request got no answer, in a few words.
pub(crate) fn why(error: &(dyn Error + 'static)) -> Clean {
    let mut deepest = error;
    loop {
        if let Some(io) = deepest.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => return Clean::new("connection refused"),
                io::ErrorKind::ConnectionReset => return Clean::new("connection reset"),
                io::ErrorKind::TimedOut => return Clean::new("no answer"),
                io::ErrorKind::UnexpectedEof => return Clean::new("connection cut"),
                _ => {}
            }
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => return deepest.to_string().into(),
        }
    }
}
