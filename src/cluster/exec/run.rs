//! One command, without a terminal, to its end.

use std::time::Duration;

use bytes::Bytes;
use rolldeck_core::shell::{Command, End, Input, Opening, Place, Refused, RunEnd, RunOutput, RunWanted};
use tokio::sync::mpsc;

use super::{
    channels::{Channel, Closed, Takes, carry},
    ended, place,
    request::{Streams, exec},
    shells::is_missing,
};
use crate::writer::{Way, Writer};

/// Runs `"$@"` with a lifeline: standard input stays open as long as we listen, and where it ends before the command does, the
/// command is ended. Without it, Kubernetes would let it run on after we left.
const LIFELINE: &str = r#"exec 3<&0
"$@" </dev/null 3<&- & p=$!
( IFS= read -r x <&3; kill "$p" ) >/dev/null 2>&1 & w=$!
wait "$p"; c=$?
kill "$w" 2>/dev/null
exit "$c""#;

/// The command under a lifeline.
pub(super) fn on_a_lifeline(argv: &[String]) -> Vec<String> {
    let mut words: Vec<String> = ["sh", "-c", LIFELINE, "rolldeck"].map(str::to_owned).into();
    words.extend_from_slice(argv);
    words
}

impl Writer {
    /// Runs a command in a container to its end, its time limit, or until the future is dropped; in the last two cases it is
    /// ended there, if the image has a shell to see to it.
    ///
    /// # Errors
    /// Why it was not begun.
    pub async fn run(&self, place: &Place, wanted: &RunWanted) -> Result<RunOutput, Refused> {
        let way = self.way(Opening::Run, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let instance = place::running(&pod, place)?;
        let argv = wanted.command.argv();
        let first = once(&way, place, &on_a_lifeline(&argv), wanted).await?;
        let (mut output, closed) = match &first {
            (_, Some(Closed::Failed(why))) if is_missing(why) && matches!(wanted.command, Command::Argv(_)) => {
                once(&way, place, &argv, wanted).await?
            }
            (output, Some(Closed::Exit(2))) if is_not_understood(output) => once(&way, place, &argv, wanted).await?,
            _ => first,
        };
        if let Some(closed) = closed {
            output.end = RunEnd::Ended(match closed {
                Closed::Failed(why) if is_missing(&why) => End::NoShell(vec![argv[0].clone()]),
                closed => ended::why(&way, place, &instance.id, closed).await,
            });
        }
        Ok(output)
    }
}

/// Whether the shell did not understand the lifeline, so that nothing ran: it complains under the name that we gave it.
fn is_not_understood(output: &RunOutput) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    output.stdout.is_empty()
        && said.starts_with("rolldeck: ")
        && (said.contains("syntax error") || said.contains("not known"))
}

/// Runs a command once; without an end where it took too long.
async fn once(
    way: &Way,
    place: &Place,
    argv: &[String],
    wanted: &RunWanted,
) -> Result<(RunOutput, Option<Closed>), Refused> {
    let request = exec(place, argv, Streams { stdin: true, tty: false });
    let mut kept = Kept::new(wanted.keep);
    let closed = carried(way, place, request, wanted.limit, &mut kept).await?;
    Ok((kept.output(wanted.limit), closed))
}

/// Carries a request whose standard input says nothing and stays open; `None` where it took too long.
pub(super) async fn carried(
    way: &Way,
    place: &Place,
    request: http::Request<Vec<u8>>,
    limit: Duration,
    takes: &mut impl Takes,
) -> Result<Option<Closed>, Refused> {
    let connection = way.open(request, place).await?;
    let closes = connection.supports_stream_close();
    let (hold, mut input) = mpsc::channel::<Input>(1);
    let mut no_size = None;
    let carry = carry(connection.into_stream(), closes, &mut input, &mut no_size, takes);
    let closed = tokio::time::timeout(limit, carry).await.ok();
    drop(hold);
    Ok(closed)
}

/// What is kept of a command's output.
pub(super) struct Kept {
    keep: usize,
    streams: [(Vec<u8>, u64); 2],
}

impl Kept {
    /// So many bytes of each stream.
    pub(super) fn new(keep: usize) -> Self {
        Self { keep, streams: Default::default() }
    }

    /// As the output of a command that has no end yet.
    pub(super) fn output(self, limit: Duration) -> RunOutput {
        let [(stdout, stdout_cut), (stderr, stderr_cut)] = self.streams;
        RunOutput { stdout, stderr, stdout_cut, stderr_cut, end: RunEnd::TooLong(limit) }
    }
}

impl Takes for Kept {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        let (kept, cut) = &mut self.streams[usize::from(channel == Channel::Err)];
        let room = self.keep.saturating_sub(kept.len()).min(block.len());
        kept.extend_from_slice(&block[..room]);
        *cut += (block.len() - room) as u64;
        true
    }
}
