//! What the kubelet has rotated away of a log, from the files of its node, where the user may read them.

use async_compression::tokio::write::GzipDecoder;
use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::{batch::PortError, logs::Nanos, text::Clean};
use tokio::{io::AsyncWriteExt, time::timeout};

use super::{
    job::{Job, lines},
    log::{PATIENCE, late},
    saver::{Lines, Sink},
    shared::{Shared, Stop},
};
use crate::{
    access::{of_answer, of_failure},
    logs::rotated::Cri,
};

fn stopped(error: &PortError) -> Stop {
    let said = Clean::from(error.to_string());
    match error {
        PortError::Forbidden(_) | PortError::NotFound(_) | PortError::Refused(_) => Stop::Remote(said),
        _ => Stop::Cut(said),
    }
}

impl Job {
    /// Saves the lines of all rotated files of the instance, the oldest first: from a moment on, and up to those that the kubelet's
    /// own answer begins with. After a cut it is begun anew.
    pub(super) async fn rotated(
        &mut self,
        shared: &Shared,
        (from, before): (Option<Nanos>, Option<Nanos>),
        sink: &mut Sink,
    ) -> Result<(), Stop> {
        if self.entry.bytes > 0 {
            shared.bytes.fetch_sub(self.entry.bytes, std::sync::atomic::Ordering::Relaxed);
            self.entry = self.entry.anew();
            sink.anew(shared, &self.entry).await?;
        }
        let names = shared.unless_stopped(self.rotated_names(shared)).await?.map_err(Stop::Remote)?;
        let mut lines = lines(sink, &self.entry);
        (lines.from, lines.before) = (from, before);
        for name in names {
            lines.begins = true;
            self.one(shared, &name, &mut lines).await?;
            if lines.over {
                break;
            }
        }
        lines.finish(&mut self.entry, shared).await
    }

    async fn one(&mut self, shared: &Shared, name: &str, lines: &mut Lines<'_>) -> Result<(), Stop> {
        let folder = self.folder();
        let what = folder.what(name);
        let request = Request::get(format!("{}{name}", folder.path())).body(Body::empty());
        let request = request.map_err(|error| Stop::Remote(format!("{what}: {error}").into()))?;
        let answer = shared.unless_stopped(timeout(PATIENCE, shared.cluster.client.send(request))).await?;
        let answer = answer.map_err(late)?.map_err(|error| stopped(&of_failure(&error, &what)))?;
        let (parts, mut body) = answer.into_parts();
        if !parts.status.is_success() {
            let bytes = body.collect_bytes().await.map_err(|error| stopped(&of_failure(&error, &what)))?;
            return Err(stopped(&of_answer(&parts, &bytes, &what, false)));
        }
        let broken = |error: std::io::Error| Stop::Remote(format!("{what}: it cannot be unpacked: {error}").into());
        let mut unpack = name.ends_with(".gz").then(|| GzipDecoder::new(Vec::new()));
        let (mut cri, mut text) = (Cri::default(), Vec::new());
        while let Some(frame) = shared.unless_stopped(timeout(PATIENCE, body.frame())).await?.map_err(late)? {
            let Ok(bytes) = frame.map_err(|error| stopped(&of_failure(&error, &what)))?.into_data() else { continue };
            text.clear();
            match &mut unpack {
                None => cri.feed(&bytes, &mut text),
                Some(unpack) => {
                    unpack.write_all(&bytes).await.map_err(broken)?;
                    unpack.flush().await.map_err(broken)?;
                    cri.feed(&std::mem::take(unpack.get_mut()), &mut text);
                }
            }
            lines.feed(&text, &mut self.entry, shared).await?;
            if lines.over {
                return Ok(());
            }
        }
        if let Some(mut unpack) = unpack {
            unpack.shutdown().await.map_err(broken)?;
            text.clear();
            cri.feed(unpack.get_ref(), &mut text);
            lines.feed(&text, &mut self.entry, shared).await?;
        }
        Ok(())
    }
}
