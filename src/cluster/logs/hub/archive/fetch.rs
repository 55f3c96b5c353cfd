//! One URL, read to its end.

use std::{sync::Arc, time::Duration};

use async_compression::tokio::write::{GzipDecoder, ZstdDecoder};
use base64::Engine;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::{
    logs::{Begin, Decoder, Ended, Framing, Nanos, SECOND, SourceId, SourceState, nanos},
    text::Clean,
};
use tokio::{
    io::AsyncWriteExt,
    sync::{Semaphore, mpsc},
    time::timeout,
};

use super::last::Last;
use crate::{
    connect::with_sources,
    logs::{since::Gate, stream::Said},
};

/// How long an answer may take, and each part of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of lines that are passed on together.
const BYTES: usize = 256 << 10;
/// Answers that say where else to ask, one after another.
const HOPS: usize = 5;
/// Bytes of a refusal that are shown.
const SAID: usize = 200;

/// A URL that is to be read.
pub(super) struct Fetch {
    pub(super) id: SourceId,
    pub(super) url: String,
    pub(super) begin: Begin,
    pub(super) to: mpsc::Sender<Said>,
}

/// A URL for the screen: without a password, and without what follows `?`, which may be one.
pub(super) fn shown(url: &str) -> Clean {
    let (url, query) = url.split_once('?').map_or((url, ""), |(url, _)| (url, "?…"));
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}/{path}{query}").into()
}

fn now() -> Nanos {
    nanos(chrono::Utc::now())
}

impl Fetch {
    /// Reads it, once it is its turn, and tells how it ended.
    pub(super) async fn run(self, turns: Arc<Semaphore>) {
        let _turn = turns.acquire_owned().await;
        let ended = match self.read().await {
            Ok(()) => Ended::Complete,
            Err(Stop::Unheard) => return,
            Err(Stop::Why(why)) => Ended::Refused(format!("GET {}: {why}", shown(&self.url)).into()),
        };
        // Where nobody listens there is nobody to tell.
        let _ = self.to.send(Said::State(self.id, SourceState::Ended(now(), ended))).await;
    }

    async fn read(&self) -> Result<(), Stop> {
        let answer = self.ask().await?;
        self.to.send(Said::State(self.id, SourceState::Live)).await.map_err(|_| Stop::Unheard)?;
        let mut body = answer.into_body();
        let mut sink = Sink::new(self);
        let mut read = 0;
        loop {
            let frame = timeout(PATIENCE, body.frame()).await;
            let broke = |why: String| Stop::Why(format!("it broke off behind {read} bytes: {why}"));
            match frame {
                Err(_) => {
                    sink.end().await?;
                    return Err(broke(format!("nothing came for {} s", PATIENCE.as_secs())));
                }
                Ok(Some(Err(error))) => {
                    sink.end().await?;
                    return Err(broke(with_sources(&error)));
                }
                Ok(None) => return sink.end().await,
                Ok(Some(Ok(frame))) => {
                    let Ok(bytes) = frame.into_data() else { continue };
                    read += bytes.len();
                    sink.packed(&bytes).await?;
                }
            }
        }
    }

    /// Asks, there and wherever the answer says, but never in the clear where it began otherwise.
    async fn ask(&self) -> Result<Response<Body>, Stop> {
        let mut url = self.url.clone();
        for hop in 0..=HOPS {
            // A password is for the host that it was written for.
            let answer = get(&url, hop == 0).await?;
            let status = answer.status();
            if status.is_success() {
                return Ok(answer);
            }
            let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            match location.filter(|_| status.is_redirection()) {
                Some(to) => url = next(&url, to)?,
                None => return Err(Stop::Why(refused(status, answer).await)),
            }
        }
        Err(Stop::Why(format!("it leads on more than {HOPS} times, at last to {}", shown(&url))))
    }
}

async fn get(url: &str, with_password: bool) -> Result<Response<Body>, Stop> {
    let why = |why: String| Stop::Why(why);
    let uri: Uri = url.parse().map_err(|error| why(format!("it is no URL: {error}")))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(why("it names no host".to_owned()));
    };
    let (user, host) = match authority.as_str().rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority.as_str()),
    };
    let base: Uri = format!("{scheme}://{host}").parse().map_err(|error| why(format!("it is no URL: {error}")))?;
    let mut config = kube::Config::new(base);
    config.default_retry = false;
    let client = kube::Client::try_from(config).map_err(|error| why(with_sources(&error)))?;
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut request = Request::get(path).header(header::ACCEPT, "*/*");
    if let Some(user) = user.filter(|_| with_password) {
        let packed = base64::engine::general_purpose::STANDARD.encode(crate::connect::percent_decoded(user));
        request = request.header(header::AUTHORIZATION, format!("Basic {packed}"));
    }
    let request = request.body(Body::empty()).map_err(|error| why(error.to_string()))?;
    match timeout(PATIENCE, client.send(request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(why(with_sources(&error))),
        Err(_) => Err(why(format!("no answer for {} s", PATIENCE.as_secs()))),
    }
}

/// Where an answer leads.
fn next(from: &str, to: &str) -> Result<String, Stop> {
    let (scheme, rest) = from.split_once("://").unwrap_or(("https", from));
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let url = match to {
        to if to.starts_with("//") => format!("{scheme}:{to}"),
        to if to.starts_with('/') => format!("{scheme}://{host}{to}"),
        to => to.to_owned(),
    };
    let secure = scheme == "http" || url.starts_with("https://");
    if secure && (url.starts_with("https://") || url.starts_with("http://")) {
        return Ok(url);
    }
    Err(Stop::Why(format!("it leads to {}, which is not followed", shown(&url))))
}

/// `404 Not Found: no such key`.
async fn refused(status: StatusCode, answer: Response<Body>) -> String {
    let mut said = Vec::new();
    let mut body = answer.into_body();
    while said.len() < SAID
        && let Ok(Some(Ok(frame))) = timeout(Duration::from_secs(5), body.frame()).await
    {
        if let Ok(bytes) = frame.into_data() {
            said.extend_from_slice(&bytes);
        }
    }
    said.truncate(SAID);
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('<'));
    line.map_or_else(|| status.to_string(), |line| format!("{status}: {line}"))
}

/// Why it is over before its end.
enum Stop {
    /// Nobody listens.
    Unheard,
    Why(String),
}

/// How a text is packed, by its first bytes.
enum Unpack {
    Unknown,
    Plain,
    Gzip(GzipDecoder<Vec<u8>>),
    Zstd(ZstdDecoder<Vec<u8>>),
}

impl Unpack {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1f, 0x8b, ..] => Self::Gzip(GzipDecoder::new(Vec::new())),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd(ZstdDecoder::new(Vec::new())),
            _ => Self::Plain,
        }
    }
}

/// What of the lines is wanted.
enum Cut {
    Gate(Gate),
    Last(Last),
}

struct Sink<'a> {
    of: &'a Fetch,
    unpack: Unpack,
    cut: Cut,
    decoder: Decoder,
}

impl<'a> Sink<'a> {
    fn new(of: &'a Fetch) -> Self {
        let ago = |seconds: u64| now() - i64::try_from(seconds).unwrap_or(i64::MAX / SECOND).saturating_mul(SECOND);
        let cut = match of.begin {
            Begin::Head => Cut::Gate(Gate::Open),
            Begin::Tail(lines) => Cut::Last(Last::new(lines)),
            Begin::Ago(seconds) => Cut::Gate(Gate::since(ago(seconds), false)),
            Begin::At(at) => Cut::Gate(Gate::since(at, false)),
        };
        Self { of, unpack: Unpack::Unknown, cut, decoder: Decoder::new(of.id, Framing::Plain) }
    }

    /// Takes bytes as they came.
    async fn packed(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if matches!(self.unpack, Unpack::Unknown) && !bytes.is_empty() {
            self.unpack = Unpack::of(bytes);
        }
        let bad = |error: std::io::Error| Stop::Why(format!("it cannot be unpacked: {error}"));
        let plain = match &mut self.unpack {
            Unpack::Unknown | Unpack::Plain => return self.take(bytes).await,
            Unpack::Gzip(unpack) => {
                unpack.write_all(bytes).await.map_err(bad)?;
                unpack.flush().await.map_err(bad)?;
                std::mem::take(unpack.get_mut())
            }
            Unpack::Zstd(unpack) => {
                unpack.write_all(bytes).await.map_err(bad)?;
                unpack.flush().await.map_err(bad)?;
                std::mem::take(unpack.get_mut())
            }
        };
        self.take(&plain).await
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match &mut self.cut {
            Cut::Gate(gate) if gate.is_open() => self.decoder.feed(bytes, now()),
            Cut::Gate(gate) => self.decoder.feed(&gate.pass(None, bytes), now()),
            Cut::Last(last) => last.take(bytes),
        }
        if self.decoder.held() >= BYTES { self.flush().await } else { Ok(()) }
    }

    async fn end(&mut self) -> Result<(), Stop> {
        match std::mem::replace(&mut self.cut, Cut::Gate(Gate::Open)) {
            Cut::Gate(mut gate) => {
                let rest = gate.end();
                self.decoder.feed(&rest, now());
            }
            Cut::Last(last) => {
                for line in last.end() {
                    self.decoder.feed(&line, now());
                    if self.decoder.held() >= BYTES {
                        self.flush().await?;
                    }
                }
            }
        }
        self.decoder.finish(now());
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Stop> {
        let blocks = self.decoder.take();
        if blocks.is_empty() {
            return Ok(());
        }
        self.of.to.send(Said::Blocks(blocks)).await.map_err(|_| Stop::Unheard)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://user:word@logs/a/b.log?token=1", "https://logs/a/b.log?…")]
    #[case("http://logs:80/x", "http://logs:80/x")]
    fn a_url_is_shown_without_what_is_secret(#[case] url: &str, #[case] text: &str) {
        assert_eq!(&*shown(url), text);
    }

    #[rstest]
    #[case("https://u:p@a/x", "/y", Some("https://a/y"))]
    #[case("https://a/x", "https://b/y", Some("https://b/y"))]
    #[case("https://a/x", "http://b/y", None)]
    #[case("https://a/x", "file:///etc/passwd", None)]
    fn what_leads_out_of_the_safe_is_not_followed(#[case] from: &str, #[case] to: &str, #[case] url: Option<&str>) {
        assert_eq!(next(from, to).ok().as_deref(), url);
    }
}
