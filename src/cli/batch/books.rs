//! Files in, results out.

use std::{
    io::{self, Read, Write},
    path::Path,
};

use rolldeck_core::{
    batch::file::{BatchFile, read},
    text::yaml::yaml,
};
use serde_json::Value;

use super::{args::Output, end::End};

/// A batch file is no larger than this.
const MOST: u64 = 16 << 20;

/// Reads a batch file; `-` is standard input.
///
/// # Errors
/// [`End::Refused`]: it cannot be read; everything that is wrong with it, each with file, line and field.
pub fn file(path: &Path) -> Result<BatchFile, End> {
    let stdin = path == Path::new("-");
    let name = if stdin { "standard input".to_owned() } else { path.display().to_string() };
    let mut text = String::new();
    let read_all = |from: &mut dyn Read, text: &mut String| from.take(MOST).read_to_string(text).map(drop);
    let outcome = match stdin {
        true => read_all(&mut io::stdin().lock(), &mut text),
        false => std::fs::File::open(path).and_then(|mut file| read_all(&mut file, &mut text)),
    };
    outcome.map_err(|error| End::refused(format!("failed to read {name}: {error}")))?;
    read(&text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|error| format!("{name}, {error}")).collect();
        End::refused(lines.join("\n"))
    })
}

/// Writes to standard output. Whoever has stopped to read it does not fail the command.
///
/// # Errors
/// [`End::Failed`]: it cannot be written.
pub fn print(text: &str) -> Result<(), End> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(End::failed(format!("failed to write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a result: as text, or as a document.
///
/// # Errors
/// [`End::Failed`]: it cannot be written.
pub fn put(output: Output, text: impl FnOnce() -> String, document: impl FnOnce() -> Value) -> Result<(), End> {
    match output {
        Output::Text => print(&text()),
        Output::Json => print(&format!("{:#}\n", document())),
        Output::Yaml => print(&yaml(&document()).text),
    }
}
