//! Bearer tokens that a plugin gave, renewed before they end.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use chrono::Utc;
use futures::future::BoxFuture;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use kube::{client::Body, config::ExecConfig};
use rolldeck_core::Time;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Mutex, time::Instant};
use tower::{BoxError, Layer, Service};

use super::plugin::{self, Credential, Manner};

/// How long before its end a token is renewed.
const MARGIN: chrono::TimeDelta = chrono::TimeDelta::seconds(60);
/// How long a plugin that failed is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// A token, and the plugin that gives the next one. Cheap to clone, all clones share it.
#[derive(Clone)]
pub(super) struct Tokens(Arc<Mutex<State>>);

struct State {
    header: HeaderValue,
    expires: Option<Time>,
    plugin: ExecConfig,
    not_before: Option<Instant>,
}

impl Tokens {
    /// Tokens that begin with what the plugin has just given; `None` where it gave none that a header can carry.
    pub(super) fn new(plugin: &ExecConfig, first: &Credential) -> Option<Self> {
        let header = header(first.token.as_ref()?)?;
        Some(Self(Arc::new(Mutex::new(State {
            header,
            expires: first.expires,
            plugin: plugin.clone(),
            not_before: None,
        }))))
    }

    /// The header's value. A token that is about to end is renewed first, without a word to the terminal; where that fails the
    /// old one is sent, and the server says 401.
    async fn header(&self) -> HeaderValue {
        let mut state = self.0.lock().await;
        let ends = state.expires.is_some_and(|end| end - MARGIN <= Utc::now());
        let may_try = state.not_before.is_none_or(|at| at <= Instant::now());
        if ends && may_try {
            match plugin::run(&state.plugin, Manner::Quiet).await {
                Ok(next) => {
                    if let Some(header) = next.token.as_ref().and_then(header) {
                        state.header = header;
                    }
                    state.expires = next.expires;
                    state.not_before = Some(Instant::now() + PAUSE);
                }
                Err(error) => {
                    tracing::warn!(%error, "the credential plugin could not renew the token");
                    state.not_before = Some(Instant::now() + PAUSE);
                }
            }
        }
        state.header.clone()
    }
}

fn header(token: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl<S> Layer<S> for Tokens {
    type Service = WithToken<S>;
    fn layer(&self, inner: S) -> Self::Service {
        WithToken { inner, tokens: self.clone() }
    }
}

/// Puts the token on each request.
#[derive(Clone)]
pub(super) struct WithToken<S> {
    inner: S,
    tokens: Tokens,
}

impl<S> Service<Request<Body>> for WithToken<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let spare = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, spare);
        let tokens = self.tokens.clone();
        Box::pin(async move {
            request.headers_mut().insert(AUTHORIZATION, tokens.header().await);
            ready.call(request).await.map_err(Into::into)
        })
    }
}
