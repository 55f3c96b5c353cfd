//! What a kubelet has rotated away, from the files of its node: `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/`, which the kubelet serves
//! under `/logs/` (kubernetes, pkg/kubelet/server/server.go). Reading it takes `get nodes/proxy`, which is a strong right: it is asked
//! first whether the user has it.

use async_compression::tokio::write::GzipDecoder;
use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;
use rolldeck_core::{
    batch::PortError,
    logs::{Decoder, Ended, Framing, SourceId, SourceState, nanos},
    text::Clean,
};
use tokio::{io::AsyncWriteExt, sync::mpsc};

use super::stream::Said;
use crate::access::{encoded, get_text, may, of_answer, of_failure};

/// Bytes of lines that are passed on together.
const BYTES: usize = 256 << 10;

/// Where a container's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// The node.
    pub(super) node: Clean,
    /// The pod's namespace.
    pub(super) namespace: Clean,
    /// The pod.
    pub(super) pod: Clean,
    /// Its uid.
    pub(super) uid: Clean,
    /// The container.
    pub(super) container: Clean,
}

impl Folder {
    /// The node's directory of them, as the API serves it.
    pub(super) fn path(&self) -> String {
        let Self { node, namespace, pod, uid, container } = self;
        let [node, namespace, pod, uid, container] = [node, namespace, pod, uid, container].map(|part| encoded(part));
        format!("/api/v1/nodes/{node}/proxy/logs/pods/{namespace}_{pod}_{uid}/{container}/")
    }

    /// A file of them, for errors.
    pub(super) fn what(&self, file: &str) -> String {
        format!("{file} of {}/{} [{}] on node {}", self.namespace, self.pod, self.container, self.node)
    }
}

/// Whether the user may read files of nodes; else why not: verb, resource and place.
///
/// # Errors
/// Where that could not be asked.
pub(super) async fn allowed(client: &kube::Client) -> Result<Result<(), Clean>, PortError> {
    let refused = may(client, "get", "", "nodes/proxy", "").await?;
    Ok(refused.map_or(Ok(()), |why| {
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        Err(format!("get nodes/proxy in the cluster{why}").into())
    }))
}

/// The names of the rotated files, the oldest first.
pub(super) async fn files(client: &kube::Client, folder: &Folder) -> Result<Vec<String>, PortError> {
    let page = get_text(client, &folder.path(), &folder.what("the rotated files"), "*/*").await?;
    let page = String::from_utf8_lossy(&page);
    let mut names: Vec<String> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| is_rotated(name))
        .map(str::to_owned)
        .collect();
    // `0.log.20261123-093000.gz`: by the number of the instance, then by time.
    names.sort_by_key(|name| (name.split('.').next().and_then(|number| number.parse::<u64>().ok()), name.clone()));
    names.dedup();
    Ok(names)
}

/// `0.log.20261123-093000`, packed or not: nothing else is asked for.
fn is_rotated(name: &str) -> bool {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let Some((number, time)) = plain.split_once(".log.") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    digits(number) && digits(time)
}

/// Reads all rotated files of a container as one source, and ends.
pub(super) async fn run(client: kube::Client, id: SourceId, folder: Folder, to: mpsc::Sender<Said>) {
    let end = match read(&client, id, &folder, &to).await {
        Ok(state) => state,
        Err(PortError::Forbidden(why)) => SourceState::Forbidden(format!("get nodes/proxy: {why}").into()),
        Err(error) => {
            let (what, said) = (folder.what("the rotated files"), error.to_string());
            let why = if said.contains(&what) { said } else { format!("{what}: {said}") };
            SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why.into()))
        }
    };
    // Where nobody listens there is nobody to tell.
    let _ = to.send(Said::State(id, end)).await;
}

async fn read(
    client: &kube::Client,
    id: SourceId,
    folder: &Folder,
    to: &mpsc::Sender<Said>,
) -> Result<SourceState, PortError> {
    if let Err(why) = allowed(client).await? {
        return Ok(SourceState::Forbidden(why));
    }
    let ended = |why| SourceState::Ended(nanos(chrono::Utc::now()), why);
    let names = files(client, folder).await?;
    if names.is_empty() {
        return Ok(ended(Ended::Refused("the node has no rotated files of it".into())));
    }
    let mut sink = Sink { cri: Cri::default(), decoder: Decoder::new(id, Framing::Stamped), to: to.clone() };
    for name in names {
        if one(client, folder, &name, &mut sink).await?.is_none() {
            break;
        }
    }
    sink.decoder.finish(nanos(chrono::Utc::now()));
    // As above.
    let _ = sink.flush().await;
    Ok(ended(Ended::Complete))
}

/// Reads one file. `None`: nobody listens.
async fn one(client: &kube::Client, folder: &Folder, name: &str, sink: &mut Sink) -> Result<Option<()>, PortError> {
    let what = folder.what(name);
    let request = Request::get(format!("{}{name}", folder.path())).body(Body::empty());
    let request = request.map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
    let answer = client.send(request).await.map_err(|error| of_failure(&error, &what))?;
    let (parts, mut body) = answer.into_parts();
    if !parts.status.is_success() {
        let bytes = body.collect_bytes().await.map_err(|error| of_failure(&error, &what))?;
        return Err(of_answer(&parts, &bytes, &what, false));
    }
    let mut unpack = name.ends_with(".gz").then(|| GzipDecoder::new(Vec::new()));
    let broken = |error: std::io::Error| PortError::Refused(format!("{what}: it cannot be unpacked: {error}"));
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|error| of_failure(&error, &what))?.into_data() else { continue };
        let taken = match &mut unpack {
            None => sink.take(&bytes).await,
            Some(unpack) => {
                unpack.write_all(&bytes).await.map_err(broken)?;
                unpack.flush().await.map_err(broken)?;
                let plain = std::mem::take(unpack.get_mut());
                sink.take(&plain).await
            }
        };
        if taken.is_none() {
            return Ok(None);
        }
    }
    if let Some(mut unpack) = unpack {
        unpack.shutdown().await.map_err(broken)?;
        let plain = std::mem::take(unpack.get_mut());
        return Ok(sink.take(&plain).await);
    }
    Ok(Some(()))
}

struct Sink {
    cri: Cri,
    decoder: Decoder,
    to: mpsc::Sender<Said>,
}

impl Sink {
    async fn take(&mut self, bytes: &[u8]) -> Option<()> {
        let mut lines = Vec::with_capacity(bytes.len());
        self.cri.feed(bytes, &mut lines);
        self.decoder.feed(&lines, nanos(chrono::Utc::now()));
        if self.decoder.held() >= BYTES { self.flush().await } else { Some(()) }
    }

    async fn flush(&mut self) -> Option<()> {
        let blocks = self.decoder.take();
        if blocks.is_empty() { Some(()) } else { self.to.send(Said::Blocks(blocks)).await.ok() }
    }
}

/// The format of container runtimes (`TIME stdout F text`, `P` for a part that goes on) as the API would have it: `TIME text`.
#[derive(Debug, Default)]
pub(super) struct Cri {
    pending: Vec<u8>,
    /// A part of a line was written, and the next one goes on with it.
    within: bool,
}

impl Cri {
    /// Takes bytes of a file; what they are in the API's words goes behind `out`.
    pub(super) fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.pending);
                self.line(&line[..line.len() - 1], out);
                self.pending = line;
                self.pending.clear();
            }
        }
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let mut parts = line.splitn(4, |byte| *byte == b' ');
        let (time, _stream, tag, text) = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(time), Some(tag)) = (time, tag) else { return };
        if !self.within {
            out.extend_from_slice(time);
            out.push(b' ');
        }
        out.extend_from_slice(text.unwrap_or_default());
        self.within = tag.first() == Some(&b'P');
        if !self.within {
            out.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::{Answer, Replay};

    fn folder() -> Folder {
        let name = |text: &str| Clean::new(text);
        Folder { node: name("n1"), namespace: name("qa"), pod: name("web-1"), uid: name("u"), container: name("main") }
    }

    #[test]
    fn parts_of_a_line_become_one_whatever_the_cuts() {
        let text =
            b"2026-11-23T09:00:00Z stdout P ab\n2026-11-23T09:00:00Z stdout F cd\n2026-11-23T09:00:01Z stderr F \n";
        for cut in 0..text.len() {
            let (mut cri, mut out) = (Cri::default(), Vec::new());
            cri.feed(&text[..cut], &mut out);
            cri.feed(&text[cut..], &mut out);
            assert_eq!(String::from_utf8_lossy(&out), "2026-11-23T09:00:00Z abcd\n2026-11-23T09:00:01Z \n");
        }
    }

    #[tokio::test]
    async fn rotated_files_are_read_the_oldest_first_and_nothing_else_of_the_node() {
        let packed = {
            let mut packer = async_compression::tokio::write::GzipEncoder::new(Vec::new());
            packer.write_all(b"2026-11-23T08:00:00Z stdout F first\n").await.unwrap();
            packer.shutdown().await.unwrap();
            packer.into_inner()
        };
        let server = Replay::new(move |path| match path {
            path if path.contains("selfsubjectaccessreviews") => {
                Answer::ok("application/json", br#"{"status":{"allowed":true}}"#)
            }
            path if path.ends_with("/main/") => Answer::ok(
                "text/html",
                br#"<a href="0.log">0.log</a><a href="0.log.20261123-090000">x</a><a href="0.log.20261123-080000.gz">y</a><a href="../../etc/passwd">z</a>"#,
            ),
            path if path.ends_with("080000.gz") => Answer::ok("application/gzip", &packed),
            _ => Answer::ok("text/plain", b"2026-11-23T09:00:00Z stdout F second\n"),
        })
        .await;
        let (to, mut said) = mpsc::channel(8);
        run(server.cluster.client.clone(), SourceId(0), folder(), to).await;
        let mut texts = Vec::new();
        let mut end = None;
        while let Some(one) = said.recv().await {
            match one {
                Said::Blocks(blocks) => {
                    let lines = blocks.iter().flat_map(|block| block.lines());
                    texts.extend(lines.map(|line| String::from_utf8_lossy(line.text).into_owned()));
                }
                Said::State(_, state) => end = Some(state),
                Said::Rotated(..) => {}
            }
        }
        assert_eq!(texts, ["first", "second"]);
        assert!(matches!(end, Some(SourceState::Ended(_, Ended::Complete))), "{end:?}");
        assert_eq!(server.asked("passwd"), Vec::<String>::new());
        assert_eq!(server.asked("/proxy/").len(), 3);
    }

    #[tokio::test]
    async fn without_the_right_the_node_is_not_asked() {
        let server =
            Replay::new(|_| Answer::ok("application/json", br#"{"status":{"allowed":false,"reason":"no"}}"#)).await;
        let (to, mut said) = mpsc::channel(8);
        run(server.cluster.client.clone(), SourceId(0), folder(), to).await;
        let Some(Said::State(_, SourceState::Forbidden(what))) = said.recv().await else { panic!("it is forbidden") };
        assert_eq!(&*what, "get nodes/proxy in the cluster: no");
        assert_eq!(server.asked("/proxy/"), Vec::<String>::new());
    }
}
