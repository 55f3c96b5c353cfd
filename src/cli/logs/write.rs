//! Lines onto standard output.

use std::io::{self, BufWriter, StdoutLock, Write};

use chrono::SecondsFormat;
use rolldeck_core::logs::{Block, Flags, Line, Sources, rfc3339, time};
use serde_json::json;

use super::args::{Logs, Output};

/// Written at once.
const BYTES: usize = 256 << 10;

/// Writes lines as they are asked for.
pub struct Writer {
    out: BufWriter<StdoutLock<'static>>,
    output: Output,
    timestamps: bool,
}

impl Writer {
    /// Onto standard output.
    pub fn new(logs: &Logs) -> Self {
        let out = BufWriter::with_capacity(BYTES, io::stdout().lock());
        Self { out, output: logs.output, timestamps: logs.timestamps }
    }

    /// Writes the lines of a block. Gaps go to standard error, but for JSON.
    ///
    /// # Errors
    /// Of the pipe.
    pub fn block(&mut self, block: &Block, sources: &Sources) -> io::Result<()> {
        for line in block.lines() {
            if line.flags.has(Flags::GAP) && self.output != Output::Json {
                eprintln!("rolldeck: {}{}", tag(&line, sources), String::from_utf8_lossy(line.text));
                continue;
            }
            match self.output {
                Output::Json => serde_json::to_writer(&mut self.out, &object(&line, sources))?,
                Output::Raw => self.line(&line)?,
                Output::Text => {
                    if sources.len() > 1 {
                        self.out.write_all(tag(&line, sources).as_bytes())?;
                    }
                    self.line(&line)?;
                }
            }
            // What a line that was cut goes on with is of the same line.
            if !line.flags.has(Flags::CUT) {
                self.out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        if self.timestamps {
            // As the kubelet writes it: with all nine digits.
            write!(self.out, "{} ", time(line.time).to_rfc3339_opts(SecondsFormat::Nanos, true))?;
        }
        self.out.write_all(line.text)
    }

    /// Everything that was written is out.
    ///
    /// # Errors
    /// Of the pipe.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `web-1 [main] `
fn tag(line: &Line<'_>, sources: &Sources) -> String {
    sources.get(line.source).map(|source| format!("{} [{}] ", source.pod, source.container)).unwrap_or_default()
}

fn object(line: &Line<'_>, sources: &Sources) -> serde_json::Value {
    let mut object = json!({ "time": rfc3339(line.time), "text": String::from_utf8_lossy(line.text) });
    if line.flags.has(Flags::GAP) {
        object["gap"] = json!(true);
    } else {
        object["level"] = json!(format!("{:?}", line.level).to_lowercase());
    }
    if line.flags.has(Flags::CUT) {
        object["cut"] = json!(true);
    }
    if let Some(source) = sources.get(line.source) {
        object["namespace"] = json!(source.namespace.as_str());
        object["app"] = json!(source.revision.app.as_str());
        object["pod"] = json!(source.pod.as_str());
        object["container"] = json!(source.container.as_str());
    }
    object
}
