//! Saving, with its progress on standard error.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use rolldeck_cluster::logs::{Outcome, download};
use rolldeck_core::{
    logs::{
        Source,
        download::{Progress, Saved},
        rfc3339,
    },
    text::quantity,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
};

use super::{
    args::{Logs, Output},
    whom::whom,
};
use crate::cli::batch::{End, Link};

/// Saves what the command line names below a directory.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn save(logs: &Logs, to: &Path) -> Result<End, End> {
    let link = Link::open(&logs.flags).await?;
    let wanted = logs.download(whom(&link.cluster, &logs.names).await?, to.display().to_string());
    let resumed: Option<PathBuf> = to.join("MANIFEST.json").exists().then(|| to.to_owned());
    let (progress, mut far) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    let saving = download(link.port.clone(), &link.cluster, &wanted, (to, resumed), (progress, stopped));
    tokio::pin!(saving);
    let mut term = signal(SignalKind::terminate()).map_err(|error| End::failed(format!("no signals: {error}")))?;
    let shows = io::stderr().is_terminal();
    let outcome = loop {
        tokio::select! {
            outcome = &mut saving => break outcome,
            Some(progress) = far.recv() => if shows { show(&progress) },
            Ok(()) = tokio::signal::ctrl_c() => drop(stop.send_replace(true)),
            Some(()) = term.recv() => drop(stop.send_replace(true)),
        }
    };
    if shows {
        eprintln!();
    }
    match outcome {
        Outcome::Done(saved) => {
            tell(&saved);
            written(logs, saved.path.as_str())?;
            Ok(if saved.problems.is_empty() { End::Done } else { End::failed("not all of it could be saved") })
        }
        Outcome::Cut { why, saved, directory } => {
            tell(&saved);
            let place = directory.display();
            written(logs, saved.path.as_str())?;
            Err(End::failed(format!("{why}: what was saved is in {place}; the same again goes on with it")))
        }
        Outcome::Failed(why) => Err(End::refused(why)),
    }
}

/// Writes where it is, or the manifest. Whoever has closed the other end does not want it.
fn written(logs: &Logs, path: &str) -> Result<(), End> {
    let out = match logs.output {
        Output::Json => std::fs::read(Path::new(path).join("MANIFEST.json"))
            .map_err(|error| End::failed(format!("{path}/MANIFEST.json: {error}")))?,
        Output::Raw | Output::Text => path.as_bytes().to_vec(),
    };
    let mut stdout = io::stdout();
    match stdout.write_all(&out).and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(End::failed(format!("failed to write: {error}")))
        }
        _ => Ok(()),
    }
}

fn show(progress: &Progress) {
    let Progress { bytes, of, files, all, now, rate } = progress;
    let of = of.map(|of| format!(" of {}", quantity::memory(of))).unwrap_or_default();
    let (bytes, rate) = (quantity::memory(*bytes), quantity::memory(*rate));
    // One that cannot be shown is not missed.
    let _ = write!(io::stderr(), "\r\x1b[K{files} of {all} logs, {bytes}{of}, {rate}/s  {now}");
}

fn tell(saved: &Saved) {
    let at = |source: &Source| format!("{}/{} [{}]", source.namespace, source.pod, source.container);
    let mut said = Vec::new();
    for problem in &saved.problems {
        said.push(format!("{}: {}", at(&problem.source), problem.why));
    }
    for whole in &saved.rotated {
        let at = at(&whole.source);
        said.push(match whole.from {
            Some(from) => format!("{at}: whole from {} on: nothing older can be had", rfc3339(from)),
            None => format!("{at}: the kubelet has no line: none was written, or all are rotated away"),
        });
    }
    said.extend(saved.left_out.iter().map(|words| format!("left out: {words}")));
    if saved.resumed {
        said.push("went on with what an earlier download of the same had left".to_owned());
    }
    said.push(format!("{} files, {}", saved.files, quantity::memory(saved.bytes)));
    for line in said {
        // One that cannot be told is in the manifest.
        let _ = writeln!(io::stderr(), "rolldeck: {line}");
    }
}
