//! The channels of a stream: the first byte of each frame says which (k8s.io/apimachinery, pkg/util/remotecommand/constants.go).
//!
//! What is read and what is written wait for each other nowhere: a full screen never holds a key back.

use std::{
    io::ErrorKind,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    Sink, SinkExt, Stream, StreamExt,
    stream::{SplitSink, SplitStream},
};
use rolldeck_core::shell::{Input, Size};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, error::ProtocolError},
};

const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;
const RESIZE: u8 = 4;
/// v5: the next byte is the channel that we close.
const CLOSE: u8 = 255;

/// An idle stream is kept alive by a ping so often: balancers cut what says nothing for a minute.
const PING: Duration = Duration::from_secs(15);
/// A link over which nothing came for so long, not even the answer to a ping, is dead.
const SILENT: Duration = Duration::from_secs(45);
/// What may still come after the status.
const AFTER: Duration = Duration::from_millis(200);
/// What is said of a link that ended without a goodbye.
const CUT: &str = "it was cut from outside";
/// How long the reason of a broken link may take to arrive.
const REASON: Duration = Duration::from_secs(3);

/// A stream of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Out,
    Err,
}

/// Takes what the process writes.
pub(super) trait Takes: Send {
    /// Takes a block, or waits until there is room; false once nobody wants more.
    fn take(&mut self, channel: Channel, block: Bytes) -> impl Future<Output = bool> + Send;
}

/// How a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// The process ended.
    Exit(i32),
    /// It did not run, or its end is told in words.
    Failed(String),
    /// The link broke.
    Cut(String),
    /// We left.
    Left,
}

/// When something was heard, and whether we are the ones who wait.
struct Pulse {
    began: Instant,
    heard: AtomicU64,
    full: AtomicBool,
}

impl Pulse {
    fn new() -> Self {
        Self { began: Instant::now(), heard: AtomicU64::new(0), full: AtomicBool::new(false) }
    }

    fn hear(&self) {
        let now = self.began.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.heard.store(now, Ordering::Relaxed);
        self.full.store(false, Ordering::Relaxed);
    }

    fn is_silent(&self) -> bool {
        let heard = Duration::from_millis(self.heard.load(Ordering::Relaxed));
        !self.full.load(Ordering::Relaxed) && self.began.elapsed().saturating_sub(heard) > SILENT
    }
}

/// Carries a stream until the process ends, the link breaks, or `input` says [`Input::Close`] or is dropped. `size` is sent first,
/// and keeps the last one that was asked for. `closes`: the protocol can end standard input (v5).
pub(super) async fn carry<S: AsyncRead + AsyncWrite + Unpin + Send>(
    socket: WebSocketStream<S>,
    closes: bool,
    input: &mut mpsc::Receiver<Input>,
    size: &mut Option<Size>,
    takes: &mut impl Takes,
) -> Closed {
    let (sink, stream) = socket.split();
    let pulse = Pulse::new();
    tokio::select! {
        closed = read(stream, takes, &pulse) => closed,
        closed = write(sink, closes, input, size, &pulse) => closed,
    }
}

async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: SplitStream<WebSocketStream<S>>,
    takes: &mut impl Takes,
    pulse: &Pulse,
) -> Closed {
    loop {
        let frame = match next(&mut stream).await {
            Ok(frame) => frame,
            Err(closed) => return closed,
        };
        pulse.hear();
        if frame.first() == Some(&STATUS) && frame.len() > 1 {
            let closed = ended(&frame[1..]);
            drain(stream, takes).await;
            return closed;
        }
        pulse.full.store(true, Ordering::Relaxed);
        let wanted = give(takes, &frame).await;
        pulse.hear();
        if !wanted {
            return Closed::Left;
        }
    }
}

/// The next frame that carries something, or nothing but a sign of life.
async fn next(stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Result<Bytes, Closed> {
    match stream.next().await {
        Some(Ok(Message::Binary(frame))) => Ok(frame),
        Some(Ok(Message::Close(frame))) => {
            let why = frame.map(|frame| frame.reason.to_string()).filter(|why| !why.is_empty());
            Err(Closed::Cut(why.unwrap_or_else(|| "the server ended it".to_owned())))
        }
        Some(Ok(_)) => Ok(Bytes::new()),
        Some(Err(error)) => Err(Closed::Cut(why(&error))),
        None => Err(Closed::Cut("the server ended it".to_owned())),
    }
}

/// Why a link broke. One that ends without a goodbye is told in a library's own words, with a link to its manual.
fn why(error: &Error) -> String {
    match error {
        Error::Io(io) if io.kind() == ErrorKind::UnexpectedEof => CUT.to_owned(),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => CUT.to_owned(),
        Error::Io(io) => io.to_string(),
        other => other.to_string(),
    }
}

async fn give(takes: &mut impl Takes, frame: &Bytes) -> bool {
    match frame.first() {
        Some(&STDOUT) if frame.len() > 1 => takes.take(Channel::Out, frame.slice(1..)).await,
        Some(&STDERR) if frame.len() > 1 => takes.take(Channel::Err, frame.slice(1..)).await,
        _ => true,
    }
}

/// The status comes last, but nothing promises it.
async fn drain<S: AsyncRead + AsyncWrite + Unpin>(mut stream: SplitStream<WebSocketStream<S>>, takes: &mut impl Takes) {
    let rest = async {
        while let Ok(frame) = next(&mut stream).await {
            if !give(takes, &frame).await {
                return;
            }
        }
    };
    // Whatever has not come by then does not come.
    let _ = tokio::time::timeout(AFTER, rest).await;
}

/// What a Status says: `Success`, an exit code among its causes, or words.
fn ended(status: &[u8]) -> Closed {
    let Ok(status) = serde_json::from_slice::<Value>(status) else {
        return Closed::Failed(String::from_utf8_lossy(status).into_owned());
    };
    if status["status"] == "Success" {
        return Closed::Exit(0);
    }
    let causes = status.pointer("/details/causes").and_then(Value::as_array);
    let code = causes.into_iter().flatten().find(|cause| cause["reason"] == "ExitCode");
    let code = code.and_then(|cause| cause["message"].as_str()?.parse().ok());
    code.map_or_else(|| Closed::Failed(status["message"].as_str().unwrap_or_default().to_owned()), Closed::Exit)
}

async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    mut sink: SplitSink<WebSocketStream<S>, Message>,
    closes: bool,
    input: &mut mpsc::Receiver<Input>,
    size: &mut Option<Size>,
    pulse: &Pulse,
) -> Closed {
    let mut ping = tokio::time::interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if let Some(size) = *size
        && let Err(error) = sink.send(resize(size)).await
    {
        return broken(&error).await;
    }
    loop {
        let message = tokio::select! {
            said = input.recv() => match said {
                Some(Input::Bytes(bytes)) => framed(STDIN, &bytes),
                Some(Input::Resize(wanted)) => {
                    *size = Some(wanted);
                    resize(wanted)
                }
                Some(Input::End) if closes => framed(CLOSE, &[STDIN]),
                Some(Input::End) => continue,
                Some(Input::Close) | None => {
                    leave(&mut sink, closes).await;
                    return Closed::Left;
                }
            },
            _ = ping.tick() => {
                if pulse.is_silent() {
                    return Closed::Cut(format!("nothing was heard for {} s", SILENT.as_secs()));
                }
                Message::Ping(Bytes::new())
            }
        };
        if let Err(error) = sink.send(message).await {
            return broken(&error).await;
        }
    }
}

/// Ends standard input and the stream; a link that does not take it is dropped all the same.
async fn leave(sink: &mut (impl Sink<Message, Error = Error> + Unpin), closes: bool) {
    let goodbye = async {
        if closes {
            sink.send(framed(CLOSE, &[STDIN])).await?;
        }
        sink.close().await
    };
    let _ = tokio::time::timeout(AFTER, goodbye).await;
}

/// Waits for the reading side to learn why, which knows more.
async fn broken(error: &Error) -> Closed {
    tokio::time::sleep(REASON).await;
    Closed::Cut(why(error))
}

fn framed(channel: u8, bytes: &[u8]) -> Message {
    let mut frame = Vec::with_capacity(bytes.len() + 1);
    frame.push(channel);
    frame.extend_from_slice(bytes);
    Message::Binary(frame.into())
}

fn resize(size: Size) -> Message {
    let text = json!({ "Width": size.cols, "Height": size.rows }).to_string();
    framed(RESIZE, text.as_bytes())
}

#[cfg(test)]
#[path = "channels_tests.rs"]
mod tests;
