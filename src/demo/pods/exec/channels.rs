//! The channels of a session: the first byte of each frame says which.

use bytes::Bytes;
use futures::{SinkExt, StreamExt, future::BoxFuture};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use super::{Wanted, ending::status, handshake::Protocol};
use crate::pods::userland::{Channel, Ending, Event};

const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
const RESIZE: u8 = 4;
/// v5: the next byte is the channel that the client closes.
const CLOSE: u8 = 255;

/// What a frame of the client means; `None` for one that means nothing here.
fn event(protocol: Protocol, wanted: &Wanted, frame: &Bytes) -> Option<Event> {
    match (*frame.first()?, frame.get(1..)?) {
        (STDIN, bytes) if wanted.stdin => (!bytes.is_empty()).then(|| Event::Bytes(frame.slice(1..))),
        (RESIZE, text) => {
            let size: serde_json::Value = serde_json::from_slice(text).ok()?;
            let side = |name: &str| u16::try_from(size[name].as_u64()?).ok();
            Some(Event::Resize(side("Width")?, side("Height")?))
        }
        (CLOSE, [STDIN]) if protocol == Protocol::V5 => Some(Event::End),
        _ => None,
    }
}

/// Carries frames between a client and a command until either is done. Output never waits for input, nor the other way round.
pub(super) async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<S>,
    protocol: Protocol,
    wanted: &Wanted,
    input: mpsc::Sender<Event>,
    mut output: mpsc::Receiver<(Channel, Bytes)>,
    command: impl Future<Output = Ending>,
    mut cut: BoxFuture<'static, ()>,
) {
    let mut pending = (!wanted.stdin).then_some(Event::End);
    let opened = if wanted.stdout {
        STDOUT
    } else if wanted.stderr {
        STDERR
    } else {
        ERROR
    };
    if send(&mut socket, opened, &[]).await.is_err() {
        return;
    }
    tokio::pin!(command);
    let ending = loop {
        tokio::select! {
            ending = &mut command => break ending,
            () = &mut cut => return,
            Some((channel, bytes)) = output.recv() => {
                if write(&mut socket, wanted, channel, &bytes).await.is_err() {
                    return;
                }
            }
            permit = input.reserve(), if pending.is_some() => match (permit, pending.take()) {
                (Ok(permit), Some(event)) => permit.send(event),
                _ => return,
            },
            message = socket.next(), if pending.is_none() => match message {
                Some(Ok(Message::Binary(frame))) => pending = event(protocol, wanted, &frame),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    };
    while let Ok((channel, bytes)) = output.try_recv() {
        if write(&mut socket, wanted, channel, &bytes).await.is_err() {
            return;
        }
    }
    // A client that is gone by now has what it wanted.
    let _ = send(&mut socket, ERROR, status(&ending).to_string().as_bytes()).await;
    let normal = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    let _ = socket.close(Some(normal)).await;
}

async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    wanted: &Wanted,
    channel: Channel,
    bytes: &[u8],
) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    match channel {
        Channel::Out if wanted.stdout => send(socket, STDOUT, bytes).await,
        Channel::Err if wanted.stderr => send(socket, STDERR, bytes).await,
        _ => Ok(()),
    }
}

async fn send<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    channel: u8,
    bytes: &[u8],
) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    let mut frame = Vec::with_capacity(bytes.len() + 1);
    frame.push(channel);
    frame.extend_from_slice(bytes);
    socket.send(Message::Binary(frame.into())).await
}
