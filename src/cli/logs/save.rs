//! Saving, with its progress on standard error.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use rolldeck_cluster::logs::{Outcome, download};
use rolldeck_core::{
    logs::{
        download::{Compress, Download, Progress, Saved},
        rfc3339,
    },
    text::{Clean, quantity},
};
use tokio::sync::{mpsc, watch};

use super::{
    args::{Logs, Packing},
    whom::whom,
};
use crate::cli::batch::{End, Link};

/// Saves what the command line names below a directory.
///
/// # Errors
/// Whatever ended it otherwise than done.
pub async fn save(logs: &Logs, to: &Path) -> Result<End, End> {
    let link = Link::open(&logs.flags).await?;
    let wanted = Download {
        of: whom(&link.cluster, &logs.names).await?,
        container: logs.container.as_ref().map(|name| Clean::new(name)),
        stdout: !logs.previous,
        previous: true,
        places: logs.files.clone(),
        begin: logs.begin(),
        to: to.display().to_string(),
        compress: match logs.compress {
            None => Compress::No,
            Some(Packing::Gzip) => Compress::Gzip,
            Some(Packing::Zstd) => Compress::Zstd,
        },
    };
    let resumed: Option<PathBuf> = to.join("MANIFEST.json").exists().then(|| to.to_owned());
    let (progress, mut far) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    let saving = download(link.port.clone(), &link.cluster, &wanted, (to, resumed), (progress, stopped));
    tokio::pin!(saving);
    let shows = std::io::stderr().is_terminal();
    let outcome = loop {
        tokio::select! {
            outcome = &mut saving => break outcome,
            Some(progress) = far.recv() => if shows { show(&progress) },
            Ok(()) = tokio::signal::ctrl_c() => {
                stop.send_replace(true);
            }
        }
    };
    if shows {
        eprintln!();
    }
    match outcome {
        Outcome::Done(saved) => {
            tell(&saved);
            println!("{}", saved.path);
            Ok(if saved.problems.is_empty() { End::Done } else { End::failed("not all of it could be saved") })
        }
        Outcome::Cut { why, saved, directory } => {
            tell(&saved);
            let place = directory.display();
            Err(End::failed(format!("{why}: what was saved is in {place}; the same again goes on with it")))
        }
        Outcome::Failed(why) => Err(End::failed(why)),
    }
}

fn show(progress: &Progress) {
    let Progress { bytes, files, all, rate, now, .. } = progress;
    let (bytes, rate) = (quantity::memory(*bytes), quantity::memory(*rate));
    // One that cannot be shown is not missed.
    let _ = write!(std::io::stderr(), "\r\x1b[K{files} of {all} logs, {bytes}, {rate}/s  {now}");
}

fn tell(saved: &Saved) {
    for problem in &saved.problems {
        let source = &problem.source;
        eprintln!("rolldeck: {}/{} [{}]: {}", source.namespace, source.pod, source.container, problem.why);
    }
    for whole in &saved.rotated {
        let source = &whole.source;
        let at = format!("{}/{} [{}]", source.namespace, source.pod, source.container);
        match whole.from {
            Some(from) => eprintln!("rolldeck: {at}: whole from {} on: the kubelet has nothing before", rfc3339(from)),
            None => eprintln!("rolldeck: {at}: the kubelet has no line: none was written, or all are rotated away"),
        }
    }
    for words in &saved.left_out {
        eprintln!("rolldeck: left out: {words}");
    }
    if saved.resumed {
        eprintln!("rolldeck: went on with what an earlier download had left");
    }
    eprintln!("rolldeck: {} files, {}", saved.files, quantity::memory(saved.bytes));
}
