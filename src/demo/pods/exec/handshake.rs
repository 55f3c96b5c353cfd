//! From HTTP to a WebSocket (RFC 6455, section 4.2).

use http::{HeaderMap, Response, StatusCode, header};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::empty;
use crate::{api::Body, store::Refusal};

/// Which version of the channels is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `v4.channel.k8s.io`: the exit status comes as a Status.
    V4,
    /// `v5.channel.k8s.io`: besides, a client can close its standard input.
    V5,
}

impl Protocol {
    /// Those that a command is spoken with.
    pub(super) const STREAMS: &[(&'static str, Self)] =
        &[("v5.channel.k8s.io", Self::V5), ("v4.channel.k8s.io", Self::V4)];
    /// That which ports are spoken with.
    pub(super) const PORTS: &[(&'static str, Self)] = &[("v4.channel.k8s.io", Self::V4)];
}

/// The answer that upgrades, and the protocol that was agreed on.
pub(super) fn answer(
    headers: &HeaderMap,
    known: &[(&'static str, Protocol)],
) -> Result<(Response<Body>, Protocol), Refusal> {
    let words = |name: header::HeaderName| {
        let all = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        all.flat_map(|value| value.split(',')).map(|word| word.trim().to_owned()).collect::<Vec<_>>()
    };
    let has = |name, wanted: &str| words(name).iter().any(|word| word.eq_ignore_ascii_case(wanted));
    if !has(header::CONNECTION, "upgrade") {
        return Err(Refusal::bad_request("Upgrade request required"));
    }
    if !has(header::UPGRADE, "websocket") {
        let why = "unable to upgrade: this demo cluster runs commands over WebSocket only (v5.channel.k8s.io, v4.channel.k8s.io), as kubectl 1.31 and newer do";
        return Err(Refusal::bad_request(why));
    }
    let key =
        headers.get(header::SEC_WEBSOCKET_KEY).ok_or_else(|| Refusal::bad_request("missing Sec-WebSocket-Key"))?;
    let offered = words(header::SEC_WEBSOCKET_PROTOCOL);
    let agreed = offered.iter().find_map(|word| known.iter().find(|(name, _)| name == word));
    let Some((name, protocol)) = agreed else {
        let why = format!("unable to upgrade: none of the protocols [{}] is spoken here", offered.join(" "));
        return Err(Refusal::new(403, "Forbidden", why));
    };
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()))
        .header(header::SEC_WEBSOCKET_PROTOCOL, *name)
        .body(empty())
        .map_err(|error| Refusal::new(500, "InternalError", error.to_string()))?;
    Ok((response, *protocol))
}
