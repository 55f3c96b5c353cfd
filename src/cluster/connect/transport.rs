//! The HTTP stack under every client: sockets, TLS, credentials, and the layers on top.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, Uri,
    header::{ACCEPT_ENCODING, USER_AGENT},
};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::rt::{Read, Write};
use hyper_timeout::TimeoutConnector;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{
            Connection, HttpConnector,
            proxy::{SocksV5, Tunnel},
        },
    },
    rt::TokioExecutor,
};
use kube::{
    Config,
    client::{Body, ConfigExt},
};
use rolldeck_core::text::Clean;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt, util::BoxCloneSyncService};
use tower_http::decompression::DecompressionLayer;

use super::{ConnectError, context::with_sources, tokens::Tokens};

/// The body of an answer as it arrives.
pub(super) type AnyBody = UnsyncBoxBody<Bytes, BoxError>;
/// One stack, with the credentials of one login.
pub(super) type Transport = BoxCloneSyncService<Request<Body>, Response<AnyBody>, BoxError>;

/// How long a connection may take, TLS and all.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A link that nobody talks over is probed after so long, and then so often, so many times: dead after 17 s.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(8), Duration::from_secs(3), 3);
/// Bytes that a peer has not acknowledged for so long end the connection.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);

/// Builds the stack: with the tokens of a plugin, or whatever credentials the configuration has.
pub(super) fn build(config: &Config, tokens: Option<Tokens>) -> Result<Transport, ConnectError> {
    let bad = |why: String| ConnectError::BadSetting { what: "the proxy", why: Clean::from(why) };
    let Some(proxy) = config.proxy_url.clone() else { return over(sockets(), config, tokens) };
    match proxy.scheme_str() {
        Some("socks5" | "socks5h") => over(SocksV5::new(proxy, sockets()), config, tokens),
        Some("http") => over(authorized(Tunnel::new(proxy.clone(), sockets()), &proxy), config, tokens),
        Some("https") => {
            let tls =
                config.rustls_https_connector_with_connector(sockets()).map_err(|error| bad(with_sources(&error)))?;
            over(authorized(Tunnel::new(proxy.clone(), tls), &proxy), config, tokens)
        }
        _ => Err(bad(format!("{proxy} is neither http://, https:// nor socks5://"))),
    }
}

fn sockets() -> HttpConnector {
    let mut sockets = HttpConnector::new();
    sockets.enforce_http(false);
    sockets.set_nodelay(true);
    sockets.set_keepalive(Some(KEEPALIVE.0));
    sockets.set_keepalive_interval(Some(KEEPALIVE.1));
    sockets.set_keepalive_retries(Some(KEEPALIVE.2));
    // Keepalive does not run while sent bytes wait to be acknowledged: this does.
    #[cfg(target_os = "linux")]
    sockets.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    sockets
}

fn authorized<C>(tunnel: Tunnel<C>, proxy: &Uri) -> Tunnel<C> {
    use base64::Engine;
    let Some((user, _)) = proxy.authority().and_then(|authority| authority.as_str().rsplit_once('@')) else {
        return tunnel;
    };
    let packed = base64::engine::general_purpose::STANDARD.encode(percent_decoded(user));
    match HeaderValue::try_from(format!("Basic {packed}")) {
        Ok(value) => tunnel.with_auth(value),
        Err(_) => tunnel,
    }
}

pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex
            .filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        {
            Some(value) => {
                decoded.push(value);
                rest = &after[2..];
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    decoded
}

fn over<C>(connector: C, config: &Config, tokens: Option<Tokens>) -> Result<Transport, ConnectError>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: std::error::Error + Send + Sync + 'static,
{
    let bad = |error: kube::Error| ConnectError::BadCredentials {
        context: Clean::default(),
        why: Clean::from(with_sources(&error)),
    };
    let tls = config.rustls_https_connector_with_connector(connector).map_err(bad)?;
    let mut timed = TimeoutConnector::new(tls);
    timed.set_connect_timeout(Some(CONNECT_TIMEOUT));
    timed.set_write_timeout(config.write_timeout);
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build(timed);
    let packing_allowed = !config.disable_compression;
    let stack = ServiceBuilder::new()
        .option_layer(config.auth_layer().map_err(bad)?)
        .option_layer(tokens)
        .layer(config.extra_headers_layer().map_err(bad)?)
        .map_request(move |request| named(with_encoding(request, packing_allowed)))
        .layer(config.base_uri_layer())
        .layer(DecompressionLayer::new().gzip(true))
        .service(client.map_err(BoxError::from));
    Ok(BoxCloneSyncService::new(
        stack.map_response(|answer: Response<_>| answer.map(|body| BodyExt::map_err(body, Into::into).boxed_unsync())),
    ))
}

/// Answers come packed only where the request asks for it: on a fast link packing costs more than it saves. The decoder
/// below would ask for it by itself.
fn with_encoding(mut request: Request<Body>, packing_allowed: bool) -> Request<Body> {
    if !packing_allowed || !request.headers().contains_key(ACCEPT_ENCODING) {
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    request
}

/// The audit log of the cluster tells by this name which program wrote.
fn named(mut request: Request<Body>) -> Request<Body> {
    let name = HeaderValue::from_static(concat!("rolldeck/", env!("CARGO_PKG_VERSION")));
    request.headers_mut().insert(USER_AGENT, name);
    request
}
