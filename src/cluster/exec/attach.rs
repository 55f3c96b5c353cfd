//! The container's own process.

use bytes::Bytes;
use rolldeck_core::{
    shell::{Opening, Place, Refused, Size},
    text::Clean,
};
use tokio::sync::mpsc;

use super::{
    Session,
    channels::{Channel, Takes, carry},
    ended, lines, place,
    request::{Streams, attach},
};
use crate::writer::Writer;

impl Writer {
    /// Attaches to the process that a container was started with. `stdin` is for those who asked for it: what is typed goes to
    /// that process, and only where its spec has `stdin: true`. Whether there is a terminal is the spec's own choice.
    ///
    /// # Errors
    /// Why nothing was opened.
    pub async fn attach(&self, place: &Place, stdin: bool, size: Size) -> Result<Session, Refused> {
        let way = self.way(Opening::Attach, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let instance = place::running(&pod, place)?;
        if stdin && !instance.stdin {
            let why = "its process reads no standard input (stdin: true is not in its spec)";
            return Err(Refused::Other(place.to_string().into(), why.into()));
        }
        let request = attach(place, Streams { stdin, tty: instance.tty });
        let connection = way.open(request, place).await?;
        let place = place.clone();
        let mut size = instance.tty.then_some(size);
        Ok(Session::start(Clean::default(), move |mut input, output| async move {
            let closes = connection.supports_stream_close();
            let mut blocks = Blocks { to: output.clone(), tty: instance.tty };
            let closed = match instance.tty {
                true => carry(connection.into_stream(), closes, &mut input, &mut size, &mut blocks).await,
                false => {
                    let (lines, mut typed) = mpsc::channel(LINES);
                    let carried = carry(connection.into_stream(), closes, &mut typed, &mut size, &mut blocks);
                    let edited = lines::edited(input, lines, output);
                    tokio::pin!(carried, edited);
                    tokio::select! {
                        closed = &mut carried => closed,
                        () = &mut edited => carried.await,
                    }
                }
            };
            ended::why(&way, &place, &instance.id, closed).await
        }))
    }
}

/// Lines that wait for the link.
const LINES: usize = 64;

/// Both streams: as they come from a terminal, else with what a terminal would have added.
struct Blocks {
    to: mpsc::Sender<Bytes>,
    tty: bool,
}

impl Takes for Blocks {
    async fn take(&mut self, _: Channel, block: Bytes) -> bool {
        let block = if self.tty { block } else { lines::with_returns(&block) };
        self.to.send(block).await.is_ok()
    }
}
