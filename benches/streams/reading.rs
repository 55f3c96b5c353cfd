//! The engine, as the console's room of logs drives it: from the connection to the buffer.

use std::{collections::HashMap, path::Path};

use rolldeck_cluster::{
    connect::{Options, connect},
    logs::{Hub, Wanted, open},
};
use rolldeck_core::{
    kept::Name,
    logs::{Begin, LogsOf, Ring, SourceId, Told},
    text::Clean,
};
use tokio::sync::mpsc;

use crate::Failure;

/// What the buffer of a room holds, unless configured otherwise.
const BUFFER: usize = 128 << 20;

/// A reading, the buffer behind it, and what was seen of its lines.
pub struct Reading {
    _hub: Hub,
    told: mpsc::Receiver<Vec<Told>>,
    ring: Ring,
    newest: HashMap<SourceId, u64>,
    /// Lines that came.
    pub lines: u64,
    /// Bytes of their texts.
    pub bytes: u64,
    /// Lines that were not one more than the one before of their source.
    pub torn: u64,
    /// Marks of lines that may be missing.
    pub gaps: u64,
}

impl Reading {
    /// Of all pods of a namespace.
    pub async fn open(kubeconfig: &Path, namespace: &str, pods: &[String], follows: bool) -> Result<Self, Failure> {
        let options = Options { kubeconfig: Some(kubeconfig.to_owned()), ..Options::default() };
        let (cluster, _writer) = connect(&options).await?;
        let of = |pod: &String| LogsOf::Pod(Name::new(&Clean::new(namespace), &Clean::new(pod)));
        let begin = if follows { Begin::Tail(0) } else { Begin::Head };
        let wanted = Wanted { of: pods.iter().map(of).collect(), begin, follows, ..Wanted::default() };
        let (to, told) = mpsc::channel(2);
        let hub = open(&cluster, wanted, to);
        let (ring, newest) = (Ring::new(BUFFER), HashMap::new());
        Ok(Self { _hub: hub, told, ring, newest, lines: 0, bytes: 0, torn: 0, gaps: 0 })
    }

    /// Takes what is told next; whether more will come.
    pub async fn next(&mut self) -> bool {
        let Some(batch) = self.told.recv().await else { return false };
        for one in batch {
            match one {
                Told::Lines(blocks) => {
                    for block in blocks {
                        for line in block.lines() {
                            if line.gap().is_some() {
                                self.gaps += 1;
                                continue;
                            }
                            self.lines += 1;
                            self.bytes += line.text.len() as u64;
                            let number = number(line.text);
                            let before = self.newest.insert(line.source, number);
                            self.torn += u64::from(before.is_some_and(|before| before + 1 != number));
                        }
                        drop(self.ring.push(block));
                    }
                }
                Told::Complete => return false,
                Told::Failed(why) => panic!("{why}"),
                _ => {}
            }
        }
        true
    }

    /// Bytes in the buffer.
    pub fn held(&self) -> usize {
        self.ring.bytes()
    }
}

/// The number in `line 12 …`.
fn number(text: &[u8]) -> u64 {
    let digits = text.iter().skip(5).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, byte| number * 10 + u64::from(byte - b'0'))
}
