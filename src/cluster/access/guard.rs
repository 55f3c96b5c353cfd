//! The layer under every client.

use std::task::{Context, Poll};

use futures::future::{BoxFuture, Either, Ready, ready};
use http::{Method, Request};
use kube::client::Body;
use tower::{BoxError, Layer, Service};

use super::rule;
use crate::exec;

/// What a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reads: the client that every room has. Writes have a door of their own.
    Reader,
    /// Reads, because nothing may be written at all (`--readonly`).
    ReadOnly,
    /// Reads, and the console's own scripts that read files in a container: `--readonly` with the setting for it.
    ReadOnlyAndFiles,
    /// Anything: the writer's own client.
    Door,
}

/// A request that was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {method} {path} was not sent", if *.readonly { "read-only" } else { "this connection only reads" })]
pub struct Refused {
    /// Because of `--readonly`; otherwise because this client only reads.
    pub readonly: bool,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
}

/// Refuses by method and path what a client of this mode may not send. The same rule holds for every client: see `rule.rs`.
#[derive(Clone, Copy, Debug)]
pub struct Guard(pub Mode);

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;
    fn layer(&self, inner: S) -> Self::Service {
        Guarded { inner, mode: self.0 }
    }
}

/// A service behind a [`Guard`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    inner: S,
    mode: Mode,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Either<Ready<Result<S::Response, BoxError>>, BoxFuture<'static, Result<S::Response, BoxError>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let passes = match self.mode {
            Mode::Door => true,
            Mode::ReadOnlyAndFiles if exec::reads_files(&request) => true,
            _ => rule::is_harmless(request.method(), request.uri(), request.headers()),
        };
        if !passes {
            let refused = Refused {
                readonly: matches!(self.mode, Mode::ReadOnly | Mode::ReadOnlyAndFiles),
                method: request.method().clone(),
                path: request.uri().path().to_owned(),
            };
            return Either::Left(ready(Err(refused.into())));
        }
        Either::Right(Box::pin(self.inner.call(request)))
    }
}
