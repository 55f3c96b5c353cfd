//! `--request-timeout`: an end for single requests. Streams have none.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, header::UPGRADE};
use http_body::{Frame, SizeHint};
use kube::client::Body;
use tokio::time::Sleep;
use tower::{BoxError, Layer, Service};

use super::transport::AnyBody;

/// Gives each single request so long, to its last byte; `None` is no limit.
#[derive(Clone, Copy)]
pub(super) struct Deadline(pub Option<Duration>);

impl<S> Layer<S> for Deadline {
    type Service = Limited<S>;
    fn layer(&self, inner: S) -> Self::Service {
        Limited { inner, limit: self.0.filter(|limit| !limit.is_zero()) }
    }
}

/// A service whose single requests end.
#[derive(Clone)]
pub(super) struct Limited<S> {
    inner: S,
    limit: Option<Duration>,
}

impl<S> Service<Request<Body>> for Limited<S>
where
    S: Service<Request<Body>, Response = Response<AnyBody>, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<AnyBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let limit = self.limit.filter(|_| !is_stream(&request));
        let answer = self.inner.call(request);
        let Some(limit) = limit else { return Box::pin(answer) };
        Box::pin(async move {
            let mut end = Box::pin(tokio::time::sleep(limit));
            let answer = tokio::select! {
                answer = answer => answer?,
                () = &mut end => return Err(late(limit)),
            };
            Ok(answer.map(|inner| http_body_util::BodyExt::boxed_unsync(Ending { inner, end, limit })))
        })
    }
}

fn late(limit: Duration) -> BoxError {
    let text = format!("no complete answer within {} s (--request-timeout)", limit.as_secs_f32());
    io::Error::new(io::ErrorKind::TimedOut, text).into()
}

/// Watches, followed logs and upgraded connections last as long as they last.
fn is_stream(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let asks = |name: &str| query.split('&').any(|pair| pair == format!("{name}=true") || pair == format!("{name}=1"));
    asks("watch") || asks("follow") || request.headers().contains_key(UPGRADE)
}

/// A body that fails at its deadline.
struct Ending {
    inner: AnyBody,
    end: Pin<Box<Sleep>>,
    limit: Duration,
}

impl http_body::Body for Ending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(late(self.limit))));
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
