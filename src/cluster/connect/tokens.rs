//! Bearer tokens that change: those of a plugin are renewed before they end, those of a file are read again.

use std::{
    path::PathBuf,
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

/// How often a token file is read again: a pod's is replaced well before its token ends.
const REREAD: Duration = Duration::from_secs(60);

/// A token, and where the next one comes from. Cheap to clone, all clones share it.
#[derive(Clone)]
pub(super) struct Tokens(Arc<Mutex<State>>);

struct State {
    header: HeaderValue,
    origin: Origin,
    not_before: Option<Instant>,
}

enum Origin {
    Plugin { program: Box<ExecConfig>, expires: Option<Time> },
    File(PathBuf),
}

impl Tokens {
    /// Tokens that begin with what the plugin has just given; `None` where it gave none that a header can carry.
    pub(super) fn of_plugin(plugin: &ExecConfig, first: &Credential) -> Option<Self> {
        let origin = Origin::Plugin { program: Box::new(plugin.clone()), expires: first.expires };
        Some(Self::new(header(first.token.as_ref()?)?, origin, None))
    }

    /// The token of a file; `None` where it cannot be read or holds none that a header can carry.
    pub(super) fn of_file(path: PathBuf) -> Option<Self> {
        let header = header(&read(&path)?)?;
        Some(Self::new(header, Origin::File(path), Some(Instant::now() + REREAD)))
    }

    fn new(header: HeaderValue, origin: Origin, not_before: Option<Instant>) -> Self {
        Self(Arc::new(Mutex::new(State { header, origin, not_before })))
    }

    /// The header's value. A token that is about to end is renewed first, without a word to the terminal; where that fails the
    /// old one is sent, and the server says 401.
    async fn header(&self) -> HeaderValue {
        let mut state = self.0.lock().await;
        if state.not_before.is_none_or(|at| at <= Instant::now()) {
            state.renew().await;
        }
        state.header.clone()
    }
}

impl State {
    async fn renew(&mut self) {
        match &mut self.origin {
            Origin::File(path) => {
                if let Some(next) = read(path).as_ref().and_then(header) {
                    self.header = next;
                }
                self.not_before = Some(Instant::now() + REREAD);
            }
            Origin::Plugin { program, expires } => {
                if expires.is_none_or(|end| end - MARGIN > Utc::now()) {
                    return;
                }
                match plugin::run(program, Manner::Quiet).await {
                    Ok(next) => {
                        if let Some(token) = next.token.as_ref().and_then(header) {
                            (self.header, *expires) = (token, next.expires);
                        }
                    }
                    Err(error) => tracing::warn!(%error, "the credential plugin could not renew the token"),
                }
                self.not_before = Some(Instant::now() + PAUSE);
            }
        }
    }
}

fn read(path: &PathBuf) -> Option<SecretString> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.trim()).filter(|token| !token.is_empty()).map(SecretString::from)
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
